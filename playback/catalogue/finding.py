"""Which track does a client mean by a path, a song's number, or ids?"""

import uuid
from collections.abc import Sequence

from django.db.models import F, Subquery

from playback.catalogue.models import SidFile, Track


class NoSuchFileError(LookupError):
    """No collection (or not the one named) has a file at that path."""


class NoSuchSongError(LookupError):
    """The file is there; `songs` says how many songs it has."""

    def __init__(self, songs: int) -> None:
        super().__init__(songs)
        self.songs = songs


def track_at(path: str, *, song: int | None = None, collection: str | None = None) -> Track:
    """The song (default: the start song) of the file at a canonical path, with its file: one query.

    Without a collection's name the first collection that has the path is meant.  Raises NoSuchFileError or
    NoSuchSongError.
    """
    # A play must cost little, and each step of building a query costs: one filter says what several adjectives would.
    files = SidFile.objects.filter(path=path, missing_since=None)
    if collection is not None:
        files = files.filter(collection__name=collection)
    # The first collection's file decides, even where a later one's has more songs.
    chosen = files.order_by("collection_id").values("pk")[:1]
    wanted = F("album__sid_file__start_song") if song is None else song
    tracks = Track.objects.with_file().filter(
        album__sid_file=Subquery(chosen), position=wanted, position__lte=F("album__sid_file__songs")
    )
    track = next(iter(tracks), None)
    if track is None:
        raise _absence(files.in_order().first(), path)
    return track


def _absence(file: SidFile | None, path: str) -> LookupError:
    return NoSuchSongError(file.songs) if file else NoSuchFileError(path)


def tracks_with(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Track]:
    """Those of the ids that are there, with their files: one query."""
    return {track.public_id: track for track in Track.objects.present().with_file().filter(public_id__in=ids)}
