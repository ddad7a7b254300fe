"""Which tunes does a search find, in which order, and how does it go on?

Best first, in tiers: a title or author that is exactly what was typed; one that begins with it; all words in title and
author; all words anywhere (path, release, STIL's comments); and where that is little, words one typo away.  Within a tier the order is the
catalogue's.  A tune stands in the best tier that it reaches, so pages never show one twice.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from playback.catalogue.models import SidFile
from playback.search.filters import Filters
from playback.search.index import backend
from playback.search.spelling import near_words
from playback.search.terms import Term, Wanted, Where
from playback.search.words import joined, words_of

MOST_WORDS: Final = 8
_PLACE: Final = re.compile(r"[0-9]-[0-9]{1,18}", re.ASCII)
# Where words as typed find fewer tunes than this, similar ones follow.
ENOUGH: Final = 20
MOST_COUNTED: Final = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Behind that album of that tier."""

    tier: int
    album_id: int

    def encode(self) -> str:
        return f"{self.tier}-{self.album_id}"

    @classmethod
    def decode(cls, text: str) -> "Place":
        """Raises ValueError."""
        if not _PLACE.fullmatch(text):
            raise ValueError("no place of ours")
        tier, album_id = map(int, text.split("-"))
        return cls(tier, album_id)


@dataclass(frozen=True, slots=True)
class Found:
    """A page of tunes, with their albums, artists and collections.

    `count` is of all pages, and MOST_COUNTED means that many or more; `similar_from` is the index of the first tune on
    this page that has other words than those typed, or None.
    """

    files: list[SidFile]
    next: Place | None
    count: int
    similar_from: int | None


def find(text: str, filters: Filters, *, after: Place | None, limit: int) -> Found:
    """At most `limit` present tunes behind `after` for a text with at least one word.

    A query for each tier that is reached, one for the count, one for each word's neighbours where there is little.
    """
    words = words_of(text)[:MOST_WORDS]
    tunes = filters.applied_to(SidFile.objects.present())
    exact, begins, named, anywhere = _tiers(words)
    asked = _matches(begins, anywhere)
    conditions = [
        _matches(exact),
        _matches(begins) & ~_matches(exact),
        _matches(named) & ~_matches(begins),
        _matches(anywhere) & ~_matches(begins, named),
    ]
    as_typed = len(conditions)
    count = len(tunes.filter(asked).values_list("pk")[:MOST_COUNTED])
    if count < ENOUGH and (similar := _similar_tiers(words)):
        whole, names, rest = similar
        conditions += [
            _matches(whole) & ~asked,
            _matches(names) & ~_matches(whole, begins, anywhere),
            _matches(rest) & ~_matches(whole, names, begins, anywhere),
        ]
        count += tunes.filter(_matches(whole, rest) & ~asked).count()
    files: list[SidFile] = []
    places: list[Place] = []
    for tier, condition in enumerate(conditions):
        if (after and tier < after.tier) or len(files) > limit:
            continue
        rows = tunes.filter(condition).order_by("album_id")
        if after and tier == after.tier:
            rows = rows.filter(album_id__gt=after.album_id)
        more = list(rows.select_related("album__artist", "collection")[: limit + 1 - len(files)])
        files += more
        places += [Place(tier, file.album_id) for file in more]
    similar_from = next((at for at, place in enumerate(places[:limit]) if place.tier >= as_typed), None)
    following = places[limit - 1] if len(files) > limit else None
    return Found(files[:limit], following, count, similar_from)


def _tiers(words: Sequence[str]) -> list[Wanted]:
    """What each tier asks for, best first; the first lies within the second, the third within the fourth."""
    # As one word, so that "lightforce" finds "Light Force", and "light force" finds "Lightforce".
    whole = joined(" ".join(words))
    begun = [[Term(word, is_prefix=len(word) > 1)] for word in words]
    return [
        Wanted(Where.WHOLE, [[Term(whole)]]),
        Wanted(Where.WHOLE, [[Term(whole, is_prefix=len(whole) > 1)]]),
        Wanted(Where.NAMES, begun),
        Wanted(Where.ANYWHERE, begun),
    ]


def _similar_tiers(words: Sequence[str]) -> list[Wanted] | None:
    """The same with words one typo away, without the second tier; None where no word has a neighbour."""
    neighbours = [near_words(word) for word in words]
    if not any(neighbours):
        return None
    begun = [
        [Term(word, is_prefix=len(word) > 1), *map(Term, near)]
        for word, near in zip(words, neighbours, strict=True)
    ]
    wholes = [
        Term(joined(" ".join([*words[:at], meant, *words[at + 1 :]])))
        for at, near in enumerate(neighbours)
        for meant in near
    ]
    return [
        Wanted(Where.WHOLE, [wholes]),
        Wanted(Where.NAMES, begun),
        Wanted(Where.ANYWHERE, begun),
    ]


def _matches(*wanted: Wanted) -> Q:
    return Q(backend().matching(*wanted))
