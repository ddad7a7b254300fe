"""How does one batch of files become rows, and which rows did that change?"""

from collections.abc import Collection as Group
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from playback.catalogue.documents import Documents
from playback.catalogue.models import Album, Artist, Collection, SidFile, Track
from playback.catalogue.reading import ReadFile
from playback.hvsc.release_year import release_year

UNKNOWN_AUTHOR: Final = "<?>"  # what the HVSC writes where nobody knows
_FILE_COLUMNS: Final = [
    column.name
    for column in SidFile._meta.concrete_fields
    if column.name not in ("id", "collection", "album")
]
_ALBUM_COLUMNS: Final = ["title", "artist", "released", "year"]
# Written without being told as a change: it says nothing about the tune.
_SILENT: Final = frozenset({"changed_ns"})


@dataclass(slots=True)
class Written:
    """What a batch did: rows by what happened to them, and the albums that a list would now show otherwise."""

    added: list[SidFile] = field(default_factory=list)
    changed: list[SidFile] = field(default_factory=list)
    moved: list[SidFile] = field(default_factory=list)
    unchanged: list[SidFile] = field(default_factory=list)
    albums: set[int] = field(default_factory=set)

    @property
    def rows(self) -> list[SidFile]:
        return [*self.added, *self.changed, *self.moved, *self.unchanged]


def write_batch(
    collection: Collection, files: Sequence[ReadFile], found_again: dict[str, int], documents: Documents
) -> Written:
    """Makes rows of the files; `found_again` is the id of a lost row by the path at which its file is now."""
    known = SidFile.objects.filter(collection=collection, path__in=[file.path for file in files])
    rows = {row.path: row for row in known.select_related("album")}
    lost = SidFile.objects.select_related("album").in_bulk(list(found_again.values()))
    artists = _artists({file.columns["author"] for file in files if file.columns} - {"", UNKNOWN_AUTHOR})
    written = Written()
    rewritten: list[SidFile] = []
    for file in files:
        row = rows.get(file.path)
        was_lost = row is None and file.path in found_again
        if was_lost:
            row = lost[found_again[file.path]]
        is_new = row is None
        if row is None:
            if file.columns is None:
                continue  # somebody deleted the row just now; the next import brings it back
            row = SidFile(collection=collection, album=Album(), path=file.path)
        differences = _fill(row, file, artists, documents)
        kind = (
            "added"
            if is_new
            else "moved"
            if was_lost
            else "changed"
            if differences - _SILENT
            else "unchanged"
        )
        getattr(written, kind).append(row)
        if differences and not is_new:
            rewritten.append(row)
    insert_files(written.added)
    rewrite_files(rewritten)
    follow_songs(written.rows, documents, written)
    written.albums.update(row.album_id for row in (*written.added, *written.changed, *written.moved))
    return written


def _artists(names: set[str]) -> dict[str, Artist]:
    Artist.objects.bulk_create([Artist(name=name) for name in sorted(names)], ignore_conflicts=True)
    return {artist.name: artist for artist in Artist.objects.filter(name__in=names)}


def _fill(row: SidFile, file: ReadFile, artists: dict[str, Artist], documents: Documents) -> set[str]:
    """Sets the row and its album to what file and documents say; the names of the columns that this changed."""
    notes = {"notes": documents.notes(file.path)}
    if file.columns is None:
        return _set(row, notes)
    artist = artists.get(file.columns["author"])
    released = file.columns["released"]
    album = {
        "title": file.columns["title"] or PurePosixPath(file.path).stem,
        "artist_id": artist.pk if artist else None,
        "released": released,
        "year": release_year(released),
    }
    return _set(row, {"path": file.path} | file.columns | notes) | _set(row.album, album)


def _set(thing: SidFile | Album, values: dict[str, Any]) -> set[str]:
    different = {name for name, value in values.items() if getattr(thing, name) != value}
    for name in different:
        setattr(thing, name, values[name])
    return different


def insert_files(rows: list[SidFile]) -> None:
    """New rows, with their albums."""
    Album.objects.bulk_create([row.album for row in rows])
    for row in rows:
        row.album = row.album  # takes over the id that the album has now
    SidFile.objects.bulk_create(rows)


def rewrite_files(rows: list[SidFile], columns: Sequence[str] = _FILE_COLUMNS) -> None:
    """Rows that are there, with their albums.

    An upsert on the id: bulk_update's CASE for each of 30 columns costs ten times as much.
    """
    Album.objects.bulk_create(
        [row.album for row in rows],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=_ALBUM_COLUMNS,
    )
    SidFile.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=columns)


def follow_songs(rows: Group[SidFile], documents: Documents, written: Written) -> None:
    """Gives each song a track with the length and name that the documents have: they change without the file, too."""
    by_album = {row.album_id: row for row in rows}
    missing = {(row.album_id, song) for row in rows for song in range(1, row.songs + 1)}
    changed: list[Track] = []
    tracks = Track.objects.filter(album__in=by_album)
    for pk, album, song, *now in tracks.values_list("pk", "album_id", "position", "length_ms", "title"):
        missing.discard((album, song))
        length_ms, title = _about_song(by_album[album], song, documents)
        if now != [length_ms, title]:
            changed.append(Track(pk=pk, album_id=album, position=song, length_ms=length_ms, title=title))
    Track.objects.bulk_update(changed, ["length_ms", "title"])
    Track.objects.bulk_create(_new_tracks(sorted(missing), by_album, documents))
    written.albums.update(track.album_id for track in changed)


def _new_tracks(
    songs: Iterable[tuple[int, int]], by_album: dict[int, SidFile], documents: Documents
) -> Iterable[Track]:
    for album, song in songs:
        length_ms, title = _about_song(by_album[album], song, documents)
        yield Track(album_id=album, position=song, length_ms=length_ms, title=title)


def _about_song(row: SidFile, song: int, documents: Documents) -> tuple[int | None, str]:
    """Its length in ms, and its own name as STIL has it, or ""."""
    names = (note["text"] for note in row.notes if note["song"] == song and note["field"] == "NAME")
    return documents.length_ms(row.md5, song), str(next(names, ""))[:255]
