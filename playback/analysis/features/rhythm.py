"""When does something begin in a window, how regularly, and how much off the beat?"""

from __future__ import annotations

from typing import Final

import numpy as np

from playback.analysis.arrays import Reals, Whole
from playback.analysis.features.frames import FrameTables
from playback.analysis.features.spectrum import Spectrum
from playback.analysis.features.tempo import tempo

_AROUND_S: Final = 0.25
_NEIGHBOURS: Final = 2
_LEAST_RISE_DB: Final = 1.0
_PHASES: Final = 48
_LEAST_BEAT_DB: Final = 0.3
_OFF_BEAT: Final = 1 / 16
_FEWEST_ONSETS: Final = 3
_VOICES_AT_ONCE: Final = 3


def rhythm_features(
    spectrum: Spectrum, rise: Reals, tables: FrameTables, *, window_at_s: float, window_s: float
) -> dict[str, float]:
    """bpm, confidence, onsetRate, onsetRegularity, syncopation. `window_at_s` counts from the trace's beginning."""
    onsets = onsets_s(rise, spectrum.level, spectrum.frame_rate_hz)
    # Less than this is no beginning but the beating of held tones.
    rising = np.where(rise > _LEAST_BEAT_DB, rise, 0.0).astype(np.float64)
    bpm, confidence = tempo([(note_curve(tables), tables.rate_hz), (rising, spectrum.frame_rate_hz)])
    inside = (tables.note_s >= window_at_s) & (tables.note_s < window_at_s + window_s)
    notes, voices = tables.note_s[inside], tables.note_voice[inside]
    if len(notes) < _FEWEST_ONSETS:
        notes, voices = onsets, np.zeros(len(onsets), np.intp)
    return {
        "bpm": bpm,
        "confidence": confidence,
        "onsetRate": max(1, len(onsets)) / window_s,
        "onsetRegularity": regularity(onsets),
        "syncopation": syncopation(notes, voices, bpm),
    }


def note_curve(tables: FrameTables) -> Reals:
    """How many notes begin in each frame, three counting as more, slightly blurred so that a frame more or less is no matter."""
    count = np.bincount(tables.note_frame, minlength=tables.frames).astype(np.float64)
    np.minimum(count, _VOICES_AT_ONCE, out=count)
    blurred = 0.5 * count
    blurred[1:] += 0.25 * count[:-1]
    blurred[:-1] += 0.25 * count[1:]
    return blurred


def onsets_s(rise: Reals, level: Reals, rate_hz: float) -> Reals:
    """Times of the peaks of a flux curve, in seconds from its first frame, but for those where the power falls to less than half:
    a tone that is cut off clicks in every band, too."""
    curve = rise.astype(np.float64)
    around = max(1, round(_AROUND_S * rate_hz))
    total = np.concatenate([[0.0], np.cumsum(np.pad(curve, around, mode="edge"))])
    mean = (total[2 * around + 1 :] - total[: len(curve)]) / (2 * around + 1)
    padded = np.pad(curve, _NEIGHBOURS, constant_values=-1.0)
    highest = np.max([padded[off : off + len(curve)] for off in range(2 * _NEIGHBOURS + 1)], axis=0)
    peaks = (curve >= highest) & (curve > mean + 0.5 * curve.std()) & (curve > _LEAST_RISE_DB)
    peaks[1:-1] &= level[2:] >= level[:-2] / 2
    # Of a peak two frames wide the first.
    peaks[1:] &= ~peaks[:-1]
    return np.flatnonzero(peaks) / rate_hz


def regularity(onsets: Reals) -> float:
    """1 for onsets at equal distances, towards 0 for distances of every kind; 0 for fewer than three onsets."""
    if len(onsets) < _FEWEST_ONSETS:
        return 0.0
    distance = np.diff(onsets)
    return float(1 / (1 + distance.std() / distance.mean()))


def syncopation(onsets: Reals, voices: Whole, bpm: float) -> float:
    """Share of onsets that anticipate: off the half beats of the grid that fits best, and with none of the same voice where the next half
    beat falls. `onsets` rise within each of the `voices` that they belong to, and voices stand together.
    """
    if len(onsets) < _FEWEST_ONSETS:
        return 0.0
    half_beats = onsets * (bpm / 30)
    behind = (half_beats[:, None] + np.arange(_PHASES) / _PHASES) % 1.0
    off = np.minimum(behind, 1 - behind) > 2 * _OFF_BEAT
    best = int(np.argmin(off.sum(axis=0)))
    following = np.append(np.where(np.diff(voices) == 0, np.diff(half_beats), np.inf), np.inf)
    held_over = following > 1 - behind[:, best] + 2 * _OFF_BEAT
    return float((off[:, best] & held_over).mean())
