"""Has a client used up its rate?  Counted in the cache: processes that share one (Redis) count together."""

import contextlib
import ipaddress
import math
import time
from typing import Final

from django.core.cache import caches

from core.problems import TooManyRequests
from core.rates import Rate

# A period is counted in so many parts; one more is looked back, so that no window of a period's length ever holds more
# than the rate allows.
_PARTS: Final = 10
_IPV6_HOUSEHOLD: Final = 64


def client_of(address: str) -> str:
    """Who is meant by an address: itself, or the /64 of an IPv6 address, which one household or server has whole."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), _IPV6_HOUSEHOLD), strict=False).network_address)


def spend(purpose: str, rate: Rate | None, *, address: str, cost: int = 1, now: float | None = None) -> None:
    """Takes `cost` (at most all) of what the client at `address` may do per period; no rate: no limit.

    `now` is Unix time.  Raises TooManyRequests with the time after which the same would be allowed; what is refused is
    not counted.
    """
    if rate is None:
        return
    cost = min(cost, rate.count)
    counts = caches["rates"]
    moment = time.time() if now is None else now
    part_s = rate.period_s / _PARTS
    current = int(moment / part_s)
    keys = [f"{purpose}:{client_of(address)}:{current - back}" for back in range(_PARTS, -1, -1)]
    # Count first and look afterwards: of two that come at once, neither is overlooked.
    try:
        counts.incr(keys[-1], cost)
    except ValueError:  # the first of this part
        counts.add(keys[-1], 0, timeout=rate.period_s + math.ceil(2 * part_s))
        counts.incr(keys[-1], cost)
    found = counts.get_many(keys)
    used = [int(found.get(key, 0)) for key in keys]
    if sum(used) <= rate.count:
        return
    with contextlib.suppress(ValueError):  # forgotten meanwhile
        counts.decr(keys[-1], cost)
    raise TooManyRequests(
        retry_after_s=_wait_s(used, sum(used) - rate.count, (current + 1) * part_s - moment, part_s)
    )


def _wait_s(used: list[int], surplus: int, to_next_s: float, part_s: float) -> int:
    """Seconds until so many are forgotten: the oldest part at the end of the current one, and so on."""
    forgotten = 0
    for index, count in enumerate(used):
        forgotten += count
        if forgotten >= surplus:
            return max(1, math.ceil(to_next_s + index * part_s))
    return max(1, math.ceil(to_next_s + len(used) * part_s))
