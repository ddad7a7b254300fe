"""Which tunes remain when a visitor narrows the list: by chip, clock, year, length, songs, SIDs, ROMs?"""

from dataclasses import dataclass, fields
from typing import Final

from django.db.models import Exists, OuterRef, Q

from playback.catalogue.models import SidFileQuerySet, Track
from playback.sidfile import ChipModel, Clock

CHIPS: Final = {"6581": ChipModel.MOS6581, "8580": ChipModel.MOS8580}
CLOCKS: Final = {"PAL": Clock.PAL, "NTSC": Clock.NTSC}


@dataclass(frozen=True, slots=True)
class Filters:
    """What was asked for; None does not narrow.  Years and numbers include both ends; lengths are of the start song, in s."""

    chip: str | None = None
    clock: str | None = None
    year_from: int | None = None
    year_to: int | None = None
    length_from: int | None = None
    length_to: int | None = None
    songs_from: int | None = None
    songs_to: int | None = None
    sids: int | None = None
    needs_rom: bool | None = None
    collection: int | None = None
    author: int | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) is not None for field in fields(self))

    def applied_to(self, files: SidFileQuerySet) -> SidFileQuerySet:
        """The files that pass."""
        condition = self._about_file() & self._about_album()
        length = self._length()
        if length:
            songs = Track.objects.filter(length, album=OuterRef("album_id"), position=OuterRef("start_song"))
            return files.filter(condition, Exists(songs))
        return files.filter(condition) if condition else files

    def _about_file(self) -> Q:
        wanted = Q()
        if self.chip:
            # A tune for either chip is a tune for this one.
            models = [CHIPS[self.chip].value, ChipModel.BOTH.value]
            wanted &= Q(first_model__in=models)
        if self.clock:
            wanted &= Q(clock__in=[CLOCKS[self.clock].value, Clock.BOTH.value])
        wanted &= _between("songs", self.songs_from, self.songs_to)
        if self.sids is not None:
            wanted &= Q(sids=self.sids)
        if self.needs_rom is not None:
            needs = Q(needs_basic=True) | Q(needs_kernal=True)
            wanted &= needs if self.needs_rom else ~needs
        if self.collection is not None:
            wanted &= Q(collection_id=self.collection)
        return wanted

    def _about_album(self) -> Q:
        wanted = _between("album__year", self.year_from, self.year_to)
        if self.author is not None:
            wanted &= Q(album__artist_id=self.author)
        return wanted

    def _length(self) -> Q:
        seconds = (self.length_from, self.length_to)
        first, last = (None if second is None else second * 1000 for second in seconds)
        return _between("length_ms", first, last)


def _between(column: str, first: int | None, last: int | None) -> Q:
    wanted = Q()
    if first is not None:
        wanted &= Q(**{f"{column}__gte": first})
    if last is not None:
        wanted &= Q(**{f"{column}__lte": last})
    return wanted
