"""What do the tests of rendering share?  Short songs of our own tunes in a catalogue, and a data folder of their own."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from playback.catalogue.importing import import_sids
from playback.catalogue.models import Track
from playback.demo_tunes.compiling import sid_file
from playback.demo_tunes.pieces import pieces

LENGTH_MS = 2500


@pytest.fixture
def data(tmp_path: Path, settings: Any) -> Path:
    """The site's data folder, empty."""
    folder = tmp_path / "data"
    folder.mkdir()
    settings.DATA_DIR = folder
    return folder


@pytest.fixture
def tunes(tmp_path: Path, data: Path, db: None) -> list[Track]:
    """All songs of a collection of short ones: one chip, two chips, several songs."""
    root = tmp_path / "music"
    lines = ["[Database]"]
    chosen = [
        next(piece for piece in pieces() if len(piece.songs) == 1),
        next(piece for piece in pieces() if piece.is_stereo),
        next(piece for piece in pieces() if len(piece.songs) > 1),
    ]
    for folder, piece in zip(("A", "A", "B/C"), chosen, strict=True):
        data_of = sid_file(piece)
        (root / folder).mkdir(parents=True, exist_ok=True)
        (root / folder / piece.file_name).write_bytes(data_of)
        md5 = hashlib.md5(data_of, usedforsecurity=False).hexdigest()
        lines.append(f"{md5}=" + " ".join("0:02.500" for _ in piece.songs))
    (root / "DOCUMENTS").mkdir()
    (root / "DOCUMENTS" / "Songlengths.md5").write_bytes("\r\n".join([*lines, ""]).encode())
    import_sids(root, name="Short")
    return list(Track.objects.with_file().in_order())
