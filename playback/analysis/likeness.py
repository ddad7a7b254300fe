"""How alike do two songs sound?  A weighted distance between their features, each as its place in the collection.

    distance(a, b) = sqrt( sum over features of  weight * (place(a) - place(b))^2 ),    likeness = 1 - distance

Places are the calibration's positions 0..1, so no unit weighs more than another, and one strange value does no harm.
Weights sum to 1: each group has a weight, which its features share.  docs/ratings.md has the table.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from playback.analysis.calibration import Calibration
from playback.analysis.feature_names import WORDS


@dataclass(frozen=True, slots=True)
class Group:
    """Features that tell of the same side of the music, and what they weigh together."""

    name: str
    weight: float
    features: tuple[str, ...]


# The driver's share is small on purpose: by it alone, songs of one player routine are alike whatever they sound like.
# Left out: keyRoot (a transposed song sounds the same), energy (it is rms again), duration, and the shares of writes and of
# voices, which only tell one composer's player routine from another's.
GROUPS: Final = (
    Group("sound", 0.16, ("rms", "spectralCentroid", "spectralRolloff", "zeroCrossingRate")),
    Group(
        "timbre",
        0.18,
        (
            *(f"mfccMean{number}" for number in range(1, 13)),
            *(f"mfccStd{number}" for number in range(1, 7)),
            *("spectralFlatness", "spectralFlux"),
            *("spectralContrastLow", "spectralContrastMid", "spectralContrastHigh"),
        ),
    ),
    Group("dynamics", 0.05, ("dynamicRange", "crestFactor", "quietShare")),
    Group("rhythm", 0.17, ("bpm", "onsetRate", "onsetRegularity", "syncopation")),
    Group(
        "notes",
        0.22,
        (
            *("noteRate", "noteDuration", "pitchMean", "pitchRange", "minorness", "polyphony"),
            *("arpeggioActivity", "repeatedNotes", "pitchClassEntropy"),
        ),
    ),
    Group(
        "synthesis",
        0.17,
        (
            *("pulseWidthActivity", "filterUse", "filterMotion", "filterResonance", "filterCutoff"),
            *("waveTriangle", "waveSawtooth", "wavePulse", "waveNoise", "waveMixed", "waveNone"),
            *("digiActivity", "envelopePluck", "ringSyncUse"),
        ),
    ),
    Group("driver", 0.05, ("writesPerFrame", "callsPerFrame", "registerOrderEntropy", "sids")),
)
# A beat or key that is not sure stands in the middle, as far as it is not.
TRUST: Final = {"bpm": "confidence", "minorness": "keyConfidence"}
DECIMALS: Final = 5
MOST_WORDS: Final = 3
# Places so near each other agree; a place so far from the middle is unusual: two fifths of all songs are farther out.
_AGREE: Final = 0.12
_UNUSUAL: Final = 0.3
# Of a squared distance, which float32 has to about 1e-7.
_SLACK: Final = 2e-6


@dataclass(frozen=True, slots=True)
class Found:
    """A row of the matrix, and how alike it is: 1 the same, about 0.6 for two songs of which nothing is known."""

    row: int
    likeness: float


class Metric:
    """The distance for vectors of these features; those that no group has weigh nothing."""

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration
        index = calibration.index
        known = [
            (index[name], group.weight / len(present), group.name)
            for group in GROUPS
            if (present := [name for name in group.features if name in index])
            for name in present
        ]
        self._columns = np.array([column for column, _, _ in known], dtype=np.intp)
        weights = np.array([weight for _, weight, _ in known])
        self.weights: NDArray[np.float64] = weights / weights.sum()
        self._groups = [group for _, _, group in known]
        self.names = tuple(calibration.names[column] for column in self._columns)

    def places(self, vectors: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """(n, d) values -> (n, k) places 0..1 of the features that count."""
        every = self._calibration.positions(vectors)
        index = self._calibration.index
        for feature, trust in TRUST.items():
            if feature in index and trust in index:
                sure = np.clip(vectors[:, index[trust]].astype(np.float64), 0, 1)
                every[:, index[feature]] = 0.5 + (every[:, index[feature]] - 0.5) * sure
        return every[:, self._columns]

    def points(self, vectors: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        """(n, d) values -> (n, k) points whose plain Euclidean distance is the metric's."""
        return ((self.places(vectors) - 0.5) * np.sqrt(self.weights)).astype(np.float32)

    def words(self, one: NDArray[np.floating[Any]], other: NDArray[np.floating[Any]]) -> list[str]:
        """What two songs, (d,) each, have in common and few others have: at most three phrases, of different groups."""
        first, second = self.places(np.vstack([one, other])) - 0.5
        nearer = np.where(np.abs(first) < np.abs(second), first, second)
        telling = np.where(np.abs(first - second) < _AGREE, np.abs(nearer), 0)
        found: dict[str, str] = {}
        for column in np.argsort(-telling * np.sqrt(self.weights), kind="stable").tolist():
            words, group = WORDS.get(self.names[column]), self._groups[column]
            if words and group not in found and telling[column] > _UNUSUAL:
                found[group] = words.high if nearer[column] > 0 else words.low
        return list(found.values())[:MOST_WORDS]


class Neighbours:
    """Points in memory, float32: one product of matrix and vector a question."""

    def __init__(self, points: NDArray[np.float32], ids: NDArray[np.int64]) -> None:
        self.points = points
        self.ids = ids
        self._squares = np.einsum("ij,ij->i", points, points)

    def nearest(self, point: NDArray[np.float32], count: int) -> list[Found]:
        """The `count` rows (all, where there are fewer) that are nearest, in order; equally near ones by their ids."""
        if not len(self.points):
            return []
        count = min(count, len(self.points))
        # Not `@`: BLAS shares so short a product out to threads, which on a busy machine wait for each other ten times as long.
        products = np.einsum("ij,j->i", self.points, point)
        squares = self._squares - 2 * products + np.dot(point, point)
        # float32 is a little wrong, on each machine in its own way: those that may belong to the nearest are measured again.
        limit = np.partition(squares, count - 1)[count - 1] + _SLACK
        rows = np.flatnonzero(squares <= limit)
        apart = self.points[rows].astype(np.float64) - point.astype(np.float64)
        distances = np.round(np.sqrt(np.einsum("ij,ij->i", apart, apart)), DECIMALS)
        order = np.lexsort((self.ids[rows], distances))[:count]
        return [
            Found(row, max(0.0, round(1 - distance, 4)))
            for row, distance in zip(rows[order].tolist(), distances[order].tolist(), strict=True)
        ]


def diverse(
    found: Sequence[Found], files: NDArray[np.int64], authors: NDArray[np.int64], *, most_per_author: int
) -> Iterator[Found]:
    """At most one song a file and so many an author (0: nobody knows whose), in the order given."""
    seen: set[int] = set()
    counts: dict[int, int] = {}
    for one in found:
        file, author = int(files[one.row]), int(authors[one.row])
        if file in seen or (author and counts.get(author, 0) >= most_per_author):
            continue
        seen.add(file)
        counts[author] = counts.get(author, 0) + 1
        yield one
