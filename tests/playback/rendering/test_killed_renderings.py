"""Is a rendered file whole and written down, or not there, whatever is killed when?"""

import os
import random
import signal
import time
from pathlib import Path

import pytest
from django.db import connections

from playback.catalogue.models import Track
from playback.rendering import assets, eviction, storage
from playback.rendering.models import RenderedAsset
from playback.rendering.rendering import render
from playback.rendering.settings import settings_for

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = 20
FORMATS = ["wav", "m4a", "hls"]
# What lies in a run's folder at one moment or another of its work.
STAGES = ["lock", "samples.pcm", "made.wav", "promised", "made.m4a", "made.hls", "made.hls/pieces.m3u8"]


def forked_renderer(tracks: list[Track], seed: int) -> int:
    """A process that makes and removes files until it is killed."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    try:
        chance = random.Random(seed)
        settings = settings_for(duration_ms=200 + seed, quality="low")
        while True:
            storage.sweep()
            render(chance.choice(tracks), formats=FORMATS, settings=settings, force=True)
            if chance.random() < 0.5:
                eviction.remove(RenderedAsset.objects.filter(format=chance.choice(FORMATS)))
    finally:
        os._exit(1)


def wait_for(data: Path, stage: str) -> None:
    """Until the one that lives is so far."""
    deadline = time.monotonic() + 60
    while not list((data / "rendered" / ".work").glob(f"run-*/{stage}")):
        assert time.monotonic() < deadline, stage
        time.sleep(0.001)


def files(data: Path) -> set[str]:
    root = data / "rendered"
    found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return {str(path) for path in found if path.parts[0] != ".work"}


def test_twenty_killed_renderers_leave_only_whole_files_that_are_written_down(
    tunes: list[Track], data: Path
) -> None:
    chance = random.Random(4)
    seen: set[str] = set()
    for number in range(KILLS):
        storage.sweep()
        pid = forked_renderer(tunes[:3], number)
        wait_for(data, chance.choice(STAGES))
        time.sleep(chance.uniform(0, 0.03))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        for asset in RenderedAsset.objects.all():
            if assets.is_there(asset):
                seen.add(asset.format)
                assert storage.fingerprint(asset.path) == (asset.sha256, asset.size_bytes), asset
    storage.sweep()
    assert not list((data / "rendered" / ".work").glob("run-*"))
    rows = {asset.path for asset in RenderedAsset.objects.all()}
    have = files(data)
    playlists = {path for path in have if path.endswith((".wav", ".m4a", "index.m3u8"))}
    assert playlists <= rows, "a file that nobody knows"
    folders = {path.rsplit("/", 1)[0] for path in rows if path.endswith(".m3u8")}
    segments = have - playlists
    assert {path.rsplit("/", 1)[0] for path in segments} <= folders
    assert seen >= {"wav", "m4a"}, "who is killed over the third has made two"


def test_what_a_dead_run_had_renamed_and_not_written_down_is_removed(tunes: list[Track], data: Path) -> None:
    [kept, orphan] = [render(track, formats=["wav"])[0] for track in tunes[:2]]
    RenderedAsset.objects.filter(pk=orphan.pk).delete()
    dead = data / "rendered" / ".work" / "run-dead"
    dead.mkdir()
    (dead / "promised").write_text(f"{kept.path}\n{orphan.path}\n{kept.path[:-9]}")
    with storage.new_run() as living:
        living.promise([orphan.path])
        assert storage.sweep() == 1
        assert living.folder.is_dir()
    assert assets.asset_path(kept).exists()
    assert not assets.asset_path(orphan).exists()
    assert not dead.exists()
