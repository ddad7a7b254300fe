"""How do SID files on disk become rows, and rows follow the files?

An import may be repeated at any time and then changes nothing.  A track keeps its public_id whatever happens to its
file: edited (same path), moved (the old path is gone, see `recognising`), removed and brought back.  Each batch
is a transaction, so an import that is killed leaves whole batches, and the next one goes on behind them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from django.db import transaction
from django.utils import timezone

from playback.catalogue.counting import count_artists, count_folders
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
from playback.catalogue.models import Collection, FolderNote, SidFile, SidFileQuerySet
from playback.catalogue.moving import follow_moves
from playback.catalogue.reading import ReadFile, UnreadableError, read_file
from playback.catalogue.recognising import recognise
from playback.catalogue.writing import Written, write_batch
from playback.search import index

BATCH: Final = 500
COUNTS: Final = ("added", "changed", "moved", "unchanged", "missing", "songs")

_T = TypeVar("_T")
Progress = Callable[[int, int], None]


class _Known(NamedTuple):
    """What tells a file of the last import: `changed_ns` is None where it must be read."""

    pk: int
    md5: str
    size_bytes: int
    changed_ns: int | None


@dataclass(slots=True)
class Report:
    """What one import did to one collection.  `broken` and `unplayable` hold (path, fault code).

    `albums` are the ids of those that lists and searches would now show otherwise.
    """

    collection: Collection
    added: int = 0
    changed: int = 0
    moved: int = 0
    unchanged: int = 0
    missing: int = 0
    songs: int = 0
    broken: list[tuple[str, str]] = field(default_factory=list)
    unplayable: list[tuple[str, str]] = field(default_factory=list)
    albums: set[int] = field(default_factory=set)


class Import:
    """An import as steps: iterating does it, and gives (files done, files in all) after each; `reports` grows by collection.

    `moves`: old paths and new ones, where somebody has written down which file went where (see `moving`).  `begin`: so
    many files were done by an import of the same folder that was interrupted, and are passed over; `counts`: what that
    one had counted.
    """

    def __init__(
        self,
        path: Path,
        *,
        name: str | None = None,
        reread: bool = False,
        moves: Mapping[str, str] | None = None,
        begin: int = 0,
        counts: Mapping[str, int] | None = None,
    ) -> None:
        self.path, self.name, self.reread = path, name, reread
        self.moves, self.begin = moves or {}, begin
        self.counts = dict(counts or {})
        self.reports: list[Report] = []

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Raises NoMusicError where there is nothing, or where the name and the folder belong to different collections."""
        sources = find_sources(self.path)
        inventories = [take_inventory(source) for source in sources]
        total = sum(len(inventory.files) for inventory in inventories)
        if not total and not any(inventory.faults for inventory in inventories):
            raise NoMusicError(f"There is no .sid file at {self.path}.")
        done = 0
        for source, inventory in zip(sources, inventories, strict=True):
            is_first = source is sources[0] or self.name is None
            collection = _collection_for(source, self.name if is_first else f"{self.name} (others)")
            report = Report(collection)
            if done <= self.begin <= done + len(inventory.files):  # it was interrupted in this one
                for name, counted in self.counts.items():
                    setattr(report, name, counted)
            if source.is_hvsc and self.moves:
                followed = follow_moves(collection, source.root, self.moves)
                report.albums |= followed
                report.moved += len(followed)
            passed = max(self.begin - done, 0)
            report.broken += _broken_among(collection, inventory.files[:passed])
            for count in _follow(collection, source, inventory, report, reread=self.reread, passed=passed):
                done += count
                self.counts = {name: getattr(report, name) for name in COUNTS}
                yield done, total
            self.counts = {}
            self.reports.append(report)


def _broken_among(collection: Collection, files: Sequence[FoundFile]) -> list[tuple[str, str]]:
    """Those of the files that were found broken when they were read."""
    if not files:
        return []
    broken = SidFile.objects.present().filter(collection=collection, format="")
    paths = {file.path for file in files}
    return [(path, fault) for path, fault in broken.values_list("path", "fault") if path in paths]


def import_sids(
    path: Path, *, name: str | None = None, reread: bool = False, progress: Progress | None = None
) -> list[Report]:
    """Imports the folder or file; one report per collection found there.

    `name` chooses the collection: an existing one of that name moves to the folder and keeps its tracks.  A
    file that looks as it did is not read, unless with `reread`; what the documents say is followed always.  `progress` is
    told (files done, files in all).  Raises NoMusicError where there is nothing, or where the name and the folder
    belong to different collections; nothing is changed then.
    """
    steps = Import(path, name=name, reread=reread)
    for done, total in steps:
        if progress:
            progress(done, total)
    return steps.reports


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


