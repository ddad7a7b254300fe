"""What does it cost the server's processor to answer a play, and to show the page?

The real web server (daphne) runs beside a catalogue of the HVSC's shape; its process's CPU time is read before and after
a few hundred requests over one connection, so the time of whoever asks is not in it.
"""

import contextlib
import http.client
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench.figures import alternating, tell, tell_ratio
from tests.bench.hvsc_layout import make_hvsc
from tests.services import free_port

_ROOT: Final = Path(__file__).resolve().parents[2]
_FILES: Final = 20_000
_REQUESTS: Final = 300
_WARMING: Final = 100
_SESSIONS: Final = 10_000
_PATIENCE_S: Final = 60
_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Server:
    """A web server of its own on a data folder; `cpu_ms` is what it has used up."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port), "-v", "0"]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(
            [*command, "sidflow_site.asgi:application"], cwd=_ROOT, env=environ, stdout=quiet, stderr=quiet
        )
        self._wait()
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def _wait(self) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            with (
                contextlib.suppress(OSError),
                contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as probe,
            ):
                probe.request("GET", "/api/health")
                probe.getresponse().read()
                return
            time.sleep(0.2)
        raise TimeoutError("daphne does not answer")

    def cpu_ms(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / _TICKS

    def ask(self, path: str, body: object = None) -> bytes:
        """One answer, whole. Raises ValueError where it is not a 200."""
        headers = {"Accept-Encoding": "gzip"} | ({"Content-Type": "application/json"} if body else {})
        self.connection.request("POST" if body else "GET", path, json.dumps(body) if body else None, headers)
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status != 200:
            raise ValueError(f"{path} answered {answer.status}")
        return data

    def each_ms(self, paths: Sequence[str], bodies: Sequence[object] = (None,)) -> float:
        """CPU milliseconds of one request, the mean of many."""
        before = self.cpu_ms()
        for number in range(_REQUESTS):
            self.ask(paths[number % len(paths)], bodies[number % len(bodies)])
        return (self.cpu_ms() - before) / _REQUESTS

    def stop(self) -> None:
        self.connection.close()
        self.process.terminate()
        self.process.wait(30)


@contextlib.contextmanager
def _server(environ: dict[str, str]) -> Iterator[Server]:
    server = Server(environ)
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def _catalogue(files: int) -> Iterator[tuple[dict[str, str], list[str]]]:
    """An environment whose data folder has a collection, and some of its paths."""
    with tempfile.TemporaryDirectory(prefix="sidflow-bench-") as folder:
        root = Path(folder, "C64Music")
        make_hvsc(root, files=files)
        environ = dict(os.environ) | {"SIDFLOW_DATA_DIR": str(Path(folder, "data"))}
        for name in ("DJANGO_SETTINGS_MODULE", "SIDFLOW_PLAY_RATE"):
            environ.pop(name, None)
        for words in (["migrate", "-v0"], ["import_sids", str(root)]):
            command = [sys.executable, "manage.py", *words]
            subprocess.run(command, cwd=_ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
        found = sorted(str(path.relative_to(root)) for path in root.rglob("*.sid"))
        yield environ, found[:: max(1, len(found) // _REQUESTS)]


def _open_sessions(server: Server, count: int) -> None:
    tracks = json.loads(server.ask("/api/tracks?limit=100"))["items"]
    ids = [track["id"] for track in tracks]
    for _ in range(count // len(ids)):
        server.ask("/api/play", {"trackIds": ids})


def run(files: int = _FILES) -> None:
    """Plays by path and by id, with one session or ten thousand, with and without a rate; the page, kept and made."""
    with _catalogue(files) as (environ, paths):
        tell("serving.files", files / 1000, "thousand files")
        tell("serving.load_before", os.getloadavg()[0], "processes, average of a minute")
        wishes = [{"sidPath": path} for path in paths]
        limited = environ | {"SIDFLOW_PLAY_RATE": "1000000/min"}
        with _server(environ) as fresh, _server(environ) as busy, _server(limited) as counting:
            for server in (fresh, busy, counting):
                for wish in wishes[:_WARMING]:
                    server.ask("/api/play", wish)
                server.ask("/")
            _open_sessions(busy, _SESSIONS)
            one, many, counted = alternating(
                [partial(server.each_ms, ["/api/play"], wishes) for server in (fresh, busy, counting)]
            )
            tell("serving.play.one_session", one, "ms CPU (wanted: 4)")
            tell(f"serving.play.{_SESSIONS}_sessions", many, "ms CPU (wanted: 4)")
            tell_ratio("serving.play.many_over_one", many, one, wanted=1)
            tell("serving.play.with_a_rate", counted, "ms CPU (wanted: 4)")
            made = (f"/?n={number}" for number in itertools.count())
            kept, anew = alternating(
                [
                    lambda: fresh.each_ms(["/"]),
                    lambda: fresh.each_ms([next(made) for _ in range(_REQUESTS)]),
                ]
            )
            tell("serving.home.kept", kept, "ms CPU (wanted: 5)")
            tell("serving.home.made", anew, "ms CPU (nothing asked)")
        tell("serving.load_after", os.getloadavg()[0], "processes, average of a minute")


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else _FILES)
