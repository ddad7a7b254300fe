"""With a CDN in front, do assets and tunes come from there, workers from us, and does everything still play?

The CDN is a second server on another port, so another origin to the browser: it fetches from the site what it does not
have, keeps it, and passes the headers on, as CDNs do.
"""

import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.browser.conftest import Site, serve_site
from tests.browser.listening import Listener

_HOP_BY_HOP = {"connection", "transfer-encoding", "date", "server", "content-length", "keep-alive"}
BELOW = "/sidflow-assets"


class Cdn(ThreadingHTTPServer):
    """Pulls from `origin` what is asked for below its own folder."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Puller)
        self.origin = ""
        self.kept: dict[str, tuple[int, list[tuple[str, str]], bytes]] = {}
        self.asked: list[str] = []
        self.pulled: list[str] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{BELOW}"

    def pull(self, path: str) -> tuple[int, list[tuple[str, str]], bytes]:
        """What the origin says, kept where it says that it may be.  Who asks for the same meanwhile waits for it."""
        with self.lock:
            return self._pull(path)

    def _pull(self, path: str) -> tuple[int, list[tuple[str, str]], bytes]:
        if path not in self.kept:
            self.pulled.append(path)
            try:
                with urllib.request.urlopen(f"{self.origin}{path}", timeout=30) as answer:
                    found = answer.status, answer.headers.items(), answer.read()
            except urllib.error.HTTPError as error:
                return error.code, error.headers.items(), error.read()
            if "immutable" not in dict(found[1]).get("Cache-Control", ""):
                return found
            self.kept[path] = found
        return self.kept[path]


class _Puller(BaseHTTPRequestHandler):
    server: Cdn

    def do_GET(self) -> None:
        path = self.path.removeprefix(BELOW)
        self.server.asked.append(path)
        status, headers, body = self.server.pull(path)
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_anything: Any) -> None:
        """Not on the tests' terminal."""


@pytest.fixture(scope="module")
def cdn() -> Iterator[Cdn]:
    with Cdn() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def cdn_site(cdn: Cdn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site behind that CDN."""
    folder = tmp_path_factory.mktemp("cdn")
    with serve_site(folder, corpus=False, SIDFLOW_AVAILABILITY__PUBLIC_BASE_URL=cdn.url) as served:
        cdn.origin = served.url.rstrip("/")
        yield served


@pytest.fixture
def asked_of_us(page: Page, cdn_site: Site) -> list[str]:
    """The paths that the page asks of the site itself."""
    paths: list[str] = []

    def note(request: Request) -> None:
        if request.url.startswith(cdn_site.url):
            paths.append(request.url.removeprefix(cdn_site.url))

    page.on("request", note)
    return paths


def test_it_plays_with_assets_and_tunes_of_the_cdn_and_workers_of_ours(
    page: Page, cdn: Cdn, cdn_site: Site, listener: Listener, asked_of_us: list[str]
) -> None:
    page.goto(cdn_site.url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    assert page.evaluate("crossOriginIsolated")
    assert listener.told()["transport"] == "shared"
    for part in ("/static/dist/page.", "/static/dist/engine.", "/static/theme.", "/sid/"):
        assert any(path.startswith(part) for path in cdn.asked), (part, cdn.asked)
    # The browser does not tell of the worklet that it fetches.
    for part in ("static/dist/emulator-worker.", "static/dist/audio-worklet."):
        assert f'Url": "/{part}' in page.locator("#player-config").inner_html(), part
        assert not any(path.startswith(f"/{part}") for path in cdn.asked)
    assert any(path.startswith("static/dist/emulator-worker.") for path in asked_of_us)
    others = [path for path in asked_of_us if not path.startswith("static/dist/")]
    assert set(others) <= {"", "api/play"}, others


def test_the_cdn_asks_us_once(browser: Browser, cdn: Cdn, cdn_site: Site) -> None:
    for _ in range(2):
        visitor = browser.new_context()
        listener = Listener(visitor.new_page())
        listener.page.goto(cdn_site.url)
        listener.play("Rising")
        listener.wait_for_phase("playing")
        visitor.close()
    assert len(cdn.asked) > len(cdn.pulled)
    assert len(cdn.pulled) == len(set(cdn.pulled)), cdn.pulled


def test_tunes_play_while_the_cdn_has_none(
    page: Page, cdn_site: Site, listener: Listener, asked_of_us: list[str], expected_errors: list[str]
) -> None:
    expected_errors.append("net::ERR_FAILED")
    page.route("**/sid/*.sid", lambda route: route.abort())
    page.goto(cdn_site.url)
    listener.play("Last")
    listener.wait_for_phase("playing")
    assert any(path.startswith("api/playback/") for path in asked_of_us)


def test_the_policy_names_the_cdn_and_keeps_workers_at_home(cdn: Cdn, cdn_site: Site) -> None:
    with urllib.request.urlopen(cdn_site.url, timeout=30) as answer:
        policy = dict(
            part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
        )
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in answer.headers
    origin = cdn.url.removesuffix(BELOW)
    assert policy["connect-src"] == f"'self' {origin}"
    assert policy["script-src"] == f"'self' 'wasm-unsafe-eval' {origin}"
    assert policy["style-src"] == policy["img-src"] == policy["font-src"] == f"'self' {origin}"
    assert policy["worker-src"] == "'self'"
    assert policy["form-action"] == "'self'"


def test_public_assets_are_open_to_other_origins_and_the_rest_is_not(cdn: Cdn, cdn_site: Site) -> None:
    with urllib.request.urlopen(cdn_site.url, timeout=30) as answer:
        found = re.search(rf'"engineUrl": "{re.escape(cdn.url)}([^"]+)"', answer.read().decode())
    assert found
    asset = found[1]
    for path, headers in ((asset, {}), (asset, {"If-None-Match": _etag(cdn_site, asset)})):
        request = urllib.request.Request(cdn_site.url.rstrip("/") + path, headers=headers)
        answer = _open(request)
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin", answer.code
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    for path in ("api/health", "api/prefs/rom-manifest"):
        answer = _open(urllib.request.Request(cdn_site.url + path))
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in answer.headers


def _etag(site: Site, path: str) -> str:
    return str(_open(urllib.request.Request(site.url.rstrip("/") + path)).headers["ETag"])


def _open(request: urllib.request.Request) -> Any:
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer
    except urllib.error.HTTPError as answer:
        return answer
