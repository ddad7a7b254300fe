"""Which collections lie at a path on this disk, and which .sid files does each hold?"""

import os
import re
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playback.catalogue.paths import PathError, canonical_path

# File systems stamp in ticks of up to two seconds.
UNSETTLED_NS: Final = 3_000_000_000
HVSC_FOLDERS: Final = ("DEMOS", "GAMES", "MUSICIANS")
_RELEASE: Final = re.compile(r"\brelease\s+#?(\d{1,4})\b", re.IGNORECASE)


class NoMusicError(Exception):
    """There is nothing to import at the path; the argument says it to a person."""


@dataclass(frozen=True, slots=True)
class Source:
    """A collection's folder on disk, or the part of it that is asked for.

    `root` is absolute, with links resolved.  `part` is what is asked for below it, as the disk names it, "" for all.
    `without` are folders inside that are collections of their own.
    """

    root: str
    is_hvsc: bool
    part: str = ""
    without: frozenset[str] = frozenset()

    def holds(self, path: str) -> bool:
        """Is this path below the root in the part that is asked for?"""
        part = _nfc(self.part)
        return not part or path == part or path.startswith(part + "/")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A .sid file: its canonical path below the root, the name by which the disk knows it, its size.

    `changed_ns` is when the disk last changed it; None where that was so short a time ago that the file may change
    again without a new stamp.
    """

    path: str
    disk_path: str
    size_bytes: int
    changed_ns: int | None


@dataclass(slots=True)
class Inventory:
    """What a walk found: files in bytewise order of their paths, others by (path, fault code), closed folders."""

    files: list[FoundFile] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)
    closed_folders: list[str] = field(default_factory=list)

    def knows_nothing_of(self, path: str) -> bool:
        """Lies the path in a folder that could not be read, so that its absence proves nothing?"""
        return any(not folder or path.startswith(folder + "/") for folder in self.closed_folders)


def find_sources(path: Path) -> list[Source]:
    """The collections at a folder or a single file, in bytewise order.  Raises NoMusicError.

    The HVSC's root is looked for at the path, above it (so that a part of the HVSC keeps its canonical paths) and one
    level below it; what else lies in the folder then is a collection of its own.
    """
    real = Path(os.path.realpath(path))
    if not real.exists():
        raise NoMusicError(f"{path} does not exist.")
    if not real.is_dir() and not _is_sid_name(real.name):
        raise NoMusicError(f"{path} is neither a folder nor a .sid file.")
    folder = real if real.is_dir() else real.parent
    for above in (folder, *folder.parents):
        if is_hvsc_root(above):
            part = str(real.relative_to(above))
            return [Source(str(above), is_hvsc=True, part="" if part == "." else part)]
    if not real.is_dir():
        return [Source(str(folder), is_hvsc=False, part=real.name)]
    children = (child for child in folder.iterdir() if child.is_dir() and not child.is_symlink())
    inner = sorted(str(child) for child in children if is_hvsc_root(child))
    rest = Source(str(folder), is_hvsc=False, without=frozenset(inner))
    sources = [Source(child, is_hvsc=True) for child in inner]
    if not inner or take_inventory(rest).files:
        sources.append(rest)
    return sources


def is_hvsc_root(folder: Path) -> bool:
    """Does the folder hold two of DEMOS, GAMES and MUSICIANS, or one and the archive's own name?"""
    try:
        count = sum((folder / name).is_dir() for name in HVSC_FOLDERS)
    except OSError:
        return False
    return count >= 2 or (count == 1 and folder.name == "C64Music")


def hvsc_release(root: str) -> str:
    """The release's number as DOCUMENTS/HVSC.txt has it, or ""."""
    try:
        with Path(root, "DOCUMENTS", "HVSC.txt").open("rb") as file:
            text = file.read(65536).decode("windows-1252", errors="replace")
    except OSError:
        return ""
    match = _RELEASE.search(text)
    return match[1] if match else ""


def take_inventory(source: Source) -> Inventory:
    """Walks the source.  Links to folders are not followed: they make circles and second names of one file."""
    inventory = Inventory()
    seen: set[str] = set()
    for entry in _entries(source, inventory):
        disk_path = os.path.relpath(entry.path, source.root)
        try:
            path = canonical_path(disk_path)
        except PathError:
            inventory.faults.append((_showable(disk_path), "bad_name"))
            continue
        if path in seen:
            inventory.faults.append((path, "same_name"))
            continue
        seen.add(path)
        _sort_in(inventory, entry, path, disk_path)
    inventory.files.sort(key=lambda file: file.path)  # code points and UTF-8 bytes sort alike
    inventory.faults.sort()
    return inventory


def _sort_in(inventory: Inventory, entry: os.DirEntry[str], path: str, disk_path: str) -> None:
    try:
        if entry.is_file():
            status = entry.stat()
            settled = status.st_ctime_ns < time.time_ns() - UNSETTLED_NS
            stamp = status.st_ctime_ns if settled else None
            # Most names are canonical already: then one text serves twice.
            name = path if disk_path == path else disk_path
            inventory.files.append(FoundFile(path, name, status.st_size, stamp))
        else:
            inventory.faults.append((path, "not_a_file"))
    except OSError:
        inventory.faults.append((path, "unreadable"))


def _entries(source: Source, inventory: Inventory) -> Iterator[os.DirEntry[str]]:
    """Everything named *.sid below the source's part, in bytewise order of the disk's names; never hidden files."""
    start = Path(source.root, source.part)
    if not start.is_dir():
        with os.scandir(start.parent) as entries:
            yield from (entry for entry in entries if entry.name == start.name)
        return
    folders = [str(start)]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as entries:
                inside = sorted(entries, key=lambda entry: os.fsencode(entry.name))
        except OSError:
            below = os.path.relpath(folder, source.root)
            inventory.closed_folders.append("" if below == "." else _nfc(below))
            inventory.faults.append((_showable(below), "unreadable"))
            continue
        for entry in inside:
            if entry.is_dir(follow_symlinks=False):
                if entry.path not in source.without and not entry.name.startswith("."):
                    folders.append(entry.path)
            elif _is_sid_name(entry.name) and not (entry.is_symlink() and entry.is_dir()):
                yield entry


def _is_sid_name(name: str) -> bool:
    return name.lower().endswith(".sid") and not name.startswith(".")


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _showable(name: str) -> str:
    """A name from the disk with nothing in it that a terminal would obey."""
    return name.encode("unicode_escape", errors="backslashreplace").decode("ascii")
