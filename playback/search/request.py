"""What may be asked of the search, by a page's form or by a program, and what is nonsense?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rest_framework import serializers

from core.problems import as_domain_error
from playback.delivery.problems import BadCursor
from playback.hvsc.release_year import FIRST_YEAR, LAST_YEAR
from playback.search.filters import CHIPS, CLOCKS, Filters
from playback.search.finding import Place
from playback.search.words import words_of

LONGEST_TEXT: Final = 200
_SONGS: Final = (1, 256)
_YEARS: Final = (FIRST_YEAR, LAST_YEAR)
_SECONDS: Final = (0, 86_400)
_SIDS: Final = (1, 3)


def _number(help_text: str, limits: tuple[int, int]) -> serializers.IntegerField:
    least, most = limits
    return serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text=help_text, min_value=least, max_value=most
    )


class SearchRequest(serializers.Serializer[Any]):
    """Words and filters; what is empty does not narrow."""

    q = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=LONGEST_TEXT,
        help_text="Words of title, author, path, release or comments, or their beginnings; one typo is forgiven in five letters or more.",
    )
    chip = serializers.ChoiceField(choices=list(CHIPS), required=False, allow_blank=True, default="")
    clock = serializers.ChoiceField(choices=list(CLOCKS), required=False, allow_blank=True, default="")
    yearFrom = _number("Released in this year or later.", _YEARS)  # noqa: N815  the wire's own names
    yearTo = _number("Released in this year or earlier.", _YEARS)  # noqa: N815
    lengthFrom = _number("The start song lasts so many seconds, or longer.", _SECONDS)  # noqa: N815
    lengthTo = _number("The start song lasts so many seconds, or less.", _SECONDS)  # noqa: N815
    songsFrom = _number("The tune has so many songs, or more.", _SONGS)  # noqa: N815
    songsTo = _number("The tune has so many songs, or fewer.", _SONGS)  # noqa: N815
    sids = _number("How many SID chips the tune is for.", _SIDS)
    needsRom = serializers.ChoiceField(  # noqa: N815
        choices=["yes", "no"],
        required=False,
        allow_blank=True,
        default="",
        help_text="Whether it needs the C64's ROMs.",
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """A search that makes sense; `parameters` are its own words for an address, without the place."""

    text: str
    filters: Filters
    place: Place | None
    parameters: dict[str, str]

    @property
    def has_words(self) -> bool:
        return bool(words_of(self.text))


def read_wish(query: Mapping[str, Any], *, place: str = "after") -> Wish:
    """Reads a query string's values.  Raises InvalidInput; BadCursor for a place that is none."""
    request = SearchRequest(data=query)
    if not request.is_valid():
        raise as_domain_error(serializers.ValidationError(request.errors))
    values = request.validated_data
    text = " ".join(values["q"].split())
    filters = Filters(
        chip=values["chip"] or None,
        clock=values["clock"] or None,
        year_from=values["yearFrom"],
        year_to=values["yearTo"],
        length_from=values["lengthFrom"],
        length_to=values["lengthTo"],
        songs_from=values["songsFrom"],
        songs_to=values["songsTo"],
        sids=values["sids"],
        needs_rom={"yes": True, "no": False}.get(values["needsRom"]),
    )
    given = {name: str(value) for name, value in (values | {"q": text}).items() if value not in ("", None)}
    at = str(query.get(place) or "")
    return Wish(text, filters, _place(at) if at and words_of(text) else None, given)


def _place(text: str) -> Place:
    try:
        return Place.decode(text)
    except ValueError:
        raise BadCursor from None
