"""Does `manage.py serve` answer, work in the background, say what is wrong, and leave nothing behind?"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from sidflow_site import serving
from tests.services import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 240.0


def _environ(tmp_path: Path) -> dict[str, str]:
    # Its own database, also when the suite itself runs on PostgreSQL: a server of the tests must not touch it.
    environ = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environ |= {"DJANGO_SETTINGS_MODULE": "sidflow_site.settings", "SIDFLOW_DATA_DIR": str(tmp_path / "data")}
    return environ


def _manage(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=_environ(tmp_path), capture_output=True, text=True, check=False
    )


class Site:
    """A running site."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> bytes:
        """One page."""
        with urllib.request.urlopen(self.url + path, timeout=20) as answer:
            body: bytes = answer.read()
            return body

    def wait(self) -> None:
        """Until it answers."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                self.get("/api/health")
            except OSError:
                assert self.process.poll() is None, "the server ended"
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.2)
            else:
                return

    def children(self) -> list[int]:
        """Every process of its group."""
        shown = subprocess.run(
            ["pgrep", "-g", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(line) for line in shown.stdout.split()]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The site with a data folder of its own, in a process group of its own."""
    assert _manage(tmp_path, "prepare_site").returncode == 0
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=ROOT,
        env=_environ(tmp_path),
        start_new_session=True,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        running = Site(process, port)
        try:
            running.wait()
            yield running
        finally:
            if running.children():
                os.killpg(process.pid, signal.SIGKILL)


def _wait_until_gone(site: Site) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while site.children() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert site.children() == []


def test_it_serves_works_in_the_background_and_stops_without_leftovers(site: Site, tmp_path: Path) -> None:
    assert json.loads(site.get("/api/health"))["checks"]["database"]["status"] == "healthy"
    queue = (
        "from django_q.tasks import async_task, result; "
        "print(result(async_task('operator.add', 40, 2), wait=60000))"
    )
    assert _manage(tmp_path, "shell", "--no-imports", "-c", queue).stdout.strip() == "42"
    assert len(site.children()) > 2
    os.killpg(site.process.pid, signal.SIGINT)  # what a terminal does at Ctrl-C
    assert site.process.wait(timeout=PATIENCE_S) == 0
    _wait_until_gone(site)
    assert site.process.stdout is not None
    said = site.process.stdout.read()
    assert "SIDFlow has stopped." in said


def test_the_first_visit_finds_the_demo_tunes(site: Site) -> None:
    page = site.get("/").decode()
    assert "Copper Sunrise" in page
    assert "High Score Hymn" in page


def test_it_stops_when_only_the_parent_is_told(site: Site) -> None:
    site.process.terminate()  # what `kill`, systemd or a container does
    assert site.process.wait(timeout=PATIENCE_S) == 0
    _wait_until_gone(site)


def test_a_killed_parent_takes_its_children_along(site: Site) -> None:
    site.process.kill()
    site.process.wait()
    _wait_until_gone(site)


def test_a_taken_port_is_told_plainly(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = _manage(tmp_path, "serve", "--port", str(port))
    assert done.returncode != 0
    assert f"Port {port} on 127.0.0.1 is taken by another program" in done.stderr
    assert f"PORT={port + 1}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_without_tables_is_told_plainly(tmp_path: Path) -> None:
    done = _manage(tmp_path, "serve", "--port", str(free_port()))
    assert done.returncode != 0
    assert "run manage.py prepare_site first" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_foreign_address_is_told_plainly(tmp_path: Path) -> None:
    done = _manage(tmp_path, "serve", "--host", "no.such.host.invalid")
    assert done.returncode != 0
    assert "is not an address of this machine" in done.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.53"])
def test_a_local_address_needs_no_warning(host: str) -> None:
    assert "https" not in serving.greeting(host, 8000)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::"])
def test_a_network_address_says_what_browsers_keep_back_and_how_to_get_it(host: str) -> None:
    text = serving.greeting(host, 8000)
    for word in ("AudioWorklet", "SharedArrayBuffer", "service workers", "hashing", "https", "localhost"):
        assert word in text


def test_host_names_follow_the_address_served() -> None:
    assert serving.hosts_to_allow("127.0.0.1") == ["localhost", "127.0.0.1", "[::1]"]
    assert "192.0.2.7" in serving.hosts_to_allow("192.0.2.7")
    assert "[2001:db8::1]" in serving.hosts_to_allow("2001:db8::1")
    assert socket.gethostname() in serving.hosts_to_allow("0.0.0.0")
    assert "*" not in serving.hosts_to_allow("0.0.0.0")


def test_what_a_program_leaves_behind_is_ended_too(tmp_path: Path) -> None:
    leaves = "import subprocess, sys; print(subprocess.Popen(['sleep', '600'], stdout=2).pid, flush=True)"
    script = (
        "from sidflow_site import serving; "
        f"part = serving.Part('careless one', [{sys.executable!r}, '-c', {leaves!r}]); "
        f"serving.run([part], environ={{}}, folder={str(tmp_path)!r})"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE_S)
    assert not Path(f"/proc/{done.stdout.strip()}").exists()


def test_a_part_that_ends_by_itself_stops_the_rest(tmp_path: Path) -> None:
    parts = [
        serving.Part("quick one", [sys.executable, "-c", "raise SystemExit(3)"]),
        serving.Part("slow one", [sys.executable, "-c", "import time; time.sleep(600)"]),
    ]
    script = (
        "from sidflow_site import serving; "
        f"parts = [serving.Part(*p) for p in {[(part.name, list(part.command)) for part in parts]!r}]; "
        f"print(serving.run(parts, environ={{}}, folder={str(tmp_path)!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    )
    assert done.stdout.strip() == "The quick one ended by itself (exit 3), so everything stops."
