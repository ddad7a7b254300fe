"""How does a site become what a backup says?

    read and unpacked beside ──► compared with the manifest ──► [PostgreSQL: its one transaction] ──► commit of the files ──► completed

Before the commit nothing has changed (with PostgreSQL: before its transaction); behind it, the site is the restored one.
"""

import json
import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from core import audit
from core.configuration import configuration
from core.exporting import DataFileError
from core.exports import trail
from core.files import write_atomically
from playback.catalogue.models import Collection
from sidflow_site.backups import configuration_file, database, postgres_database, sqlite_database
from sidflow_site.backups.archive import CONFIGURATION, Header, read_archive
from sidflow_site.backups.contents import is_derived
from sidflow_site.backups.problems import BackupError
from sidflow_site.backups.swapping import Move, commit, staging

log = logging.getLogger(__name__)

# In the data folder from the moment of a restore until the last of what follows from it is done.
RESTORED: Final = ".restored.json"
# In the staging folder while PostgreSQL's transaction runs: whether it ended, only PostgreSQL knows.
_DATABASE_UNDER_WAY: Final = "database-under-way"

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored; `aside` has what was there before, where anything was."""

    header: Header
    files: int
    aside: Path | None
    # Whether the backup has a configuration, and this site another or none.
    other_configuration: bool


def check(path: Path, passphrase: str | None, progress: Progress) -> tuple[Header, int]:
    """Reads a backup to its end and changes nothing.  Raises BackupError."""
    sizes: list[int] = []
    header, members = read_archive(
        path,
        passphrase,
        check=lambda head: sizes.append(head.bytes),
        progress=_as_part(progress, "Checking", sizes),
    )
    return header, len(members)


def _as_part(progress: Progress, label: str, sizes: list[int]) -> Callable[[int], None]:
    return lambda done: progress(label, done / max(sizes[0], 1))


def restore(path: Path, *, passphrase: str | None, force: bool, progress: Progress) -> Restored:
    """Makes this site the backup's.  Raises BackupError or OSError; then nothing has changed, or it says what has.

    The caller holds the site's lock.  `force` replaces a site that is there, and puts it aside.
    """
    data_dir = Path(settings.DATA_DIR)
    folder = staging(data_dir)
    shutil.rmtree(folder, ignore_errors=True)  # of a restore that was killed before its commit
    _refuse_site(data_dir, force=force)
    database.refuse_used()
    folder.mkdir(mode=0o700)
    sizes: list[int] = []

    def look(header: Header) -> None:
        _refuse_unfit(header, folder)
        sizes.append(header.bytes)

    try:
        header, members = read_archive(
            path, passphrase, check=look, into=folder, progress=_as_part(progress, "Unpacking", sizes)
        )
        other = configuration_file.differs(folder / CONFIGURATION)
        aside = data_dir / f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        told = {"from": path.name, "dataDir": header.data_dir, "madeAt": header.made_at}
        moves = _prepare(folder, aside, told, progress)
    except BaseException as error:
        # Stopped by hand while PostgreSQL took the database in: whether it did, the mark in there leaves open.
        if isinstance(error, BackupError | OSError) or not was_interrupted(data_dir):
            shutil.rmtree(folder, ignore_errors=True)
        raise
    commit(data_dir, moves)
    progress("Completing", 0.5)
    try:
        complete(data_dir)
    except (DatabaseError, CommandError, OSError) as error:
        raise BackupError(
            f"The site is the backup's now, but not complete ({error}): manage.py prepare_site completes it."
        ) from None
    return Restored(header, len(members), aside if aside.exists() else None, other)


def _prepare(folder: Path, aside: Path, told: dict[str, str], progress: Progress) -> list[Move]:
    """All that comes before the commit: the database looked at, on PostgreSQL taken in; answers what is to be moved."""
    dump = folder / database.file_name()
    if not dump.exists():
        raise BackupError("The backup has no database.")
    database.refuse_broken(dump)
    (folder / "data").mkdir(exist_ok=True)
    write_atomically(folder / "data" / RESTORED, json.dumps(told).encode())
    moves = _moves(folder, Path(settings.DATA_DIR), aside)
    database.refuse_used()  # again: unpacking takes its time
    if not database.is_postgres():
        return moves + _database_moves(dump, aside)
    _put_database_back(dump, folder, aside, progress)
    return moves


def was_interrupted(data_dir: Path) -> bool:
    """Whether a restore was killed while PostgreSQL took the database in: which site this is now, nobody can say."""
    return (staging(data_dir) / _DATABASE_UNDER_WAY).exists()


def _refuse_site(data_dir: Path, *, force: bool) -> None:
    things = sorted(_replaceable(data_dir))
    if (things or database.has_rows()) and not force:
        what = f"{data_dir} has {things[0]}" if things else "The database has tables"
        raise BackupError(f"There is a site here already ({what}): --force puts it aside.")


def _refuse_unfit(header: Header, folder: Path) -> None:
    if header.database != connection.vendor:
        raise BackupError(
            f"The backup is of a site on {header.database}, and this one is on {connection.vendor}: restore it on "
            f"{header.database}, write its data with manage.py export_data, and read that here with "
            "manage.py rebuild_from_data."
        )
    database.refuse_unknown(header.migrations)
    free = shutil.disk_usage(folder).free
    if free < header.bytes:
        raise BackupError(
            f"{folder.parent} has {free >> 20} MiB free, and the backup unpacks to {(header.bytes >> 20) + 1}."
        )


def _replaceable(data_dir: Path) -> set[str]:
    """What a restore puts aside: all but what is derived, the database, and the downloaded collection wherever it is."""
    kept = {*database.own_files(), configuration().sid_path}
    return {
        thing.name
        for thing in data_dir.iterdir()
        if not is_derived(thing.name)
        and thing not in kept
        and not any(thing in path.parents for path in kept if path)
    }


def _moves(folder: Path, data_dir: Path, aside: Path) -> list[Move]:
    """Each thing of the backup to its place; what the site has beside them goes aside, except what is derived."""
    new = {thing.name for thing in (folder / "data").iterdir()}
    old = _replaceable(data_dir)
    return [
        Move(str(folder / "data" / name) if name in new else None, str(data_dir / name), str(aside / name))
        for name in sorted(new | old)
    ]


def _database_moves(dump: Path, aside: Path) -> list[Move]:
    """The old database's companions first: they must not stand beside the new one."""
    place = sqlite_database.place(connection.settings_dict)
    companions = [place.with_name(place.name + end) for end in sqlite_database.COMPANIONS]
    if place.parent != Path(settings.DATA_DIR):
        beside = place.with_name(f".{place.name}.restored")  # a rename does not cross disks
        shutil.copyfile(dump, beside)
        dump, aside = beside, place.parent / aside.name
    moves = [Move(None, str(path), str(aside / path.name)) for path in companions]
    return [*moves, Move(str(dump), str(place), str(aside / place.name))]


