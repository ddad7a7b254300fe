"""Who watches what in this process, and how does each of them hear what is new?

The database is looked at once for all: twice a second, or when somebody wakes us (`jobs.waking`).  What is new is written as
JSON once and put into the queue of each watcher.  Whoever does not keep up is let go, and comes back with the number of the
last line that it has: nothing is lost, and nobody's slowness is kept in memory.
"""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from django.db import DatabaseError, close_old_connections, connections

from core.configuration import configuration
from jobs import waking
from jobs.live.topics import AllJobs, Message, OneJob, Topic

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 0.5
# Between two looks, however often we are woken.
_SPACING_S: Final = 0.15
_MOST_WAITING: Final = 100
_AGAIN_AFTER_S: Final = 5.0
SIGN_OF_LIFE_S: Final = 15.0

_T = TypeVar("_T")


class TooSlow(Exception):
    """A watcher has not taken its messages for a long while."""


class News(NamedTuple):
    """A message, and itself as JSON.  `message` None: nothing for a while, but we are here."""

    message: Message | None
    text: str


Queue = asyncio.Queue[News | None]


class _Watched:
    """A topic and the queues of those who watch it.  None in a queue: its watcher was too slow."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.queues: set[Queue] = set()

    def tell(self, news: News) -> None:
        for queue in list(self.queues):
            if queue.qsize() < _MOST_WAITING:
                queue.put_nowait(news)
            else:
                self.queues.discard(queue)
                queue.put_nowait(None)


class Board:
    """All that is watched from one event loop."""

    def __init__(self) -> None:
        self.watched: dict[int | None, _Watched] = {}
        self.lock = asyncio.Lock()
        self.awake = asyncio.Event()
        self.looking: asyncio.Task[None] | None = None

    async def watch(self, pk: int | None, after: int = 0) -> AsyncGenerator[News]:
        """What is new of the job, with its log behind line `after`; or without a number of all jobs.  Raises TooSlow."""
        queue: Queue = asyncio.Queue()
        try:
            async with self.lock:
                if self.looking is None:
                    self.looking = asyncio.create_task(self._look_on())
                first = await self._join(pk, queue, after)
            for message in first:
                yield _news(message)
            while True:
                try:
                    news = await asyncio.wait_for(queue.get(), SIGN_OF_LIFE_S)
                except TimeoutError:
                    yield News(None, "")
                    continue
                if news is None:
                    raise TooSlow
                yield news
        finally:
            self._leave(pk, queue)

    async def _join(self, pk: int | None, queue: Queue, after: int) -> list[Message]:
        """To be called behind the lock: between two looks, so that the first messages and those that follow join without a gap."""
        if (watched := self.watched.get(pk)) is None:
            watched = _Watched(AllJobs() if pk is None else OneJob(pk))
            await _read(watched.topic.look)
            self.watched[pk] = watched
        messages = await _read(lambda: watched.topic.welcome(after))
        watched.queues.add(queue)
        return messages

    def _leave(self, pk: int | None, queue: Queue) -> None:
        if watched := self.watched.get(pk):
            watched.queues.discard(queue)
            if not watched.queues:
                del self.watched[pk]

    async def _look_on(self) -> None:
        """Looks until nobody watches any more."""
        loop = asyncio.get_running_loop()
        end_listening = waking.listen(lambda: loop.call_soon_threadsafe(self.awake.set))
        redis = asyncio.create_task(_listen_to_redis(self.awake))
        try:
            while self.watched or self.lock.locked():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.awake.wait(), LOOK_EVERY_S)
                self.awake.clear()
                await self._look()
                await asyncio.sleep(_SPACING_S)
        finally:
            end_listening()
            redis.cancel()
            self.looking = None
            _thread.submit(connections.close_all)

    async def _look(self) -> None:
        async with self.lock:
            for watched in list(self.watched.values()):
                try:
                    news = await _read(watched.topic.look)
                except DatabaseError as error:  # it is away: those who watch wait with us
                    log.warning("the jobs could not be looked at: %s", error)
                    await asyncio.sleep(_AGAIN_AFTER_S)
                    return
                for message in news:
                    watched.tell(_news(message))


def _news(message: Message) -> News:
    return News(message, json.dumps(message))


# Reading goes on in one thread with one connection, whatever number of people watch.
_thread: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jobs-live")


async def _read(look: Callable[[], _T]) -> _T:
    def with_fresh_connection() -> _T:
        close_old_connections()
        return look()

    return await asyncio.get_running_loop().run_in_executor(_thread, with_fresh_connection)


async def _listen_to_redis(awake: asyncio.Event) -> None:
    """Wakes us when another process says so, where Redis is configured; for ever."""
    url = configuration().redis_url
    if url is None:
        return
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    while True:
        try:
            async with Redis.from_url(url.get_secret_value()) as client, client.pubsub() as heard:
                await heard.subscribe(waking.CHANNEL)
                async for _ in heard.listen():
                    awake.set()
        except (RedisError, OSError) as error:
            log.warning("Redis does not wake us: %s", error)
        await asyncio.sleep(_AGAIN_AFTER_S)


_boards: WeakKeyDictionary[Any, Board] = WeakKeyDictionary()


def board() -> Board:
    """The running event loop's."""
    loop = asyncio.get_running_loop()
    if loop not in _boards:
        _boards[loop] = Board()
    return _boards[loop]
