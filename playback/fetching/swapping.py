"""How does the new tree take the old one's place in one step, and how is that told after a kill?

    ready.json says which folder is the new tree (its inode)
         │
    the tree's name stands for another folder ──exchange──► it stands for that folder: swapped

`renameat2(RENAME_EXCHANGE)` swaps two names at once, so that there is a whole collection at every moment.  Where a file system cannot do
that, the old tree is renamed out of the way and the new one into its place; a kill between the two leaves no tree for
as long as it takes to resume, and nothing is lost.  Which of these steps are done is read off the disk.
"""

import ctypes
import errno
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from core.files import sync_folder, write_atomically
from playback.fetching.places import Places

_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2
_CANNOT: Final = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)


@dataclass(frozen=True, slots=True)
class Ready:
    """A new tree that is whole: its release, that of the tree it replaces, its inode, and which old path is now which."""

    version: int
    before: int | None
    inode: int
    moves: dict[str, str]


def declare_ready(where: Places, version: int, before: int | None, moves: dict[str, str]) -> Ready:
    """Notes that the new tree is whole, which it is and which is on the disk for good."""
    ready = Ready(version, before, where.new.stat().st_ino, moves)
    write_atomically(where.ready, json.dumps(asdict(ready)).encode())
    return ready


def what_is_ready(where: Places) -> Ready | None:
    """What an earlier step declared; None where nothing is ready, or the notes are not sound."""
    try:
        notes: dict[str, Any] = json.loads(where.ready.read_bytes())
        return Ready(**notes)
    except (FileNotFoundError, ValueError, TypeError):
        return None


def is_swapped(where: Places, ready: Ready) -> bool:
    """Does the tree's name stand for the new tree already?"""
    return _inode(where.tree) == ready.inode


def swap(where: Places, ready: Ready) -> None:
    """Puts the new tree in the old one's place; may be repeated after a kill at any point.  Raises OSError."""
    if is_swapped(where, ready):
        return
    if _inode(where.new) != ready.inode:
        raise FileNotFoundError(errno.ENOENT, "the new tree is gone", str(where.new))
    if not where.tree.exists() or not exchange(where.tree, where.new):
        if where.tree.exists():
            where.tree.rename(where.aside)
        where.new.rename(where.tree)
    _sync(where)


def undo(where: Places) -> None:
    """Where a kill left no tree and the new one is gone: puts the old one back."""
    if where.aside.exists() and not where.tree.exists():
        where.aside.rename(where.tree)


def exchange(one: Path, other: Path) -> bool:
    """Swaps two names at once; False where this system or file system cannot.  Raises OSError."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    names = os.fsencode(one), os.fsencode(other)
    if renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(one))


def _inode(folder: Path) -> int | None:
    try:
        return folder.stat(follow_symlinks=False).st_ino
    except FileNotFoundError:
        return None


def _sync(where: Places) -> None:
    sync_folder(where.tree.parent)
    sync_folder(where.stage)