def _put_database_back(dump: Path, folder: Path, aside: Path, progress: Progress) -> None:
    if database.has_rows():
        aside.mkdir(mode=0o700)
        keep = partial(progress, "Keeping the old database")
        postgres_database.dump(aside / "sidflow.pgdump", without_rows=[], progress=keep)
    scratch = folder / "scratch"
    scratch.mkdir()
    write_atomically(folder / _DATABASE_UNDER_WAY, b"")
    postgres_database.put_back(dump, scratch=scratch, meanwhile=lambda: progress("Restoring the database", 0))


def complete(data_dir: Path) -> bool:
    """Does what follows from a restore: newer tables, collections in the data folder's new place, the index.

    False where there is nothing to do.  May be repeated; `prepare_site` does what a killed restore left.
    """
    mark = data_dir / RESTORED
    if not mark.exists():
        return False
    told = json.loads(mark.read_text(encoding="utf-8"))
    call_command("migrate", verbosity=0, interactive=False)
    _move_roots(Path(told["dataDir"]), data_dir)
    call_command("rebuild_search", if_missing=True, verbosity=0)
    # Lines that were written between the database's moment and the file's: their rows, with their numbers.
    try:
        trail.read(data_dir, lambda _: None, replace=False)
    except DataFileError as error:
        log.error(
            "the audit trail's file is as it was in the backup, and cannot be read to its end: %s", error
        )
    audit.record("backup.restore", actor=None, resource=told["from"], details={"madeAt": told["madeAt"]})
    mark.unlink()
    return True


def _move_roots(old: Path, new: Path) -> None:
    """Collections inside of the data folder are where that is now."""
    for collection in Collection.objects.all():
        root = Path(collection.root)
        if old != new and root.is_relative_to(old):
            Collection.objects.filter(pk=collection.pk).update(root=str(new / root.relative_to(old)))
