"""Is the use of waveforms, filter, envelopes and samples counted as it was written?"""

from __future__ import annotations

from typing import Any

import pytest

from playback.analysis.features.frames import frame_tables
from playback.analysis.features.synthesis import synthesis_features
from tests.playback.analysis.made_signals import (
    FRAME_HZ,
    GATE,
    NOISE,
    PULSE,
    RING,
    SAWTOOTH,
    SYNC,
    TEST,
    TRIANGLE,
    Writes,
    note,
    silence_before,
    trace_of,
)

FRAMES = 400
WAVES = ("waveTriangle", "waveSawtooth", "wavePulse", "waveNoise", "waveMixed", "waveNone")


def synthesis(writes: Writes, *, length_s: float = FRAMES / FRAME_HZ) -> dict[str, float]:
    """Features of the group "synthesis"."""
    figures = synthesis_features(frame_tables(trace_of(writes, length_s=length_s)))
    assert sum(figures[name] for name in WAVES) == pytest.approx(1)
    return figures


def tone(**facts: Any) -> Writes:
    """One note as long as the trace."""
    return silence_before() + note(0, 60, frames=FRAMES, **facts)


def test_a_moving_pulse_width_is_activity() -> None:
    sweep: Writes = [(frame, 2, frame % 256) for frame in range(FRAMES)]
    assert synthesis(tone(wave=PULSE) + sweep)["pulseWidthActivity"] == 1
    assert synthesis(tone(wave=PULSE) + sweep[: FRAMES // 2])["pulseWidthActivity"] == pytest.approx(
        0.5, abs=0.01
    )
    assert synthesis(tone(wave=PULSE))["pulseWidthActivity"] == 0
    # The pulse width of a voice that has no pulse is not heard.
    assert synthesis(tone(wave=TRIANGLE) + sweep)["pulseWidthActivity"] == 0


def test_a_filter_sweep_has_its_speed_and_its_middle() -> None:
    # Five steps of the 2,048 each frame, over the whole range: 2,045 at the end.
    sweep: Writes = []
    for frame in range(FRAMES):
        cutoff = frame * 5
        sweep += [(frame, 21, cutoff & 7), (frame, 22, cutoff >> 3)]
    figures = synthesis([*tone(), *sweep, (0, 23, 0xA1), (0, 24, 0x1F)])
    assert figures["filterUse"] == 1
    assert figures["filterMotion"] == pytest.approx(5 / 2048 * FRAME_HZ, rel=0.01)
    assert figures["filterCutoff"] == pytest.approx(0.5 * 5 * FRAMES / 2047, rel=0.01)
    assert figures["filterResonance"] == pytest.approx(10 / 15)


def test_a_filter_is_used_only_by_a_voice_that_goes_through_it() -> None:
    chord = tone() + note(0, 64, frames=FRAMES, voice=1)
    assert synthesis([*chord, (0, 23, 0xF2), (0, 24, 0x1F)])["filterUse"] == pytest.approx(0.5)
    assert synthesis([*chord, (0, 23, 0xF4), (0, 24, 0x1F)])["filterUse"] == 0
    # Neither low, band nor high pass: nothing is chosen.
    assert synthesis([*chord, (0, 23, 0xF2), (0, 24, 0x0F)])["filterUse"] == 0
    assert synthesis(chord)["filterResonance"] == 0


@pytest.mark.parametrize(
    ("wave", "name"),
    [
        (TRIANGLE, "waveTriangle"),
        (SAWTOOTH, "waveSawtooth"),
        (PULSE, "wavePulse"),
        (NOISE, "waveNoise"),
        (TRIANGLE | PULSE, "waveMixed"),
        (0, "waveNone"),
    ],
)
def test_each_waveform_has_its_share(wave: int, name: str) -> None:
    assert synthesis(tone(wave=wave))[name] == pytest.approx(1)


def test_waveforms_share_what_sounds() -> None:
    half = FRAMES // 2
    writes = (
        silence_before() + note(0, 60, frames=half, wave=SAWTOOTH) + note(half, 60, frames=half, wave=NOISE)
    )
    figures = synthesis(writes)
    assert figures["waveSawtooth"] == pytest.approx(0.5, abs=0.01)
    assert figures["waveNoise"] == pytest.approx(0.5, abs=0.01)


def test_silence_is_no_waveform() -> None:
    assert synthesis(silence_before())["waveNone"] == 1
    # A held oscillator is not counted, nor is what follows when the voice never sounds.
    assert synthesis([*silence_before(), (0, 4, PULSE | TEST | GATE)])["waveNone"] == 1


def test_samples_are_seen_by_their_many_writes() -> None:
    digi: Writes = [(frame + step / 20, 24, step % 16) for frame in range(FRAMES // 2) for step in range(20)]
    assert synthesis(tone() + digi)["digiActivity"] == pytest.approx(0.5)
    width: Writes = [(frame + step / 20, 2, step) for frame in range(FRAMES) for step in range(20)]
    assert synthesis(tone() + width)["digiActivity"] == 1
    fade: Writes = [(frame, 24, 15 - frame % 16) for frame in range(FRAMES)]
    assert synthesis(tone() + fade)["digiActivity"] == 0


def test_the_volume_is_that_while_something_sounds() -> None:
    assert synthesis(tone())["volumeMean"] == 1
    half = FRAMES // 2
    writes = [*note(0, 60, frames=half), (0, 24, 6), (half, 24, 15)]
    assert synthesis(writes)["volumeMean"] == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize(
    ("attack_decay", "sustain_release", "expected"),
    [
        (0x09, 0x00, 1 / 1.02),  # attack 2 ms, sustain 0
        (0x00, 0xF0, 0.0),  # held
        (0x80, 0x00, 0.5),  # attack 100 ms
        (0x00, 0x50, (1 - 5 / 15) / 1.02),
    ],
)
def test_plucked_and_held_envelopes(attack_decay: int, sustain_release: int, expected: float) -> None:
    figures = synthesis(tone(attack_decay=attack_decay, sustain_release=sustain_release))
    assert figures["envelopePluck"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("wave", "expected"),
    [(TRIANGLE, 0), (TRIANGLE | RING, 1), (PULSE | RING, 0), (PULSE | SYNC, 1), (SAWTOOTH | SYNC, 1)],
)
def test_ring_and_sync(wave: int, expected: float) -> None:
    assert synthesis(tone(wave=wave))["ringSyncUse"] == expected
