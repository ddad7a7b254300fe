"""What do STIL.txt and BUGlist.txt tell about a tune: names, authors, what it covers, comments, bugs?

    /MUSICIANS/H/Hubbard_Rob/          a folder's entry ends in a slash
    COMMENT: About all that is in it.

    /MUSICIANS/H/Hubbard_Rob/Commando.sid
    COMMENT: About the whole file.
    (#1)
       NAME: Title of the first song
      TITLE: What it covers [from Somewhere] (0:00-1:20)
     ARTIST: Whose that is
    COMMENT: About the first song, and
             here it goes on.

Files are Windows-1252 with CRLF; they are decoded by whoever reads them. Lines before the first path and lines that begin
with # are no entries. (Grammar: the STIL FAQ; facts/sid-and-hvsc.md.)
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

MOST_SONGS: Final = 256
FIELDS: Final = ("NAME", "AUTHOR", "TITLE", "ARTIST", "COMMENT", "BUG")
_FIELD: Final = re.compile(r"\s{0,8}(NAME|AUTHOR|TITLE|ARTIST|COMMENT|BUG):(.*)")
_SPACES: Final = "\t\N{NO-BREAK SPACE}"
_SONG: Final = re.compile(r"\(#(\d{1,3})\)")
# What one entry may hold; the HVSC's longest has some 10,000 characters.
_LONGEST_ENTRY: Final = 50_000
# Bounds the work of joining continuations, so that the whole stays linear in the document.
_MOST_LINES: Final = 1000


@dataclass(slots=True)
class Note:
    """One field of an entry."""

    field: str
    text: str


@dataclass(slots=True)
class Entry:
    """All that is said about a path: notes about the whole, and notes about single songs by their number."""

    path: str
    notes: list[Note] = field(default_factory=list)
    songs: dict[int, list[Note]] = field(default_factory=dict)
    lines: int = 0
    size: int = 0


def parse_stil(lines: Iterable[str]) -> dict[str, Entry]:
    """Entries by path without the leading slash (a folder's keeps its trailing one). Never raises; linear in its input."""
    entries: dict[str, Entry] = {}
    entry: Entry | None = None
    notes: list[Note] = []
    for raw in lines:
        line = _printable(raw.rstrip())
        if line.startswith("/"):
            path = line.lstrip("/")
            entry = entries.setdefault(path, Entry(path)) if path else None
            notes = entry.notes if entry else []
        elif entry is None or not line or line.startswith("#"):
            continue
        elif song := _SONG.fullmatch(line.strip()):
            number = int(song[1])
            # A song that no tune can have gathers its notes for nobody.
            notes = entry.songs.setdefault(number, []) if 1 <= number <= MOST_SONGS else []
        else:
            _add_line(entry, notes, line)
    return entries


def _add_line(entry: Entry, notes: list[Note], line: str) -> None:
    """A field, or the continuation of the last one."""
    entry.lines += 1
    entry.size += len(line)
    if entry.lines > _MOST_LINES or entry.size > _LONGEST_ENTRY:
        return
    match = _FIELD.fullmatch(line)
    if match:
        notes.append(Note(match[1], match[2].strip()))
    elif notes:
        notes[-1].text = f"{notes[-1].text} {line.strip()}".strip()


def _printable(line: str) -> str:
    """The line with what a terminal or a page would obey made visible: it is shown to people."""
    if line.isprintable():
        return line
    return "".join(
        character if character.isprintable() or character in _SPACES else "\N{REPLACEMENT CHARACTER}"
        for character in line
    )
