"""How do SID files on disk become rows, and rows follow the files?

An import may be repeated at any time and then changes nothing.  A track keeps its public_id whatever happens to its
file: edited (same path), moved (same md5 at a new path while the old one is gone), removed and brought back.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any, Final, TypeVar

from django.db import transaction
from django.utils import timezone

from playback.catalogue.documents import Documents
from playback.catalogue.folders import (
    FoundFile,
    Inventory,
    NoMusicError,
    Source,
    find_sources,
    hvsc_release,
    take_inventory,
)
from playback.catalogue.models import Album, Artist, Collection, SidFile, Track
from playback.catalogue.paths import NotAFileError, OutsideError, read_below
from playback.hvsc.release_year import release_year
from playback.sidfile import LONGEST_SID_FILE, Clock, SidFileError, SidHeader, parse

BATCH: Final = 500
UNKNOWN_AUTHOR: Final = "<?>"  # what the HVSC writes where nobody knows

_T = TypeVar("_T")
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Report:
    """What one import did to one collection.  `broken` and `unplayable` hold (path, fault code)."""

    collection: Collection
    added: int = 0
    changed: int = 0
    moved: int = 0
    unchanged: int = 0
    missing: int = 0
    songs: int = 0
    broken: list[tuple[str, str]] = field(default_factory=list)
    unplayable: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _ReadFile:
    path: str
    columns: dict[str, Any]


def import_sids(path: Path, *, name: str | None = None, progress: Progress | None = None) -> list[Report]:
    """Imports the folder or file; one report per collection found there.

    `name` chooses the collection: an existing one of that name moves to the folder and keeps its tracks.  `progress`
    is told (files done, files in all).  Raises NoMusicError where there is nothing, or where the name and the folder
    belong to different collections; nothing is changed then.
    """
    sources = find_sources(path)
    inventories = [take_inventory(source) for source in sources]
    total = sum(len(inventory.files) for inventory in inventories)
    if not total and not any(inventory.faults for inventory in inventories):
        raise NoMusicError(f"There is no .sid file at {path}.")
    reports: list[Report] = []
    done = 0
    for source, inventory in zip(sources, inventories, strict=True):
        collection = _collection_for(
            source, name if source is sources[0] or name is None else f"{name} (others)"
        )
        report = Report(collection)
        for count in _follow(collection, source, inventory, report):
            done += count
            if progress:
                progress(done, total)
        reports.append(report)
    return reports


def _collection_for(source: Source, name: str | None) -> Collection:
    """The collection of that folder, made or moved there where needed."""
    here = Collection.objects.filter(root=source.root).first()
    if here and name and here.name != name:
        raise NoMusicError(f"The folder {source.root} is the collection “{here.name}” already.")
    kind = Collection.Kind.HVSC if source.is_hvsc else Collection.Kind.SIDS
    version = hvsc_release(source.root) if source.is_hvsc else ""
    if here or name:
        chosen = {"pk": here.pk} if here else {"name": name}
        values = {"root": source.root, "kind": kind, "version": version}
        collection, _ = Collection.objects.update_or_create(**chosen, defaults=values)
        return collection
    return Collection.objects.create(name=_free_name(source), root=source.root, kind=kind, version=version)


def _free_name(source: Source) -> str:
    wish = "HVSC" if source.is_hvsc else (Path(source.root).name or "music").encode(errors="replace").decode()
    taken = set(Collection.objects.filter(name__startswith=wish[:70]).values_list("name", flat=True))
    candidates = (
        wish[:70] if number == 1 else f"{wish[:70]} {number}" for number in range(1, len(taken) + 2)
    )
    return next(candidate for candidate in candidates if candidate not in taken)


def _follow(collection: Collection, source: Source, inventory: Inventory, report: Report) -> Iterator[int]:
    """Makes the rows follow the files; yields how many files each step took."""
    report.broken += inventory.faults
    documents = Documents.of(source.root)
    lost = _lost_files(collection, source, inventory)
    by_md5: dict[str, list[int]] = defaultdict(list)
    for pk, md5 in lost.items():
        if md5:
            by_md5[md5].append(pk)
    for batch in _batches(inventory.files):
        files = [file for found in batch if (file := _read(source.root, found, documents, report))]
        with transaction.atomic():
            # One import of a collection at a time: what we look up below stays true until we have written.
            Collection.objects.select_for_update().get(pk=collection.pk)
            for pk in _write(collection, files, by_md5, report):
                lost.pop(pk)
            _name_and_measure(collection, files, documents)
        yield len(batch)
    now = timezone.now()
    for some in _batches(sorted(lost)):
        report.missing += SidFile.objects.present().filter(pk__in=some).update(missing_since=now)
    Collection.objects.filter(pk=collection.pk).update(imported_at=now)
    report.broken.sort()


def _batches(things: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(things)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _lost_files(collection: Collection, source: Source, inventory: Inventory) -> dict[int, str]:
    """The md5 by id of each file in the part asked for that is not on disk (any more), in order of their paths."""
    on_disk = {file.path for file in inventory.files} | {path for path, _ in inventory.faults}
    rows = SidFile.objects.filter(collection=collection).in_order().values_list("pk", "path", "md5")
    return {
        pk: md5
        for pk, path, md5 in rows.iterator(chunk_size=2000)
        if path not in on_disk and source.holds(path) and not inventory.knows_nothing_of(path)
    }


def _read(root: str, found: FoundFile, documents: Documents, report: Report) -> _ReadFile | None:
    """The file's columns, or None (and a line in the report) where the disk does not give it."""
    try:
        data = read_below(root, found.disk_path, limit=LONGEST_SID_FILE)
    except OSError as error:
        codes = {OutsideError: "outside", NotAFileError: "not_a_file"}
        report.broken.append((found.path, codes.get(type(error), "unreadable")))
        return None
    # A file too long to be one is not read to its end, so it has no md5.
    is_whole = len(data) <= LONGEST_SID_FILE
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest() if is_whole else ""
    size = len(data) if is_whole else found.size_bytes
    columns: dict[str, Any] = {"md5": md5, "size_bytes": size, "missing_since": None}
    columns["notes"] = documents.notes(found.path)
    try:
        columns |= _header_columns(parse(data))
    except SidFileError as error:
        columns |= _columns_without_header(error.code)
        report.broken.append((found.path, error.code))
    else:
        if obstacle := columns["fault"] or ("needs_roms" if columns["needs_basic"] else ""):
            report.unplayable.append((found.path, str(obstacle)))
    return _ReadFile(found.path, columns)


