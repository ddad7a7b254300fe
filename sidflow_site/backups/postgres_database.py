"""How is a PostgreSQL database dumped while the site writes to it, and put back in one transaction?

By PostgreSQL's own programs.  The password reaches them through the environment, never on a command line.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from django.db import connection

from sidflow_site.backups.contents import DERIVED_TABLES
from sidflow_site.backups.problems import BackupError

_LOOK_EVERY_S: Final = 0.2
FILE_NAME: Final = "database/sidflow.pgdump"
# libpq's variables by the names of its connection parameters.
_VARIABLES: Final = {
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "host": "PGHOST",
    "port": "PGPORT",
    "options": "PGOPTIONS",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}


def _environ() -> dict[str, str]:
    told = connection.get_connection_params()
    return os.environ | {variable: str(told[name]) for name, variable in _VARIABLES.items() if told.get(name)}


def _run(program: str, *arguments: str, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Runs it to its end; `meanwhile` is called a few times a second.  Raises BackupError with what it says."""
    if not shutil.which(program):
        raise BackupError(f"{program} is not installed: apt-get install postgresql-client")
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [program, *arguments],
            env=_environ(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        try:
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=_LOOK_EVERY_S)
                    break
                meanwhile()
        finally:
            process.terminate()
            process.wait()
        if process.returncode:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            raise BackupError(f"{program}: {lines[0] if lines else f'ended with {process.returncode}'}")


def size() -> int:
    """About how many bytes a dump has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def dump(
    target: Path, *, without_rows: Sequence[str], progress: Callable[[float], None] = lambda _: None
) -> None:
    """Writes the database as it is at one moment.  Raises BackupError."""
    about = max(size(), 1)

    def tell() -> None:
        progress(target.stat().st_size / about if target.exists() else 0)

    names = [f"--exclude-table-data={table}" for table in without_rows]
    _run(
        "pg_dump",
        "--format=custom",
        "--compress=0",
        "--no-owner",
        "--no-privileges",
        "--no-password",
        *names,
        f"--file={target}",
        meanwhile=tell,
    )


def refuse_broken(path: Path) -> None:
    """Raises BackupError where pg_restore cannot read the dump."""
    _run("pg_restore", "--list", f"--file={os.devnull}", str(path))


def has_rows() -> bool:
    """Whether there is a site in the database."""
    return "django_migrations" in connection.introspection.table_names()


def refuse_used() -> None:
    """Raises BackupError while anybody else is connected to the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        others = int(cursor.fetchone()[0])
    if others:
        raise BackupError(f"The database has {others} other connections: stop the site first.")


def put_back(path: Path, *, scratch: Path, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Makes the database what the dump says: all of it or, where anything fails, nothing.  Raises BackupError.

    Tables that are neither ours nor the dump's stay as they are.
    """
    fill = scratch / "fill.sql"
    _run("pg_restore", "--no-owner", "--no-privileges", f"--file={fill}", str(path))
    # The index's table is none of Django's.
    ours = {*connection.introspection.django_table_names(), "django_migrations"}
    ours |= {table.name for table in DERIVED_TABLES} | _tables_of(fill)
    clear = scratch / "clear.sql"
    drops = [f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE;\n" for table in sorted(ours)]
    clear.write_text("SET client_min_messages = error;\n" + "".join(drops), encoding="utf-8")
    connection.close()
    _run(
        "psql",
        "--no-psqlrc",
        "--quiet",
        "--no-password",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        f"--output={os.devnull}",
        f"--file={clear}",
        f"--file={fill}",
        meanwhile=meanwhile,
    )


def _tables_of(script: Path) -> set[str]:
    with script.open(encoding="utf-8", errors="replace") as lines:
        begun = (line.split()[2] for line in lines if line.startswith("CREATE TABLE "))
        return {name.rsplit(".", 1)[-1].strip('"') for name in begun}
