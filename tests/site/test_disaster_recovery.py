"""Does docs/disaster-recovery.md bring a lost site back, when its commands are followed to the letter?"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.services import free_port
from tests.site.own_site import ROOT, OwnSite, own_site

pytestmark = pytest.mark.services

PAGE = ROOT / "docs" / "disaster-recovery.md"
PATIENCE_S = 240.0


def commands(heading: str) -> list[str]:
    """The shell commands of a section, as they stand there."""
    sections = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (section,) = [section for section in sections if section.startswith(heading)]
    found = re.findall(r"^```sh\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)
    assert found, f"“{heading}” has no commands"
    return found


def follow(site: OwnSite, heading: str) -> str:
    """Runs a section's commands in one shell, which stops at the first that fails; answers what they said."""
    script = "set -euo pipefail\n" + "\n".join(commands(heading))
    done = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, env=site.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def lose(site: OwnSite, *, data: bool) -> None:
    """Everything is gone: the database, and the data folder where that is said."""
    if url := site.environ.get("DATABASE_URL"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    for path in site.data.glob("sidflow.sqlite3*"):
        path.unlink()
    if data:
        shutil.rmtree(site.data)
        (site.folder / ".sidflow.json").unlink(missing_ok=True)


SEE = """
import json
from django.test import Client
visitor = Client(SERVER_NAME="localhost")
lists = [visitor.get(path).json() for path in ("/api/tunes", "/api/tunes?q=copper")]
print(json.dumps([*lists, visitor.get("/").text]))
"""


def seen(site: OwnSite) -> list[object]:
    """What a visitor sees: a list, a search, a page."""
    answers: list[object] = json.loads(site.asks(SEE))
    return answers


def served(site: OwnSite, path: str) -> bytes:
    """What the running site answers."""
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=ROOT,
        env=site.environ,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        deadline = time.monotonic() + PATIENCE_S
        try:
            while True:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
                        body: bytes = answer.read()
                        return body
                except OSError:
                    assert process.poll() is None, "the server ended"
                    assert time.monotonic() < deadline, "the server does not answer"
                    time.sleep(0.2)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


ADMIN = """
from django.test import Client
print(Client(SERVER_NAME="localhost").login(username="admin", password={password!r}))
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[OwnSite]:
    """A site that is set up as the page says: a folder for backups elsewhere, a passphrase in the home folder."""
    with own_site(tmp_path) as made:
        (tmp_path / "backups").mkdir()
        (tmp_path / "sidflow-passphrase").write_text("three words or more\n", encoding="ascii")
        (tmp_path / "config.json").write_text('{"playRate": "1000/min"}', encoding="ascii")
        made.environ |= {"HOME": str(tmp_path), "SIDFLOW_BACKUP_FOLDER": str(tmp_path / "backups")}
        yield made


def test_a_site_that_lost_everything_is_back(site: OwnSite) -> None:
    said = site.does("prepare_site")
    match = re.search(r"password: (\S+)", said)
    assert match
    password = match[1]
    before = seen(site)
    assert "Copper Sunrise" in str(before[1])
    follow(site, "Every night")
    assert [path.suffix for path in (site.folder / "backups").glob("sidflow-*")] == [".gpg"]
    site.environ["SIDFLOW_BACKUP_PASSPHRASE"] = "three words or more"
    assert "is whole" in follow(site, "Every month")

    lose(site, data=True)
    assert "is the site of" in follow(site, "The machine is lost")
    assert seen(site) == before
    assert json.loads(served(site, "/api/tunes")) == before[0]
    assert site.asks(ADMIN.format(password=password)) == "True"


def test_a_lost_database_is_made_of_the_exported_files_here_and_elsewhere(site: OwnSite) -> None:
    site.does("prepare_site")
    site.does("classify")
    before = seen(site)
    follow(site, "Exports")
    files = {path: path.read_bytes() for path in site.data.rglob("*.jsonl")}
    assert len(files) == 9
    assert len(files[site.data / "classified" / "features.jsonl"].splitlines()) == 17

    lose(site, data=False)
    assert "password:" in follow(site, "The database is lost"), "a new administrator"
    assert seen(site) == before
    follow(site, "Exports")
    after = {path: path.read_bytes() for path in site.data.rglob("*.jsonl")}
    audit = site.data / "audit" / "admin-actions.jsonl"
    assert after.pop(audit).startswith(files.pop(audit))
    assert after == files

    # The same road leads to another database: from whatever the suite runs on to SQLite.
    other = OwnSite(site.folder / "other")
    shutil.copytree(site.data, other.data, ignore=shutil.ignore_patterns("sidflow.sqlite3*"))
    other.does("migrate", "--verbosity", "0")
    other.does("rebuild_from_data")
    assert seen(other) == before
    follow(other, "Exports")
    assert {path: (other.data / path.relative_to(site.data)).read_bytes() for path in after} == after