def _follow(
    collection: Collection,
    source: Source,
    inventory: Inventory,
    report: Report,
    *,
    reread: bool,
    passed: int = 0,
) -> Iterator[int]:
    """Makes the rows follow the files; yields how many files each step took.  `passed`: so many are done already."""
    report.broken += inventory.faults
    documents = Documents.of(source.root)
    known = _known_files(collection, reread=reread)
    lost = _lost_files(known, source, inventory)
    arrivals = [found for found in inventory.files if found.path not in known]
    moved = recognise(source.root, arrivals, lost)
    if passed := min(passed, len(inventory.files)):
        yield passed
    for batch in _batches(inventory.files[passed:]):
        files = [file for found in batch if (file := _look_at(source.root, found, known, report))]
        found_again = {file.path: moved[file.path] for file in files if file.columns and file.path in moved}
        with transaction.atomic():
            # One import of a collection at a time: what we look up below stays true until we have written.
            Collection.objects.select_for_update().get(pk=collection.pk)
            written = write_batch(collection, files, found_again, documents)
            index.refresh(written.albums)
        _count(report, written)
        for pk in found_again.values():
            lost.pop(pk)
        yield len(batch)
    now = timezone.now()
    for some in _batches(sorted(lost)):
        _miss(SidFile.objects.present().filter(pk__in=some), now, report)
    _follow_folder_notes(collection, documents)
    count_folders(collection)
    count_artists()
    Collection.objects.filter(pk=collection.pk).update(imported_at=now)
    report.broken.sort()


def _batches(things: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(things)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _known_files(collection: Collection, *, reread: bool) -> dict[str, _Known]:
    """The collection's rows by path, in order of their paths."""
    rows = SidFile.objects.filter(collection=collection).in_order()
    columns = rows.values_list("path", "pk", "md5", "size_bytes", "changed_ns", "missing_since")
    return {
        path: _Known(pk, md5, size, None if reread or missing else stamp)
        for path, pk, md5, size, stamp, missing in columns.iterator(chunk_size=2000)
    }


def _lost_files(known: dict[str, _Known], source: Source, inventory: Inventory) -> dict[int, str]:
    """The md5 by id of each file in the part asked for that is not on disk (any more), in order of their paths."""
    on_disk = {file.path for file in inventory.files} | {path for path, _ in inventory.faults}
    return {
        row.pk: row.md5
        for path, row in known.items()
        if path not in on_disk and source.holds(path) and not inventory.knows_nothing_of(path)
    }


def _look_at(root: str, found: FoundFile, known: dict[str, _Known], report: Report) -> ReadFile | None:
    """The file, read where it is not as it was; None (and a line in the report) where the disk does not give it."""
    row = known.get(found.path)
    stamp = (found.size_bytes, found.changed_ns)
    if row and found.changed_ns is not None and (row.size_bytes, row.changed_ns) == stamp:
        return ReadFile(found.path, None)
    try:
        return read_file(root, found)
    except UnreadableError as error:
        report.broken.append((found.path, str(error)))
        return None


def _count(report: Report, written: Written) -> None:
    report.added += len(written.added)
    report.changed += len(written.changed)
    report.moved += len(written.moved)
    report.unchanged += len(written.unchanged)
    report.albums |= written.albums
    for row in sorted(written.rows, key=lambda row: row.path):
        report.songs += row.songs
        if not row.format:
            report.broken.append((row.path, row.fault))
        elif row.obstacle:
            report.unplayable.append((row.path, row.obstacle.code))


def _miss(files: SidFileQuerySet, now: datetime, report: Report) -> None:
    with transaction.atomic():
        report.albums.update(files.values_list("album_id", flat=True))
        report.missing += files.update(missing_since=now)


def _follow_folder_notes(collection: Collection, documents: Documents) -> None:
    """Replaces what is said about folders where that is something else now."""
    said = documents.folder_notes()
    rows = FolderNote.objects.filter(collection=collection)
    with transaction.atomic():
        if dict(rows.values_list("path", "text")) != said:
            rows.delete()
            FolderNote.objects.bulk_create(
                [FolderNote(collection=collection, path=path, text=text) for path, text in said.items()],
                batch_size=BATCH,
            )
