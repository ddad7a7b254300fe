"""Is the shape of a player program the one that its writes have?"""

from __future__ import annotations

import pytest

from playback.analysis.features.driver import driver_features
from playback.analysis.tracing import PAL_FRAME_CYCLES, REGISTERS
from tests.playback.analysis.made_signals import FRAME_HZ, Writes, trace_of

FRAMES = 200
CYCLE = 1 / PAL_FRAME_CYCLES
SHARES = (
    "writeShareFrequency",
    "writeSharePulseWidth",
    "writeShareControl",
    "writeShareEnvelope",
    "writeShareFilter",
    "writeShareVolume",
)


def driver(writes: Writes, *, chips: int = 1) -> dict[str, float]:
    """Features of the group "driver"."""
    figures = driver_features(trace_of(writes, length_s=FRAMES / FRAME_HZ, chips=chips))
    assert sum(figures[name] for name in SHARES) == pytest.approx(1)
    assert sum(figures[f"voiceShare{voice}"] for voice in (1, 2, 3)) == pytest.approx(1)
    return figures


def dump(*, every: int = 1, apart: int = 10, calls: int = 1) -> Writes:
    """A player that writes all registers in order with values that never stay, `calls` times in every so many frames."""
    return [
        (frame + call / calls + reg * apart * CYCLE, reg, (frame + call) % 2 + 1)
        for frame in range(0, FRAMES, every)
        for call in range(calls)
        for reg in range(REGISTERS)
    ]


def test_a_player_that_writes_everything_each_frame() -> None:
    figures = driver(dump())
    assert figures["writesPerFrame"] == 25
    assert figures["callsPerFrame"] == 1
    expected = (6 / 25, 6 / 25, 3 / 25, 6 / 25, 3 / 25, 1 / 25)
    assert [figures[name] for name in SHARES] == pytest.approx(expected)
    assert figures["redundantWrites"] == 0
    assert figures["registerCoverage"] == 1
    assert figures["registerOrderEntropy"] == 0
    assert figures["silentFrames"] == 0
    assert [figures[f"voiceShare{voice}"] for voice in (1, 2, 3)] == pytest.approx([1 / 3] * 3)
    assert figures["sids"] == 1


def test_where_in_its_call_a_write_stands() -> None:
    figures = driver(dump(apart=100))
    # 0, 100, ... 2,400 cycles after the call's beginning.
    assert figures["framePositionMean"] == pytest.approx(1200 / PAL_FRAME_CYCLES, rel=1e-6)
    spread = 100 * ((25**2 - 1) / 12) ** 0.5
    assert figures["framePositionSpread"] == pytest.approx(spread / PAL_FRAME_CYCLES, rel=1e-6)


def test_calls_more_often_than_frames() -> None:
    assert driver(dump(calls=4))["callsPerFrame"] == pytest.approx(4)


def test_a_digi_beside_the_player_makes_no_calls() -> None:
    digi = [(frame + step / 100, 24, step % 16) for frame in range(FRAMES) for step in range(100)]
    assert driver([*dump(), *digi])["callsPerFrame"] == pytest.approx(1)


def test_frames_without_writes_are_silent() -> None:
    assert driver(dump(every=4))["silentFrames"] == pytest.approx(0.75)


def test_writes_that_change_nothing_are_redundant() -> None:
    same = [(float(frame), 0, 7) for frame in range(FRAMES)]
    assert driver(same)["redundantWrites"] == pytest.approx(1 - 1 / FRAMES)
    turns = [(float(frame), 0, frame % 2 + 1) for frame in range(FRAMES)]
    assert driver(turns)["redundantWrites"] == 0
    # Another register's equal value changes something all the same.
    assert driver([(0, 0, 7), (0.1, 1, 7), (0.2, 7, 7)])["redundantWrites"] == 0


def test_shares_of_one_voice_and_of_few_registers() -> None:
    figures = driver(
        [(frame + reg * CYCLE, 7 + reg, frame % 2 + 1) for frame in range(FRAMES) for reg in (0, 1)]
    )
    assert [figures[f"voiceShare{voice}"] for voice in (1, 2, 3)] == [0, 1, 0]
    assert figures["writeShareFrequency"] == 1
    assert figures["registerCoverage"] == pytest.approx(2 / 25)


def test_without_writes_to_voices_the_shares_are_thirds() -> None:
    figures = driver([(0.0, 24, 15)])
    assert [figures[f"voiceShare{voice}"] for voice in (1, 2, 3)] == pytest.approx([1 / 3] * 3)
    assert figures["framePositionMean"] == 0


def test_the_order_of_registers_has_entropy_where_it_varies() -> None:
    # After 0 comes 1 or 2, as often each: one bit for that one register of two that have a successor in the call.
    writes: Writes = []
    for frame in range(FRAMES):
        writes += [(frame, 0, 1), (frame + 10 * CYCLE, 1 + frame % 2, 1)]
    assert driver(writes)["registerOrderEntropy"] == pytest.approx(1)
    fixed = [(frame + reg * CYCLE, (0, 2, 1)[reg], 1) for frame in range(FRAMES) for reg in range(3)]
    assert driver(fixed)["registerOrderEntropy"] == 0


def test_chips_are_counted() -> None:
    figures = driver(dump(), chips=3)
    assert figures["sids"] == 3
    assert figures["registerCoverage"] == pytest.approx(1 / 3)
