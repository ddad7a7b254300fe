"""Which real tunes are there to test with? The folder ../shared/corpus, which is not part of the project."""

from __future__ import annotations

import lzma
import re
from dataclasses import dataclass
from typing import Any, Final

import numpy.typing as npt

from tests.engine.oracle.play import ROOT, writes_from_lines

CORPUS: Final = ROOT.parent / "shared" / "corpus"
ABSENT: Final = f"needs the tunes of {CORPUS}"
# The recordings stop here for every clock, so an NTSC song's ten seconds are a little cut.
RECORDED_CYCLES: Final = 9852480


@dataclass(frozen=True, order=True)
class Song:
    """A song of the corpus: file name without its ending, and number."""

    name: str
    number: int

    def __str__(self) -> str:
        return f"{self.name}.{self.number}"

    @property
    def file(self) -> bytes:
        """The SID file."""
        return next(CORPUS.rglob(f"{self.name}.sid")).read_bytes()

    @property
    def recording(self) -> npt.NDArray[Any]:
        """What libsidplayfp wrote in the first ten seconds."""
        with lzma.open(CORPUS / "traces" / f"{self}.trace.xz", "rt") as lines:
            return writes_from_lines(lines.read())

    @property
    def is_psid(self) -> bool:
        """Whether it plays on the driver; else it is a program of its own."""
        return self.file[:4] == b"PSID"


def recorded_songs() -> list[Song]:
    """Every song that has a recorded trace; empty where the corpus is absent."""
    names = (re.fullmatch(r"(.+)\.(\d+)\.trace\.xz", path.name) for path in CORPUS.glob("traces/*.xz"))
    return sorted(Song(match[1], int(match[2])) for match in names if match)


def first_songs() -> list[Song]:
    """The lowest recorded song of each file."""
    songs: dict[str, Song] = {}
    for song in recorded_songs():
        songs.setdefault(song.name, song)
    return list(songs.values())
