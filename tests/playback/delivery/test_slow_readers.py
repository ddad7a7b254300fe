"""Does the real site make a song while somebody waits, and send it to many slow readers out of a file of half a gigabyte?"""

import http.client
import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.browser.conftest import serve_site
from tests.playback.delivery.listener import PATIENCE_S, Listener, most_memory_mb, web_process

SIZE = 500_000_000
READERS = 40


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Listener, Path]]:
    folder = tmp_path_factory.mktemp("slow")
    with serve_site(folder, corpus=False, SIDFLOW_RENDER__UNKNOWN_LENGTH_SEC="3") as served:
        listener = Listener(served.port)
        # The worker begins beside the web server; once it has made a song, it is there for all tests.
        listener.wait_for(listener.session("f_last.sid")["streamUrls"]["m4a"])
        yield listener, folder / "data" / "rendered"


def test_a_song_is_made_while_somebody_waits(site: tuple[Listener, Path]) -> None:
    listener, _ = site
    session = listener.session("dd_duet.sid")
    told = listener.wait_for(session["streamUrls"]["m4a"])
    assert told
    listener.wait_for(session["fallbackHlsUrl"])  # made by the same job, a moment later
    playlist = listener.ask(session["fallbackHlsUrl"])
    assert (playlist.status, playlist.body[:7]) == (200, b"#EXTM3U")
    sound = listener.ask(session["streamUrls"]["m4a"])
    assert sound.headers["Content-Length"] == str(len(sound.body))
    assert sound.body[4:8] == b"ftyp"
    assert listener.ask(session["streamUrls"]["m4a"], "HEAD").headers["Content-Length"] == str(
        len(sound.body)
    )


def test_many_who_ask_at_once_are_one_job(site: tuple[Listener, Path]) -> None:
    listener, folder = site
    url = listener.session("d_after.sid")["streamUrls"]["m4a"]
    with ThreadPoolExecutor(8) as crowd:
        statuses = list(crowd.map(lambda _: listener.ask(url).status, range(16)))
    assert set(statuses) <= {200, 202}, statuses
    listener.wait_for(url)
    with closing(sqlite3.connect(folder.parent / "sidflow.sqlite3")) as database:
        rows = database.execute("SELECT parameters FROM jobs_job WHERE kind = 'ondemand'").fetchall()
    assert len(rows) == len(set(rows))


def test_slow_readers_of_a_large_file_cost_no_memory(site: tuple[Listener, Path]) -> None:
    listener, folder = site
    url = listener.session("a_rising.sid")["streamUrls"]["m4a"]
    listener.wait_for(url)
    sound = listener.ask(url).body
    (file,) = (path for path in folder.rglob("*.m4a") if path.read_bytes() == sound)
    os.truncate(file, SIZE)
    server = web_process(listener.port)
    before = most_memory_mb(server)
    readers = [
        http.client.HTTPConnection("127.0.0.1", listener.port, timeout=PATIENCE_S) for _ in range(READERS)
    ]
    answers = []
    for number, reader in enumerate(readers):
        reader.request("GET", url, headers={"Range": "bytes=1000-"} if number % 2 else {})
        answers.append(reader.getresponse())
    for number, answer in enumerate(answers):
        assert answer.status == (206 if number % 2 else 200)
        assert answer.headers["Content-Length"] == str(SIZE - (1000 if number % 2 else 0))
        assert len(answer.read(50_000)) == 50_000
    # Others are answered meanwhile, from any place of the file.
    for first in range(0, SIZE, SIZE // 20):
        part = listener.ask(url, Range=f"bytes={first}-{first + 999_999}")
        assert (part.status, len(part.body)) == (206, 1_000_000)
        assert part.headers["Content-Range"] == f"bytes {first}-{first + 999_999}/{SIZE}"
    assert len(answers[0].read(20_000_000)) == 20_000_000
    assert most_memory_mb(server) - before < 60
    # Whoever hangs up leaves no file open.
    for answer, reader in zip(answers, readers, strict=True):
        answer.close()
        reader.close()
    deadline = 400
    while any(_open_files(server, file)) and deadline:
        deadline -= 1
        listener.ask("/api/playback/detect")
    assert not list(_open_files(server, file))


def _open_files(pid: int, file: Path) -> Iterator[str]:
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        try:
            if handle.readlink() == file:
                yield handle.name
        except OSError:
            continue
