"""Does SIDFLOW_PLAY_RATE hold for each client, whatever a client says about where it comes from?"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client

from core import client_address
from core.configuration import load
from playback.api import views
from playback.catalogue.importing import import_sids
from playback.models import Track

pytestmark = pytest.mark.django_db

BODY = {"sidPath": "DEMOS/A-F/Alpha.sid"}
HOME = "198.51.100.7"
PROXY = "10.0.0.1"


@pytest.fixture(autouse=True)
def three_a_minute(hvsc: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Music, a rate, and a proxy that is trusted."""
    import_sids(hvsc)
    chosen = load({"SIDFLOW_PLAY_RATE": "3/min", "SIDFLOW_TRUSTED_PROXIES": "10.0.0.0/8"}).settings
    monkeypatch.setattr(views, "configuration", lambda: chosen)
    monkeypatch.setattr(client_address, "configuration", lambda: chosen)
    caches["rates"].clear()
    yield
    caches["rates"].clear()


def play(client: Client, body: Any = BODY, *, remote: str = HOME, forwarded: str = "") -> Any:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return client.post(
        "/api/play", body, content_type="application/json", headers=headers, REMOTE_ADDR=remote
    )


def test_beyond_the_rate_there_is_a_429_that_says_when_to_come_back(client: Client) -> None:
    with time_machine.travel(datetime(2026, 11, 21, 12, tzinfo=UTC), tick=False) as clock:
        assert [play(client).status_code for _ in range(3)] == [200] * 3
        answer = play(client)
        assert (answer.status_code, answer.headers["Content-Type"]) == (429, "application/problem+json")
        document = json.loads(answer.content)
        assert document["code"] == "too-many-requests"
        wait_s = int(answer.headers["Retry-After"])
        assert (document["retryAfterSeconds"], 55 <= wait_s <= 67) == (wait_s, True)
        assert play(client, remote="198.51.100.8").status_code == 200
        clock.shift(timedelta(seconds=wait_s))
        assert play(client).status_code == 200


def test_a_forged_header_does_not_move_it(client: Client) -> None:
    statuses = [play(client, forwarded=f"203.0.113.{number}").status_code for number in range(5)]
    assert statuses == [200] * 3 + [429] * 2
    assert play(client, forwarded=PROXY).status_code == 429


def test_nor_does_a_forged_header_that_a_trusted_proxy_passes_on(client: Client) -> None:
    statuses = [
        play(client, remote=PROXY, forwarded=f"203.0.113.{number}, {HOME}").status_code for number in range(4)
    ]
    assert statuses == [200] * 3 + [429]
    # Behind the same proxy another client has its own, and the first is the same one without it.
    assert play(client, remote=PROXY, forwarded="198.51.100.9").status_code == 200
    assert play(client, remote=HOME).status_code == 429


def test_each_track_of_a_batch_counts(client: Client) -> None:
    ids = [str(track.public_id) for track in Track.objects.in_order()]
    assert play(client, {"trackIds": ids[:2]}).status_code == 200
    assert play(client, {"trackIds": ids[:2]}).status_code == 429
    assert play(client).status_code == 200
    assert play(client).status_code == 429


def test_a_batch_larger_than_the_rate_is_possible(client: Client) -> None:
    ids = [str(track.public_id) for track in Track.objects.in_order()]
    assert len(ids) > 3
    assert play(client, {"trackIds": ids}).status_code == 200
    assert play(client).status_code == 429


def test_nonsense_is_a_400_and_costs_nothing(client: Client) -> None:
    assert [play(client, {"song": 1}).status_code for _ in range(5)] == [400] * 5
    assert play(client).status_code == 200


def test_listening_goes_on_beyond_the_rate(client: Client) -> None:
    session = play(client).json()["session"]
    for _ in range(5):
        play(client)
    assert client.get(session["sidUrl"], REMOTE_ADDR=HOME).status_code == 200
