"""How long is each song, as DOCUMENTS/Songlengths.md5 has it?

    [Database]
    ; /MUSICIANS/H/Hubbard_Rob/Commando.sid
    8bcbf05c4ffe5ba9c1bf7dbc9bb0c2bd=5:07 0:48.5 1:02.250

The key is the md5 of the whole file (HVSC #68 and later); one length a song, minutes:seconds with up to three digits of
fraction; a length may carry the old format's attributes, `(G)` or `(M)`.
"""

import re
from collections.abc import Iterable
from typing import Final

_ENTRY: Final = re.compile(r"([0-9a-fA-F]{32})\s*=\s*(.*)")
_LENGTH: Final = re.compile(r"(\d{1,4}):([0-5]?\d)(?:\.(\d{1,3}))?(?:\([A-Z]\))?", re.ASCII)
MOST_SONGS: Final = 256


def parse_song_lengths(lines: Iterable[str]) -> dict[str, list[int | None]]:
    """Lengths in ms by md5 (lower case), one a song; None where an entry is no length.

    Lines that are not entries are passed over, whatever they hold; of two entries with one md5 the later one stands.
    """
    lengths: dict[str, list[int | None]] = {}
    for line in lines:
        if entry := _ENTRY.fullmatch(line.strip()):
            lengths[entry[1].lower()] = [length_ms(word) for word in entry[2].split()[:MOST_SONGS]]
    return lengths


def listed_files(lines: Iterable[str]) -> list[tuple[str, str]]:
    """(path below the root, md5 in lower case) of each entry that has its path in the comment before it, in order."""
    files: list[tuple[str, str]] = []
    path = ""
    for line in lines:
        text = line.strip()
        if text.startswith(";"):
            path = text[1:].strip().removeprefix("/")
        elif (entry := _ENTRY.fullmatch(text)) and path:
            files.append((path, entry[1].lower()))
            path = ""
    return files


def length_ms(text: str) -> int | None:
    """ "1:02.5" as 62,500 ms; None for anything else, and for a length of nothing."""
    match = _LENGTH.fullmatch(text)
    if match is None:
        return None
    fraction = (match[3] or "").ljust(3, "0")
    return (int(match[1]) * 60 + int(match[2])) * 1000 + int(fraction) or None
