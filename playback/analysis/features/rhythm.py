"""When does something begin in a window, how regularly, and how much off the beat?"""

from __future__ import annotations

from typing import Final

import numpy as np

from playback.analysis.arrays import Reals
from playback.analysis.features.frames import FrameTables
from playback.analysis.features.spectrum import Spectrum
from playback.analysis.features.tempo import tempo

_AROUND_S: Final = 0.25
_NEIGHBOURS: Final = 2
_LEAST_RISE_DB: Final = 1.0
_PHASES: Final = 48
_LEAST_BEAT_DB: Final = 0.3
_OFF_BEAT: Final = 0.125
_FEWEST_ONSETS: Final = 3
_VOICES_AT_ONCE: Final = 3


def rhythm_features(
    spectrum: Spectrum, rise: Reals, tables: FrameTables, *, window_at_s: float, window_s: float
) -> dict[str, float]:
    """bpm, confidence, onsetRate, onsetRegularity, syncopation. `window_at_s` counts from the trace's beginning."""
    onsets = onsets_s(rise, spectrum.frame_rate_hz)
    # Less than this is no beginning but the beating of held tones.
    rising = np.where(rise > _LEAST_BEAT_DB, rise, 0.0).astype(np.float64)
    bpm, confidence = tempo([(note_curve(tables), tables.rate_hz), (rising, spectrum.frame_rate_hz)])
    inside = (tables.note_s >= window_at_s) & (tables.note_s < window_at_s + window_s)
    notes = np.unique(np.round(tables.note_s[inside] * tables.rate_hz)) / tables.rate_hz
    return {
        "bpm": bpm,
        "confidence": confidence,
        "onsetRate": max(1, len(onsets)) / window_s,
        "onsetRegularity": regularity(onsets),
        "syncopation": syncopation(notes if len(notes) >= _FEWEST_ONSETS else onsets, bpm),
    }


def note_curve(tables: FrameTables) -> Reals:
    """How many notes begin in each frame, three counting as more, slightly blurred so that a frame more or less is no matter."""
    count = np.bincount(tables.note_frame, minlength=tables.frames).astype(np.float64)
    np.minimum(count, _VOICES_AT_ONCE, out=count)
    blurred = 0.5 * count
    blurred[1:] += 0.25 * count[:-1]
    blurred[:-1] += 0.25 * count[1:]
    return blurred


def onsets_s(rise: Reals, rate_hz: float) -> Reals:
    """Times of the peaks of a flux curve, in seconds from its first frame."""
    curve = rise.astype(np.float64)
    around = max(1, round(_AROUND_S * rate_hz))
    total = np.concatenate([[0.0], np.cumsum(np.pad(curve, around))])
    mean = (total[2 * around + 1 :] - total[: len(curve)]) / (2 * around + 1)
    padded = np.pad(curve, _NEIGHBOURS, constant_values=-1.0)
    highest = np.max([padded[off : off + len(curve)] for off in range(2 * _NEIGHBOURS + 1)], axis=0)
    peaks = (curve >= highest) & (curve > mean + 0.5 * curve.std()) & (curve > _LEAST_RISE_DB)
    # Of a peak two frames wide the first.
    peaks[1:] &= ~peaks[:-1]
    return np.flatnonzero(peaks) / rate_hz


def regularity(onsets: Reals) -> float:
    """1 for onsets at equal distances, towards 0 for distances of every kind; 0 for fewer than three onsets."""
    if len(onsets) < _FEWEST_ONSETS:
        return 0.0
    distance = np.diff(onsets)
    return float(1 / (1 + distance.std() / distance.mean()))


def syncopation(onsets: Reals, bpm: float) -> float:
    """Share of onsets off the half beats of the grid of that tempo which fits them best."""
    if len(onsets) < _FEWEST_ONSETS:
        return 0.0
    beat = onsets * (bpm / 30)  # in half beats
    away = (beat[:, None] + np.arange(_PHASES) / _PHASES) % 1.0
    off = np.minimum(away, 1 - away) > 2 * _OFF_BEAT
    return float(off.mean(axis=0).min())
