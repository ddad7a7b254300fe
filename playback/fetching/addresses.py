"""May we fetch from this address?  https and public addresses only, unless staff say otherwise.

The name is resolved here once, each address that it has is checked, and the connection goes to one that was checked: a name
that changes its mind between two questions gains nothing.
"""

import ipaddress
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from playback.fetching.problems import AddressRefused, MirrorFailed

_RESOLVE_S: Final = 20.0
_LOOK_EVERY_S: Final = 0.25
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_LONGEST_URL: Final = 2000

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Rules:
    """What staff allow."""

    allow_http: bool = False
    allow_private: bool = False


def checked_url(url: str, rules: Rules) -> SplitResult:
    """The address in its parts.  Raises AddressRefused."""
    shown = url[:200].encode("unicode_escape").decode("ascii")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise AddressRefused(f"{shown} is no address.") from None
    if (
        len(url) > _LONGEST_URL
        or not url.isascii()
        or any(ord(sign) <= 32 or ord(sign) == 127 for sign in url)
    ):
        raise AddressRefused(f"{shown} is no address.")
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise AddressRefused(f"{shown} is neither an https nor an http address of a host.")
    if parts.scheme == "http" and not rules.allow_http:
        raise AddressRefused(f"{shown} is not encrypted; hvsc.allowHttp would allow that.")
    return parts


def is_public(address: Address) -> bool:
    """Is it an address of the open internet, whatever it is wrapped in?"""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def addresses_of(host: str, port: int, rules: Rules, meanwhile: Callable[[], None]) -> list[str]:
    """The numeric addresses that may be connected to, in the resolver's order.

    Raises MirrorFailed where the name has none, AddressRefused where one of them is not allowed.
    """
    found = _resolved(host, port, meanwhile)
    if not rules.allow_private:
        for text in found:
            if not is_public(ipaddress.ip_address(text.partition("%")[0])):
                raise AddressRefused(f"{host} is {text}, which is not a public address.")
    return found


def _resolved(host: str, port: int, meanwhile: Callable[[], None]) -> list[str]:
    """In a thread of its own, because a resolver may take longer than a job may be silent."""
    answers: list[str] = []
    errors: list[str] = []

    def ask() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            errors.append(getattr(error, "strerror", None) or "no such name")
        else:
            answers.extend(dict.fromkeys(str(info[4][0]) for info in infos))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    waited_s = 0.0
    while thread.is_alive() and waited_s < _RESOLVE_S:
        thread.join(_LOOK_EVERY_S)
        waited_s += _LOOK_EVERY_S
        meanwhile()
    if not answers:
        raise MirrorFailed(f"{host} is not found: {errors[0] if errors else 'no answer'}.")
    return answers
