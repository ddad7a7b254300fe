"""Does the real background worker run what is asked for, and a person at a terminal the same?"""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dying import manage_until
from tests.playback.made_up_sids import put

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 180
ASK = """
import django; django.setup()
from jobs import controls
print(controls.ask_for("import", {"path": %r}).pk)
"""


class Site:
    """A data folder with a database, and ways to act on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {
            name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}
        }
        self.environ = kept | {
            "SIDFLOW_DATA_DIR": str(folder / "data"),
            "DJANGO_SETTINGS_MODULE": "sidflow_site.settings",
        }
        self.manage("migrate", "-v0")

    def manage(self, *words: str, **options: Any) -> "subprocess.CompletedProcess[str]":
        """A management command, to its end."""
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(
            command, cwd=ROOT, env=self.environ, text=True, capture_output=True, check=False, **options
        )

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """A management command that goes on."""
        return self.started([sys.executable, "manage.py", *words])

    def started(self, command: list[str]) -> "subprocess.Popen[str]":
        quiet = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environ, text=True, stdout=quiet, stderr=subprocess.STDOUT
        )

    def job(self) -> dict[str, Any]:
        """The newest job's row, read beside Django."""
        with sqlite3.connect(self.folder / "data" / "sidflow.sqlite3") as database:
            database.row_factory = sqlite3.Row
            row = database.execute("SELECT * FROM jobs_job ORDER BY id DESC LIMIT 1").fetchone()
            return dict(row) if row else {}

    def wait_for(self, state: str) -> dict[str, Any]:
        """Waits for the newest job to be in a state."""
        deadline = time.monotonic() + PATIENCE_S
        while (job := self.job()).get("state") != state:
            assert time.monotonic() < deadline, job
            time.sleep(0.1)
        return job


@pytest.fixture
def site(tmp_path: Path) -> Site:
    for number in range(20):
        put(tmp_path / "music", f"{number}.sid", title=f"Tune {number}")
    return Site(tmp_path)


@pytest.fixture
def worker(site: Site) -> Iterator["subprocess.Popen[str]"]:
    running = site.start("work")
    yield running
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=PATIENCE_S)


def test_the_worker_runs_what_is_asked_for(site: Site, worker: "subprocess.Popen[str]") -> None:
    asked = subprocess.run(
        [sys.executable, "-c", ASK % str(site.folder / "music")], cwd=ROOT, env=site.environ, check=True
    )
    assert asked.returncode == 0
    job = site.wait_for("completed")
    assert '"added": 20' in job["result"]
    assert (job["progress_current"], job["progress_total"]) == (20, 20)


def test_the_worker_tells_that_it_lives(site: Site, worker: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + PATIENCE_S
    with sqlite3.connect(site.folder / "data" / "sidflow.sqlite3") as database:
        while not (
            rows := database.execute("SELECT pid, processes, memory_bytes FROM jobs_worker").fetchall()
        ):
            assert time.monotonic() < deadline
            time.sleep(0.1)
    (pid, processes, memory_bytes) = rows[0]
    assert pid == worker.pid
    assert processes >= 2
    assert memory_bytes > 20_000_000


def test_a_job_that_was_asked_for_while_no_worker_ran_is_found(site: Site) -> None:
    subprocess.run(
        [sys.executable, "-c", ASK % str(site.folder / "music")], cwd=ROOT, env=site.environ, check=True
    )
    # Its message is lost, too, and its offer has expired.
    with sqlite3.connect(site.folder / "data" / "sidflow.sqlite3") as database:
        database.execute("DELETE FROM django_q_ormq")
        database.execute("UPDATE jobs_job SET offered_until = '2020-01-01 00:00:00'")
    worker = site.start("work")
    try:
        site.wait_for("completed")
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=PATIENCE_S)


def test_a_job_in_the_terminal(site: Site) -> None:
    done = site.manage("run_job", "import", "--param", f"path={site.folder / 'music'}")
    assert (done.returncode, site.job()["state"]) == (0, "completed")
    assert '"added": 20' in done.stdout
    wrong = site.manage("run_job", "import", "--param", "path=/no/such/folder")
    assert (wrong.returncode, site.job()["state"]) == (1, "failed")
    assert "/no/such/folder" in wrong.stderr
    for words in (["nonsense"], ["import"], ["import", "--param", "path"], ["--resume", "99"]):
        refused = site.manage("run_job", *words)
        assert refused.returncode == 2, words
        assert "Traceback" not in refused.stderr
    assert "import: Importing a folder" in site.manage("run_job").stdout


def test_control_c_pauses_and_resume_goes_on(site: Site) -> None:
    for number in range(3000):
        put(site.folder / "much", f"{number}.sid")
    words = ["run_job", "import", "--param", f"path={site.folder / 'much'}"]
    command = site.started(manage_until(signal.SIGINT, opened=700, end=".sid", words=words))
    said, _ = command.communicate(timeout=PATIENCE_S)
    assert command.returncode == 130, said
    job = site.wait_for("paused")
    assert f"run_job --resume {job['id']}" in said
    resumed = site.manage("run_job", "--resume", str(job["id"]))
    assert resumed.returncode == 0, resumed.stderr
    with sqlite3.connect(site.folder / "data" / "sidflow.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM playback_sidfile").fetchone() == (3000,)


def test_control_c_ends_the_waiting_for_a_turn(site: Site) -> None:
    # It is offered to a worker that does not come, and the import is a kind of which one runs at a time.
    subprocess.run(
        [sys.executable, "-c", ASK % str(site.folder / "music")], cwd=ROOT, env=site.environ, check=True
    )
    command = site.start("run_job", "import", "--param", f"path={site.folder / 'music'}")
    assert command.stdout
    said = command.stdout.readline() + command.stdout.readline()
    assert "It waits for its turn" in said
    command.send_signal(signal.SIGINT)
    command.communicate(timeout=PATIENCE_S)
    assert command.returncode == 130
    assert site.job()["state"] == "paused"
