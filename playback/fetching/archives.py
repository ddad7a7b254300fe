"""What is in a 7z archive, may it be unpacked, and how is that done?

The HVSC's archives use PPMd and BCJ2, which only the real 7-Zip reads.  It runs as a program that dies with the job, with a bound on
its memory.  Nothing is unpacked before every name, kind and size in the archive's list was looked at, and what then lies on
the disk is looked at again.
"""

import errno
import os
import re
import shutil
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jobs.work import Work
from playback.catalogue.paths import PathError, canonical_path
from playback.fetching.places import BYTES_A_FILE, require_room
from playback.fetching.problems import ArchiveRefused, ProgramMissing

MOST_ENTRIES: Final = 250_000
LARGEST_FILE: Final = 256 * 1024 * 1024
LARGEST_TOTAL: Final = 4 * 1024 * 1024 * 1024
# An HVSC unpacks to about five times its archive; a small one may do better than that.
LARGEST_RATIO: Final = 60
RATIO_COUNTS_FROM: Final = 32 * 1024 * 1024
LARGEST_LIST: Final = 256 * 1024 * 1024
_MEMORY: Final = 3 * 1024 * 1024 * 1024
_LONGEST_RUN_S: Final = 3600.0
_STEP_S: Final = 0.7
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PROGRESS: Final = re.compile(rb"(\d{1,3})%(?: +(\d+))?")

# Told while it is unpacked: bytes and files so far.
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Contents:
    """What an archive holds: how many files, and their bytes in all."""

    files: int
    size_bytes: int


def seven_zip() -> str:
    """The program.  Raises ProgramMissing."""
    for name in ("7z", "7zz"):
        if path := shutil.which(name):
            return path
    raise ProgramMissing("7z is not installed: the Debian package p7zip-full (or 7zip) has it.")


def look_into(work: Work, archive: Path, root: str) -> Contents:
    """The archive's list, checked: below the folder `root` only, plain files and folders, of sizes that can be.

    Raises ArchiveRefused, ProgramMissing.
    """
    listing = archive.with_name("list.txt")
    options = ["l", "-slt", "-ba", "-sccUTF-8", "-pnone", "--", str(archive)]
    try:
        _run(work, options, listing, file_limit=LARGEST_LIST)
        with listing.open("rb") as lines:
            return _checked(lines, archive.stat().st_size, root)
    finally:
        listing.unlink(missing_ok=True)


def _checked(lines: Iterator[bytes], packed_bytes: int, root: str) -> Contents:
    files = size = 0
    for entries, entry in enumerate(_entries(lines), start=1):
        name = entry.get("Path", "")
        _check_name(name, root)
        attributes = entry.get("Attributes", "")
        is_folder = entry.get("Folder") == "+" or attributes.startswith("D")
        unix = attributes.split(" ")[-1]
        is_link = "L" in attributes.split(" ")[0]  # what Windows calls a reparse point
        if is_link or (unix[:1] not in "-d" and len(unix) == 10):
            raise ArchiveRefused(f"{_shown(name)} is a link or a device in the archive.")
        if entry.get("Encrypted") == "+" or "Symbolic Link" in entry or "Hard Link" in entry:
            raise ArchiveRefused(f"{_shown(name)} is encrypted, or a link, in the archive.")
        own = _number(entry.get("Size", ""), name)
        if own > LARGEST_FILE:
            raise ArchiveRefused(f"{_shown(name)} would have {own} bytes.")
        files += not is_folder
        size += own
        if entries > MOST_ENTRIES or size > LARGEST_TOTAL:
            raise ArchiveRefused(
                f"It would unpack to more than {MOST_ENTRIES} files or {LARGEST_TOTAL} bytes."
            )
    if size > max(RATIO_COUNTS_FROM, packed_bytes * LARGEST_RATIO):
        raise ArchiveRefused(f"{packed_bytes} bytes would unpack to {size}: that is no music.")
    if not files:
        raise ArchiveRefused("The archive is empty.")
    return Contents(files, size)


def _entries(lines: Iterator[bytes]) -> Iterator[dict[str, str]]:
    """Blocks of `Name = value`, with an empty line between two."""
    entry: dict[str, str] = {}
    for raw in lines:
        line = raw.decode("utf-8", errors="surrogateescape").rstrip("\r\n")
        name, equals, value = line.partition(" =")
        if equals:
            if name == "Path" and entry:
                yield entry
                entry = {}
            entry[name] = value.removeprefix(" ")
    if entry:
        yield entry


