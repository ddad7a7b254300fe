"""How does the web server wait for a slow reader, so that an answer is never in memory as a whole?

Daphne takes whatever an application sends and keeps it until the client has read it: a file of 500 MB for a telephone would be
500 MB of memory.  Here sending waits while the connection's buffer (64 KiB) is full.

`python -m sidflow_site.web` takes daphne's arguments.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from daphne.cli import CommandLineInterface
from daphne.server import Server
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

log = logging.getLogger(__name__)


@implementer(IPushProducer)
class Brake:
    """What Twisted tells that a connection's buffer is full or has room again; all in the loop's own thread."""

    def __init__(self, *, full: bool) -> None:
        self._room = asyncio.Event()
        if not full:
            self._room.set()
        self.released: Callable[[], Any] = self._room.wait

    def pauseProducing(self) -> None:  # noqa: N802  Twisted's names
        """The buffer is full."""
        self._room.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        """The buffer has room."""
        self._room.set()

    def stopProducing(self) -> None:  # noqa: N802
        """Nobody reads any more: whoever waits learns it from the application's `receive`."""
        self._room.set()


class PatientServer(Server):  # type: ignore[misc]
    """Daphne, with the brake."""

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Pass a message on, and come back when the client can take more."""
        more = message["type"] == "http.response.body" and message.get("more_body", False)
        if more and protocol.channel is not None and protocol.producer is None:
            _brake(protocol)
        elif not more and getattr(protocol, "producer", None) is not None and protocol.channel is not None:
            protocol.unregisterProducer()
        await super().handle_reply(protocol, message)
        if more and protocol.producer is not None:
            await protocol.producer.released()


def _brake(protocol: Any) -> None:
    """From now on this answer waits."""
    # Where the client asks for the next thing before it has read this one, the buffer may be full already; Twisted tells
    # only of changes.
    brake = Brake(full=getattr(protocol.channel, "_waitingForTransport", False))
    protocol.registerProducer(brake, True)
    # Daphne answers an application's error with a page, and behind half an answer there is no room for one.
    protocol.handle_exception = partial(_hang_up, protocol)


def _hang_up(protocol: Any, _error: Exception) -> None:
    """The client learns from the connection's end that something is missing."""
    if protocol.channel is not None:
        protocol.channel.loseConnection()


class PatientCommand(CommandLineInterface):  # type: ignore[misc]
    """Daphne's command with our server."""

    server_class = PatientServer


if __name__ == "__main__":
    PatientCommand.entrypoint()
