"""What do a collection's own documents add to its files: lengths, names, comments, known faults?

They lie in DOCUMENTS/ below the root, as in the HVSC: Songlengths.md5, STIL.txt, BUGlist.txt. Each may be missing.
"""

from dataclasses import dataclass, field
from typing import Final

from playback.catalogue.paths import PathError, canonical_path, read_below
from playback.hvsc.songlengths import parse_song_lengths
from playback.hvsc.stil import Entry, Note, parse_stil

# Ten times what the HVSC's largest has: a file beyond it is none of these.
LARGEST_DOCUMENT: Final = 64 * 1024 * 1024


@dataclass(slots=True)
class Documents:
    """Looked up by a file's md5 or by its path below the root."""

    lengths: dict[str, list[int | None]] = field(default_factory=dict)
    stil: dict[str, Entry] = field(default_factory=dict)
    bugs: dict[str, Entry] = field(default_factory=dict)

    @classmethod
    def of(cls, root: str) -> "Documents":
        """The documents of the collection at `root`."""
        return cls(
            lengths=parse_song_lengths(_lines(root, "Songlengths.md5")),
            stil=parse_stil(_lines(root, "STIL.txt")),
            bugs=parse_stil(_lines(root, "BUGlist.txt")),
        )

    def notes(self, path: str) -> list[dict[str, object]]:
        """What is said about the file: {"song": number or None, "field": "COMMENT", "text": ...}, the whole file first."""
        entries = [entry for document in (self.stil, self.bugs) if (entry := document.get(path))]
        about_all = [_as_json(None, note) for entry in entries for note in entry.notes]
        songs = sorted({song for entry in entries for song in entry.songs})
        return about_all + [
            _as_json(song, note) for song in songs for entry in entries for note in entry.songs.get(song, [])
        ]

    def folder_notes(self) -> dict[str, str]:
        """What STIL says about whole folders, by canonical path."""
        said: dict[str, str] = {}
        for key, entry in self.stil.items():
            text = "\n".join(note.text for note in entry.notes if note.text)
            if text and key.endswith("/"):
                folder = _folder(key)
                if folder is not None:
                    said.setdefault(folder, text)
        return said

    def length_ms(self, md5: str, song: int) -> int | None:
        """The song's length, None where nobody measured it."""
        lengths = self.lengths.get(md5, [])
        return lengths[song - 1] if song <= len(lengths) else None


def _folder(key: str) -> str | None:
    """The canonical path of a folder's entry; None where it is none."""
    try:
        return canonical_path(key.rstrip("/"))
    except PathError:
        return None


def _as_json(song: int | None, note: Note) -> dict[str, object]:
    return {"song": song, "field": note.field, "text": note.text}


def _lines(root: str, name: str) -> list[str]:
    try:
        data = read_below(root, f"DOCUMENTS/{name}", limit=LARGEST_DOCUMENT)
    except OSError:
        return []
    # splitlines() would also break at characters that Windows-1252 text may contain.
    text = data.decode("windows-1252", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")
