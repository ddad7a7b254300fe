"""How like reSIDfp does the fast synth sound, by the yardstick of facts/engines.md? Run with -s to see the table."""

from __future__ import annotations

import lzma

import numpy as np
import pytest

from tests.engine.comparing import spectral_correlation
from tests.engine.corpus import ABSENT, CORPUS, recorded_songs
from tests.engine.synth.chips import (
    MODELS,
    PAL_HZ,
    STEP,
    Script,
    Setup,
    fast,
    loudness,
    residfp,
    script,
    tone,
)

SECONDS = 8.0
FRAME = 19656


def melody(*controls: int, filtered: bool = False, voices: int = 1) -> Script:
    """Half a minute of notes as players make them: frame by frame, with vibrato, pulse and filter sweeps."""
    chance = np.random.default_rng(sum(controls))
    lines: list[tuple[float, int, int]] = [(200, 0x18, 0x1F if filtered else 0x0F)]
    lines += [(210, 0x17, 0x81 if filtered else 0)]
    for voice in range(voices):
        base = voice * 7
        lines += [(220, base + 5, 0x09), (230, base + 6, 0x8A)]
    for frame in range(int(SECONDS * 50)):
        at = 1000 + frame * FRAME
        lines.append((at, 0x16, 24 + frame % 100))
        for voice in range(voices):
            base, note = voice * 7, int(chance.integers(0, 36)) if frame % 12 == 0 else None
            if note is not None:
                frequency = int(0x0459 * 2 ** (note / 12))
                lines += [(at + 20, base, frequency & 255), (at + 30, base + 1, frequency >> 8)]
            width = 0x200 + frame * 16 % 0xC00
            lines += [(at + 40, base + 2, width & 255), (at + 50, base + 3, width >> 8)]
            gate = 1 if frame % 12 < 8 else 0
            lines.append((at + 60, base + 4, controls[frame // 48 % len(controls)] & 0xFE | gate))
    return script(*lines)


CASES = {
    "saw": melody(0x21),
    "pulse": melody(0x41),
    "triangle": melody(0x11),
    "noise": melody(0x81),
    "mixed": melody(0x41, 0x21, 0x81, 0x11),
    "combined": melody(0x51),
    "filtered": melody(0x41, 0x21, filtered=True),
    "three voices": melody(0x41, 0x21, voices=3),
    "sync and ring": script(
        *tone(0x10, frequency=0x0A00, voice=0),
        *(line for at in range(150) for line in [(2000 + at * 50_000, 8, 0x10 + at % 0x30)]),
        *tone(0x23, frequency=0x2000, voice=1),
        *tone(0x15, frequency=0x1700, voice=2),
    ),
}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("case", CASES)
def test_typical_scripts_sound_alike(case: str, model: int) -> None:
    setup = Setup(model=model)
    ours, theirs = (render(CASES[case], seconds=SECONDS, setup=setup) for render in (fast, residfp))
    likeness = spectral_correlation(ours, theirs)
    print(f"{case:16} {model} {likeness:.4f}")
    assert likeness >= 0.93


def recorded(song: str, chip: int = 0) -> Script:
    """The first chip's writes of a recorded trace."""
    with lzma.open(CORPUS / "traces" / f"{song}.trace.xz", "rt") as lines:
        rows = [(int(c), int(r, 16), int(v, 16)) for c, h, r, v in map(str.split, lines) if int(h) == chip]
    steps = np.zeros(len(rows), dtype=STEP)
    for name, column in zip(("cycle", "reg", "value"), zip(*rows, strict=True), strict=True):
        steps[name] = column
    return steps


@pytest.mark.skipif(not CORPUS.exists(), reason=ABSENT)
@pytest.mark.parametrize("model", MODELS)
def test_recorded_tunes_sound_alike(model: int) -> None:
    """Loudness within 2 dB after the first second (reSIDfp starts with a slow step), spectra alike."""
    setup, found = Setup(model=model), {}
    songs = recorded_songs()
    # A sample, and the two that are hardest: noise through a 6581's filter at full resonance.
    for song in {*map(str, songs[::5]), "Great_Giana_Sisters.3", "Great_Giana_Sisters.8"}:
        steps = recorded(song)
        ours, theirs = (render(steps, seconds=SECONDS, setup=setup) for render in (fast, residfp))
        level = 20 * np.log10((loudness(ours[44100:]) + 30) / (loudness(theirs[44100:]) + 30))
        found[song] = (spectral_correlation(ours, theirs), level)
        print(f"{song:44} {model} {found[song][0]:.4f} {level:+.1f} dB")
    likeness = [like for like, _ in found.values()]
    print(f"median {np.median(likeness):.4f} lowest {min(likeness):.4f}")
    assert np.median(likeness) >= 0.97
    assert min(likeness) >= 0.85
    assert max(abs(level) for _, level in found.values()) < 2.5


def test_the_scripts_can_tell_synths_apart() -> None:
    """The yardstick would notice another tune, or the other model's filter."""
    ours = fast(CASES["filtered"], seconds=SECONDS, setup=Setup(model=6581))
    assert spectral_correlation(ours, residfp(CASES["three voices"], seconds=SECONDS)) < 0.8
    assert (
        spectral_correlation(ours, residfp(CASES["filtered"], seconds=SECONDS, setup=Setup(model=8580)))
        < 0.93
    )
    assert len(ours) == int(np.ceil(int(SECONDS * PAL_HZ) * 44100 / PAL_HZ)) - 1
