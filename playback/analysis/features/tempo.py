"""How fast is the beat, and how sure is that? From note beginnings and flux together, by autocorrelation."""

from __future__ import annotations

from typing import Final

import numpy as np

from playback.analysis.arrays import Reals

SLOWEST_BPM: Final = 50.0
FASTEST_BPM: Final = 200.0
USUAL_BPM: Final = 115.0
WIDTH_OCTAVES: Final = 0.9
NO_BEAT_BPM: Final = 120.0
_GRID: Final = 400
# How much the beat's multiples count beside the beat.
_MULTIPLES: Final = (1.0, 0.8, 0.6, 0.4)
_FEWEST_EVENTS: Final = 4
_LEAST_SUPPORT: Final = 0.02


def tempo(curves: list[tuple[Reals, float]]) -> tuple[float, float]:
    """Beats per minute (50..200) and confidence (0..1) from curves that rise where something begins, each with its rate in Hz.

    A curve with fewer than four events says nothing; without any the answer is 120 and 0.
    """
    correlations = [
        (_correlation(curve), rate) for curve, rate in curves if np.count_nonzero(curve) >= _FEWEST_EVENTS
    ]
    if not correlations:
        return NO_BEAT_BPM, 0.0
    period = 60 / np.geomspace(SLOWEST_BPM, FASTEST_BPM, _GRID)
    support = np.mean([_support(correlation, rate, period) for correlation, rate in correlations], axis=0)
    preference = np.exp(-0.5 * (np.log2(60 / period / USUAL_BPM) / WIDTH_OCTAVES) ** 2)
    if support.max() < _LEAST_SUPPORT:
        return NO_BEAT_BPM, 0.0
    best = float(period[int(np.argmax(np.round(support * preference, 9)))])
    best = _refined(correlations[0], best)
    sure = np.mean(
        [float(_near(correlation, rate, np.array([best]))[0]) for correlation, rate in correlations]
    )
    return float(np.clip(60 / best, SLOWEST_BPM, FASTEST_BPM)), float(np.clip(sure, 0, 1))


def _correlation(curve: Reals) -> Reals:
    """The autocorrelation by lag, 1 at lag 0, each lag divided by how many products it has."""
    centred = curve - curve.mean()
    size = 1 << int(2 * len(curve) - 1).bit_length()
    spectrum = np.fft.rfft(centred, size)
    raw = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, size)[: max(2, len(curve) * 3 // 4)]
    raw *= len(curve) / (len(curve) - np.arange(len(raw)))
    return np.asarray(raw / max(raw[0], 1e-20))


def _at(correlation: Reals, rate: float, lag_s: Reals) -> Reals:
    return np.asarray(np.interp(lag_s * rate, np.arange(len(correlation)), correlation, right=0.0))


def _near(correlation: Reals, rate: float, lag_s: Reals) -> Reals:
    """The highest value within half an entry of each lag."""
    half = 0.5 / rate
    return np.asarray(np.max([_at(correlation, rate, lag_s + off) for off in (-half, 0.0, half)], axis=0))


def _support(correlation: Reals, rate: float, period: Reals) -> Reals:
    values = [
        weight * np.maximum(_near(correlation, rate, period * n), 0) for n, weight in enumerate(_MULTIPLES, 1)
    ]
    return np.asarray(np.sum(values, axis=0) / sum(_MULTIPLES))


def _refined(correlation: tuple[Reals, float], period: float) -> float:
    """The period by the highest entry around its fourth (or first) multiple, a parabola laid through its neighbours."""
    values, rate = correlation
    for multiple in (4, 2, 1):
        centre, reach = period * multiple * rate, max(1.0, 0.03 * period * multiple * rate)
        low, high = max(1, int(centre - reach)), int(centre + reach) + 2
        if high >= len(values) - 1:
            continue
        peak = low + int(np.argmax(values[low:high]))
        left, top, right = values[peak - 1 : peak + 2]
        bend = left - 2 * top + right
        if top <= 0 or bend >= 0:
            continue
        return float((peak + np.clip(0.5 * (left - right) / bend, -0.5, 0.5)) / rate / multiple)
    return period
