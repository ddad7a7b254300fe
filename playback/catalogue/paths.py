"""Which one form does a path below a collection's root have, and where is that file on this disk?

The canonical form: posix, relative, Unicode NFC, no empty, `.` or `..` part, no backslash, no control character.  It is
what rows hold and what the API takes; nothing else is ever joined to a root.
"""

import os
import stat
import unicodedata
from pathlib import Path
from typing import Final

LONGEST_PATH: Final = 1024


class PathError(ValueError):
    """The text is no path below a root; the argument says why, to a person."""


class OutsideError(OSError):
    """A link leads out of the collection's root."""


class NotAFileError(OSError):
    """There is something of that name, and it is not a regular file."""


def canonical_path(text: str) -> str:
    """The canonical form of `text`.  Raises PathError where there is none: nothing is repaired but the Unicode form."""
    path = unicodedata.normalize("NFC", text)
    if not path or len(path) > LONGEST_PATH:
        raise PathError(f"A path has 1 to {LONGEST_PATH} characters.")
    if path.startswith("/"):
        raise PathError("The path is below the collection's root and does not begin with a slash.")
    if "\\" in path or any(unicodedata.category(character) in ("Cc", "Cs") for character in path):
        raise PathError("A path holds no backslash and no control character.")
    if any(part in ("", ".", "..") for part in path.split("/")):
        raise PathError("A path has no empty part and none that is . or ..")
    return path


def read_below(root: str, path: str, *, limit: int) -> bytes:
    """Up to `limit` + 1 bytes of the file at a canonical path (one more than `limit` tells that it is longer).

    Raises FileNotFoundError, OutsideError, NotAFileError or another OSError.
    """
    descriptor = _open_below(root, path)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotAFileError(path)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(limit + 1)
    finally:
        os.close(descriptor)


def _open_below(root: str, path: str) -> int:
    """A descriptor, opened without following a last link and without waiting for a pipe's other end."""
    real_root = Path(os.path.realpath(root))
    try:
        real = _without_links(real_root / path)
    except FileNotFoundError:
        real = _without_links(_find_in_any_form(real_root, path))
    if not real.is_relative_to(real_root):
        raise OutsideError(path)
    return os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


def _without_links(place: Path) -> Path:
    """Path.resolve(), which raises something other than OSError where links make a circle."""
    return Path(os.path.realpath(place, strict=True))


def _find_in_any_form(root: Path, path: str) -> Path:
    """The file whose name is the same text in another Unicode form: archives from a Mac hold decomposed names."""
    place = root
    for part in path.split("/"):
        same = sorted(child for child in place.iterdir() if unicodedata.normalize("NFC", child.name) == part)
        if not same:
            raise FileNotFoundError(path)
        place = same[0]
    return place
