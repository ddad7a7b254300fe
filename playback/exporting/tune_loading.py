"""How do lines of tunes become rows, in a catalogue that may have some of them already, at the same place or elsewhere?

A line's tune is the row that has its songs' public ids; else the row at its path, whose songs then take over the ids.
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db.models import Q

from core.exporting import BATCH, Counts, DataFileError, Progress
from playback.catalogue.counting import count_artists, count_folders
from playback.catalogue.models import Album, Artist, Collection, SidFile, Track
from playback.catalogue.writing import insert_files, rewrite_files
from playback.exporting.removing import remove_tunes
from playback.exporting.tunes import FILE_COLUMNS, TuneLine
from playback.search import index

# Where a row waits whose path another one takes: no path begins so, and all of them are gone when we are done.
_PARKED: Final = "?parked/"


class TuneLoader:
    """Adds and changes; tunes and songs that no line has go only with `replace`."""

    def __init__(self) -> None:
        # Nobody imports into them meanwhile.
        collections = Collection.objects.select_for_update().order_by("pk")
        self._collections = dict(collections.values_list("name", "pk"))
        self._counts = Counts()
        self._seen: set[int] = set()
        self._ids: set[uuid.UUID] = set()
        self._songs_beyond: list[int] = []

    def take(self, documents: Sequence[TuneLine]) -> None:
        self._refuse_doubled(documents)
        rows = self._rows_of(documents)
        artists = _artists({line.tune.artist for line in documents if line.tune.artist})
        added: list[tuple[SidFile, TuneLine]] = []
        changed: list[SidFile] = []
        for line, row in rows:
            values = _values(line, self._collections[line.collection])
            album = {
                "title": line.tune.title,
                "artist_id": artists[line.tune.artist] if line.tune.artist else None,
                "released": line.tune.released,
                "year": line.tune.year,
            }
            if row is None:
                added.append((SidFile(album=Album(**album), **values), line))
            elif _set(row, values) | _set(row.album, album):
                changed.append(row)
            else:
                self._counts.unchanged += 1
        insert_files([row for row, _ in added])
        rewrite_files(changed, ["collection", "path", *FILE_COLUMNS])
        self._counts.added += len(added)
        self._counts.changed += len(changed)
        both = [(line, row) for line, row in rows if row] + [(line, row) for row, line in added]
        self._seen.update(row.pk for _, row in both)
        self._follow_songs(both)

    def finish(self, *, replace: bool, progress: Progress) -> Counts:
        if replace:
            self._remove_others()
        if SidFile.objects.filter(path__startswith=_PARKED).exists():
            raise DataFileError(
                "some tunes' paths are taken here by other tunes that the file does not have: --replace removes those"
            )
        for collection in Collection.objects.all():
            count_folders(collection)
        count_artists()
        index.rebuild(lambda done, total: progress(done / max(total, 1)))
        return self._counts

    def _refuse_doubled(self, documents: Sequence[TuneLine]) -> None:
        for line in documents:
            if line.collection not in self._collections:
                raise DataFileError(f"there is no collection {line.collection!r}")
            for song in line.songs:
                if song.id in self._ids:
                    raise DataFileError(f"{line.path}: the id {song.id} stands in the file twice")
                self._ids.add(song.id)

    def _rows_of(self, documents: Sequence[TuneLine]) -> list[tuple[TuneLine, SidFile | None]]:
        """Each line with its row; whoever else is at the line's path is parked."""
        ids = [song.id for line in documents for song in line.songs]
        owners = dict(Track.objects.filter(public_id__in=ids).values_list("public_id", "album_id"))
        either = Q(album__in=set(owners.values())) | Q(path__in=[line.path for line in documents])
        rows = list(SidFile.objects.filter(either).select_related("album"))
        by_album = {row.album_id: row for row in rows}
        by_path = {(row.collection_id, row.path): row for row in rows}
        found: list[tuple[TuneLine, SidFile | None]] = []
        for line in documents:
            albums = {owners[song.id] for song in line.songs if song.id in owners}
            if len(albums) > 1:
                raise DataFileError(f"{line.path}: its songs belong to {len(albums)} different tunes here")
            there = by_path.get((self._collections[line.collection], line.path))
            own = by_album[albums.pop()] if albums else there
            if {row.pk for row in (own, there) if row} & self._seen:
                raise DataFileError(f"{line.path} stands in the file twice")
            if there and there is not own:
                there.path = f"{_PARKED}{there.pk}"
                SidFile.objects.filter(pk=there.pk).update(path=there.path)
            found.append((line, own))
        return found

    def _follow_songs(self, rows: Iterable[tuple[TuneLine, SidFile]]) -> None:
        by_album = {row.album_id: {song.song: song for song in line.songs} for line, row in rows}
        changed: list[Track] = []
        taking: list[Track] = []
        for track in Track.objects.filter(album__in=by_album):
            song = by_album[track.album_id].pop(track.position, None)
            if song is None:
                self._songs_beyond.append(track.pk)
                continue
            if track.public_id != song.id:
                taking.append(track)
            if (track.public_id, track.title, track.length_ms) != (song.id, song.title, song.length_ms):
                changed.append(track)
            track.public_id, track.title, track.length_ms = song.id, song.title, song.length_ms
        # Two songs that exchange their ids would for a moment have the same.
        for track in taking:
            Track.objects.filter(pk=track.pk).update(public_id=uuid.uuid4())
        Track.objects.bulk_update(changed, ["public_id", "title", "length_ms"], batch_size=BATCH)
        Track.objects.bulk_create(
            Track(
                album_id=album_id,
                position=song.song,
                public_id=song.id,
                title=song.title,
                length_ms=song.length_ms,
            )
            for album_id, songs in by_album.items()
            for song in songs.values()
        )

    def _remove_others(self) -> None:
        others = sorted(set(SidFile.objects.values_list("pk", flat=True)) - self._seen)
        for some in _in_batches(others):
            self._counts.removed += remove_tunes(SidFile.objects.filter(pk__in=some))
        for some in _in_batches(self._songs_beyond):
            Track.objects.filter(pk__in=some).delete()


def _in_batches(pks: list[int]) -> Iterable[list[int]]:
    return (pks[begin : begin + BATCH] for begin in range(0, len(pks), BATCH))


def _artists(names: set[str]) -> dict[str, int]:
    Artist.objects.bulk_create([Artist(name=name) for name in sorted(names)], ignore_conflicts=True)
    return dict(Artist.objects.filter(name__in=names).values_list("name", "pk"))


def _values(line: TuneLine, collection_id: int) -> dict[str, Any]:
    columns = {name: getattr(line.tune_file, name) for name in FILE_COLUMNS}
    return {"collection_id": collection_id, "path": line.path} | columns


def _set(thing: SidFile | Album, values: dict[str, Any]) -> bool:
    different = {name: value for name, value in values.items() if getattr(thing, name) != value}
    for name, value in different.items():
        setattr(thing, name, value)
    return bool(different)
