"""How are songs rated where there are too few of them to compare them with each other?

By what is usual: quartiles rounded from what our own demo tunes and a few dozen songs of well-known games measure.  Ratings by
them are called provisional, and the first calibration over enough songs replaces them.
"""

from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Any, Final

import numpy as np

from playback.analysis.calibration import (
    AXES,
    POINTS,
    TERMS,
    Axis,
    Vectors,
    assemble,
    quantiles_of,
)

# Smallest, first quartile, median, third quartile, largest.  Where nothing stands here, the few songs must do.
USUAL: Final[Mapping[str, tuple[float, float, float, float, float]]] = {
    "rms": (0.005, 0.015, 0.03, 0.055, 0.12),
    "spectralCentroid": (180, 450, 650, 900, 2500),
    "spectralFlatness": (0, 0.01, 0.03, 0.055, 0.45),
    "bpm": (50, 95, 122, 140, 200),
    "onsetRate": (0.5, 3.8, 5.2, 7.2, 13),
    "syncopation": (0, 0.05, 0.2, 0.37, 0.5),
    "noteRate": (0, 3, 6.5, 10, 33),
    "pitchMean": (30, 54, 60, 67, 96),
    "minorness": (-0.4, -0.12, 0, 0.08, 0.4),
    "polyphony": (1, 1.6, 2.2, 2.6, 6),
    "arpeggioActivity": (0, 0, 0.05, 0.3, 1),
    "repeatedNotes": (0, 0.05, 0.16, 0.35, 0.9),
    "pitchClassEntropy": (0, 2.2, 2.8, 3.1, 3.585),
    "filterMotion": (0, 0, 0.05, 0.4, 2.5),
    "waveNoise": (0, 0.01, 0.05, 0.15, 1),
    "registerOrderEntropy": (0, 0.005, 0.02, 0.05, 0.7),
    "sids": (1, 1, 1, 1, 3),
}
# Terms of one rating go together more than chance has it, so scores spread more than independent ones would.
_SPREAD: Final = 1.3


def reference_calibration(vectors: Vectors, names: Sequence[str]) -> dict[str, Any]:
    """A provisional calibration for (n, d) finite values, n at least 1."""
    features = {
        name: _points(USUAL[name]) if name in USUAL else quantiles_of(vectors[:, column])
        for column, name in enumerate(names)
    }
    return assemble(features, {axis: _scores(axis) for axis in AXES}, songs=len(vectors), provisional=True)


def _points(quartiles: Sequence[float]) -> list[float]:
    """101 quantiles on straight lines between the five."""
    return [float(point) for point in np.interp(np.linspace(0, 4, POINTS), range(5), quartiles)]


def _scores(axis: Axis) -> list[float]:
    """Of a normal distribution as wide as a sum of such terms is: the variance of a position is 1/12."""
    variance = sum(term.weight**2 for term in TERMS[axis]) / 12
    scores = NormalDist(0.5, _SPREAD * variance**0.5)
    shares = [min(max(at / (POINTS - 1), 0.002), 0.998) for at in range(POINTS)]
    return [round(scores.inv_cdf(share), 9) for share in shares]
