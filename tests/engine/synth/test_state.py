"""Does SidState answer reads of OSC3 and ENV3 as reSIDfp does, at any cycle and over any gap?"""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.synth.chips import MODELS, Script, answers, script

# The envelope of a reSIDfp just made falls from 0xaa; ours is silent at once.
SETTLED = 30_000


def random_script(
    seed: int, *, waveforms: list[int], sync: bool, test_bit: bool, steps: int = 1500
) -> Script:
    """Reads and writes a few to some thousand cycles apart, with envelopes short enough to show all their phases."""
    chance = np.random.default_rng(seed)
    cycle, lines = SETTLED, []
    for _ in range(steps):
        cycle += int(chance.integers(1, chance.choice([12, 200, 20_000], p=[0.4, 0.4, 0.2])))
        if chance.random() < 0.5:
            lines.append((cycle, int(chance.integers(0x1B, 0x1D)), 0))
            continue
        register, value = int(chance.integers(0, 21)), int(chance.integers(0, 256))
        if register % 7 == 4:
            value = int(chance.choice(waveforms)) << 4 | int(chance.integers(0, 8)) & (7 if sync else 5)
            value |= 8 if test_bit and chance.random() < 0.1 else 0
        if register % 7 in (5, 6) and chance.random() < 0.6:
            value &= 0x33 if register % 7 == 5 else 0xF3
        lines.append((cycle, register, value))
    return script(*lines)


def wrong_share(steps: Script, register: int, *, model: int) -> float:
    """The share of reads of `register` that differ."""
    reads = steps["reg"] == register
    return float(
        np.mean((answers(steps, model=model, ours=True) != answers(steps, model=model, ours=False))[reads])
    )


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("waveforms", "sync", "test_bit", "tolerance"),
    [
        # The 8580's triangle and sawtooth come a cycle late; in the first cycle after another waveform ours differs.
        ([1, 2, 4, 8], False, False, 0.005),
        ([1, 2, 4, 8], True, False, 0.005),
        ([0, 1, 2, 4, 8], True, True, 0.005),
        ([3, 5, 6, 7], True, True, 0.005),
        # Noise with other waveforms empties the register bit by bit; we follow that nearly.
        ([8, 9, 10, 12, 15], True, True, 0.05),
    ],
    ids=["single", "sync", "test-and-none", "combined", "noise-combined"],
)
def test_reads_equal_residfp(
    model: int, seed: int, waveforms: list[int], sync: bool, test_bit: bool, tolerance: float
) -> None:
    steps = random_script(seed, waveforms=waveforms, sync=sync, test_bit=test_bit)
    assert wrong_share(steps, 0x1B, model=model) <= tolerance
    assert wrong_share(steps, 0x1C, model=model) == 0


@pytest.mark.parametrize("rate", range(16))
def test_every_rate_is_exact_over_long_gaps(rate: int) -> None:
    """A note of each rate, read now and then: attack, decay, sustain, release, and hours of silence at the end."""
    lines = [(SETTLED, 0x13, rate << 4 | rate), (SETTLED + 10, 0x14, 0x80 | rate), (SETTLED + 20, 0x12, 0x11)]
    gaps = np.random.default_rng(rate).integers(1, 300_000, 60)
    reads = [(SETTLED + 30 + int(at), 0x1C, 0) for at in np.cumsum(gaps)]
    off = reads[40][0] + 5
    lines += [*reads, (off, 0x12, 0x10)]
    assert wrong_share(script(*lines), 0x1C, model=8580) == 0


def test_the_rate_counter_must_wrap_when_the_new_period_lies_behind_it() -> None:
    """The ADSR delay bug: a slow release, then a fast attack that starts up to 33 ms late."""
    lines = [(SETTLED, 0x14, 0x8F), (SETTLED + 10, 0x12, 0x11), (SETTLED + 9_000, 0x12, 0x10)]
    late = SETTLED + 9_000 + 20_000
    lines += [(late, 0x12, 0x11), *((late + 200 * at, 0x1C, 0) for at in range(1, 250))]
    steps = script(*lines)
    ours = answers(steps, model=6581, ours=True)
    assert np.array_equal(ours, answers(steps, model=6581, ours=False))
    levels = ours[steps["reg"] == 0x1C]
    rises = np.flatnonzero(np.diff(levels.astype(int)) > 0)
    assert rises[0] * 200 > 3000, "the attack did not wait for the counter"


@pytest.mark.parametrize(
    ("rate", "milliseconds"),
    list(enumerate([2, 8, 16, 24, 38, 56, 68, 80, 100, 250, 500, 800, 1000, 3000, 5000, 8000])),
)
def test_attack_times_are_the_data_sheets(rate: int, milliseconds: int) -> None:
    """The data sheet gives them for 1 MHz."""
    lines = [(SETTLED, 0x13, rate << 4), (SETTLED + 10, 0x14, 0xF0), (SETTLED + 20, 0x12, 0x11)]
    end = SETTLED + 20 + milliseconds * 1000
    early, late = int(end - milliseconds * 90 - 400), int(end + milliseconds * 90 + 400)
    read = answers(script(*lines, (early, 0x1C, 0), (late, 0x1C, 0)), model=6581, ours=True)
    assert read[-2] < 255
    assert read[-1] == 255


def test_a_long_gap_is_cheap() -> None:
    """Three hours in one step: the closed form, not a loop over cycles (that would take minutes)."""
    lines = [(SETTLED, 0x0F, 0x40), (SETTLED + 10, 0x12, 0x83), (SETTLED + 20, 0x07, 0x11)]
    steps = script(*lines, (SETTLED + 3 * 3600 * 985_248, 0x1B, 0))
    first = answers(steps, model=6581, ours=True)
    assert np.array_equal(first, answers(steps, model=6581, ours=True))
