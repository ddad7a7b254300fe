"""Is a client's address believed only when a trusted proxy tells it?"""

from ipaddress import ip_network

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from hypothesis import given
from hypothesis import strategies as st

from core import client_address as module
from core.client_address import ClientAddressMiddleware, client_address
from core.configuration import load

PROXIES = [ip_network("10.0.0.0/8"), ip_network("::1/128")]


@pytest.mark.parametrize(
    ("remote", "forwarded_for", "expected"),
    [
        ("198.51.100.1", "203.0.113.5", "198.51.100.1"),  # a stranger's claim
        ("10.0.0.1", "203.0.113.5", "203.0.113.5"),
        (
            "10.0.0.1",
            "203.0.113.5, 198.51.100.1",
            "198.51.100.1",
        ),  # what stands left of the first stranger is a claim
        ("10.0.0.1", "203.0.113.5, 10.0.0.2", "203.0.113.5"),  # two proxies of ours
        ("10.0.0.1", "10.0.0.3", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("::1", "2001:db8::7", "2001:db8::7"),
        ("", "203.0.113.5", ""),
        ("::ffff:10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("::ffff:198.51.100.1", "203.0.113.5", "::ffff:198.51.100.1"),
    ],
)
def test_the_nearest_address_that_is_not_ours_is_the_clients(
    remote: str, forwarded_for: str, expected: str
) -> None:
    assert client_address(remote=remote, forwarded_for=forwarded_for, proxies=PROXIES) == expected


@given(st.text(max_size=60))
def test_a_strangers_header_never_matters(header: str) -> None:
    assert client_address(remote="198.51.100.1", forwarded_for=header, proxies=PROXIES) == "198.51.100.1"


def _seen(request: HttpRequest) -> tuple[str, bool]:
    seen: list[tuple[str, bool]] = []

    def view(inner: HttpRequest) -> HttpResponse:
        seen.append((inner.META["REMOTE_ADDR"], inner.is_secure()))
        return HttpResponse()

    ClientAddressMiddleware(view)(request)
    return seen[0]


def _request(remote: str) -> HttpRequest:
    request = HttpRequest()
    request.META.update(
        REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR="203.0.113.5", HTTP_X_FORWARDED_PROTO="https"
    )
    return request


def test_https_is_believed_from_trusted_proxies_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.SECURE_PROXY_SSL_HEADER == ("HTTP_X_FORWARDED_PROTO", "https")
    assert _seen(_request("198.51.100.1")) == ("198.51.100.1", False)
    trusting = load({"SIDFLOW_TRUSTED_PROXIES": "10.0.0.0/8"}).settings
    monkeypatch.setattr(module, "configuration", lambda: trusting)
    assert _seen(_request("10.0.0.1")) == ("203.0.113.5", True)
    assert _seen(_request("198.51.100.1")) == ("198.51.100.1", False)
