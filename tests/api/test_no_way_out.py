"""Does any address lead to a file that is not meant for visitors, when it is sent just as an attacker would write it?

Clients tidy paths up before they send them; these requests go over a bare socket.
"""

import http.client
import json

import pytest

from tests.api.conftest import LiveSite
from tests.browser.conftest import ROOT

ENDPOINTS = [
    "/{way}",
    "/static/{way}",
    "/static/dist/{way}",
    "/sid/{way}",
    "/sid/{way}.sid",
    "/api/playback/{session}/sid/{way}",
    "/api/playback/{session}/rom/{way}",
    "/api/playback/{way}/sid",
    "/api/playback/{session}/stream.{way}",
    "/api/playback/{session}/cli.m4a/{way}",
    "/api/playback/{session}/hls/{way}",
    "/api/playback/{session}/hls/{way}.m4s",
    "/api/playback/{session}/render/{way}",
    "/api/playback/{way}/stream.m4a",
    "/api/playback/{way}/hls/index.m3u8",
    "/asset/{way}",
    "/asset/0123456789abcdef/{way}",
    "/api/playback/{session}/{way}",
    "/folders/1/{way}",
    "/tune/{way}",
]
UPS = [
    "../" * 8,
    "..%2f" * 8,
    "..%2F" * 8,
    "%2e%2e/" * 8,
    "%2e%2e%2f" * 8,
    "..%5c" * 8,
    "..\\" * 8,
    "..%252f" * 8,
    "%252e%252e%252f" * 8,
    "..%c0%af" * 8,
    "%uff0e%uff0e%u2215" * 8,
    "....//" * 8,
    "..;/" * 8,
    "./" * 8 + "../" * 8,
    "/",
    "//",
    "%2f",
    "file:///",
    "%00/",
]
TARGETS = ["etc/passwd", "secret-key"]


@pytest.fixture(scope="module")
def session(site: LiveSite) -> str:
    status, text = ask(site, "/api/play", json.dumps({"sidPath": "a_rising.sid"}))
    assert status == 200
    return str(json.loads(text[text.index("{") :])["session"]["id"])


def ask(site: LiveSite, path: str, body: str = "") -> tuple[int, str]:
    """Status, and the whole answer as a text: headers and body."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    # http.client would refuse some of them, or tidy them up.
    connection._validate_path = lambda _path: None  # type: ignore[attr-defined]
    connection.putrequest("POST" if body else "GET", path, skip_accept_encoding=True)
    if body:
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body.encode() if body else None)
    answer = connection.getresponse()
    text = str(answer.headers) + answer.read().decode("latin-1")
    connection.close()
    return answer.status, text


def holds_nothing_of_the_server(site: LiveSite, text: str) -> bool:
    secrets = [(site.folder / "data" / "secret-key").read_text(), "root:x:0", str(site.folder), str(ROOT)]
    return not any(secret in text for secret in secrets)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_no_address_leads_out(site: LiveSite, session: str, endpoint: str) -> None:
    for up in UPS:
        ways = [up + target for target in TARGETS]
        ways += [
            f"{up}{site.folder}/data/secret-key",
            f"{up}{site.folder}/made/a_rising.sid",
        ]
        for way in ways:
            path = endpoint.format(way=way, session=session)
            status, text = ask(site, path)
            assert status in (301, 302, 400, 404), (path, status)
            assert holds_nothing_of_the_server(site, text), path
            assert "PSID" not in text, path


def test_no_path_in_a_body_does(site: LiveSite) -> None:
    for up in UPS:
        for target in [*TARGETS, f"{site.folder}/made/a_rising.sid"]:
            status, text = ask(site, "/api/play", json.dumps({"sidPath": up + target}))
            assert status in (400, 404), (up, status)
            assert holds_nothing_of_the_server(site, text), up


def test_a_tune_by_its_right_address_is_there(site: LiveSite, session: str) -> None:
    """So that the tests above could fail."""
    status, text = ask(site, f"/api/playback/{session}/sid")
    assert status == 200
    assert "PSID" in text
