"""From which address does a request really come, when proxies stand in between?"""

import ipaddress
from collections.abc import Callable, Sequence

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.configuration import configuration

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _is_trusted(address: str, proxies: Sequence[Network]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    # A server that listens on :: sees IPv4 clients so.
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in proxies if network.version == parsed.version)


def client_address(*, remote: str, forwarded_for: str, proxies: Sequence[Network]) -> str:
    """The nearest address that is not one of our own proxies, walking back from the one that connected to us.

    `forwarded_for` is the X-Forwarded-For header. What stands left of the first stranger is that stranger's claim
    and is not believed; a text that is no address ends the walk too.
    """
    address = remote
    for hop in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
        if not _is_trusted(address, proxies):
            break
        try:
            ipaddress.ip_address(hop)
        except ValueError:
            break
        address = hop
    return address


class ClientAddressMiddleware:
    """Makes REMOTE_ADDR the client's address, and drops forwarding headers that no trusted proxy vouches for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Correct the request's address before anybody looks at it."""
        proxies = configuration().trusted_proxies
        remote = request.META.get("REMOTE_ADDR") or ""
        if _is_trusted(remote, proxies):
            forwarded_for = request.META.get("HTTP_X_FORWARDED_FOR", "")
            request.META["REMOTE_ADDR"] = client_address(
                remote=remote, forwarded_for=forwarded_for, proxies=proxies
            )
        else:
            request.META.pop("HTTP_X_FORWARDED_FOR", None)
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        return self.get_response(request)
