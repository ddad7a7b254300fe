"""How does a test get a whole site of its own, with its own data folder and database, driven by its own commands?"""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]


class OwnSite:
    """A site in a folder; on PostgreSQL where the suite runs on it, else on SQLite."""

    def __init__(self, folder: Path, database_url: str | None = None) -> None:
        self.folder = folder
        self.data = folder / "data"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.json").write_text("{}", encoding="ascii")
        kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
        self.environ = {name: os.environ[name] for name in kept if name in os.environ} | {
            "DJANGO_SETTINGS_MODULE": "sidflow_site.settings",
            "SIDFLOW_DATA_DIR": str(self.data),
            "SIDFLOW_CONFIG": str(folder / "config.json"),
        }
        if database_url:
            self.environ["DATABASE_URL"] = database_url

    def started(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """A command that runs beside the test."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environ | environ,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def manage(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """A command that has ended."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environ | environ,
            text=True,
            capture_output=True,
            check=False,
        )

    def does(self, *arguments: str, **environ: str) -> str:
        """What a command says that must succeed."""
        done = self.manage(*arguments, **environ)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def refuses(self, *arguments: str, **environ: str) -> str:
        """What a command says that must fail, in a sentence."""
        done = self.manage(*arguments, **environ)
        assert done.returncode == 1, done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        assert done.stderr.startswith("CommandError: ")
        return done.stderr.removeprefix("CommandError: ").strip()

    def asks(self, script: str) -> str:
        """What a script inside of the site prints."""
        return self.does("shell", "--no-imports", "-c", script)


@contextmanager
def own_database() -> Iterator[str | None]:
    """A new database on the PostgreSQL that the suite runs on; None where it runs on SQLite."""
    server = os.environ.get("DATABASE_URL")
    if not server:
        yield None
        return
    name = f"own_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def own_site(folder: Path) -> Iterator[OwnSite]:
    """A site with nothing in it."""
    with own_database() as url:
        yield OwnSite(folder, url)
