"""How does a tune with its songs become a line, and a line a tune that keeps its songs' public ids?"""

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AwareDatetime, Field

from core.exporting import BATCH, Document
from playback.catalogue.models import Album, SidFile, Track
from playback.catalogue.paths import LONGEST_PATH

_Address = Annotated[int, Field(ge=0, le=0xFFFF)] | None
_Short = Annotated[str, Field(max_length=32)]
_Model = Annotated[str, Field(max_length=8)]


class Song(Document):
    """One song: a track."""

    song: Annotated[int, Field(ge=1, le=32767)]
    id: UUID
    title: Annotated[str, Field(max_length=255)]
    length_ms: Annotated[int, Field(ge=1, le=2**31 - 1)] | None


class AlbumPart(Document):
    """How the tune is listed."""

    title: Annotated[str, Field(max_length=255)]
    artist: Annotated[str, Field(min_length=1, max_length=200)] | None
    released: Annotated[str, Field(max_length=64)]
    year: int | None


class FilePart(Document):
    """The file and its header: the columns of SidFile, but for its place and what only this disk knows."""

    md5: Annotated[str, Field(max_length=32)]
    size_bytes: Annotated[int, Field(ge=0)]
    missing_since: AwareDatetime | None
    fault: _Short
    format: Annotated[str, Field(max_length=4)]
    version: Annotated[int, Field(ge=0, le=32767)] | None
    load_address: _Address
    init_address: _Address
    play_address: _Address
    songs: Annotated[int, Field(ge=1, le=256)]
    start_song: Annotated[int, Field(ge=1, le=256)]
    speed_bits: Annotated[int, Field(ge=0, le=2**32 - 1)]
    flags: Annotated[int, Field(ge=0, le=0xFFFF)]
    title: _Short
    author: _Short
    released: _Short
    clock: _Model
    first_model: _Model
    second_model: _Model
    second_address: _Address
    third_model: _Model
    third_address: _Address
    sids: Annotated[int, Field(ge=0, le=3)]
    needs_basic: bool
    needs_kernal: bool
    notes: list[dict[str, Any]]


class TuneLine(Document):
    """A SID file, there or missing, with the songs that it has or had."""

    collection: str
    path: Annotated[str, Field(min_length=1, max_length=LONGEST_PATH)]
    songs: list[Song]
    tune: AlbumPart
    tune_file: FilePart


FILE_COLUMNS: Final = tuple(FilePart.model_fields)


def count() -> int:
    return SidFile.objects.count()


def documents() -> Iterator[TuneLine]:
    rows = (
        SidFile.objects.order_by("pk")
        .select_related("album__artist", "collection")
        .iterator(chunk_size=BATCH)
    )
    while files := list(islice(rows, BATCH)):
        songs: dict[int, list[Song]] = {}
        tracks = Track.objects.filter(album__in=[file.album_id for file in files]).order_by(
            "album", "position"
        )
        for track in tracks:
            song = Song(song=track.position, id=track.public_id, title=track.title, length_ms=track.length_ms)
            songs.setdefault(track.album_id, []).append(song)
        for file in files:
            yield TuneLine(
                collection=file.collection.name,
                path=file.path,
                songs=songs.get(file.album_id, []),
                tune=_album_part(file.album),
                tune_file=FilePart(**{name: getattr(file, name) for name in FILE_COLUMNS}),
            )


def _album_part(album: Album) -> AlbumPart:
    artist = album.artist.name if album.artist else None
    return AlbumPart(title=album.title, artist=artist, released=album.released, year=album.year)
