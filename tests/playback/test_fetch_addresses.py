"""Which addresses may a fetch connect to, and does it connect to none but those that it has checked?"""

import ipaddress
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from playback.fetching.addresses import Rules, addresses_of, checked_url, is_public
from playback.fetching.problems import AddressRefused, MirrorFailed
from playback.fetching.web import Web

OPEN = Rules(allow_http=True, allow_private=True)


def nothing() -> None:
    """Nobody wants to stop anything."""


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("127.1.2.3", False),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("192.0.2.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fec0::1", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::808:808", True),
        ("2002:7f00:1::", False),
        ("2002:a00:1::", False),
        ("2001:db8::1", False),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/x",
        "ftp://example.org/x",
        "file:///etc/passwd",
        "https://",
        "https:///x",
        "https://user@example.org/x",
        "https://user:secret@example.org/x",
        "https://example.org:99999/x",
        "https://example.org/x y",
        "https://example.org/x\r\nHost: other",
        "https://exämple.org/",
        "https://[::1/",
        "https://example.org/" + "x" * 3000,
        "//example.org/x",
        "",
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        checked_url(url, Rules())


def test_https_is_fine_and_http_where_allowed() -> None:
    assert checked_url("https://example.org:444/x", Rules()).port == 444
    assert checked_url("http://example.org/x", Rules(allow_http=True)).hostname == "example.org"


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f.1", "2130706433", "::1", "0"])
def test_names_of_this_machine_however_they_are_written(host: str) -> None:
    with pytest.raises((AddressRefused, MirrorFailed)):
        addresses_of(host, 443, Rules(), nothing)


def test_a_name_that_nobody_has() -> None:
    with pytest.raises(MirrorFailed, match="is not found"):
        addresses_of("no-such-host.invalid", 443, Rules(), nothing)


class Changing:
    """A resolver that answers otherwise each time it is asked, as one does that means harm."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, host: str, port: int, *_args: Any, **_options: Any) -> list[Any]:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        family = socket.AF_INET6 if ":" in answer else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (answer, port))]


def test_a_name_that_changes_its_mind_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is public when asked first and this machine when asked again: the connection goes to what was checked."""
    connected: list[str] = []

    def connect(address: tuple[str, int], **_options: Any) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "getaddrinfo", Changing("8.8.8.8", "127.0.0.1"))
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(MirrorFailed), Web(Rules(), nothing).get("https://mirror.example/x"):
        pass
    assert connected == ["8.8.8.8"]


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, 443)) for text in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
        addresses_of("mirror.example", 443, Rules(), nothing)


@pytest.fixture
def tls_server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server on this machine with a certificate for localhost that nobody but we would trust."""
    openssl = shutil.which("openssl")
    assert openssl, "the Debian package openssl is everywhere"
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run([*command, "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args: Any) -> None:
            """Says nothing."""

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hello")

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"https://localhost:{server.server_address[1]}/", certificate
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_certificate_is_checked(tls_server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    url, certificate = tls_server
    with (
        pytest.raises(MirrorFailed, match="cannot be reached: self-signed certificate"),
        Web(OPEN, nothing).get(url),
    ):
        pass
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Web(OPEN, nothing).get(url) as answer:
        assert answer.read_all(100) == b"hello"
    with (
        pytest.raises(MirrorFailed, match="IP address mismatch"),
        Web(OPEN, nothing).get(url.replace("localhost", "127.0.0.1")),
    ):
        pass