def _header_columns(header: SidHeader) -> dict[str, Any]:
    models = [chip.model.value for chip in header.chips]
    second, third = header.second_sid_address, header.third_sid_address
    return {
        "fault": "mus_data" if header.is_mus else "",
        "format": header.magic,
        "version": header.version,
        "load_address": header.load_address,
        "init_address": header.init_address,
        "play_address": header.play_address,
        "songs": header.songs,
        "start_song": header.start_song,
        "speed_bits": header.speed_bits,
        "flags": header.flags,
        "title": header.title,
        "author": header.author,
        "released": header.released,
        "clock": header.clock.value,
        "first_model": models[0],
        "second_model": models[1] if second is not None else "",
        "third_model": models[-1] if third is not None else "",
        "second_address": second,
        "third_address": third,
        "needs_basic": header.needs_basic,
        "needs_kernal": header.needs_kernal,
    }


def _columns_without_header(code: str) -> dict[str, Any]:
    """A broken file keeps one song, so that it is listed with its reason and its track's id survives its repair."""
    nothing: dict[str, Any] = dict.fromkeys(("version", "load_address", "init_address", "play_address"))
    nothing |= dict.fromkeys(("second_address", "third_address"))
    nothing |= dict.fromkeys(("format", "title", "author", "released"), "")
    nothing |= dict.fromkeys(("first_model", "second_model", "third_model"), "")
    nothing |= {"songs": 1, "start_song": 1, "speed_bits": 0, "flags": 0, "clock": Clock.UNKNOWN.value}
    return nothing | {"fault": code, "needs_basic": False, "needs_kernal": False}


