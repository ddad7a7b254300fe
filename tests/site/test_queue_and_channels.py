"""Do cache, channel layer and task queue carry what is put into them, in-process and on Redis?"""

import asyncio
import os

import pytest
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.cache import cache
from django_q.brokers import get_broker

pytestmark = pytest.mark.services


def test_the_cache_keeps() -> None:
    cache.set("tests:tune", {"song": 3})
    assert cache.get("tests:tune") == {"song": 3}
    assert cache.add("tests:tune", 1) is False
    cache.delete("tests:tune")


def test_the_channel_layer_carries_a_message() -> None:
    async def carry() -> object:
        layer = get_channel_layer()
        assert layer is not None
        channel = await layer.new_channel()
        await layer.group_add("tests", channel)
        await layer.group_send("tests", {"type": "state", "rev": 7})
        return await asyncio.wait_for(layer.receive(channel), timeout=60)

    assert asyncio.run(carry()) == {"type": "state", "rev": 7}


@pytest.mark.django_db
def test_the_queue_carries_a_task_to_one_taker() -> None:
    broker = get_broker("tests")
    broker.enqueue("a task")
    taken = broker.dequeue()
    assert [body for _, body in taken] == [b"a task" if os.environ.get("REDIS_URL") else "a task"]
    broker.acknowledge(taken[0][0])
    assert not broker.dequeue()


def test_redis_is_used_exactly_when_it_is_configured() -> None:
    configured = bool(os.environ.get("REDIS_URL"))
    assert ("redis" in settings.CACHES["default"]["BACKEND"]) is configured
    assert ("redis" in settings.CHANNEL_LAYERS["default"]["BACKEND"]) is configured
    assert ("redis" in settings.Q_CLUSTER) is configured
