"""Which engine is this?  A name that follows from what it is made of, the same on every machine that builds it."""

from __future__ import annotations

import functools
import hashlib
import re
from pathlib import Path
from typing import Final

_ENGINE: Final = Path(__file__).resolve().parent.parent / "engine"
_SOURCES: Final = ("src/**/*.cpp", "src/**/*.h", "include/*.h", "residfp/*.py", "Makefile")
_COMMENTS: Final = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


@functools.cache
def engine_mark() -> str:
    """A digest of all that the engine's sound is made from: another one, and it may sound different.

    Comments and blanks of the C++ sources do not count.
    """
    digest = hashlib.sha256()
    for place in sorted(path for pattern in _SOURCES for path in _ENGINE.glob(pattern)):
        text = place.read_text(encoding="utf-8")
        if place.suffix in (".cpp", ".h"):
            text = "".join(_COMMENTS.sub("", text).split())
        digest.update(f"{place.relative_to(_ENGINE)}\0{text}\0".encode())
    return digest.hexdigest()[:16]
