"""How do restored files take the old ones' places so that a kill at any moment leaves the old site, or the new one?

Everything new lies ready in `.restore/` in the data folder; then the journal is written, which is the moment; then each thing
is moved.  Whoever starts any SIDFlow program finishes moves that were interrupted (`settings` does it before it opens
anything), so nobody ever sees half of them.  What was there before is put aside, not deleted.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from core.files import sync_folder

STAGING: Final = ".restore"
_JOURNAL: Final = "journal.json"
_LOCK: Final = ".restore-lock"


@dataclass(frozen=True, slots=True)
class Move:
    """`new` takes the place of what is at `place`, which goes to `aside`; without `new`, the place is left empty."""

    new: str | None
    place: str
    aside: str


def staging(data_dir: Path) -> Path:
    """Where restored files wait."""
    return data_dir / STAGING


def commit(data_dir: Path, moves: list[Move]) -> None:
    """From here on the site is the restored one: does the moves, or leaves them to the next start."""
    folder = staging(data_dir)
    os.sync()  # a power cut behind the journal must find what it names
    draft = folder / f"{_JOURNAL}.draft"
    with draft.open("w", encoding="utf-8") as file:
        json.dump([asdict(move) for move in moves], file)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(folder / _JOURNAL)
    sync_folder(folder)
    finish(data_dir)


def finish(data_dir: Path) -> None:
    """Finishes a restore that was interrupted behind its commit; nothing to do is the usual case, and costs one look."""
    journal = staging(data_dir) / _JOURNAL
    if not journal.exists():
        return
    with _alone(data_dir):
        if not journal.exists():
            return  # somebody else did it just now
        for move in json.loads(journal.read_text(encoding="utf-8")):
            _do(Move(**move))
        journal.unlink()
        sync_folder(journal.parent)
        shutil.rmtree(journal.parent, ignore_errors=True)


def _do(move: Move) -> None:
    """May be repeated: a new thing that is not there any more is in its place already."""
    place, new = Path(move.place), Path(move.new) if move.new else None
    if new and not new.exists():
        return
    if os.path.lexists(place):
        aside = _free(Path(move.aside))
        aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.rename(aside)
        sync_folder(aside.parent)
    if new:
        place.parent.mkdir(parents=True, exist_ok=True)
        new.rename(place)
    sync_folder(place.parent)


def _free(path: Path) -> Path:
    """The path, or the first like it where nothing is: what somebody made again between two tries is kept, too."""
    number, free = 2, path
    while os.path.lexists(free):
        free = path.with_name(f"{path.name}.{number}")
        number += 1
    return free


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    handle = os.open(data_dir / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
