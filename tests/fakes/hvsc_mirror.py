"""A mirror of the HVSC on this machine: version API, listing and archives over real HTTP, as well or as badly behaved as a test wants.

/api/v1/version      {"version": 84, "complete": {"url": ...}, "update": {"requiredVersion": 83, "url": ...}}
/HVSC/               a listing that names the archives
/HVSC/NAME           an archive, with ETag, Last-Modified and ranges
"""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_PIECE = 4096


@dataclass
class Mirror:
    """What the mirror has and how it behaves; tests change both while it runs.

    `slow_s`: a pause after each 4 KiB.  `cuts_at`: it hangs up after so many bytes of each answer.  `drips_s`: a pause after each byte of
    what is no archive.  `silent_at`: it says nothing
    more after so many, and holds on.  `lies_by`: added to
    Content-Length.  `redirects`: paths and where they lead.  `answers`: paths and (status, headers, body) instead of what is
    there.  `came`: (path, Range header, bytes sent) of each request, in order.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    version: int | None = None
    ranges: bool = True
    etag: str | None = '"one"'
    slow_s: float = 0.0
    cuts_at: int | None = None
    drips_s: float = 0.0
    silent_at: int | None = None
    lies_by: int = 0
    redirects: dict[str, str] = field(default_factory=dict)
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    came: list[tuple[str, str | None, int]] = field(default_factory=list)
    url: str = ""

    @property
    def base(self) -> str:
        return f"{self.url}/HVSC"

    @property
    def version_url(self) -> str:
        return f"{self.url}/api/v1/version"

    def publish(self, version: int, complete: bytes | None = None, update: bytes | None = None) -> None:
        """A release is out."""
        self.version = version
        if complete is not None:
            self.files[f"HVSC_{version}-all-of-them.7z"] = complete
        if update is not None:
            self.files[f"HVSC_Update_{version}.7z"] = update

    def sent(self, name: str) -> int:
        """How many bytes of the archive it has sent in all."""
        return sum(size for path, _, size in self.came if path == f"/HVSC/{name}")

    def api_document(self) -> dict[str, Any]:
        version = self.version or 0
        return {
            "version": version,
            "update": {"requiredVersion": version - 1, "url": f"{self.base}/HVSC_Update_{version}.7z"},
            "complete": {"url": f"{self.base}/HVSC_{version}-all-of-them.7z"},
        }


@contextmanager
def running_mirror() -> Iterator[Mirror]:
    """A mirror on a free port of this machine."""
    mirror = Mirror()

    class Handler(_Handler):
        pass

    Handler.mirror = mirror
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    mirror.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield mirror
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    mirror: Mirror
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args: Any) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        mirror, path = self.mirror, self.path
        name = path.removeprefix("/HVSC/")
        if path in mirror.redirects:
            self._send(302, {"Location": mirror.redirects[path]}, b"")
        elif path in mirror.answers:
            self._send(*mirror.answers[path])
        elif path == "/api/v1/version" and mirror.version is not None:
            document = json.dumps(mirror.api_document()).encode()
            self._send(200, {"Content-Type": "application/json"}, document)
        elif path == "/HVSC/":
            links = "".join(f'<a href="{name}">{name}</a>\n' for name in sorted(mirror.files))
            self._send(200, {"Content-Type": "text/html"}, f"<html>{links}</html>".encode())
        elif name in mirror.files:
            self._archive(mirror.files[name])
        else:
            self._send(404, {"Content-Type": "text/html"}, b"<html>There is no such file</html>")

    def _archive(self, data: bytes) -> None:
        mirror = self.mirror
        headers = {"Content-Type": "application/x-7z-compressed"}
        if mirror.etag:
            headers["ETag"] = mirror.etag
        if mirror.ranges:
            headers["Accept-Ranges"] = "bytes"
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        same = self.headers.get("If-Range") in (None, mirror.etag)
        if not (mirror.ranges and wanted and same):
            self._send(200, headers, data)
        elif int(wanted[1]) >= len(data):
            self._send(416, {"Content-Range": f"bytes */{len(data)}"}, b"")
        else:
            begin = int(wanted[1])
            headers["Content-Range"] = f"bytes {begin}-{len(data) - 1}/{len(data)}"
            self._send(206, headers, data[begin:])

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        mirror = self.mirror
        is_archive = self.path.endswith(".7z") and status in (200, 206)
        number = len(mirror.came)
        mirror.came.append((self.path, self.headers.get("Range"), 0))
        self.close_connection = True
        self.send_response(status)
        length = len(body) + (mirror.lies_by if is_archive else 0)
        for name, value in {"Content-Length": str(length), "Connection": "close", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if is_archive and mirror.cuts_at is not None:
            body = body[: mirror.cuts_at]
        size = _PIECE if is_archive or not mirror.drips_s else 1
        try:
            for begin in range(0, len(body), size):
                piece = body[begin : begin + size]
                self.wfile.write(piece)
                path, wanted, sent = mirror.came[number]
                mirror.came[number] = (path, wanted, sent + len(piece))
                time.sleep(mirror.slow_s if is_archive else mirror.drips_s)
                if is_archive:
                    self._fall_silent(begin + len(piece))
        except OSError:
            return  # the other side has had enough

    def _fall_silent(self, sent: int) -> None:
        silent_at = self.mirror.silent_at
        if silent_at is not None and sent >= silent_at:
            self.connection.recv(1)  # until the other side hangs up
            raise ConnectionError
