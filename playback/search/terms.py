"""What is a search made of, before any database has its own way to write it?"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass


class Where(enum.Enum):
    """Which words of a tune are meant: its names as one word, those of its title and author, or all that is known."""

    WHOLE = "whole"
    NAMES = "names"
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the index, or all that begin with it."""

    word: str
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Each group must be met, by any of its terms."""

    where: Where
    groups: Sequence[Sequence[Term]]


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index holds of an album."""

    album_id: int
    whole: Sequence[str]
    names: Sequence[str]
    rest: Sequence[str]
