"""How are songs rated where there are too few of them to compare them with each other?

By what is usual: quartiles that we take to be those of Commodore 64 music at large.  Ratings by them are called provisional,
and the first calibration over enough songs replaces them.
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
    "bpm": (50, 100, 122, 146, 200),
    "onsetRate": (0, 3, 5, 7.5, 20),
    "noteRate": (0, 3.5, 6, 9.5, 25),
    "spectralCentroid": (200, 900, 1300, 1800, 4500),
    "waveNoise": (0, 0.01, 0.05, 0.11, 1),
    "minorness": (-1, -0.2, 0.15, 0.4, 1),
    "pitchMean": (24, 50, 56, 62, 95),
    "polyphony": (0, 1.3, 1.9, 2.4, 9),
    "pitchClassEntropy": (0, 2.1, 2.6, 2.9, 3.585),
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
