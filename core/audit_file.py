"""How do audit entries become lines of `audit/admin-actions.jsonl`: each once, none forgotten, in the order of their numbers?

The row is the truth, written with what it tells about in one transaction; `in_file` says whether its line is there.  Whoever has
committed an entry writes out what is missing; so does the background worker every few seconds, for those who were killed
before they could, and for a disk that was full.

Once: writers wait for each other at a lock file.  Who is killed after a line and before its mark has left that line near the
file's end, where the next one finds it; half a line is cut off and written again.
In order: a number is given when a row is written, and rows may be committed in another order.  So a line waits until
every smaller number is decided, which is when nobody is left who had begun to write entries before it was seen.  SQLite
has one writer at a time, and there this is always so.
"""

import fcntl
import json
import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.db import connection
from django.db.models import Max

from core.configuration import configuration
from core.models import AuditEntry

log = logging.getLogger(__name__)

_BATCH: Final = 500
_LOOKED_BACK: Final = 256 * 1024
_LOOK_EVERY_S: Final = 0.02


def log_file() -> Path:
    """Where the lines go."""
    return configuration().data_dir / "audit" / "admin-actions.jsonl"


def as_line(entry: AuditEntry) -> str:
    """The entry as JSON in one line, without the line's end; always the same for the same row."""
    return json.dumps(
        {
            "id": str(entry.pk),
            "timestamp": entry.at.isoformat().replace("+00:00", "Z"),
            "action": entry.action,
            "actor": entry.actor_name,
            "resource": entry.resource,
            "details": entry.details,
            "success": entry.success,
            "error": entry.error,
            "requestId": entry.request_id,
        },
        sort_keys=True,
        ensure_ascii=False,
    )


@contextmanager
def writing() -> Iterator[None]:
    """Nobody else writes the file meanwhile; also for who wants to move it away. Ends with the process that holds it."""
    folder = log_file().parent
    folder.mkdir(parents=True, exist_ok=True)
    # Beside the folder: who moves the folder away does not take the lock with it.
    handle = os.open(folder.parent / ".audit-writing", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_out(*, patience_s: float = 0.0) -> int:
    """Appends the lines that are missing and may be written; answers how many entries were done.

    To be called outside of transactions.  `patience_s`: how long to wait for transactions that may hold smaller numbers;
    without, their lines come when those end. Raises OSError where the file cannot be written: nothing is lost, and the
    next call tries again.
    """
    if not AuditEntry.objects.filter(in_file=False).exists():
        return 0
    done = 0
    with writing():
        last = _decided_up_to(patience_s)
        missing = AuditEntry.objects.filter(in_file=False, pk__lte=last).order_by("pk")
        while entries := list(missing[:_BATCH]):
            _append([(as_line(entry) + "\n").encode() for entry in entries])
            AuditEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(in_file=True)
            done += len(entries)
    return done


def keep_up() -> None:
    """`write_out` for who must go on whatever happens: says in the log what went wrong."""
    try:
        write_out()
    except OSError as error:
        log.error("the audit file cannot be written, its lines wait in the database: %s", error.strerror)


def _decided_up_to(patience_s: float) -> int:
    """A number up to which every entry is either to be seen or will never be; 0 where there is none yet."""
    last: int = AuditEntry.objects.filter(in_file=False).aggregate(last=Max("pk"))["last"] or 0
    if connection.vendor != "postgresql":
        return last
    # Who writes a row holds this lock from before its number is given until after the row can be seen.
    deadline = time.monotonic() + patience_s
    before = _who_writes()
    while before:
        if time.monotonic() >= deadline:
            return 0
        time.sleep(_LOOK_EVERY_S)
        before &= _who_writes()
    return last


def _who_writes() -> set[str]:
    """PostgreSQL's open transactions, but for this connection's, that have written entries or are about to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT virtualtransaction FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
            " WHERE datname = current_database() AND locktype = 'relation' AND relation = %s::regclass"
            " AND mode = 'RowExclusiveLock' AND pid IS DISTINCT FROM pg_backend_pid()",
            [AuditEntry._meta.db_table],
        )
        return {row[0] for row in cursor.fetchall()}


def _append(lines: Sequence[bytes]) -> None:
    """Writes them behind the file's end, but for those that are there already; all or none of the rest."""
    handle = os.open(log_file(), os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
    try:
        # Of those who were killed after a write, and of a restored file, which may be ahead of its database.
        known, torn = _tail(handle, sum(map(len, lines)) + _LOOKED_BACK)
        end = os.fstat(handle).st_size - len(torn)
        if torn and any(line.startswith(torn) for line in lines):
            os.ftruncate(handle, end)
        elif torn:  # not ours: it stays, as a line of its own
            _write(handle, b"\n")
            end += len(torn) + 1
        try:
            _write(handle, b"".join(line for line in lines if line not in known))
            os.fdatasync(handle)
        except OSError:
            os.ftruncate(handle, end)
            raise
    finally:
        os.close(handle)


def _write(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def _tail(handle: int, length: int) -> tuple[set[bytes], bytes]:
    """The whole lines in the last bytes of the file, and what is behind them: a line that was cut off in the middle."""
    size = os.fstat(handle).st_size
    tail = os.pread(handle, min(length, size), max(0, size - length))
    lines = tail.splitlines(keepends=True)
    torn = lines.pop() if lines and not tail.endswith(b"\n") else b""
    return set(lines), torn


__all__ = ["as_line", "keep_up", "log_file", "write_out", "writing"]
