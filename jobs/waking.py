"""How do those who watch jobs hear at once that something is new?  They look every half second anyway, so a wake-up may be lost.

In one process by a call; across processes by Redis, where it is configured.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any, Final

from django.db import transaction

from core.configuration import configuration

log = logging.getLogger(__name__)

CHANNEL: Final = "sidflow:jobs"
# A busy job checkpoints hundreds of times a second; nobody reads so fast.
_SPACING_S: Final = 0.1

_sleepers: Final[set[Callable[[], object]]] = set()
_woken_at = 0.0


def wake() -> None:
    """Something about some job is new, as soon as that is committed.  Never raises, and is cheap when it was called just now."""
    transaction.on_commit(_wake)


def _wake() -> None:
    global _woken_at
    now = time.monotonic()
    if now - _woken_at < _SPACING_S:
        return
    _woken_at = now
    for call in list(_sleepers):
        call()
    if redis := _redis():
        from redis.exceptions import RedisError

        try:
            redis.publish(CHANNEL, b"")
        except RedisError as error:
            log.warning("Redis was not told of a change: %s", error)


def listen(call: Callable[[], object]) -> Callable[[], None]:
    """From now on `call` is called, from any thread; answers how to end that."""
    _sleepers.add(call)

    def end() -> None:
        with suppress(KeyError):
            _sleepers.remove(call)

    return end


@cache
def _redis() -> Any:
    """A client with short patience, or None where no Redis is configured."""
    url = configuration().redis_url
    if url is None:
        return None
    from redis import Redis

    return Redis.from_url(url.get_secret_value(), socket_timeout=1, socket_connect_timeout=1)
