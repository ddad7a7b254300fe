"""Does who watches jobs hear everything that happens, once and in order, and does nobody else hear anything?"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from core.configuration import configuration
from core.models import ApiToken, User
from jobs import controls, running, waking
from jobs.lines import tell
from jobs.live import board as boards
from jobs.live import consumers
from jobs.models import Job
from sidflow_site.asgi import application
from tests.jobs.conftest import Carried

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_S = 60
HOST = [(b"host", b"testserver"), (b"origin", b"http://testserver")]
Headers = list[tuple[bytes, bytes]]


def signed_in(name: str = "ada", *, is_staff: bool = True) -> Headers:
    """The headers of a browser."""
    client = Client()
    user, _ = User.objects.get_or_create(username=name, is_staff=is_staff)
    client.force_login(user)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return [*HOST, (b"cookie", cookie.encode())]


class Watcher:
    """A browser or program with an open socket."""

    def __init__(self, address: str, headers: Headers) -> None:
        self.socket: Any = WebsocketCommunicator(application, address, headers=headers)

    async def enter(self) -> bool:
        connected, _ = await self.socket.connect(timeout=PATIENCE_S)
        return bool(connected)

    async def hear(self, kind: str) -> dict[str, Any]:
        """The next message, which must be of that kind."""
        message: dict[str, Any] = json.loads(await self.socket.receive_from(timeout=PATIENCE_S))
        assert message["type"] == kind, message
        return message

    async def hear_until(self, status: str, done: int = 0) -> tuple[list[str], dict[str, Any]]:
        """The lines that come before the job is so, and so far; and the job."""
        lines: list[str] = []
        while True:
            message = json.loads(await self.socket.receive_from(timeout=PATIENCE_S))
            lines += [line["text"] for line in message.get("items", [])]
            job = message.get("job")
            if job and (job["status"], job["progress"]["current"]) == (status, done):
                return lines, job

    async def leave(self) -> None:
        await self.socket.disconnect()


def play(scene: Callable[[], Awaitable[None]]) -> None:
    """Runs it, and waits until all who looked on behalf of it have ended."""

    async def whole() -> None:
        await scene()
        async with asyncio.timeout(PATIENCE_S):
            while boards.board().looking:  # noqa: ASYNC110 - there is no event for it
                await asyncio.sleep(0.02)

    async_to_sync(whole)()


def numbers(message: dict[str, Any]) -> list[int]:
    return [line["number"] for line in message["items"]]


def test_a_job_is_told_from_its_first_line_to_its_end(carried: Carried) -> None:
    job = controls.ask_for("tests-count", {"to": 2})
    headers = signed_in()

    async def scene() -> None:
        watcher = Watcher(f"/ws/admin/jobs/{job.pk}", headers)
        assert await watcher.enter()
        assert (await watcher.hear_until("pending"))[0] == []
        await sync_to_async(running.run_slice)(carried.pop(0), seconds=0)
        lines, half = await watcher.hear_until("running", 1)
        assert (lines, half["progress"]["percentComplete"]) == (["Begins."], 50)
        await sync_to_async(carried.work)()
        lines, over = await watcher.hear_until("completed", 2)
        assert (lines, over["result"]) == (["Done."], {"counted": 2})
        again = Watcher(f"/ws/admin/jobs/{job.pk}?after=1", headers)
        assert await again.enter()
        assert numbers(await again.hear("lines")) == [2]
        assert (await again.hear("job"))["job"] == over
        await again.leave()
        await watcher.leave()

    play(scene)


def test_who_comes_late_misses_nothing_and_hears_nothing_twice(carried: Carried) -> None:
    job = Job.objects.create(kind="tests-count")
    headers = signed_in()
    total = 60

    async def write() -> None:
        for number in range(total):
            await sync_to_async(tell)(job.pk, str(number))

    async def listen(delay_s: float) -> list[int]:
        await asyncio.sleep(delay_s)
        watcher = Watcher(f"/ws/admin/jobs/{job.pk}", headers)
        assert await watcher.enter()
        heard: list[int] = []
        kinds = set()
        while len(heard) < total or "job" not in kinds:
            message = json.loads(await watcher.socket.receive_from(timeout=PATIENCE_S))
            kinds.add(message["type"])
            heard += numbers(message) if message["type"] == "lines" else []
        assert await watcher.socket.receive_nothing(0.3)
        await watcher.leave()
        return heard

    async def scene() -> None:
        _, *all_heard = await asyncio.gather(write(), *(listen(0.07 * number) for number in range(12)))
        assert all(heard == list(range(1, total + 1)) for heard in all_heard)

    play(scene)


def test_the_list_tells_what_changed(carried: Carried) -> None:
    first = controls.ask_for("tests-count", {"to": 1})
    headers = signed_in()

    async def scene() -> None:
        watcher = Watcher("/ws/admin/jobs", headers)
        assert await watcher.enter()
        assert [job["id"] for job in (await watcher.hear("jobs"))["items"]] == [str(first.pk)]
        second = await sync_to_async(controls.ask_for)("tests-count", {"to": 1})
        assert [job["id"] for job in (await watcher.hear("jobs"))["items"]] == [str(second.pk)]
        await sync_to_async(controls.cancel)(first)
        told = (await watcher.hear("jobs"))["items"]
        assert [(job["id"], job["status"]) for job in told] == [(str(first.pk), "cancelled")]
        await watcher.leave()

    play(scene)


def test_the_end_of_an_old_job_is_told_too(carried: Carried, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.live.topics.NEWEST", 1)
    old = controls.ask_for("tests-count", {"to": 1})
    controls.ask_for("tests-count", {"to": 1})
    headers = signed_in()

    async def scene() -> None:
        watcher = Watcher("/ws/admin/jobs", headers)
        assert await watcher.enter()
        assert len((await watcher.hear("jobs"))["items"]) == 2
        await sync_to_async(controls.cancel)(old)
        assert [job["status"] for job in (await watcher.hear("jobs"))["items"]] == ["cancelled"]
        await watcher.leave()

    play(scene)


def test_staff_only() -> None:
    ada, bob = signed_in(), signed_in("bob", is_staff=False)
    elsewhere = [(name, b"https://evil.example" if name == b"origin" else value) for name, value in ada]
    nameless = [(name, value) for name, value in ada if name != b"origin"]
    _, secret = ApiToken.issue(user=User.objects.get(username="ada"), name="t", scopes=["staff"])
    _, weak = ApiToken.issue(user=User.objects.get(username="ada"), name="t", scopes=["play"])
    cases: list[tuple[Headers, bool]] = [
        (ada, True),
        (bob, False),
        (HOST, False),
        (elsewhere, False),
        (nameless, False),
        ([(b"authorization", f"Bearer {secret}".encode())], True),
        ([(b"authorization", f"Bearer {weak}".encode())], False),
        ([*ada, (b"authorization", b"Bearer nonsense")], False),
    ]

    async def scene() -> None:
        for headers, welcome in cases:
            for address in ("/ws/admin/jobs", "/ws/admin/jobs/1"):
                watcher = Watcher(address, headers)
                assert await watcher.enter() == welcome, headers
                if welcome:
                    await watcher.leave()

    play(scene)


@pytest.mark.parametrize("address", ["/ws/admin/jobs/99", f"/ws/admin/jobs/{10**30}?after=x"])
def test_a_job_that_is_not_there_says_so(address: str) -> None:
    headers = signed_in()

    async def scene() -> None:
        watcher = Watcher(address, headers)
        assert await watcher.enter()
        assert (await watcher.hear("job"))["job"] is None
        await watcher.leave()

    play(scene)


@pytest.mark.parametrize("address", ["/ws/elsewhere", "/", "/ws/admin/jobs/"])
def test_other_addresses_are_refused(address: str) -> None:
    async def scene() -> None:
        assert not await Watcher(address, HOST).enter()

    play(scene)


def test_a_sign_in_that_ends_ends_the_watching(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = signed_in()
    job = Job.objects.create(kind="tests-count")

    async def scene() -> None:
        watcher = Watcher(f"/ws/admin/jobs/{job.pk}", headers)
        assert await watcher.enter()
        await watcher.hear("job")
        await sync_to_async(User.objects.filter(username="ada").update)(is_staff=False)
        monkeypatch.setattr(consumers, "_CHECK_EVERY_S", -1.0)
        await sync_to_async(tell)(job.pk, "secret")
        await watcher.hear("lines")  # asked after it was sent; what follows is not heard any more
        assert (await watcher.socket.receive_output(PATIENCE_S))["code"] == consumers.SIGN_IN_OVER

    play(scene)


def test_who_does_not_keep_up_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "_MOST_WAITING", 2)
    job = Job.objects.create(kind="tests-count")

    async def scene() -> None:
        slow, quick = boards.board().watch(job.pk), boards.board().watch(job.pk)
        await anext(slow)
        await anext(quick)
        for number in range(4):
            await sync_to_async(tell)(job.pk, str(number))
            assert (await anext(quick)).message
        heard = []
        with pytest.raises(boards.TooSlow):
            heard = [news async for news in slow]
        assert heard == []
        await quick.aclose()

    play(scene)


def test_a_change_wakes_who_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process by a call; where there is Redis, by it alone, as from another process."""
    monkeypatch.setattr(boards, "LOOK_EVERY_S", 60.0)
    monkeypatch.setattr(waking, "_woken_at", 0.0)
    if configuration().redis_url:
        monkeypatch.setattr(waking, "listen", lambda _call: lambda: None)
    job = Job.objects.create(kind="tests-count")

    async def scene() -> None:
        watching = boards.board().watch(job.pk)
        await anext(watching)
        heard = asyncio.ensure_future(anext(watching))
        async with asyncio.timeout(PATIENCE_S):
            while not heard.done():
                # Redis is listened to after a moment, and what it says before is not heard.
                await sync_to_async(tell)(job.pk, "new")
                await asyncio.wait([heard], timeout=1)
        assert heard.result().message
        await watching.aclose()
        boards.board().awake.set()

    play(scene)
