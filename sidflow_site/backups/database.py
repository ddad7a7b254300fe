"""Which database does the site have, and how is it taken into a backup and put back?"""

from collections.abc import Callable
from pathlib import Path

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from sidflow_site.backups import postgres_database, sqlite_database
from sidflow_site.backups.contents import left_out_tables
from sidflow_site.backups.problems import BackupError


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def file_name() -> str:
    """Its name inside a backup."""
    return postgres_database.FILE_NAME if is_postgres() else sqlite_database.FILE_NAME


def own_files() -> set[Path]:
    """The database's files, which a backup holds as a dump instead."""
    if is_postgres():
        return set()
    place = sqlite_database.place(connection.settings_dict)
    return {place, *(place.with_name(place.name + end) for end in sqlite_database.COMPANIONS)}


def size() -> int:
    """About how many bytes a dump has."""
    return postgres_database.size() if is_postgres() else sqlite_database.size(connection.settings_dict)


def dump(target: Path, *, with_derived: bool, progress: Callable[[float], None] = lambda _: None) -> None:
    """Writes it to a new file as it is at one moment, and looks whether that is sound.  Raises BackupError."""
    without = left_out_tables(with_derived=with_derived)
    if is_postgres():
        postgres_database.dump(target, without_rows=without, progress=progress)
    else:
        sqlite_database.dump(connection.settings_dict, target, without_rows=without, progress=progress)
    refuse_broken(target)


def refuse_broken(path: Path) -> None:
    """Raises BackupError where the dump cannot be put back."""
    postgres_database.refuse_broken(path) if is_postgres() else sqlite_database.refuse_broken(path)


def has_rows() -> bool:
    """Whether there is a site in it already."""
    return (
        postgres_database.has_rows() if is_postgres() else sqlite_database.has_rows(connection.settings_dict)
    )


def refuse_used() -> None:
    """Raises BackupError while somebody else has it open."""
    connection.close()
    if is_postgres():
        postgres_database.refuse_used()
    else:
        sqlite_database.refuse_used(connection.settings_dict)


def applied_migrations() -> list[str]:
    """What the database's tables are like, as "app.name"."""
    return sorted(".".join(one) for one in MigrationRecorder(connection).applied_migrations())


def refuse_unknown(migrations: list[str]) -> None:
    """Raises BackupError where this SIDFlow is older than the one that applied these."""
    known = {".".join(one) for one in MigrationLoader(None).disk_migrations}
    if unknown := sorted(set(migrations) - known):
        raise BackupError(
            f"The backup is of a newer SIDFlow (it has {unknown[0]}, which this one does not know): update first."
        )
