"""Are sidplayfp's traps closed, and does it play the same music as our engine?"""

import stat
import time
from pathlib import Path

import numpy as np
import pytest

from hardware import pcm, sidplayfp
from hardware.engine import EngineError
from hardware.programs import ProgramFailedError, ProgramMissingError
from playback.demo_tunes.compiling import sid_file
from playback.demo_tunes.pieces import pieces
from tests.playback.made_up_sids import sid_bytes

TUNE = sid_file(pieces()[0])
SECOND = 44100
# init: JAM.
JAMMED = sid_bytes(program=b"\x00\x10" + b"\x02" * 6)


def played(file: bytes, sound: pcm.Sound, folder: Path, chosen: Path | None = None) -> Path:
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    out = folder / "out.pcm"
    sidplayfp.render_pcm(file, sound, out, scratch=scratch, chosen=chosen)
    return out


@pytest.mark.parametrize(("frames", "channels"), [(1, 1), (SECOND + 7, 2)])
def test_it_is_cut_to_the_frame(tmp_path: Path, frames: int, channels: int) -> None:
    out = played(TUNE, pcm.Sound(song=1, frames=frames, channels=channels), tmp_path)
    assert out.stat().st_size == frames * channels * 2


def test_it_plays_what_our_engine_plays(tmp_path: Path) -> None:
    sound = pcm.Sound(song=1, frames=3 * SECOND)
    theirs = np.frombuffer(played(TUNE, sound, tmp_path).read_bytes(), "<i2").astype(float)
    pcm.render_pcm(TUNE, sound, tmp_path / "ours.pcm")
    ours = np.frombuffer((tmp_path / "ours.pcm").read_bytes(), "<i2").astype(float)
    spectra = [
        np.log1p(np.abs(np.fft.rfft((one[: 64 * 2048] - one.mean()).reshape(-1, 2048) * np.hanning(2048))))
        for one in (ours, theirs)
    ]
    assert np.corrcoef(spectra[0].ravel(), spectra[1].ravel())[0, 1] > 0.9


def test_a_song_that_is_not_there_is_refused_and_not_replaced_by_another(tmp_path: Path) -> None:
    for song in (0, 2, 99):
        with pytest.raises(EngineError):
            played(TUNE, pcm.Sound(song=song, frames=100), tmp_path)


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError):
        played(TUNE[:100], pcm.Sound(song=1, frames=100), tmp_path)


def test_a_tune_that_needs_a_rom_is_refused_and_not_silent(tmp_path: Path) -> None:
    rsid = sid_bytes(magic=b"RSID")
    with pytest.raises(ProgramFailedError, match="KERNAL"):
        played(rsid, pcm.Sound(song=1, frames=100), tmp_path)


def test_a_tune_that_makes_it_write_without_end_is_ended(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(ProgramFailedError):
        played(JAMMED, pcm.Sound(song=1, frames=SECOND), tmp_path)
    assert time.monotonic() - began < 60
    assert sum(file.stat().st_size for file in tmp_path.rglob("*")) < 20 * SECOND * 2


def endless(folder: Path, script: str) -> Path:
    """A program that behaves as sidplayfp has been seen to."""
    program = folder / "sidplayfp"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def test_output_without_end_stops_at_the_bytes_that_were_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailedError, match="without end"):
        played(TUNE, pcm.Sound(song=1, frames=SECOND), tmp_path, endless(tmp_path, "exec cat /dev/zero"))
    raw = tmp_path / "scratch" / "sidplayfp.wav"
    assert raw.stat().st_size == 44 + 11 * SECOND * 2


def test_a_program_that_says_all_is_well_and_gave_too_little_is_not_believed(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailedError, match="stopped early"):
        played(TUNE, pcm.Sound(song=1, frames=SECOND), tmp_path, endless(tmp_path, "printf RIFF; exit 0"))


def test_it_writes_nothing_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    played(TUNE, pcm.Sound(song=1, frames=SECOND), tmp_path)
    assert not list(home.iterdir())


def test_where_it_is_missing_the_package_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProgramMissingError, match="apt-get install sidplayfp"):
        played(TUNE, pcm.Sound(song=1, frames=100), tmp_path, tmp_path / "nowhere")
