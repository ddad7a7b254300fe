"""Do songs become files that are what they say: to the frame, faded, equally loud, tagged, whole?"""

import hashlib
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from playback.catalogue.models import Track
from playback.rendering import assets
from playback.rendering.models import RenderedAsset
from playback.rendering.problems import RenderFailed
from playback.rendering.rendering import render
from playback.rendering.settings import settings_for
from tests.playback.rendering.conftest import LENGTH_MS
from tests.playback.rendering.probing import decoded, probe

ALL = ["wav", "flac", "m4a", "hls"]
FRAMES = LENGTH_MS * 44100 // 1000


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]


def test_a_song_in_every_format(tunes: list[Track], data: Path) -> None:
    track = tunes[0]
    made = {asset.format: asset for asset in render(track, formats=ALL)}
    assert list(made) == ALL
    for name, asset in made.items():
        assert assets.current_asset(track, name) == asset
        assert (asset.duration_ms, asset.engine, asset.channels) == (LENGTH_MS, "sidflow", 1)
        assert asset.file_md5 in asset.path
        assert asset.loudness_lufs is not None
    wav, flac, m4a, playlist = (assets.asset_path(made[name]) for name in ALL)
    for path, codec in ((wav, "pcm_s16le"), (flac, "flac"), (m4a, "aac")):
        found = probe(path)
        assert (found["codec_name"], found["duration_ts"]) == (codec, FRAMES), path
        assert made[path.suffix[1:]].size_bytes == path.stat().st_size
        assert made[path.suffix[1:]].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    for path in (flac, m4a):
        tags = probe(path)["tags"]
        album = track.album
        assert (tags["title"], tags["album"], tags["track"]) == (track.display_title, album.title, "1/1")
        assert (tags["artist"], tags["date"]) == (str(album.artist), str(album.year))
    assert np.array_equal(decoded(wav), decoded(flac))
    assert probe(flac)["bits_per_raw_sample"] == "16"
    texts = re.findall(r"#EXTINF:([\d.]+),\n(\S+)", playlist.read_text())
    assert float(texts[0][0]) == pytest.approx(2, abs=0.1)
    assert sum(float(seconds) for seconds, _ in texts) == pytest.approx(LENGTH_MS / 1000, abs=0.08)
    assert {name for _, name in texts} | {"init.mp4", "index.m3u8"} == {
        file.name for file in playlist.parent.iterdir()
    }
    # The same encoded sound: nothing was encoded twice.
    packets = [
        subprocess.run(
            ["ffmpeg", "-v", "error", "-i", str(path), "-c", "copy", "-f", "adts", "-"],
            capture_output=True,
            check=True,
        ).stdout
        for path in (m4a, playlist)
    ]
    assert packets[0] == packets[1]
    assert len(files_below(data / "rendered")) == 3 + len(texts) + 2


def test_the_end_is_faded_and_the_loudness_even(tunes: list[Track]) -> None:
    [asset] = render(tunes[0], formats=["wav"])
    sound = decoded(assets.asset_path(asset)).astype(float)[:, 0]
    assert np.abs(sound[-200:]).max() < 0.02 * np.abs(sound).max()
    said = subprocess.run(
        [
            "ffmpeg",
            "-hide_banner",
            "-nostats",
            "-i",
            assets.asset_path(asset),
            "-af",
            "ebur128=peak=true",
            "-f",
            "null",
            "-",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    loudness = float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])
    peak = float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", said)[-1])
    assert peak <= -0.9
    assert loudness == pytest.approx(-16, abs=0.2) or peak == pytest.approx(-1, abs=0.2)
    assert asset.loudness_lufs != pytest.approx(loudness, abs=0.01)


@pytest.mark.parametrize("engine", ["wasm", "sidplayfp-cli"])
def test_what_is_made_again_has_the_same_bytes(tunes: list[Track], engine: str) -> None:
    settings = settings_for(engine)  # type: ignore[arg-type]
    formats = ALL if engine == "wasm" else ["wav"]
    first = {asset.format: asset for asset in render(tunes[0], formats=formats, settings=settings)}
    again = {
        asset.format: asset for asset in render(tunes[0], formats=formats, settings=settings, force=True)
    }
    assert {name: asset.sha256 for name, asset in first.items()} == {
        name: asset.sha256 for name, asset in again.items()
    }
    assert all(again[name].rendered_at > first[name].rendered_at for name in formats)
    assert {asset.pk for asset in first.values()} == {asset.pk for asset in again.values()}
    assert RenderedAsset.objects.count() == len(formats)


