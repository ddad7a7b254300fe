"""Does every request have a thread to itself, and does the next one get it, with what it holds?"""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

from sidflow_site.asgi import LendingHandler

AT_ONCE = 40
_together = threading.Barrier(AT_ONCE)
_hold = threading.Event()
_begun = threading.Event()


def thread_name(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(threading.current_thread().name)


def together(_request: HttpRequest) -> HttpResponse:
    """Answers when as many are here as were asked at once."""
    _together.wait(timeout=60)
    return HttpResponse(threading.current_thread().name)


def slow(_request: HttpRequest) -> HttpResponse:
    """Answers when it is told to."""
    _begun.set()
    _hold.wait(timeout=60)
    return HttpResponse()


def streams(_request: HttpRequest) -> StreamingHttpResponse:
    """Tells in which thread it was made, and goes on until the reader has gone."""
    name = threading.current_thread().name

    async def content() -> AsyncIterator[str]:
        yield name
        while True:
            await asyncio.sleep(0.01)
            yield "."

    return StreamingHttpResponse(content())


urlpatterns = [
    path("name", thread_name),
    path("together", together),
    path("slow", slow),
    path("streams", streams),
]


@pytest.fixture
def handler() -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        yield LendingHandler()


def communicator(handler: LendingHandler, address: str) -> Any:
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": address,
        "query_string": b"",
        "headers": [(b"host", b"testserver")],
        "client": ("127.0.0.1", 1),
    }
    return ApplicationCommunicator(handler, scope)  # type: ignore[no-untyped-call]


async def ask(handler: LendingHandler, address: str) -> str:
    talk = communicator(handler, address)
    await talk.send_input({"type": "http.request"})
    begin = await talk.receive_output(timeout=60)
    assert begin["status"] == 200
    body: bytes = (await talk.receive_output(timeout=60))["body"]
    await talk.wait(timeout=60)
    return body.decode()


def test_requests_one_after_the_other_share_a_thread(handler: LendingHandler) -> None:
    async def three() -> list[str]:
        return [await ask(handler, "/name") for _ in range(3)]

    assert len(set(asyncio.run(three()))) == 1
    assert len(handler.idle) == 1


def test_requests_at_once_have_one_each_and_few_stay(handler: LendingHandler) -> None:
    async def all_at_once() -> list[str]:
        return await asyncio.gather(*(ask(handler, "/together") for _ in range(AT_ONCE)))

    assert len(set(asyncio.run(all_at_once()))) == AT_ONCE
    assert len(handler.idle) == 16


def test_who_comes_after_one_that_hung_up_does_not_wait_for_it(handler: LendingHandler) -> None:
    async def hang_up_and_ask() -> None:
        talk = communicator(handler, "/slow")
        await talk.send_input({"type": "http.request"})
        await asyncio.to_thread(_begun.wait, 20)
        await talk.send_input({"type": "http.disconnect"})
        await asyncio.wait_for(ask(handler, "/name"), timeout=60)
        assert len(handler.idle) == 1
        _hold.set()
        await talk.wait(timeout=60)

    asyncio.run(hang_up_and_ask())
    assert len(handler.idle) == 2


def test_what_streams_holds_no_thread(handler: LendingHandler) -> None:
    async def listen_and_ask() -> None:
        talk = communicator(handler, "/streams")
        await talk.send_input({"type": "http.request"})
        assert (await talk.receive_output(timeout=30))["status"] == 200
        name = (await talk.receive_output(timeout=30))["body"].decode()
        # It has given back its thread, and is not over.
        assert await ask(handler, "/name") == name
        assert (await talk.receive_output(timeout=30))["body"] == b"."
        await talk.send_input({"type": "http.disconnect"})
        await talk.wait(timeout=30)
        assert len(handler.idle) == 1

    asyncio.run(listen_and_ask())
