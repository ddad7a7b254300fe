"""What does the web server run?"""

import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any, Final

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from channels.routing import ProtocolTypeRouter, URLRouter
from django import setup
from django.core.handlers.asgi import ASGIHandler
from django.urls import re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sidflow_site.settings")

_MOST_IDLE_THREADS: Final = 16


class Loan(Executor):
    """A thread that a request has for itself; after `give_back`, one for each call that still comes.

    What streams to a slow reader for minutes would else hold a thread and its database connection for nothing.
    """

    def __init__(self, idle: list[ThreadPoolExecutor]) -> None:
        self._idle = idle
        self._thread: ThreadPoolExecutor | None = self._lend()

    def _lend(self) -> ThreadPoolExecutor:
        return self._idle.pop() if self._idle else ThreadPoolExecutor(max_workers=1)

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Runs it in the request's thread."""
        if self._thread:
            return self._thread.submit(call, *args, **kwargs)
        thread = self._lend()
        future = thread.submit(call, *args, **kwargs)
        future.add_done_callback(lambda _done: self._take_back(thread))
        return future

    def give_back(self) -> None:
        """The request needs no thread of its own any more."""
        if self._thread:
            self._take_back(self._thread)
            self._thread = None

    def _take_back(self, thread: ThreadPoolExecutor) -> None:
        if len(self._idle) < _MOST_IDLE_THREADS:
            self._idle.append(thread)
        else:
            thread.shutdown(wait=False)


_loan: ContextVar[Loan] = ContextVar("loan")


class LendingHandler(ASGIHandler):
    """Django's handler for synchronous middleware and views, at half of its price for a small answer.

    Django's own takes a new thread for every request, so every request opens the database anew; and goes into that thread
    for the middleware, back to the loop for its innermost part, and in again for the view.  Here a request is lent a thread
    that stays, with its database connection (settings say for how long), and goes in once.
    """

    def __init__(self) -> None:
        super().__init__()
        self.idle: list[ThreadPoolExecutor] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request in a thread that no other has meanwhile.

        `handle` ends in that thread, also where a client has hung up: what comes back is not at work any more.
        """
        loan = Loan(self.idle)
        _loan.set(loan)
        try:
            async with ThreadSensitiveContext(executor=loan):
                await self.handle(scope, receive, send)
        finally:
            loan.give_back()

    async def send_response(self, response: Any, send: Any) -> None:
        """An answer that streams without a thread gives its own back first."""
        if response.streaming and getattr(response, "holds_no_thread", response.is_async):
            _loan.get().give_back()
        await super().send_response(response, send)

    def load_middleware(self, is_async: bool = False) -> None:
        """All of it synchronous, whatever the server is."""
        del is_async
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: Any) -> Any:
        """The whole chain in the request's thread."""
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)


def _django() -> LendingHandler:
    setup(set_prefix=False)
    return LendingHandler()


async def _nowhere(scope: Any, receive: Any, send: Any) -> None:
    """A WebSocket address that we do not have: refused, as a page would be."""
    del scope
    await receive()
    await send({"type": "websocket.close"})


_pages = _django()

from jobs.live.routing import websocket_urlpatterns  # noqa: E402  it needs Django set up
from playback.rendering import play_counts  # noqa: E402  the same

play_counts.begin()

_anywhere: Any = re_path
_sockets: Any = URLRouter([*websocket_urlpatterns, _anywhere("", _nowhere)])
application = ProtocolTypeRouter({"http": _pages, "websocket": _sockets})
