"""What does it cost the web server that two hundred people watch one busy job?

The job's row and log are written by another process, as a worker would: a checkpoint every 50 ms, a line every 250 ms.
"""

import asyncio
import base64
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.bench.figures import tell
from tests.bench.web_server import Server, web_server

_ROOT: Final = Path(__file__).resolve().parents[2]
_WATCHERS: Final = 200
_SECONDS: Final = 15.0
_ROUNDS: Final = 3
_BUSY: Final = """
import time
from jobs.lines import tell
from jobs.models import Job
from jobs.waking import wake
from django.utils import timezone
number = 0
while True:
    number += 1
    Job.objects.filter(pk=1).update(progress_current=number, heartbeat_at=timezone.now(), progress_message=f"{number} files")
    wake()
    if number % 5 == 0:
        tell(1, f"line {number}")
    time.sleep(0.05)
"""
_MADE: Final = """
from core.models import ApiToken, User
from jobs.models import Job
from django.utils import timezone
Job.objects.create(pk=1, kind="import", state="running", lease="x", lease_until=timezone.now(), progress_total=10**9)
print(ApiToken.issue(user=User.objects.create_user("ada", is_staff=True), name="bench", scopes=["staff"])[1])
"""


class _Watcher:
    """A socket whose frames are counted and thrown away."""

    def __init__(self) -> None:
        self.bytes = 0

    async def watch(self, port: int, address: str, secret: str) -> None:
        """Until it is cancelled."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        key = base64.b64encode(os.urandom(16)).decode()
        head = (
            f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer {secret}\r\n\r\n"
        )
        writer.write(head.encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in answer:
            raise ValueError(answer)
        while data := await reader.read(65536):
            self.bytes += len(data)
        raise ValueError("the server hung up")


async def _share_of_a_core(server: Server, address: str, secret: str, count: int) -> tuple[float, float]:
    """The web server's CPU time over the time that passed, and the bytes a second that each watcher got."""
    watchers = [_Watcher() for _ in range(count)]
    tasks = [asyncio.create_task(watcher.watch(server.port, address, secret)) for watcher in watchers]
    await asyncio.sleep(5)
    began, cpu_ms, got = time.monotonic(), server.cpu_ms(), sum(watcher.bytes for watcher in watchers)
    await asyncio.sleep(_SECONDS)
    passed = time.monotonic() - began
    share = (server.cpu_ms() - cpu_ms) / 1000 / passed
    each = (sum(watcher.bytes for watcher in watchers) - got) / passed / max(count, 1)
    for task in tasks:
        if task.done():
            task.result()
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return share, each


def run() -> None:
    """A busy job, watched by nobody, one and two hundred; and the list of jobs by two hundred."""
    with tempfile.TemporaryDirectory(prefix="sidflow-bench-") as folder:
        environ = dict(os.environ) | {"SIDFLOW_DATA_DIR": str(Path(folder, "data"))}
        environ.pop("DJANGO_SETTINGS_MODULE", None)
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "migrate", "-v0"], cwd=_ROOT, env=environ, check=True)
        made = subprocess.run(
            [*manage, "shell", "-v0", "-c", _MADE],
            cwd=_ROOT,
            env=environ,
            check=True,
            capture_output=True,
            text=True,
        )
        secret = re.findall(r"sidflow_[\w-]+", made.stdout)[-1]
        busy = subprocess.Popen([*manage, "shell", "-v0", "-c", _BUSY], cwd=_ROOT, env=environ)
        try:
            with web_server(environ) as server:
                tell("watching.load_before", os.getloadavg()[0], "processes, average of a minute")
                for _ in range(_ROUNDS):
                    for name, address, count in (
                        ("nobody", "/ws/admin/jobs/1", 0),
                        ("job.1_watcher", "/ws/admin/jobs/1", 1),
                        (f"job.{_WATCHERS}_watchers", "/ws/admin/jobs/1", _WATCHERS),
                        (f"list.{_WATCHERS}_watchers", "/ws/admin/jobs", _WATCHERS),
                    ):
                        share, each = asyncio.run(_share_of_a_core(server, address, secret, count))
                        tell(f"watching.{name}", share * 100, "percent of a core (wanted: 10)")
                        if count:
                            tell(f"watching.{name}.each", each, "bytes/s")
                tell("watching.load_after", os.getloadavg()[0], "processes, average of a minute")
        finally:
            busy.kill()
            busy.wait()


if __name__ == "__main__":
    run()
