"""Does `manage.py run_job fetch` show a person at a terminal how far it is, and go on after a kill?"""

import os
import pty
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.fakes.hvsc_mirror import Mirror
from tests.fakes.hvsc_releases import archive, tune, tunes, whole

ROOT = Path(__file__).resolve().parents[2]
FILES = whole(84, tunes(84) | {f"DEMOS/M/Many_{number}.sid": tune(f"Many {number}") for number in range(120)})
NAME = "HVSC_84-all-of-them.7z"


class Shell:
    """A data folder, and commands on it as a person would type them."""

    def __init__(self, folder: Path, mirror: Mirror) -> None:
        self.folder = folder
        kept = {
            name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}
        }
        self.environ = kept | {
            "SIDFLOW_DATA_DIR": str(folder),
            "SIDFLOW_HVSC__MIRRORS": mirror.base,
            "SIDFLOW_HVSC__VERSION_URL": mirror.version_url,
            "SIDFLOW_HVSC__ALLOW_HTTP": "true",
            "SIDFLOW_HVSC__ALLOW_PRIVATE_ADDRESSES": "true",
            "DJANGO_SETTINGS_MODULE": "sidflow_site.settings",
            "COLUMNS": "140",
        }
        assert self.manage("migrate", "-v0").returncode == 0

    def manage(self, *words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(
            command, cwd=ROOT, env=self.environ, text=True, capture_output=True, check=False
        )

    def start(self, *words: str) -> tuple["subprocess.Popen[bytes]", int]:
        """A command in a terminal of its own, and what it writes there."""
        ours, theirs = pty.openpty()
        command = [sys.executable, "manage.py", *words]
        process = subprocess.Popen(command, cwd=ROOT, env=self.environ, stdout=theirs, stderr=theirs)
        os.close(theirs)
        return process, ours

    def lease_until(self, day: str) -> None:
        """As if more time, or less, had gone by."""
        with sqlite3.connect(self.folder / "sidflow.sqlite3") as database:
            database.execute("UPDATE jobs_job SET lease_until = ? WHERE lease_until IS NOT NULL", [day])


@pytest.fixture
def shell(tmp_path: Path, mirror: Mirror) -> Shell:
    mirror.publish(84, archive(FILES))
    return Shell(tmp_path / "data", mirror)


def read_all(terminal: int) -> str:
    """What was written to a terminal, until nobody writes to it any more."""
    said = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # Linux says so when the other side is gone
            break
        if not piece:
            break
        said += piece
    os.close(terminal)
    return said.decode()


def test_a_terminal_shows_bytes_and_files_and_a_killed_fetch_goes_on(shell: Shell, mirror: Mirror) -> None:
    # It is killed when the mirror has fallen silent, so never too late.
    mirror.slow_s, mirror.silent_at = 0.25, 30_000
    process, terminal = shell.start("run_job", "fetch")
    part = shell.folder / "hvsc" / ".C64Music.fetch" / f"{NAME}.part"
    shown = r"fetch \[#+ +\] +\d+% Downloading HVSC_84-all-of-them\.7z: 0\.0 MB of 0\.0 MB"
    deadline = time.monotonic() + 120
    os.set_blocking(terminal, False)
    said = ""
    while not part.exists() or part.stat().st_size < 30_000 or not re.search(shown, said):
        assert time.monotonic() < deadline, said
        time.sleep(0.05)
        with suppress(BlockingIOError):
            said += os.read(terminal, 65536).decode()
    process.send_signal(signal.SIGKILL)
    process.wait()
    os.close(terminal)
    mirror.slow_s, mirror.silent_at = 0.0, None
    shell.lease_until("2999-01-01")
    for mark in (shell.folder / ".workers").iterdir():
        mark.unlink()  # as if it had run on another machine: nothing is known of it there
    refused = shell.manage("run_job", "--resume", "1")
    assert (refused.returncode, "noticed after half a minute" in refused.stderr) == (2, True), refused.stderr
    shell.lease_until("2000-01-01")
    done = shell.manage("run_job", "--resume", "1")
    assert done.returncode == 0, done.stderr
    assert "HVSC 84 is in the catalogue." in done.stdout
    assert mirror.came[-1][1] is not None, "what had come was not fetched again"
