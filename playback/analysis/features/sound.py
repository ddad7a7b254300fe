"""How loud and how bright is the sound of a window, and how does it vary in loudness?"""

from __future__ import annotations

from typing import Final

import numpy as np

from playback.analysis.arrays import Reals
from playback.analysis.features.spectrum import Spectrum

ROLLOFF: Final = 0.85
HYSTERESIS: Final = 0.05
_TINY: Final = 1e-20


def sound_features(spectrum: Spectrum) -> dict[str, float]:
    """energy, rms, spectralCentroid, spectralRolloff, zeroCrossingRate, dynamicRange, crestFactor, quietShare."""
    power = spectrum.power[spectrum.loud]
    total_power = power.sum(axis=0, dtype=np.float64)
    total_magnitude = np.sqrt(power, out=power).sum(axis=0, dtype=np.float64)
    frequency = spectrum.frequency_hz.astype(np.float64)
    loud = _loud_samples(spectrum)
    mean_square = float(np.square(loud).mean(dtype=np.float64))
    level_db = 10 * np.log10(spectrum.level[spectrum.loud].astype(np.float64) + _TINY)
    high, low = np.percentile(level_db, [95, 10])
    return {
        "energy": float(np.square(spectrum.samples).mean(dtype=np.float64)),
        "rms": mean_square**0.5,
        "spectralCentroid": float((total_magnitude * frequency).sum() / total_magnitude.sum()),
        "spectralRolloff": _rolloff(total_power, frequency),
        "zeroCrossingRate": _crossings(loud) * spectrum.rate_hz / len(loud),
        "dynamicRange": float(high - low),
        "crestFactor": 10 * float(np.log10(float(np.abs(loud).max()) ** 2 / mean_square)),
        "quietShare": 1 - float(spectrum.loud.mean()),
    }


def _loud_samples(spectrum: Spectrum) -> Reals:
    """The samples of the hops that belong to a loud frame."""
    hops = len(spectrum.samples) // spectrum.hop
    loud = np.zeros(hops, bool)
    loud[: len(spectrum.loud)] = spectrum.loud
    loud[1 : len(spectrum.loud) + 1] |= spectrum.loud
    return spectrum.samples[: hops * spectrum.hop].reshape(hops, spectrum.hop)[loud].ravel()


def _rolloff(power: Reals, frequency: Reals) -> float:
    total = np.cumsum(power)
    wanted = ROLLOFF * total[-1]
    at = int(np.searchsorted(total, wanted))
    below = total[at - 1] if at else 0.0
    part = (wanted - below) / max(total[at] - below, _TINY)
    width = frequency[1] - frequency[0]
    return float(frequency[at] + (part - 0.5) * width)


def _crossings(samples: Reals) -> int:
    threshold = np.float32(HYSTERESIS) * np.abs(samples).max()
    sign = np.signbit(samples[np.abs(samples) > threshold])
    return int(np.count_nonzero(sign[1:] != sign[:-1]))
