"""What does it cost the web server to send a large file: memory with 200 slow readers, CPU time for each megabyte?

The real web server serves a file of 500 MB (sparse) as if it were a rendered song; its process is looked at from outside.
"""

import contextlib
import http.client
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.bench.figures import tell
from tests.bench.web_server import Server, web_server
from tests.browser.tunes import write_tunes

_ROOT: Final = Path(__file__).resolve().parents[2]
_SIZE: Final = 500_000_000
_READERS: Final = 200
_READ: Final = 200_000
# A row for a file that nobody rendered.
_REGISTER: Final = """
from playback.models import RenderedAsset, Track
from playback.rendering import settings, storage
track = Track.objects.with_file().filter(album__sid_file__path="a_rising.sid", position=1).get()
path = storage.root() / "bench.m4a"
path.parent.mkdir(parents=True, exist_ok=True)
path.touch()
import os
os.truncate(path, {size})
RenderedAsset.objects.create(
    track=track, format="m4a", recipe=settings.asset_recipe(settings.settings_for()), engine="sidflow", path="bench.m4a",
    file_md5=track.album.sid_file.md5, size_bytes={size}, duration_ms=settings.length_of(track), sample_rate_hz=44100,
    channels=1, sha256="0" * 64,
)
"""


def _memory_mb(server: Server, field: str) -> float:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split(f"{field}:")[1].split()[0]) / 1024


def _threads(server: Server) -> int:
    return len(list(Path(f"/proc/{server.process.pid}/task").iterdir()))


@contextlib.contextmanager
def _site() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="sidflow-bench-") as folder:
        write_tunes(Path(folder, "made"))
        environ = dict(os.environ) | {"SIDFLOW_DATA_DIR": str(Path(folder, "data"))}
        environ.pop("DJANGO_SETTINGS_MODULE", None)
        script = _REGISTER.format(size=_SIZE)
        for words in (
            ["migrate", "-v0"],
            ["import_sids", str(Path(folder, "made"))],
            ["shell", "--no-imports", "-c", script],
        ):
            command = [sys.executable, "manage.py", *words]
            done = subprocess.run(command, cwd=_ROOT, env=environ, check=False, capture_output=True)
            if done.returncode and words[0] != "import_sids":  # which names the broken ones among the tunes
                raise RuntimeError(done.stderr.decode())
        with web_server(environ) as server:
            yield server


def _open(server: Server, url: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    connection.request("GET", url)
    answer = connection.getresponse()
    answer.read(_READ)
    return answer


def run() -> None:
    """Readers who stop after the first 200 kB, and then one who reads on."""
    with _site() as server:
        tell("streaming.load_before", os.getloadavg()[0], "processes, average of a minute")
        played = json.loads(server.ask("/api/play", {"sidPath": "a_rising.sid"}))
        url = played["session"]["streamUrls"]["m4a"]
        _open(server, url).close()
        before, threads = _memory_mb(server, "VmRSS"), _threads(server)
        answers = [_open(server, url) for _ in range(_READERS)]
        tell("streaming.readers", len(answers), f"readers of {_SIZE / 1e6:.0f} MB")
        tell("streaming.memory.before", before, "MB resident")
        tell("streaming.memory.with_readers", _memory_mb(server, "VmRSS"), "MB resident")
        tell("streaming.memory.for_a_reader", 1000 * (_memory_mb(server, "VmRSS") - before) / _READERS, "kB")
        tell("streaming.threads_more", _threads(server) - threads, "threads")
        cpu_ms = server.cpu_ms()
        length = len(answers[0].read(200_000_000))
        tell("streaming.cpu", (server.cpu_ms() - cpu_ms) / (length / 1e6), "ms CPU for 1 MB")
        tell("streaming.memory.most", _memory_mb(server, "VmHWM"), "MB resident")
        for answer in answers:
            answer.close()


if __name__ == "__main__":
    run()
