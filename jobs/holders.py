"""Is the process that holds a job's lease gone for sure?  Then nobody needs to wait for the lease to run out.

A lease begins with the name of its process, a random one.  As long as the process lives it holds a lock on a file of that name,
which the kernel takes away with the process, however that ends.  The file's name has the kernel's boot id too: of a process on
another machine, or before a restart, nothing can be said, and its leases run out by themselves.
"""

import fcntl
import logging
import os
import secrets
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from core.configuration import configuration

log = logging.getLogger(__name__)

_NAME_BYTES: Final = 8
_SWEPT_AFTER_S: Final = 24 * 3600.0

# This process and its name; a forked child is another process and takes a name of its own.
_mine: tuple[int, str] = (0, "")


def new_lease() -> str:
    """32 characters that nobody else has, the first 16 of which name this process."""
    return _own_name() + secrets.token_hex(16 - _NAME_BYTES)


def holder_is_gone(lease: str) -> bool:
    """Did the process that made this lease end on this machine?  False where that is not known."""
    path = _file_of(lease[: 2 * _NAME_BYTES])
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: others may ask at once
    except OSError:
        return False
    finally:
        os.close(handle)
    return True


def sweep() -> None:
    """Removes the files of processes that ended long ago."""
    now = time.time()
    with suppress(OSError):
        for path in _folder().iterdir():
            if path.name.startswith(_boot()) and not holder_is_gone(path.name.rpartition("-")[2]):
                continue
            with suppress(OSError):
                if now - path.stat().st_mtime > _SWEPT_AFTER_S:
                    path.unlink()


def _own_name() -> str:
    global _mine
    if _mine[0] != os.getpid():
        name = secrets.token_hex(_NAME_BYTES)
        _hold(name)
        _mine = (os.getpid(), name)
    return _mine[1]


def _hold(name: str) -> None:
    """Opens the file and keeps it for as long as this process lives, and what it forks."""
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        handle = os.open(_file_of(name), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError as error:
        log.warning("if this worker dies, its job waits for its lease to run out: %s", error)


def _folder() -> Path:
    return configuration().data_dir / ".workers"


def _file_of(name: str) -> Path:
    return _folder() / f"{_boot()}-{name}"


@cache
def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip().replace("-", "")
