"""How do the demo tunes lie on the disk and come into the catalogue?

As any folder of music would, with the HVSC's own documents beside the tunes, so that the importer needs to know nothing
about them: lengths from DOCUMENTS/Songlengths.md5, comments from DOCUMENTS/STIL.txt.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from playback.catalogue.importing import import_sids
from playback.catalogue.models import Collection, SidFile
from playback.demo_tunes.compiling import Piece, sid_file
from playback.demo_tunes.pieces import pieces

COLLECTION: Final = "Demo tunes"
_MARK: Final = ".made-from"
_LICENCE: Final = (
    "The tunes in this folder were written for SIDFlow and are dedicated to the public domain\n"
    "(CC0 1.0 Universal). Do with them what you like.\n"
)


class NotOursError(Exception):
    """The folder holds something else; the argument says it to a person."""


def bring_demo_tunes(folder: Path) -> int:
    """Makes the tunes in `folder` and imports them where a site has no music yet, or has older ones of ours.

    Answers how many tunes came; 0 where there was nothing to do. Whoever deletes the collection from a site that has
    other music does not get it back.
    """
    collection = Collection.objects.filter(name=COLLECTION).first()
    wanted = collection is not None or not SidFile.objects.present().exists()
    is_current = collection is not None and _mark_of(folder) == sources_mark()
    if not wanted or is_current:
        return 0
    write_demo_tunes(folder)
    [report] = import_sids(folder, name=COLLECTION)
    return report.added + report.changed


def write_demo_tunes(folder: Path) -> list[Path]:
    """The tunes and their documents, the whole folder at once. The same bytes each time.

    What an earlier call wrote there is gone; a folder that holds anything else is left alone (NotOursError).
    """
    if folder.exists() and not (folder / _MARK).exists() and any(folder.iterdir()):
        raise NotOursError(
            f"{folder} holds other things than demo tunes: choose a folder that is empty or new."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".demo-tunes-") as scratch:
        fresh = Path(scratch, "fresh")
        (fresh / "DOCUMENTS").mkdir(parents=True)
        lengths, stil = ["[Database]"], []
        for piece in pieces():
            data = sid_file(piece)
            (fresh / piece.file_name).write_bytes(data)
            md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
            times = " ".join(_minutes(piece.length_ms(song)) for song in piece.songs)
            lengths += [f"; /{piece.file_name}", f"{md5}={times}"]
            stil += list(_stil_lines(piece))
        _write_text(fresh / "DOCUMENTS" / "Songlengths.md5", lengths)
        _write_text(fresh / "DOCUMENTS" / "STIL.txt", stil)
        (fresh / "LICENCE.txt").write_text(_LICENCE)
        (fresh / _MARK).write_text(sources_mark())
        if folder.exists():
            folder.rename(Path(scratch, "old"))
        shutil.move(fresh, folder)
    return sorted(folder.glob("*.sid"))


def sources_mark() -> str:
    """A digest of all that the tunes are made from."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.iterdir()):
        if source.suffix in (".py", ".s"):
            digest.update(source.read_bytes())
    return digest.hexdigest()


def _mark_of(folder: Path) -> str:
    try:
        return (folder / _MARK).read_text()
    except OSError:
        return ""


def _minutes(length_ms: int) -> str:
    seconds, rest = divmod(length_ms, 1000)
    return f"{seconds // 60}:{seconds % 60:02}.{rest:03}"


def _stil_lines(piece: Piece) -> Iterator[str]:
    yield f"/{piece.file_name}"
    if piece.comment:
        yield f"COMMENT: {piece.comment}"
    for number, song in enumerate(piece.songs, start=1):
        if len(piece.songs) > 1:
            yield f"(#{number})"
            yield f"   NAME: {song.title}"
        if song.listen_for:
            yield f"COMMENT: Listen for {song.listen_for}."
    yield ""


def _write_text(path: Path, lines: list[str]) -> None:
    """As the HVSC has them: Windows-1252, CRLF."""
    path.write_bytes("".join(line + "\r\n" for line in lines).encode("windows-1252"))
