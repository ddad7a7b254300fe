"""Where do rendered files lie, and how does one come there whole or not at all, whatever is killed when?

    made in  <root>/.work/<run>/     a folder of one run, with a lock that its process holds as long as it lives
    then     renamed to its place    whose name was written into the run's folder before
    then     its row is written

A run that died leaves its folder with nobody's lock on it: `sweep` removes it, and what it had renamed without a row.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

from django.conf import settings

from core.configuration import configuration
from core.files import sync_folder
from playback.rendering.models import RenderedAsset

_WORK: Final = ".work"
_LOCK: Final = "lock"
_PROMISES: Final = "promised"
_CHUNK: Final = 1 << 20
_TRIES: Final = 3
_AT_ONCE: Final = 500
# What `assets.place_of` gives, and nothing else, is ours to remove: the folder may be somebody's who keeps other things in it.
_OURS: Final = re.compile(
    r"[a-z0-9-]{1,20}\.[0-9a-f]{16}\.[0-9a-f]{8}/[0-9a-f]{2}/[0-9a-f]{32}/\d+-\d+\.(wav|flac|m4a|hls/index\.m3u8)"
)
# A file without a row may be on its way to one for so long.
_YOUNG_S: Final = 3600


def root() -> Path:
    """The folder of rendered files; it need not be there."""
    chosen = configuration()
    return (
        chosen.availability.asset_root
        or chosen.render.output_path
        or chosen.audio_cache_path
        or chosen.wav_cache_path
        or Path(settings.DATA_DIR) / "rendered"
    )


class Run:
    """A run's own folder, gone when the run is over."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def promise(self, paths: list[str]) -> None:
        """Written down before files get or lose their names: who sweeps after us looks whether rows stand for them."""
        with (self.folder / _PROMISES).open("a", encoding="utf-8") as file:
            file.writelines(f"{path}\n" for path in paths)
            file.flush()
            os.fsync(file.fileno())

    def publish(self, made: Path, path: str) -> None:
        """Gives what was made (a file, or a folder for a path that names a file in it) its place, for good."""
        place = root() / path
        if made.is_dir():
            place = place.parent
        for file in sorted(made.iterdir()) if made.is_dir() else [made]:
            _sync_file(file)
        if made.is_dir():
            sync_folder(made)
        self.promise([path])
        if place.is_dir():
            place.rename(self.folder / f"old-{made.name}")
        for _ in range(_TRIES):
            place.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(
                FileNotFoundError
            ):  # somebody who removed another file took the folder away
                made.replace(place)
                break
        sync_folder(place.parent)


@contextmanager
def new_run() -> Iterator[Run]:
    """A folder for one run.  Raises OSError where the disk does not take it."""
    work = root() / _WORK
    work.mkdir(parents=True, exist_ok=True)
    with _alone(work):
        folder = Path(tempfile.mkdtemp(prefix="run-", dir=work))
        lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield Run(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep() -> int:
    """Removes what dead runs have left; answers how many there were."""
    work = root() / _WORK
    if not work.is_dir():
        return 0
    swept = 0
    with _alone(work):
        for folder in sorted(work.glob("run-*")):
            with contextlib.suppress(OSError), _lock_of_dead(folder):
                _finish_removing(folder)
                shutil.rmtree(folder, ignore_errors=True)
                swept += 1
    return swept


def remove(path: str) -> None:
    """The file of an asset, or its folder; one that is gone is removed already.  Its empty folders go with it."""
    place = root() / path
    if place.name == "index.m3u8":
        place = place.parent
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        for folder in list(place.parents)[:2]:
            folder.rmdir()


def is_ours(path: str) -> bool:
    """Is this the form of an asset's path?"""
    return _OURS.fullmatch(path) is not None


def tidy() -> int:
    """Removes files older than an hour for which no row stands, as of tracks that are gone; answers how many."""
    removed = 0
    patterns = ("*/*/*/*.wav", "*/*/*/*.flac", "*/*/*/*.m4a", "*/*/*/*.hls/index.m3u8")
    found = (file for pattern in patterns for file in root().glob(pattern))
    while batch := list(islice(found, _AT_ONCE)):
        old = {
            path
            for file in batch
            if is_ours(path := file.relative_to(root()).as_posix()) and _age_s(file) > _YOUNG_S
        }
        for path in old - set(RenderedAsset.objects.filter(path__in=old).values_list("path", flat=True)):
            remove(path)
            removed += 1
    return removed


def _age_s(file: Path) -> float:
    try:
        return time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def fingerprint(path: str) -> tuple[str, int]:
    """SHA-256 and size of an asset: of an HLS folder, all its files in the order of their names."""
    place = root() / path
    files = sorted(place.parent.iterdir()) if place.name == "index.m3u8" else [place]
    digest, size = hashlib.sha256(), 0
    for file in files:
        with file.open("rb") as content:
            while piece := content.read(_CHUNK):
                digest.update(piece)
                size += len(piece)
    return digest.hexdigest(), size


def _finish_removing(folder: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        # The last line may be cut off: nothing was done under that name yet.
        for line in (folder / _PROMISES).read_text(encoding="utf-8").splitlines(keepends=True):
            path = line.removesuffix("\n")
            if line.endswith("\n") and not RenderedAsset.objects.filter(path=path).exists():
                remove(path)


@contextmanager
def _alone(work: Path) -> Iterator[None]:
    """While a run's folder gets its lock, nobody sweeps."""
    handle = os.open(work / ".sweeping", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _lock_of_dead(folder: Path) -> Iterator[None]:
    """Raises OSError while the run lives."""
    handle = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _sync_file(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
