"""How is an SQLite database copied while the site writes to it, and is it free to be replaced?"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sidflow_site.backups.problems import BackupError

FILE_NAME: Final = "database/sidflow.sqlite3"
# Beside the database while it is open; they belong to that one database.
COMPANIONS: Final = ("-wal", "-shm", "-journal")
_PAGES_AT_ONCE: Final = 4096
_PATIENCE_S: Final = 20


def place(settings: dict[str, Any]) -> Path:
    """The database's file."""
    return Path(settings["NAME"])


def size(settings: dict[str, Any]) -> int:
    """About how many bytes a copy has."""
    path = place(settings)
    wal = path.with_name(f"{path.name}-wal")
    return sum(file.stat().st_size for file in (path, wal) if file.exists())


def dump(
    settings: dict[str, Any], target: Path, *, without_rows: Sequence[str], progress: Callable[[float], None]
) -> None:
    """Copies the database as it is at one moment.  Raises BackupError.

    SQLite's online backup, inside a read transaction: begun outside of one, it would begin anew with every write.
    """
    source_path = place(settings)
    if not source_path.exists():
        raise BackupError(f"There is no database at {source_path}: run manage.py prepare_site first.")

    def tell(_status: int, remaining: int, total: int) -> None:
        progress((total - remaining) / max(total, 1))

    try:
        with (
            closing(sqlite3.connect(source_path, timeout=_PATIENCE_S, isolation_level=None)) as source,
            closing(sqlite3.connect(target, isolation_level=None)) as copy,
        ):
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(copy, pages=_PAGES_AT_ONCE, progress=tell)
            source.execute("COMMIT")
            copy.execute("PRAGMA journal_mode=DELETE")
            copy.execute("PRAGMA foreign_keys=OFF")
            for table in without_rows:
                _empty(copy, table)
            copy.execute("VACUUM")
    except sqlite3.Error as error:
        raise BackupError(f"The database {source_path} cannot be copied: {error}.") from None
    refuse_broken(target)


def _empty(database: sqlite3.Connection, table: str) -> None:
    known = database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [table]).fetchone()
    if known:
        database.execute(f'DELETE FROM "{table}"')  # noqa: S608 - a name from our own list


def refuse_broken(path: Path) -> None:
    """Raises BackupError where SQLite finds the file unsound."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            answer = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        answer = str(error)
    if answer != "ok":
        raise BackupError(f"The copy of the database is not sound: {answer}.")


def has_rows(settings: dict[str, Any]) -> bool:
    """Whether there is a database that anybody could miss."""
    path = place(settings)
    return path.exists() and path.stat().st_size > 0


def refuse_used(settings: dict[str, Any]) -> None:
    """Raises BackupError while any process has the database open: only who is alone may end its write-ahead log."""
    path = place(settings)
    if not has_rows(settings):
        return
    try:
        with closing(sqlite3.connect(path, timeout=0.5, isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise BackupError(f"Some process has {path} open: stop the site first.") from None
    except sqlite3.DatabaseError:
        pass  # no database any more: nobody can be using it
