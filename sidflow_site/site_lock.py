"""Does somebody serve this site, or restore it?  Both at once must not be.

A lock on a file in the data folder: shared by whoever serves or works, alone for who restores.  The system forgets it with
the process, however that ends.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Taken(Exception):
    """Somebody else has the lock in a way that does not go with ours."""


@contextmanager
def serving(data_dir: Path) -> Iterator[None]:
    """The site is in use.  Raises Taken while it is being restored."""
    with _locked(data_dir, fcntl.LOCK_SH):
        yield


@contextmanager
def restoring(data_dir: Path) -> Iterator[None]:
    """Nobody uses the site.  Raises Taken while somebody does."""
    with _locked(data_dir, fcntl.LOCK_EX):
        yield


@contextmanager
def _locked(data_dir: Path, how: int) -> Iterator[None]:
    data_dir.mkdir(parents=True, exist_ok=True)
    handle = os.open(data_dir / ".site-lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        try:
            fcntl.flock(handle, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Taken from None
        yield
    finally:
        os.close(handle)
