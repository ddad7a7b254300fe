"""Does a reference synth that takes a chip's state over go on as the one that played from the beginning?"""

from __future__ import annotations

import math
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from hardware.engine import Option, Synth, TunePlayer
from tests.engine import comparing
from tests.engine.corpus import ABSENT, Song, first_songs
from tests.engine.tunes.made import made_tune
from tests.engine.wasm.fingerprints import HERE, ROOT

CLOCK_HZ, RATE_HZ = 985248, 44100
# The level of a reSIDfp just made falls to 0 within 6,039 cycles; SidState begins there.
SETTLED = 30_000
# The resampler counts cycles per sample in 1/1024, rounded down in each of its two passes (reference_synth.h).
_BETWEEN_HZ = 40000 + math.sqrt(40000 * CLOCK_HZ * 4100 / RATE_HZ)
SAMPLE_CYCLES = math.floor(CLOCK_HZ / _BETWEEN_HZ * 1024) * math.floor(_BETWEEN_HZ / RATE_HZ * 1024) / 2**20
# About four seconds: where a sample begins.
START_FRAME = 4 * RATE_HZ
START_S = START_FRAME * SAMPLE_CYCLES / CLOCK_HZ
MODELS = (6581, 8580)
SONGS = [pytest.param(song, id=str(song)) for song in first_songs()]
needs_corpus = pytest.mark.skipif(not SONGS, reason=ABSENT)


@pytest.fixture(scope="session")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """synth_probe, linked with the objects of the native build."""
    engine, program = ROOT / "engine", tmp_path_factory.mktemp("probe") / "synth_probe"
    objects = [*(engine / "build/native/residfp").rglob("*.o")]
    objects += [engine / f"build/native/{name}.o" for name in ("reference_synth", "sid_state", "waveforms")]
    command = [
        "g++",
        "-std=c++17",
        "-O1",
        f"-I{engine}/src",
        f"-I{engine}/include",
        str(HERE / "synth_probe.cpp"),
    ]
    subprocess.run([*command, *map(str, objects), "-o", str(program)], check=True)
    return program


def script(song: Song, *, voice: int = 2) -> str:
    """The first chip's recorded writes, `voice` standing where voice 3 (the readable one) is, after the power-on."""
    lines = ["0 0 18 0f"]
    for cycle, chip, register, value in song.recording[["cycle", "chip", "reg", "value"]].tolist():
        place = ((register // 7 - voice - 1) % 3) * 7 + register % 7 if register < 21 else register
        if chip == 0:
            lines.append(f"{cycle + SETTLED:.0f} 0 {place:02x} {value:02x}")
    return "\n".join(lines)


def run(probe: Path, what: str, writes: str, *, model: int, seconds: float, start: float) -> bytes:
    """The probe's standard output."""
    command = [probe, what, str(model), str(CLOCK_HZ), str(RATE_HZ), "0", str(seconds), str(start)]
    return subprocess.run([*map(str, command)], input=writes.encode(), capture_output=True, check=True).stdout


def sound(probe: Path, writes: str, *, model: int, seconds: float, start: float = 0) -> npt.NDArray[np.int16]:
    """Samples from `start` on."""
    return np.frombuffer(run(probe, "sound", writes, model=model, seconds=seconds, start=start), np.int16)


@needs_corpus
@pytest.mark.parametrize("voice", range(3))
@pytest.mark.parametrize("song", SONGS)
def test_oscillator_and_envelope_go_on_exactly(probe: Path, song: Song, voice: int) -> None:
    """OSC3 and ENV3 of the synth that took over, of the unbroken one and of SidState, every 977 cycles for a second."""
    output = run(probe, "state", script(song, voice=voice), model=MODELS[voice % 2], seconds=1, start=START_S)
    moments = np.array([line.split() for line in output.decode().splitlines()], dtype=int)
    assert len(moments) > 1000
    _, taken_osc, taken_env, unbroken_osc, unbroken_env, state_osc, state_env = moments.T
    for osc in (taken_osc, state_osc):
        # The 8580 shows triangle and sawtooth a cycle late: one moment in a thousand may fall into that cycle.
        assert np.mean(osc == unbroken_osc) >= 0.998
    for env in (taken_env, state_env):
        assert np.mean(env == unbroken_env) >= 0.998


@needs_corpus
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("song", SONGS)
def test_sound_goes_on(probe: Path, song: Song, model: int) -> None:
    writes = script(song)
    unbroken = sound(probe, writes, model=model, seconds=START_S + 3)[START_FRAME:]
    taken_over = sound(probe, writes, model=model, seconds=3, start=START_S)
    assert len(taken_over) == pytest.approx(len(unbroken), abs=2)
    settled = RATE_HZ // 2
    rest = min(len(unbroken), len(taken_over))
    pair = taken_over[settled:rest], unbroken[settled:rest]
    # Between the harmonics of a quiet tone there is nothing but the rounding of the last bit, which the spectrum's
    # logarithm shows as loud as the tone: there the waves themselves are compared.
    same_wave = np.corrcoef(*pair)[0, 1] >= 0.9999
    assert same_wave or comparing.spectral_correlation(*pair, shifts=0) >= 0.98
    # No thump where it begins: nothing louder than the song itself.
    assert np.abs(taken_over[:settled].astype(int)).max() <= np.abs(unbroken.astype(int)).max() * 1.5 + 200


def test_muted_voices_are_silent_and_come_back_in_step() -> None:
    file = made_tune("vertical_blank_pal").file

    def rendered(*masks: int) -> npt.NDArray[np.int16]:
        with TunePlayer(file) as player:
            player.set_option(Option.SYNTH, Synth.REFERENCE)
            player.start()
            pieces = []
            for mask in masks:
                player.set_option(Option.MUTE, mask)
                pieces.append(player.render(seconds=0.5))
            return np.concatenate(pieces)

    loud, quiet, again = rendered(0, 0, 0), rendered(0b111, 0b111, 0b111), rendered(0, 0b111, 0)
    settled = slice(RATE_HZ, None)  # the chip's own level swings in before
    assert quiet[settled].std() < loud[settled].std() / 50
    back = slice(RATE_HZ + RATE_HZ // 10, None)
    assert np.corrcoef(again[back], loud[back])[0, 1] > 0.9
