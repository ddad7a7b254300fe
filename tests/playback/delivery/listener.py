"""Who listens to a running site from outside, over bare HTTP?"""

import http.client
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PATIENCE_S = 90


@dataclass
class Answer:
    """Status, headers, and what came."""

    status: int
    headers: Any
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Listener:
    """Asks a site at a port of this machine."""

    port: int

    def ask(self, path: str, method: str = "GET", body: Any = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            told["Content-Type"] = "application/json"
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, told)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def session(self, name: str) -> dict[str, Any]:
        answer = self.ask("/api/play", "POST", {"sidPath": name})
        assert answer.status == 200, answer
        session: dict[str, Any] = answer.json["session"]
        return session

    def wait_for(self, url: str) -> list[dict[str, Any]]:
        """Asks for audio until it is ready, as a player would; the states on the way."""
        told: list[dict[str, Any]] = []
        deadline = time.monotonic() + PATIENCE_S
        while (answer := self.ask(url, Range="bytes=0-0")).status == 503:
            # The site has begun just now, and its worker has not been heard of.
            assert answer.json["code"] == "rendering-unavailable"
            assert time.monotonic() < deadline
            time.sleep(0.2)
        while answer.status == 202:
            assert time.monotonic() < deadline, told[-1:]
            progress = self.ask(answer.json["progressUrl"]).json
            told.append(progress)
            if progress["status"] in ("waiting", "rendering"):
                time.sleep(0.2)
            else:
                assert progress["status"] == "ready", progress
                answer = self.ask(progress["url"], Range="bytes=0-0")
        assert answer.status == 206, answer
        return told


def web_process(port: int) -> int:
    """The process id of the site's web server."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"sidflow_site.web" in words and str(port).encode() in words:
                return int(folder.name)
    raise AssertionError("the web server does not run")


def most_memory_mb(pid: int) -> float:
    """The most that was resident."""
    return int(Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
