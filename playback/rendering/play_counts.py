"""How often is a song asked for?  Counted in memory, and written down by a thread every ten seconds and at the end.

A play only adds one to a number, so it never waits for the database.  A web process that is killed loses what it counted since it last
wrote: ten seconds at most.  Counts are of nobody in particular.
"""

import atexit
import logging
import threading
from collections import Counter
from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from playback.catalogue.models import Track

log = logging.getLogger(__name__)

_AT_ONCE: Final = 200
_UPSERT: Final = (
    "INSERT INTO playback_trackplays (track_id, plays, played_at) VALUES {} ON CONFLICT (track_id) DO UPDATE SET "
    "plays = playback_trackplays.plays + excluded.plays, played_at = excluded.played_at"
)

# One process's plays that are not written yet, by track.
_counts: Counter[int] = Counter()
_lock: Final = threading.Lock()
_thread: threading.Thread | None = None
_end: Final = threading.Event()


def note(tracks: Iterable[int]) -> None:
    """These tracks (their primary keys) were asked for."""
    with _lock:
        _counts.update(tracks)


def flush() -> int:
    """Writes down what was counted, each 200 songs in one statement; answers how many plays that were.

    Raises DatabaseError; what was not written then is kept for the next time.
    """
    with _lock:
        counted = dict(_counts)
        _counts.clear()
    written = 0
    pending = sorted(counted.items())
    while pending:
        batch = dict(pending[:_AT_ONCE])
        try:
            _write(batch)
        except DatabaseError:
            with _lock:
                _counts.update(dict(pending))
            raise
        written += sum(batch.values())
        pending = pending[_AT_ONCE:]
    return written


def begin() -> None:
    """From now on this process writes its counts down by itself (`PLAY_COUNTS_EVERY_S`; None: never)."""
    global _thread
    every_s = settings.PLAY_COUNTS_EVERY_S
    if _thread is None and every_s is not None:
        _thread = threading.Thread(target=_keep_writing, args=(every_s,), name="play counts", daemon=True)
        _thread.start()
        atexit.register(_finish)


def _write(counted: dict[int, int]) -> None:
    with transaction.atomic():
        known = set(Track.objects.filter(pk__in=counted).values_list("pk", flat=True))
        now = timezone.now()
        rows = [(pk, plays, now) for pk, plays in counted.items() if pk in known]
        if rows:
            places = ", ".join(["(%s, %s, %s)"] * len(rows))
            with connection.cursor() as cursor:
                adapt = connection.ops.adapt_datetimefield_value
                values = [one for pk, plays, at in rows for one in (pk, plays, adapt(at))]
                cursor.execute(_UPSERT.format(places), values)


def _keep_writing(every_s: float) -> None:
    while not _end.wait(every_s):
        _try()


def _try() -> None:
    try:
        flush()
    except DatabaseError:
        log.warning("play counts are not written now; they are kept", exc_info=True)
    finally:
        connections.close_all()


def _finish() -> None:
    _end.set()
    _try()
