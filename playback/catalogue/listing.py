"""Which tunes stand on a page of the list, and how does the next page go on?

Keyset pagination: a cursor names the place after which to go on, so a page costs the same anywhere in the list and
nothing is shown twice when files come or go meanwhile.  Order: collection, path (bytewise), song.
"""

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from django.db.models import Model, Q, QuerySet

from playback.catalogue.models import SidFile, SidFileQuerySet, Track
from playback.catalogue.paths import canonical_path

LONGEST_CURSOR: Final = 6000

_Row = TypeVar("_Row", bound=Model)


class BadCursorError(ValueError):
    """The text is no cursor of ours."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the list: behind that song of that file; song 0 is before the file's first."""

    collection: int
    path: str
    song: int

    def encode(self) -> str:
        payload = json.dumps(
            [self.collection, self.path, self.song], separators=(",", ":"), ensure_ascii=False
        )
        return base64.urlsafe_b64encode(payload.encode()).rstrip(b"=").decode("ascii")

    @classmethod
    def decode(cls, text: str) -> "Cursor":
        """Raises BadCursorError."""
        if len(text) > LONGEST_CURSOR:
            raise BadCursorError("too long")
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            collection, path, song = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            cursor = cls(collection, canonical_path(path), song)
        except (ValueError, TypeError, binascii.Error, RecursionError) as error:
            raise BadCursorError(str(error)) from None
        if not cls._is_number(collection, 2**63) or not cls._is_number(song, 2**15):
            raise BadCursorError("out of range")
        return cursor

    @staticmethod
    def _is_number(value: object, end: int) -> bool:
        """A whole number that a column can hold (True is one for Python, and not for us)."""
        return type(value) is int and 0 <= value < end


@dataclass(frozen=True, slots=True)
class FilePage:
    """Some files, with their albums, artists and songs, and where the list goes on."""

    files: list[SidFile]
    tracks: dict[int, list[Track]]
    next: Cursor | None


def track_page(*, after: Cursor | None, limit: int) -> tuple[list[Track], Cursor | None]:
    """At most `limit` present tracks behind the cursor, and the cursor of the next page.  One or two queries."""
    tracks = Track.objects.present().with_file().in_order()
    if after is None:
        page = list(tracks[: limit + 1])
    else:
        file = "album__sid_file__"
        here = tracks.filter(
            Q(**{file + "path__gt": after.path}) | Q(**{file + "path": after.path}, position__gt=after.song),
            # Said again in the form with which an index can begin.
            **{file + "collection_id": after.collection, file + "path__gte": after.path},
        )
        page = _fill(here, tracks.filter(**{file + "collection_id__gt": after.collection}), limit + 1)
    more = len(page) > limit
    page = page[:limit]
    return page, _behind(page[-1]) if more else None


def file_page(*, after: Cursor | None, limit: int, among: SidFileQuerySet | None = None) -> FilePage:
    """At most `limit` present files behind (with song 0: from) the cursor, of all or of those.  Two or three queries."""
    chosen = SidFile.objects.present() if among is None else among
    rows = chosen.in_order().select_related("album__artist", "collection")
    if after is None:
        files = list(rows[: limit + 1])
    else:
        path = "path__gt" if after.song else "path__gte"
        here = rows.filter(collection_id=after.collection, **{path: after.path})
        files = _fill(here, rows.filter(collection_id__gt=after.collection), limit + 1)
    more = len(files) > limit
    files = files[:limit]
    last = Cursor(files[-1].collection_id, files[-1].path, files[-1].songs) if more else None
    return FilePage(files, songs_of(files), last)


def songs_of(files: Iterable[SidFile]) -> dict[int, list[Track]]:
    """The songs of each file by its album's id, in order.  One query."""
    tracks: dict[int, list[Track]] = {file.album_id: [] for file in files}
    for track in Track.objects.present().filter(album__in=tracks).order_by("album_id", "position"):
        tracks[track.album_id].append(track)
    return tracks


def _fill(here: QuerySet[_Row], later: QuerySet[_Row], count: int) -> list[_Row]:
    """The first `count` rows of this collection's rest and then of later ones: two queries that an index serves each,
    where one with OR would walk the list from its beginning."""
    rows = list(here[:count])
    return rows + list(later[: count - len(rows)]) if len(rows) < count else rows


def _behind(track: Track) -> Cursor:
    file = track.album.sid_file
    return Cursor(file.collection_id, file.path, track.position)
