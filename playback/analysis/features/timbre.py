"""Which colour has the sound of a window? Cepstrum, flatness, flux and contrast."""

from __future__ import annotations

import functools
import itertools
from typing import Final

import numpy as np

from playback.analysis.arrays import Reals
from playback.analysis.features.spectrum import MEL_BANDS, Spectrum

MEANS: Final = 12
DEVIATIONS: Final = 6
CONTRAST_HZ: Final = (60.0, 400.0, 1600.0, 5001.0)
FLUX_FLOOR_DB: Final = -60.0
_TINY: Final = np.float32(1e-20)
_DB: Final = 10 / np.log(10)


def timbre_features(spectrum: Spectrum, rise: Reals) -> dict[str, float]:
    """mfccMean1..12, mfccStd1..6, spectralFlatness, spectralFlux, spectralContrastLow, -Mid and -High.

    `rise` is `flux(spectrum)`.
    """
    power = spectrum.power[spectrum.loud]
    power += _TINY
    mean = power.mean(axis=1, dtype=np.float64)
    logarithm = np.log(power, out=power)
    coefficients = _cepstrum(np.log(spectrum.mel[spectrum.loud]))
    deviations = coefficients[:, :DEVIATIONS].std(axis=0)
    edges = np.searchsorted(spectrum.frequency_hz, CONTRAST_HZ)
    contrasts = [_contrast(logarithm[:, low:high]) for low, high in itertools.pairwise(edges)]
    return {
        **{f"mfccMean{n}": float(value) for n, value in enumerate(coefficients.mean(axis=0), 1)},
        **{f"mfccStd{n}": float(value) for n, value in enumerate(deviations, 1)},
        "spectralFlatness": float((np.exp(logarithm.mean(axis=1, dtype=np.float64)) / mean).mean()),
        "spectralFlux": float(rise[spectrum.loud].mean(dtype=np.float64)),
        **dict(
            zip(
                ("spectralContrastLow", "spectralContrastMid", "spectralContrastHigh"), contrasts, strict=True
            )
        ),
    }


def flux(spectrum: Spectrum) -> Reals:
    """How much the mel bands rise from frame to frame, in dB, mean over bands; 0 in the first frame."""
    level = np.log(spectrum.mel) * np.float32(_DB)
    np.maximum(level, level.max() + np.float32(FLUX_FLOOR_DB), out=level)
    rise = np.zeros(len(level), np.float32)
    rise[1:] = np.maximum(np.diff(level, axis=0), np.float32(0)).mean(axis=1)
    return rise


def _contrast(logarithm: Reals) -> float:
    if not logarithm.shape[1]:
        return 0.0
    return float((logarithm.max(axis=1) - logarithm.mean(axis=1)).mean(dtype=np.float64) * _DB)


@functools.cache
def _cosines() -> Reals:
    band = np.arange(MEL_BANDS) + 0.5
    rows = np.cos(np.pi / MEL_BANDS * np.outer(band, np.arange(1, MEANS + 1)))
    return np.asarray(rows * np.sqrt(2 / MEL_BANDS))


def _cepstrum(mel: Reals) -> Reals:
    # Not the matrix product: BLAS would start threads and sum in an order of its own.
    return np.asarray(np.einsum("fb,bc->fc", mel.astype(np.float64), _cosines(), optimize=False))
