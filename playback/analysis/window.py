"""Which part of a song is listened to? Behind the intro where the song is long enough, never in silence, never behind its end."""

from __future__ import annotations

from typing import Final

import numpy as np

from playback.analysis.arrays import Flags, Whole

_STEP_S: Final = 0.25
# A start is good whose window sounds at least this much of what the best window does.
_GOOD: Final = 0.95


def choose_window(
    active: Flags, *, rate_hz: float, window_s: float, intro_skip_s: float
) -> tuple[float, float]:
    """Start and length in seconds from the first entry of `active`, which says for each 1/rate_hz s whether something sounds.

    The length is `window_s`, or less where less lies between the first and the last sound. Of the starts whose window sounds
    nearly as much as the best one's and that begin with a sound, that which is nearest to `intro_skip_s`; of two the later.
    With nothing active the beginning is taken.
    """
    sounds = np.flatnonzero(active)
    frames = len(active)
    if not len(sounds):
        return 0.0, min(window_s, frames / rate_hz)
    first, end = int(sounds[0]), int(sounds[-1]) + 1
    length = min(max(1, round(window_s * rate_hz)), end - first)
    step = max(1, round(_STEP_S * rate_hz))
    wanted = min(max(first, round(intro_skip_s * rate_hz)), end - length)
    starts = np.unique(np.append(np.arange(first, end - length + 1, step), [wanted, end - length]))
    total = np.concatenate([[0], np.cumsum(active)])
    share = (total[starts + length] - total[starts]) / length
    good = starts[share >= share.max() * _GOOD]
    beginning = good[_sounds_soon(total, good, step)]
    chosen = _nearest(beginning if len(beginning) else good, wanted)
    return chosen / rate_hz, length / rate_hz


def _sounds_soon(total: Whole, starts: Whole, frames: int) -> Flags:
    return np.asarray(total[np.minimum(starts + frames, len(total) - 1)] > total[starts])


def _nearest(starts: Whole, wanted: int) -> int:
    distance = np.abs(starts - wanted)
    return int(starts[np.flatnonzero(distance == distance.min())[-1]])