def _write(
    collection: Collection, files: Sequence[_ReadFile], by_md5: dict[str, list[int]], report: Report
) -> list[int]:
    """Writes one batch and says which lost rows were found again at another path."""
    known = {
        row.path: row
        for row in SidFile.objects.filter(
            collection=collection, path__in=[file.path for file in files]
        ).select_related("album")
    }
    found_again = {
        file.path: by_md5[file.columns["md5"]].pop(0)
        for file in files
        if file.path not in known and by_md5.get(file.columns["md5"])
    }
    moved = SidFile.objects.select_related("album").in_bulk(list(found_again.values()))
    artists = _artists({file.columns["author"] for file in files} - {"", UNKNOWN_AUTHOR})
    new: list[SidFile] = []
    changed: list[SidFile] = []
    for file in files:
        row = known.get(file.path) or (moved[found_again[file.path]] if file.path in found_again else None)
        artist = artists.get(file.columns["author"])
        report.songs += file.columns["songs"]
        if row is None:
            row = SidFile(collection=collection, album=Album(), path=file.path)
            _fill(row, file, artist)
            new.append(row)
        elif _fill(row, file, artist):
            changed.append(row)
        else:
            report.unchanged += 1
    _insert(new)
    _update(changed)
    report.added += len(new)
    report.moved += len(moved)
    report.changed += len(changed) - len(moved)
    return list(found_again.values())


def _artists(names: set[str]) -> dict[str, Artist]:
    Artist.objects.bulk_create([Artist(name=name) for name in sorted(names)], ignore_conflicts=True)
    return {artist.name: artist for artist in Artist.objects.filter(name__in=names)}


def _fill(row: SidFile, file: _ReadFile, artist: Artist | None) -> bool:
    """Sets the row and its album to what the file says; tells whether that changed anything."""
    columns = {"path": file.path} | file.columns
    title = columns["title"] or PurePosixPath(file.path).stem
    released = columns["released"]
    album = {"title": title, "artist_id": artist.pk if artist else None, "released": released}
    album["year"] = release_year(released)
    differences = 0
    for thing, values in ((row, columns), (row.album, album)):
        for name, value in values.items():
            if getattr(thing, name) != value:
                setattr(thing, name, value)
                differences += 1
    return differences > 0


def _insert(rows: list[SidFile]) -> None:
    Album.objects.bulk_create([row.album for row in rows])
    for row in rows:
        row.album = row.album  # takes over the id that the album has now
    SidFile.objects.bulk_create(rows)
    _add_tracks(rows, present=set())


def _update(rows: list[SidFile]) -> None:
    columns = [
        column.name for column in SidFile._meta.concrete_fields if column.name not in ("id", "collection")
    ]
    SidFile.objects.bulk_update(rows, columns)
    Album.objects.bulk_update([row.album for row in rows], ["title", "artist", "released", "year"])
    albums = [row.album_id for row in rows]
    _add_tracks(rows, present=set(Track.objects.filter(album__in=albums).values_list("album_id", "position")))


def _name_and_measure(collection: Collection, files: Sequence[_ReadFile], documents: Documents) -> None:
    """Gives songs the lengths and names that the documents have: these change without the file, too."""
    paths = [file.path for file in files]
    tracks = Track.objects.filter(album__sid_file__collection=collection, album__sid_file__path__in=paths)
    changed = []
    for track in tracks.select_related("album__sid_file"):
        file = track.album.sid_file
        values = {
            "length_ms": documents.length_ms(file.md5, track.position),
            "title": _song_name(file.notes, track.position),
        }
        if any(getattr(track, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(track, name, value)
            changed.append(track)
    Track.objects.bulk_update(changed, ["length_ms", "title"])


def _song_name(notes: list[dict[str, Any]], song: int) -> str:
    """The song's own name as STIL has it, or ""."""
    names = (note["text"] for note in notes if note["song"] == song and note["field"] == "NAME")
    return str(next(names, ""))[:255]


def _add_tracks(rows: list[SidFile], *, present: set[tuple[int, int]]) -> None:
    Track.objects.bulk_create(
        Track(album=row.album, position=song)
        for row in rows
        for song in range(1, row.songs + 1)
        if (row.album_id, song) not in present
    )
