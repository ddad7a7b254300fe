"""Where on this disk does the HVSC live, and where does the next one grow beside it?

    FOLDER/C64Music              the collection
    FOLDER/.C64Music.fetch/      what a fetch has under way: archives, the new tree, its notes; never walked by an import

Both are on one file system, so that one step puts the new tree in the old one's place.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.configuration import configuration
from playback.catalogue.folders import hvsc_release, is_hvsc_root
from playback.fetching.problems import FolderUnusable, NoRoom

TREE_NAME: Final = "C64Music"
# What a file system needs beside the bytes of a file, and what shall stay free for the database and the rest of the machine.
BYTES_A_FILE: Final = 4096
SPARE: Final = 64 * 1024 * 1024
_STEP_S: Final = 0.7
_LOOK_EVERY_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Places:
    """The collection's root, and the folder of what is under way."""

    tree: Path

    @property
    def stage(self) -> Path:
        return self.tree.parent / f".{self.tree.name}.fetch"

    @property
    def unpacked(self) -> Path:
        """Where an archive is unpacked."""
        return self.stage / "unpacked"

    @property
    def new(self) -> Path:
        """The new tree, until it is swapped; the old one, after."""
        return self.unpacked / TREE_NAME

    @property
    def aside(self) -> Path:
        """Where the old tree waits on a file system that cannot exchange two folders."""
        return self.stage / "old"

    @property
    def ready(self) -> Path:
        """The notes about a new tree that is whole: from here on it is swapped, imported and done with."""
        return self.stage / "ready.json"

    def installed(self) -> int | None:
        """The release that is here; None where there is no collection, or nobody can tell."""
        release = hvsc_release(str(self.tree)) if is_hvsc_root(self.tree) else ""
        return int(release) if release else None


def places() -> Places:
    """As configured."""
    told = configuration().sid_path or configuration().data_dir / "hvsc"
    folder = Path(os.path.realpath(told))
    root = Places(folder)
    # Between two renames of its swap the root is not there, and its notes say that it was.
    return root if is_hvsc_root(folder) or root.ready.exists() else Places(folder / TREE_NAME)


def prepare(where: Places) -> None:
    """Makes the folders.  Raises FolderUnusable."""
    where.stage.mkdir(parents=True, exist_ok=True)
    if where.tree.is_mount():
        raise FolderUnusable(
            f"{where.tree} is a mount point and cannot be replaced: let sidPath name a folder above."
        )
    if where.tree.exists() and not is_hvsc_root(where.tree) and any(where.tree.iterdir()):
        raise FolderUnusable(f"{where.tree} holds something that is not an HVSC, and is left alone.")


@contextmanager
def only_one(where: Places, meanwhile: Callable[[], None]) -> Iterator[None]:
    """Waits until no other process works in the stage: one whose lease was lost may need a moment to see that."""
    with (where.stage / "lock").open("wb") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                meanwhile()
                time.sleep(_LOOK_EVERY_S)
            else:
                break
        yield


def require_room(folder: Path, size_bytes: int) -> None:
    """Raises NoRoom where the disk has not so much left, and something to spare."""
    free = shutil.disk_usage(folder).free
    if free < size_bytes + SPARE:
        raise NoRoom(f"{in_mb(size_bytes + SPARE)} are needed in {folder}, and {in_mb(free)} are free.")


def in_mb(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:,.1f} MB"


def remove_tree(folder: Path) -> Iterator[int]:
    """Removes a folder with all that is in it; yields how many files are gone, now and then.  Links are not followed."""
    gone = 0
    told_at = time.monotonic()
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
        return
    for above, folders, files in os.walk(folder, topdown=False):
        for name in files:
            Path(above, name).unlink(missing_ok=True)
            gone += 1
            if time.monotonic() - told_at >= _STEP_S:
                yield gone
                told_at = time.monotonic()
        for name in folders:
            inner = Path(above, name)
            if inner.is_symlink():
                inner.unlink()
            else:
                inner.rmdir()
    if folder.exists():
        folder.rmdir()
