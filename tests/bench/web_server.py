"""What does the real web server (daphne) use up while it answers?  Its own process's CPU time, without that of whoever asks."""

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.services import free_port

_ROOT: Final = Path(__file__).resolve().parents[2]
REQUESTS: Final = 300
_PATIENCE_S: Final = 60
_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Server:
    """A web server of its own on a data folder; `cpu_ms` is what it has used up."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.port = free_port()
        command = [
            sys.executable,
            "-m",
            "sidflow_site.web",
            "-b",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-v",
            "0",
        ]
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
        for number in range(REQUESTS):
            self.ask(paths[number % len(paths)], bodies[number % len(bodies)])
        return (self.cpu_ms() - before) / REQUESTS

    def stop(self) -> None:
        self.connection.close()
        self.process.terminate()
        self.process.wait(30)


@contextlib.contextmanager
def web_server(environ: dict[str, str]) -> Iterator[Server]:
    server = Server(environ)
    try:
        yield server
    finally:
        server.stop()
