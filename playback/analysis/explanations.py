"""Why has a song its ratings, in words?  "Energetic: many notes a second (9.1, more than 87 % of songs)"."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from playback.analysis.calibration import AXES, Axis, Calibration, Rating
from playback.analysis.feature_names import WORDS

AXIS_NAMES: Final[dict[Axis, str]] = {"e": "Energy", "m": "Mood", "c": "Complexity"}
# Of the levels 1 to 5.
LEVEL_WORDS: Final[dict[Axis, tuple[str, ...]]] = {
    "e": ("quiet", "calm", "moderate", "energetic", "intense"),
    "m": ("dark", "rather dark", "between dark and bright", "rather bright", "bright"),
    "c": ("simple", "rather simple", "neither simple nor dense", "rather dense", "dense"),
}
MOST_REASONS: Final = 3
# What moves the raw score by less is no reason.
_LEAST: Final = 0.01


@dataclass(frozen=True, slots=True)
class Reason:
    """A feature that moves a rating.  Shares 0..1 of the songs have less of it, and more."""

    feature: str
    value: float
    less: float
    more: float

    @property
    def text(self) -> str:
        """ "many notes a second (9.1, more than 87 % of songs)"."""
        words = WORDS[self.feature]
        high = self.less > self.more
        # What rounding says of all songs would not be true of this one.
        percent = min(int(100 * max(self.less, self.more) + 1e-9), 99)
        value = words.value.format(self.value) + ", " if words.value else ""
        return f"{words.high if high else words.low} ({value}{'more' if high else 'less'} than {percent} % of songs)"


@dataclass(frozen=True, slots=True)
class Explanation:
    """One rating of a song with what makes it; `against`: reasons that pull to the other side."""

    axis: Axis
    rating: float
    word: str
    reasons: tuple[Reason, ...]
    against: tuple[Reason, ...]

    @property
    def name(self) -> str:
        return AXIS_NAMES[self.axis]

    @property
    def text(self) -> str:
        """ "energetic because of loud sound (…) and many notes a second (…), in spite of few voices at once (…)"."""
        text = self.word
        if self.reasons:
            text += f" because of {listed([reason.text for reason in self.reasons])}"
        if self.against:
            text += f"{',' if self.reasons else ''} in spite of {listed([reason.text for reason in self.against])}"
        return text


def explain(vector: NDArray[np.floating[Any]], calibration: Calibration, rating: Rating) -> list[Explanation]:
    """(d,) finite values and what they were rated -> energy, mood, complexity, each with its strongest reasons."""
    return [_explain(vector, calibration, axis, rating) for axis in AXES]


def _explain(
    vector: NDArray[np.floating[Any]], calibration: Calibration, axis: Axis, rating: Rating
) -> Explanation:
    value, level = getattr(rating, axis), rating.levels[axis]
    parts = calibration.contributions(vector[np.newaxis, :], axis)[0].tolist()
    side = 1 if value >= 3 else -1
    # A middling song is what it is by both sides.
    most, most_against = (2, 1) if level == 3 else (MOST_REASONS, 1)
    for_it = sorted(_reasons(vector, calibration, axis, parts, side), key=lambda one: -one[0])
    against = sorted(_reasons(vector, calibration, axis, parts, -side), key=lambda one: -one[0])
    strong = [one for one in against if for_it and one[0] >= for_it[0][0] / 2]
    return Explanation(
        axis,
        value,
        LEVEL_WORDS[axis][level - 1],
        tuple(reason for _, reason in for_it[:most]),
        tuple(reason for _, reason in strong[:most_against]),
    )


def _reasons(
    vector: NDArray[np.floating[Any]], calibration: Calibration, axis: Axis, parts: list[float], side: int
) -> Iterator[tuple[float, Reason]]:
    for term, part in zip(calibration.terms[axis], parts, strict=True):
        at = calibration.index[term.feature]
        if side * part >= _LEAST and term.feature in WORDS:
            yield (
                side * part,
                Reason(term.feature, float(vector[at]), *calibration.others(at, float(vector[at]))),
            )


def listed(texts: list[str]) -> str:
    """ "a, b and c"."""
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)
