"""Does the web server wait for a slow reader, and tell one whose answer broke off?"""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60
MEGABYTES = 100
# Not Django: what is tested is below it.
APPLICATION = f"""
sent = 0

async def application(scope, receive, send):
    global sent
    if scope["type"] != "http":
        return
    headers = [(b"content-length", b"{MEGABYTES << 20}")] if scope["path"] != "/sent" else []
    await send({{"type": "http.response.start", "status": 200, "headers": headers}})
    if scope["path"] == "/sent":
        await send({{"type": "http.response.body", "body": str(sent).encode()}})
        return
    for _ in range({MEGABYTES} * 16):
        await send({{"type": "http.response.body", "body": bytes(65536), "more_body": True}})
        sent += 65536
        if scope["path"] == "/breaks":
            raise RuntimeError("half an answer")
    await send({{"type": "http.response.body"}})
"""


class Server:
    """A process that serves the application."""

    def __init__(self, folder: Path) -> None:
        (folder / "made_up.py").write_text(APPLICATION, encoding="utf-8")
        self.port = free_port()
        command = [sys.executable, "-m", "sidflow_site.web", "-b", "127.0.0.1", "-p", str(self.port)]
        environ = {**os.environ, "PYTHONPATH": f"{folder}:{ROOT}"}
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(
            [*command, "-v", "0", "made_up:application"], env=environ, stdout=quiet, stderr=quiet
        )
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                self.sent()
            except OSError:
                assert time.monotonic() < deadline
                assert self.process.poll() is None
                time.sleep(0.05)
            else:
                return

    def ask(self, path: str) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        connection.request("GET", path)
        return connection

    def sent(self) -> int:
        connection = self.ask("/sent")
        try:
            return int(connection.getresponse().read())
        finally:
            connection.close()

    def most_memory_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    yield made
    made.process.terminate()
    made.process.wait(PATIENCE_S)


def test_a_slow_reader_costs_no_memory_and_gets_everything(server: Server) -> None:
    before = server.most_memory_mb()
    readers = [server.ask("/large") for _ in range(3)]
    answers = [reader.getresponse() for reader in readers]
    # They read nothing: what was sent without waiting would be all sent soon.
    for _ in range(50):
        server.sent()
    assert server.sent() < MEGABYTES << 20
    for answer in answers:
        length = 0
        while chunk := answer.read(1 << 20):
            length += len(chunk)
        assert length == MEGABYTES << 20
    assert server.most_memory_mb() < before + MEGABYTES / 4
    for reader in readers:
        # The connection is good for another.
        reader.request("GET", "/sent")
        assert int(reader.getresponse().read()) == 3 * MEGABYTES << 20
        reader.close()


def test_one_who_hangs_up_ends_the_sending(server: Server) -> None:
    reader = server.ask("/large")
    answer = reader.getresponse()
    answer.read(1000)
    answer.close()
    reader.close()
    other = server.ask("/large")
    assert len(other.getresponse().read()) == MEGABYTES << 20
    other.close()


def test_an_answer_that_breaks_off_is_no_whole_one(server: Server) -> None:
    reader = server.ask("/breaks")
    answer = reader.getresponse()
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        answer.read()
    answer.close()
    reader.close()