def test_what_is_there_is_not_made_again(tunes: list[Track]) -> None:
    [first] = render(tunes[0], formats=["wav"])
    [same] = render(tunes[0], formats=["wav"])
    assert same.rendered_at == first.rendered_at
    assets.asset_path(first).unlink()
    assert assets.current_asset(tunes[0], "wav") is None
    [new] = render(tunes[0], formats=["wav"])
    assert new.rendered_at > first.rendered_at
    assert assets.current_asset(tunes[0], "wav") == new


def test_a_tune_with_two_chips_has_two_channels_unless_told_otherwise(tunes: list[Track]) -> None:
    stereo = next(track for track in tunes if track.album.sid_file.sids == 2)
    [both] = render(stereo, formats=["wav"])
    [one] = render(stereo, formats=["wav"], settings=settings_for(channels=1))
    assert (both.channels, one.channels) == (2, 1)
    assert probe(assets.asset_path(both))["channels"] == 2
    sound = decoded(assets.asset_path(both), channels=2)
    assert not np.array_equal(sound[:, 0], sound[:, 1])


def test_quality_and_duration(tunes: list[Track]) -> None:
    settings = settings_for(quality="low", duration_ms=1000)
    [asset] = render(tunes[0], formats=["m4a"], settings=settings)
    found = probe(assets.asset_path(asset))
    assert (found["sample_rate"], found["duration_ts"]) == ("32000", 32000)
    assert assets.current_asset(tunes[0], "m4a") is None, "a second of it is not the song"
    [whole] = render(tunes[0], formats=["m4a"], settings=settings_for(quality="low"))
    assert assets.current_asset(tunes[0], "m4a") == whole


def test_a_changed_length_or_file_makes_the_old_files_old(tunes: list[Track]) -> None:
    track = tunes[0]
    [first] = render(track, formats=["wav"])
    track.length_ms = 2000
    track.save()
    assert assets.current_asset(track, "wav") is None
    [second] = render(track, formats=["wav"])
    assert second.pk == first.pk
    assert not assets.asset_path(first).exists()
    assert probe(assets.asset_path(second))["duration_ts"] == 88200


def test_a_copy_in_another_collection_shares_the_file(tunes: list[Track], tmp_path: Path) -> None:
    from playback.catalogue.importing import import_sids

    track = tunes[0]
    other = tmp_path / "other"
    other.mkdir()
    source = Path(track.album.sid_file.collection.root) / track.album.sid_file.path
    (other / "copy.sid").write_bytes(source.read_bytes())
    import_sids(other, name="Other")
    copy = Track.objects.with_file().get(album__sid_file__collection__name="Other")
    copy.length_ms = track.length_ms
    copy.save()
    [asset] = render(track, formats=["wav"])
    assert render(copy, formats=["wav"]) == [asset]
    assert assets.current_asset(copy, "wav") == asset


def test_a_song_that_cannot_be_played_leaves_nothing(tunes: list[Track], data: Path) -> None:
    track = tunes[0]
    track.position = 9
    for engine in ("wasm", "sidplayfp-cli"):
        with pytest.raises(RenderFailed):
            render(track, formats=["wav"], settings=settings_for(engine))
    assert files_below(data) == []
    assert not RenderedAsset.objects.exists()


def test_who_stops_it_leaves_nothing(tunes: list[Track], data: Path) -> None:
    class Stop(BaseException):
        pass

    for when in (0.0, 0.5, 0.95):

        def progress(part: float, when: float = when) -> None:
            if part >= when:
                raise Stop

        with pytest.raises(Stop):
            render(tunes[0], formats=["flac", "m4a"], progress=progress, force=True)
        RenderedAsset.objects.all().delete()
    assert not list((data / "rendered" / ".work").glob("run-*"))


def test_a_use_is_noted_once_a_minute(tunes: list[Track]) -> None:
    from datetime import timedelta

    [asset] = render(tunes[0], formats=["wav"])
    before = asset.used_at
    assets.touch(asset)
    assert RenderedAsset.objects.get().used_at == before
    RenderedAsset.objects.update(used_at=before - timedelta(minutes=5))
    asset.refresh_from_db()
    assets.touch(asset)
    assert RenderedAsset.objects.get().used_at > before