def _check_name(name: str, root: str) -> None:
    try:
        path = canonical_path(name)
    except PathError as error:
        raise ArchiveRefused(f"The archive holds the name {_shown(name)}. {error}") from None
    if path != root and not path.startswith(root + "/"):
        raise ArchiveRefused(f"The archive holds {_shown(name)}, which is not in {root}/.")


def _number(text: str, name: str) -> int:
    if text and not (text.isascii() and text.isdigit()):
        raise ArchiveRefused(f"{_shown(name)} has no size that could be understood.")
    return int(text or 0)


def _shown(name: str) -> str:
    return name[:200].encode("unicode_escape", errors="backslashreplace").decode("ascii")


def unpack(work: Work, archive: Path, folder: Path, contents: Contents, told: Told) -> None:
    """Unpacks into an empty folder, checksums and all; one long step, stopped within a second where the job is.

    Raises ArchiveRefused where the archive is damaged, NoRoom, OSError.
    """
    require_room(folder, contents.size_bytes + contents.files * BYTES_A_FILE)
    output = archive.with_name("progress.txt")

    def look() -> None:
        tail = _tail(output)
        if found := _PROGRESS.findall(tail):
            percent, files = found[-1]
            told(contents.size_bytes * min(int(percent), 100) // 100, min(int(files or 0), contents.files))

    options = ["x", "-y", "-aoa", "-bso0", "-bsp1", "-sccUTF-8", "-pnone", f"-o{folder}", "--", str(archive)]
    try:
        _run(work, options, output, file_limit=LARGEST_FILE, each=look)
    finally:
        output.unlink(missing_ok=True)
    told(contents.size_bytes, contents.files)


def _tail(path: Path) -> bytes:
    """The end of what the program has written, without what it has wiped out again."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 2000))
            return file.read()
    except OSError:
        return b""


def _run(
    work: Work, options: list[str], output: Path, *, file_limit: int, each: Callable[[], None] | None = None
) -> None:
    """Runs 7z, its words to a file.  Raises ArchiveRefused with the first of its complaints, NoSpace as OSError."""
    complaints = output.with_name("complaints.txt")
    bound = ["prlimit", f"--as={_MEMORY}", f"--fsize={file_limit}", "--core=0"]
    last = time.monotonic() + _LONGEST_RUN_S

    def look() -> None:
        if each:
            each()
        if time.monotonic() > last:
            raise ArchiveRefused("7z takes more than an hour over it.")

    try:
        with output.open("wb") as words, complaints.open("wb") as errors:
            work.run(
                [*bound, seven_zip(), *options],
                each=look,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=errors,
            )
    except subprocess.CalledProcessError as error:
        raise _complaint(complaints, error.returncode) from None
    finally:
        complaints.unlink(missing_ok=True)


def _complaint(path: Path, status: int) -> Exception:
    said = path.read_bytes()[:20_000].decode("utf-8", errors="replace")
    for number in _NO_ROOM:
        if os.strerror(number) in said or f"errno={number} " in said:
            return OSError(number, os.strerror(number))
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = next((line for line in lines if line.startswith("ERROR")), lines[0] if lines else "")
    return ArchiveRefused(f"7z ends with {status}: {_shown(telling)}")


def check_unpacked(folder: Path, contents: Contents, root: str) -> Iterator[int]:
    """Looks at what lies on the disk now: the files that the list told of, and nothing else; yields files looked at.

    Raises ArchiveRefused.
    """
    files = size = 0
    told_at = time.monotonic()
    folders = [folder]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                mode = entry.stat(follow_symlinks=False).st_mode
                _check_name(os.path.relpath(entry.path, folder), root)
                if stat.S_ISDIR(mode):
                    Path(entry.path).chmod(0o755)
                    folders.append(Path(entry.path))
                elif stat.S_ISREG(mode):
                    Path(entry.path).chmod(0o644)
                    files += 1
                    size += entry.stat(follow_symlinks=False).st_size
                else:
                    raise ArchiveRefused(f"{_shown(entry.name)} is neither a file nor a folder.")
        if time.monotonic() - told_at >= _STEP_S:
            yield files
            told_at = time.monotonic()
    if (files, size) != (contents.files, contents.size_bytes):
        raise ArchiveRefused(
            f"The list has {contents.files} files of {contents.size_bytes} bytes; {files} of {size} came out."
        )
