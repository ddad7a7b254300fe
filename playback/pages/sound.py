"""How does a page show what a song is like?  Energy, mood and complexity, each as a place on a line, with its reasons."""

from dataclasses import dataclass
from typing import Final

from playback.analysis.likeness_index import Similar

# The picture's line begins and ends there.
_BEGIN: Final = 8
_END: Final = 112
_ENDS: Final = {"e": ("quiet", "intense"), "m": ("dark", "bright"), "c": ("simple", "dense")}
_PROVISIONAL: Final = "Provisional: there are too few songs here yet to compare it with."


@dataclass(frozen=True, slots=True)
class RatingLine:
    """One rating; `x` is its place in the picture."""

    name: str
    value: str
    x: str
    low: str
    high: str
    text: str


@dataclass(frozen=True, slots=True)
class Sound:
    """What the page says of a song's sound."""

    ratings: list[RatingLine]
    note: str


def sound_of(similar: Similar) -> Sound | None:
    """None where no songs were analysed: then there is nothing to say, of any."""
    described = similar.described
    if described is None:
        absence = similar.absence
        silent = absence is None or absence.code == "not-calibrated"
        return None if silent or absence is None else Sound([], absence.message)
    lines = [
        RatingLine(
            one.name,
            f"{one.rating:.2f}",
            f"{_BEGIN + (one.rating - 1) / 4 * (_END - _BEGIN):.1f}",
            *_ENDS[one.axis],
            one.text,
        )
        for one in described.explanations
    ]
    return Sound(lines, _PROVISIONAL if described.provisional else "")
