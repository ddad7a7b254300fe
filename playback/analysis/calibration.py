"""How do features become ratings from 1 to 5 that mean something in this collection, and stay the same when songs are added?

    value --quantile table--> position 0..1 --weights--> raw score 0..1 --its quantiles--> share of songs below --fifths--> 1..5

A calibration is taken once of all songs of a recipe and kept with it, as a dictionary that JSON holds: tables, weights and
all, so that whoever has it rates as we do (docs/ratings.md).  Each step is monotone: more of what makes a song energetic
never makes its rating fall.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

Axis = Literal["e", "m", "c"]
AXES: Final[tuple[Axis, ...]] = get_args(Axis)
SCHEMA: Final = 1
POINTS: Final = 101
# A rating's nearest whole number says in which fifth of the collection a song is.
_SHARES: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_RATINGS: Final = (1.0, 1.5, 2.5, 3.5, 4.5, 5.0)
# Raw scores are compared as they are after so many decimals: sums differ by less between machines.
_RAW_DECIMALS: Final = 9

Vectors = NDArray[np.floating[Any]]
Table = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Term:
    """What one feature adds.  A weight below 0: less of it adds more.  `trust`: the feature (0..1) that says how far it counts."""

    feature: str
    weight: float
    trust: str = ""


# Weights of one rating sum to 1 without their signs.
TERMS: Final[dict[Axis, tuple[Term, ...]]] = {
    "e": (
        Term("rms", 0.25),
        Term("onsetRate", 0.20),
        Term("noteRate", 0.20),
        Term("bpm", 0.15, trust="confidence"),
        Term("spectralCentroid", 0.10),
        Term("waveNoise", 0.10),
    ),
    "m": (
        Term("minorness", -0.40, trust="keyConfidence"),
        Term("pitchMean", 0.25),
        Term("spectralCentroid", 0.20),
        Term("spectralFlatness", -0.15),
    ),
    "c": (
        Term("polyphony", 0.20),
        Term("noteRate", 0.18),
        Term("pitchClassEntropy", 0.18),
        Term("arpeggioActivity", 0.10),
        Term("syncopation", 0.08),
        Term("registerOrderEntropy", 0.08),
        Term("sids", 0.06),
        Term("filterMotion", 0.06),
        Term("repeatedNotes", -0.06),
    ),
}


@dataclass(frozen=True, slots=True)
class Rating:
    """Energy quiet to intense, mood dark to bright, complexity simple to dense: 1.00 to 5.00."""

    e: float
    m: float
    c: float

    @property
    def levels(self) -> dict[Axis, int]:
        """Whole numbers: the fifth of the collection that the song is in."""
        return {axis: int(getattr(self, axis) + 0.5) for axis in AXES}


class Calibration:
    """A stored calibration, ready to rate vectors whose features have these names in this order.

    Raises ValueError where it is of another schema, or lacks a feature.
    """

    def __init__(self, stored: Mapping[str, Any], names: Sequence[str]) -> None:
        if stored.get("schema") != SCHEMA:
            raise ValueError(f"a calibration of schema {stored.get('schema')}, not {SCHEMA}")
        if missing := [name for name in names if name not in stored["features"]]:
            raise ValueError(f"the calibration lacks {', '.join(missing)}")
        self.names = tuple(names)
        self.index = {name: at for at, name in enumerate(names)}
        self.songs: int = stored["songs"]
        self.provisional: bool = stored["provisional"]
        self.terms: dict[Axis, tuple[Term, ...]] = {
            axis: tuple(Term(**term) for term in stored["ratings"][axis]["terms"]) for axis in AXES
        }
        self._quantiles = [stored["features"][name] for name in names]
        self._tables = [table_of(quantiles) for quantiles in self._quantiles]
        self._scores = {axis: table_of(stored["ratings"][axis]["quantiles"]) for axis in AXES}

    def positions(self, vectors: Vectors) -> NDArray[np.float64]:
        """(n, d) values -> (n, d) shares 0..1 of songs that have less; the middle of those that have the same."""
        found = np.empty(vectors.shape, dtype=np.float64)
        for column, table in enumerate(self._tables):
            found[:, column] = position(vectors[:, column], table)
        return found

    def others(self, column: int, value: float) -> tuple[float, float]:
        """Which shares 0..1 of the songs have less of a feature, and more of it; the rest have the same."""
        values, first, counts = np.unique(self._quantiles[column], return_index=True, return_counts=True)
        last = POINTS - 1
        less = np.interp(value, values, first / last)
        more = 1 - np.interp(value, values, (first + counts - 1) / last)
        return float(less), float(more)

    def contributions(self, vectors: Vectors, axis: Axis) -> NDArray[np.float64]:
        """(n, d) values -> (n, terms) what each term adds, from -weight/2 to +weight/2; together and 0.5: the raw score."""
        return _contributions(self.terms[axis], self._tables, self.index, vectors)

    def rate_all(self, vectors: Vectors) -> NDArray[np.float64]:
        """(n, d) finite values -> (n, 3) ratings e, m, c, two decimals."""
        rated = np.empty((len(vectors), len(AXES)), dtype=np.float64)
        for column, axis in enumerate(AXES):
            raw = _raw(self.contributions(vectors, axis))
            rated[:, column] = np.round(np.interp(position(raw, self._scores[axis]), _SHARES, _RATINGS), 2)
        return rated


def rate(vector: Vectors, calibration: Calibration) -> Rating:
    """The ratings of one song: (d,) finite values."""
    e, m, c = calibration.rate_all(vector[np.newaxis, :])[0].tolist()
    return Rating(e, m, c)


def calibrate(vectors: Vectors, names: Sequence[str]) -> dict[str, Any]:
    """A calibration of these songs: (n, d) finite values, n at least 1.  Raises ValueError where a feature is missing."""
    features = {name: quantiles_of(vectors[:, column]) for column, name in enumerate(names)}
    return assemble(features, _score_quantiles(vectors, names, features), songs=len(vectors))


def assemble(
    features: Mapping[str, list[float]],
    scores: Mapping[Axis, list[float]],
    *,
    songs: int,
    provisional: bool = False,
) -> dict[str, Any]:
    """The dictionary that is stored."""
    ratings = {
        axis: {
            "terms": [
                {"feature": term.feature, "weight": term.weight, "trust": term.trust} for term in TERMS[axis]
            ],
            "quantiles": scores[axis],
        }
        for axis in AXES
    }
    return {
        "schema": SCHEMA,
        "songs": songs,
        "provisional": provisional,
        "features": dict(features),
        "ratings": ratings,
    }


def quantiles_of(values: Vectors, *, digits: int = 6) -> list[float]:
    """101 quantiles, from the smallest value to the largest, with so many significant digits (more are of no use to anybody)."""
    points = np.quantile(values.astype(np.float64), np.linspace(0, 1, POINTS))
    return [float(f"{point:.{digits}g}") for point in points]


def table_of(quantiles: Sequence[float]) -> Table:
    """Distinct values, rising, and the position of each: the middle of where it stands among the quantiles."""
    values, first, counts = np.unique(
        np.asarray(quantiles, dtype=np.float64), return_index=True, return_counts=True
    )
    return values, (first + (counts - 1) / 2) / (len(quantiles) - 1)


def position(values: Vectors, table: Table) -> NDArray[np.float64]:
    """Where values stand in a table, 0..1: straight lines between its points, flat outside of them."""
    return np.interp(values, *table)


def _score_quantiles(
    vectors: Vectors, names: Sequence[str], features: Mapping[str, list[float]]
) -> dict[Axis, list[float]]:
    index = {name: at for at, name in enumerate(names)}
    needed = {
        name for terms in TERMS.values() for term in terms for name in (term.feature, term.trust) if name
    }
    if missing := sorted(needed - set(index)):
        raise ValueError(f"ratings need the features {', '.join(missing)}")
    tables = [table_of(features[name]) for name in names]
    return {
        axis: quantiles_of(_raw(_contributions(TERMS[axis], tables, index, vectors)), digits=_RAW_DECIMALS)
        for axis in AXES
    }


def _contributions(
    terms: Sequence[Term], tables: Sequence[Table], index: Mapping[str, int], vectors: Vectors
) -> NDArray[np.float64]:
    parts = np.empty((len(vectors), len(terms)), dtype=np.float64)
    for column, term in enumerate(terms):
        at = index[term.feature]
        from_middle = position(vectors[:, at], tables[at]) - 0.5
        if term.trust:
            from_middle = from_middle * np.clip(vectors[:, index[term.trust]].astype(np.float64), 0, 1)
        parts[:, column] = term.weight * from_middle
    return parts


def _raw(parts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Added one after the other, so that one song alone has the score that it has among others."""
    score = np.full(len(parts), 0.5)
    for column in range(parts.shape[1]):
        score += parts[:, column]
    return np.round(score, _RAW_DECIMALS)
