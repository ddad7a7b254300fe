"""What does it cost the server's processor to answer a play, and to show the page?

The real web server (daphne) runs beside a catalogue of the HVSC's shape; its process's CPU time is read before and after
a few hundred requests over one connection, so the time of whoever asks is not in it.
"""

import contextlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench.figures import alternating, tell, tell_ratio
from tests.bench.hvsc_layout import make_hvsc
from tests.bench.web_server import REQUESTS, Server, web_server

_ROOT: Final = Path(__file__).resolve().parents[2]
_FILES: Final = 20_000
_WARMING: Final = 100
_SESSIONS: Final = 10_000


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
        yield environ, found[:: max(1, len(found) // REQUESTS)]


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
        with web_server(environ) as fresh, web_server(environ) as busy, web_server(limited) as counting:
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
                    lambda: fresh.each_ms([next(made) for _ in range(REQUESTS)]),
                ]
            )
            tell("serving.home.kept", kept, "ms CPU (wanted: 5)")
            tell("serving.home.made", anew, "ms CPU (nothing asked)")
        tell("serving.load_after", os.getloadavg()[0], "processes, average of a minute")


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else _FILES)
