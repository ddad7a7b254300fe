"""Does the nginx configuration that we ship do what docs/delivery.md says, with the real nginx before the real site?"""

import base64
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import ROOT, serve_site
from tests.playback.delivery.listener import PATIENCE_S, Answer, Listener
from tests.services import free_port

CONFIGURATION = ROOT / "deploy" / "nginx.conf"
FRAME = """
{user}
daemon off;
master_process on;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Front:
    """nginx, what is behind it, and where it writes."""

    nginx: Listener
    site: Listener
    folder: Path
    token: str


def made_for(folder: Path, *, port: int, site: int) -> str:
    """The configuration as shipped, with what its marks name changed."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    changes = {
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{site};",
        "/var/cache/nginx/sidflow": f"{folder}/cache",
        "listen 443 ssl;": f"listen 127.0.0.1:{port};",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "/srv/sidflow/data/rendered/": f"{folder}/data/rendered/",
        "ssl_certificate     /etc/letsencrypt/live/sid.example/fullchain.pem;": "",
        "ssl_certificate_key /etc/letsencrypt/live/sid.example/privkey.pem;": "",
    }
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def token_of(folder: Path) -> str:
    """A program of staff's."""
    environ = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environ |= {
        "DJANGO_SETTINGS_MODULE": "sidflow_site.settings",
        "SIDFLOW_DATA_DIR": str(folder / "data"),
        "DJANGO_SUPERUSER_PASSWORD": "long enough to be one",
    }
    manage = [sys.executable, "manage.py"]
    who = ["createsuperuser", "--noinput", "--username", "alice", "--email", "alice@example.org"]
    subprocess.run([*manage, *who], cwd=ROOT, env=environ, check=True, capture_output=True)
    words = [*manage, "create_token", "alice", "--name", "test"]
    done = subprocess.run(words, cwd=ROOT, env=environ, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("nginx")
    settings: Any = {
        "SIDFLOW_TRUSTED_PROXIES": "127.0.0.1",
        "SIDFLOW_AVAILABILITY__ACCEL_LOCATION": "/assets-inside/",
        "SIDFLOW_RENDER__UNKNOWN_LENGTH_SEC": "3",
    }
    with serve_site(folder, corpus=False, **settings) as served:
        port = free_port()
        (folder / "site.conf").write_text(made_for(folder, port=port, site=served.port), encoding="utf-8")
        user = "user root root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(FRAME.format(user=user, folder=folder), encoding="utf-8")
        command = [
            "nginx",
            "-p",
            str(folder),
            "-e",
            str(folder / "error.log"),
            "-c",
            str(folder / "nginx.conf"),
        ]
        process = subprocess.Popen(command)
        try:
            _wait_until_it_listens(port, process, folder)
            yield Front(Listener(port), Listener(served.port), folder, token_of(folder))
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def _wait_until_it_listens(port: int, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            said = (folder / "error.log").read_text() if (folder / "error.log").exists() else ""
            assert process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.05)
        else:
            return


@pytest.fixture(scope="module")
def url(front: Front) -> str:
    """Of a song that is there."""
    address: str = front.nginx.session("a_rising.sid")["streamUrls"]["m4a"]
    front.nginx.wait_for(address)
    return address


@pytest.fixture(scope="module")
def file(front: Front, url: str) -> bytes:
    (path,) = (front.folder / "data" / "rendered").rglob("*.m4a")
    return path.read_bytes()


def test_nginx_sends_the_file_and_not_the_site(front: Front, url: str, file: bytes) -> None:
    behind = front.site.ask(url)
    assert behind.headers["X-Accel-Redirect"].startswith("/assets-inside/")
    assert behind.body == b""
    answer = front.nginx.ask(url)
    assert (answer.status, answer.body) == (200, file)
    assert "X-Accel-Redirect" not in answer.headers
    assert answer.headers["Server"].startswith("nginx")


def test_ranges(front: Front, url: str, file: bytes) -> None:
    size = len(file)
    for wish, expected in {
        "bytes=0-0": file[:1],
        "bytes=9-9": file[9:10],
        f"bytes={size - 5}-": file[-5:],
        "bytes=-3": file[-3:],
    }.items():
        answer = front.nginx.ask(url, Range=wish)
        assert (answer.status, answer.body) == (206, expected), wish
    behind = front.nginx.ask(url, Range=f"bytes={size}-")
    assert (behind.status, behind.headers["Content-Range"]) == (416, f"bytes */{size}")
    several = front.nginx.ask(url, Range="bytes=0-,0-,0-")
    assert (several.status, several.body) == (200, file)
    head = front.nginx.ask(url, "HEAD")
    assert (head.status, head.headers["Content-Length"], head.body) == (200, str(size), b"")


def test_versions(front: Front, url: str, file: bytes) -> None:
    etag = front.nginx.ask(url).headers["ETag"]
    assert front.nginx.ask(url, If_None_Match=etag).status == 304
    assert front.nginx.ask(url, Range="bytes=0-3", If_Range=etag).status == 206
    stale = front.nginx.ask(url, Range="bytes=0-3", If_Range='"other"')
    assert (stale.status, stale.body) == (200, file)


def test_the_headers_that_isolated_pages_need_are_kept(front: Front, url: str) -> None:
    for answer in (
        front.nginx.ask(url),
        front.nginx.ask(url, Range="bytes=0-3"),
        front.nginx.ask(url, Range="bytes=99999999-"),
    ):
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Request-Id"]
    whole = front.nginx.ask(url)
    assert whole.headers["Content-Type"] == "audio/mp4"
    assert whole.headers["Cache-Control"] == "private, max-age=30"
    assert whole.headers["Accept-Ranges"] == "bytes"


def test_hls(front: Front, url: str) -> None:
    playlist = front.nginx.session("a_rising.sid")["fallbackHlsUrl"]
    front.nginx.wait_for(playlist)
    answer = front.nginx.ask(playlist)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/vnd.apple.mpegurl")
    names = [line for line in answer.body.decode().splitlines() if line.endswith(".m4s")]
    assert names
    for name in (*names, "init.mp4"):
        piece = front.nginx.ask(playlist.replace("index.m3u8", name))
        assert (piece.status, piece.headers["Content-Type"]) == (200, "audio/mp4")
        assert b"ftyp" in piece.body or b"moof" in piece.body


def test_nobody_comes_to_the_files_from_outside(front: Front, url: str, file: bytes) -> None:
    inside = front.site.ask(url).headers["X-Accel-Redirect"]
    ways = [inside, "/assets-inside/", "/assets-inside/../sidflow.sqlite3", "/assets-inside/..%2fsecret-key"]
    for way in (*ways, "/x/../assets-inside/" + inside.removeprefix("/assets-inside/")):
        answer = front.nginx.ask(way)
        assert answer.status in (400, 404), way
        assert file[:100] not in answer.body
    # Nor do others' sessions, or answers that say so.
    gone = front.nginx.ask("/api/playback/x:y/stream.m4a", X_Accel_Redirect=inside)
    assert (gone.status, gone.headers["Content-Type"]) == (404, "application/problem+json")


def test_pages_and_static_files(front: Front) -> None:
    page = front.nginx.ask("/")
    assert (page.status, page.headers["Cross-Origin-Opener-Policy"]) == (200, "same-origin")
    played = front.nginx.ask("/api/play", "POST", {"sidPath": "a_rising.sid"})
    assert front.nginx.ask(played.json["session"]["sidUrl"]).body[:4] == b"PSID"
    asset = page.body.decode().split('href="/static/dist/page', 1)[1].split('"', 1)[0]
    for _ in range(2):
        answer = front.nginx.ask(f"/static/dist/page{asset}", Accept_Encoding="gzip")
        assert (answer.status, answer.headers["Content-Encoding"]) == (200, "gzip")
        assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
        assert "immutable" in answer.headers["Cache-Control"]
    # Who takes no gzip is not sent what was kept for those who do.
    plain = front.nginx.ask(f"/static/dist/page{asset}")
    assert "Content-Encoding" not in plain.headers
    assert b"{" in plain.body
    assert list((front.folder / "cache").rglob("*")), "nothing was kept"
    assert front.nginx.ask("/api/playback/detect").json["stream"]["available"]


def test_no_session_stands_in_the_log(front: Front, url: str) -> None:
    front.nginx.ask(url)
    front.nginx.ask("/api/health")
    log = front.folder / "access.log"
    deadline = time.monotonic() + PATIENCE_S
    while "/api/health" not in log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert "/api/playback/" not in log.read_text()


def test_a_web_socket_opens(front: Front) -> None:
    with socket.create_connection(("127.0.0.1", front.nginx.port), timeout=PATIENCE_S) as talk:
        key = base64.b64encode(bytes(16)).decode()
        lines = [
            "GET /ws/admin/jobs HTTP/1.1",
            f"Host: 127.0.0.1:{front.nginx.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            f"Authorization: Bearer {front.token}",
        ]
        talk.sendall("\r\n".join([*lines, "", ""]).encode())
        heard = b""
        while b'"type"' not in heard:
            piece = talk.recv(4096)
            assert piece, heard
            heard += piece
        assert heard.startswith(b"HTTP/1.1 101")


def test_an_event_stream_is_not_held_back(front: Front, url: str) -> None:
    jobs = front.nginx.ask("/api/admin/jobs", Authorization=f"Bearer {front.token}").json["items"]
    answer: Answer = front.nginx.ask(
        f"/api/admin/jobs/{jobs[-1]['id']}/logs",
        Authorization=f"Bearer {front.token}",
        Accept="text/event-stream",
    )
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert b"event: line" in answer.body
    assert b"event: end" in answer.body
