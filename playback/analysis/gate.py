"""Are features and ratings fit to be shown, or has something made all songs look the same?

Asked before ratings of a new calibration, or of a new model, take the place of those that are shown.  The reason: a public
data set of 87,073 songs in which 91.4 % had the same three ratings, which nobody noticed for months.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

AXIS_NAMES: Final = ("energy", "mood", "complexity")
# Below so many songs shares say little: then only the worst is refused.
FEW_SONGS: Final = 50
MOST_SAME: Final = 0.05
MOST_SAME_OF_FEW: Final = 0.5
LEAST_DISTINCT: Final = 0.25
# Of log2(5) = 2.32 bits over the five levels.
LEAST_ENTROPY_BITS: Final = 1.5
MOST_OF_ONE_VALUE: Final = 0.2
MOST_CONSTANT: Final = 1 / 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reasons` are sentences, empty where all is well; `figures` are what was counted, for JSON."""

    reasons: tuple[str, ...]
    figures: dict[str, Any]

    @property
    def is_good(self) -> bool:
        return not self.reasons

    def __and__(self, other: "Verdict") -> "Verdict":
        return Verdict(self.reasons + other.reasons, self.figures | other.figures)


def judge_features(vectors: NDArray[np.floating[Any]], names: Sequence[str]) -> Verdict:
    """(n, d) values as they were measured.  Whoever rates them must ask first: a NaN goes through all sums."""
    wrong = [
        {"feature": name, "songs": int(np.count_nonzero(~np.isfinite(vectors[:, column])))}
        for column, name in enumerate(names)
    ]
    wrong = [one for one in wrong if one["songs"]]
    constant = [name for column, name in enumerate(names) if len(vectors) and np.ptp(vectors[:, column]) == 0]
    figures = {
        "songs": len(vectors),
        "features": len(names),
        "notFinite": wrong,
        "constantFeatures": constant,
    }
    return Verdict(tuple(_wrong_features(figures)), figures)


def judge_ratings(ratings: NDArray[np.floating[Any]]) -> Verdict:
    """(n, 3) ratings e, m, c from 1 to 5, of two decimals."""
    hundredths = np.rint(np.nan_to_num(ratings * 100, nan=-1)).astype(np.int64)
    _, counts = np.unique(hundredths, axis=0, return_counts=True)
    songs = max(len(ratings), 1)
    figures: dict[str, Any] = {
        "songs": len(ratings),
        "outOfRange": int(np.count_nonzero((hundredths < 100) | (hundredths > 500))),
        "distinct": len(counts),
        "commonestShare": round(int(counts.max(initial=0)) / songs, 4),
        "ratings": {
            name: _one_rating(hundredths[:, column], songs) for column, name in enumerate(AXIS_NAMES)
        },
    }
    return Verdict(tuple(_wrong_ratings(figures)), figures)


def _one_rating(hundredths: NDArray[np.int64], songs: int) -> dict[str, Any]:
    _, values = np.unique(hundredths, return_counts=True)
    _, levels = np.unique((hundredths + 50) // 100, return_counts=True)
    shares = levels / songs
    return {
        "distinct": len(values),
        "commonestShare": round(int(values.max(initial=0)) / songs, 4),
        "levels": len(levels),
        "entropyBits": abs(round(float(-(shares * np.log2(shares)).sum()), 3)),
    }


def _wrong_features(figures: dict[str, Any]) -> Iterator[str]:
    if not figures["songs"]:
        yield "There are no songs with features."
        return
    for one in figures["notFinite"]:
        yield f"{one['feature']} is no number in {one['songs']} of {figures['songs']} songs."
    constant = figures["constantFeatures"]
    if figures["songs"] > 1 and len(constant) > MOST_CONSTANT * figures["features"]:
        named = ", ".join(constant[:5]) + (" and others" if len(constant) > 5 else "")
        yield f"{len(constant)} of {figures['features']} features are the same in all songs: {named}."


def _wrong_ratings(figures: dict[str, Any]) -> Iterator[str]:
    songs = figures["songs"]
    if figures["outOfRange"]:
        yield f"{figures['outOfRange']} ratings are not from 1 to 5."
    if songs < 2:
        return
    few = songs < FEW_SONGS
    if figures["commonestShare"] > (MOST_SAME_OF_FEW if few else MOST_SAME):
        yield f"{_percent(figures['commonestShare'])} of the {songs} songs have the same three ratings."
    if few:
        return
    if figures["distinct"] < LEAST_DISTINCT * songs:
        yield f"There are only {figures['distinct']} different ratings of {songs} songs."
    for name, one in figures["ratings"].items():
        if one["entropyBits"] < LEAST_ENTROPY_BITS:
            yield f"{name} tells {one['entropyBits']:.2f} bits of the 2.32 that five levels could."
        if one["commonestShare"] > MOST_OF_ONE_VALUE:
            yield f"{name} is the same for {_percent(one['commonestShare'])} of the songs."


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
