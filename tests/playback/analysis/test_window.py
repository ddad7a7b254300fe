"""Is it the right part of a song that is listened to?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playback.analysis.window import choose_window

RATE_HZ = 50.0


def window(*parts: tuple[float, bool], window_s: float = 15, intro_skip_s: float = 15) -> tuple[float, float]:
    """The window of a song of parts, each so many seconds long and with sound or without."""
    active = np.concatenate([np.full(round(length_s * RATE_HZ), sounds) for length_s, sounds in parts])
    return choose_window(active, rate_hz=RATE_HZ, window_s=window_s, intro_skip_s=intro_skip_s)


def test_the_intro_of_a_long_song_is_skipped() -> None:
    assert window((60, True)) == (15, 15)
    assert window((60, True), intro_skip_s=0) == (0, 15)


@pytest.mark.parametrize(("length_s", "start"), [(28, 13), (20, 5), (15, 0)])
def test_of_a_song_too_short_for_that_the_end_is_taken(length_s: float, start: float) -> None:
    assert window((length_s, True)) == (start, 15)


@pytest.mark.parametrize("length_s", [14, 5, 0.5, 0.02])
def test_a_short_song_is_taken_whole(length_s: float) -> None:
    assert window((length_s, True)) == pytest.approx((0, length_s))


def test_silence_before_and_behind_is_left_out() -> None:
    assert window((3, False), (4, True), (53, False)) == (3, 4)


def test_a_pause_is_gone_around() -> None:
    start, length = window((10, True), (20, False), (30, True))
    assert start >= 29
    assert length == 15


def test_a_late_beginning_is_waited_for() -> None:
    start, length = window((35, False), (25, True))
    assert start == 35
    assert length == 15


def test_a_song_that_is_silent_all_through_has_a_window_all_the_same() -> None:
    assert window((60, False)) == (0, 15)
    assert window((3, False)) == (0, 3)


@given(
    st.lists(st.tuples(st.integers(1, 1500), st.booleans()), min_size=1, max_size=8),
    st.floats(0.1, 60),
    st.floats(0, 60),
)
def test_a_window_lies_within_the_song_and_is_not_silent(
    parts: list[tuple[int, bool]], window_s: float, intro_skip_s: float
) -> None:
    active = np.concatenate([np.full(frames, sounds) for frames, sounds in parts])
    start, length = choose_window(active, rate_hz=RATE_HZ, window_s=window_s, intro_skip_s=intro_skip_s)
    first, count = round(start * RATE_HZ), round(length * RATE_HZ)
    assert first >= 0
    assert 1 <= count <= max(1, round(window_s * RATE_HZ))
    assert first + count <= len(active)
    assert active[first : first + count].any() or not active.any()
