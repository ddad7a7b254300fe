"""Are the figures for staff right?"""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from core.models import ApiToken, User
from jobs.models import Job, Worker
from playback.models import Album, Collection, SidFile
from playback.roms.models import RomBundle
from sidflow_site.metrics import collect_metrics

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    cache.clear()


def test_an_empty_site_has_zeros_and_nulls() -> None:
    figures = collect_metrics()
    assert figures["jobs"] | {"carrierQueueDepth": 0} == {
        **dict.fromkeys(["pending", "running", "paused", "completed", "failed", "cancelled", "stalled"], 0),
        "totalDurationMs": 0,
        "avgDurationMs": None,
        "queueDepth": 0,
        "carrierQueueDepth": 0,
        "byKind": {},
    }
    assert figures["cache"]["wavCacheSizeBytes"] == figures["cache"]["classifiedCount"] == 0
    assert figures["cache"]["oldestCacheFileAge"] is None
    sync = figures["sync"]
    assert (sync["hvscVersion"], sync["lastSync"], sync["ageMs"], sync["freshness"]) == (
        None,
        None,
        None,
        "never",
    )
    assert (sync["sidCount"], sync["trackCount"]) == (0, 0)
    assert figures["workers"] == []


def test_jobs_are_counted_by_state_and_kind() -> None:
    for kind, state, ran_ms in [
        ("import", "completed", 3000),
        ("import", "completed", 5000),
        ("import", "failed", 700),
        ("fetch", "completed", 1000),
        ("fetch", "pending", 0),
        ("fetch", "paused", 400),
    ]:
        Job.objects.create(kind=kind, state=state, ran_ms=ran_ms)
    jobs = collect_metrics()["jobs"]
    assert (jobs["completed"], jobs["failed"], jobs["pending"], jobs["paused"], jobs["running"]) == (
        3,
        1,
        1,
        1,
        0,
    )
    assert (jobs["totalDurationMs"], jobs["avgDurationMs"], jobs["queueDepth"]) == (9000, 3000, 1)
    assert list(jobs["byKind"]) == ["fetch", "import"]
    assert jobs["byKind"]["import"]["avgDurationMs"] == 4000
    assert jobs["byKind"]["fetch"]["pending"] == 1


def test_messages_that_wait_are_counted() -> None:
    from django_q.brokers import get_broker
    from django_q.tasks import async_task

    before = collect_metrics()["jobs"]["carrierQueueDepth"]
    async_task("math.floor", 1.5)
    assert collect_metrics()["jobs"]["carrierQueueDepth"] == before + 1
    get_broker().purge_queue()


def _tune(collection: Collection, number: int, **more: Any) -> None:
    album = Album.objects.create(title=str(number))
    columns = {"path": f"{number}.sid", "md5": "0" * 32, "size_bytes": 1, "format": "PSID"} | more
    SidFile.objects.create(collection=collection, album=album, **columns)


def test_the_collection_is_counted_as_it_is_there() -> None:
    now = timezone.now()
    hvsc = Collection.objects.create(
        name="HVSC", root="/hvsc", kind="hvsc", version="84", imported_at=now - timedelta(days=2)
    )
    other = Collection.objects.create(name="mine", root="/mine", kind="sids", imported_at=now)
    _tune(hvsc, 1, songs=3)
    _tune(hvsc, 2, songs=2, missing_since=now)
    _tune(other, 3)
    sync = collect_metrics()["sync"]
    assert (sync["sidCount"], sync["trackCount"], sync["collections"]) == (2, 4, 2)
    assert (sync["hvscVersion"], sync["freshness"]) == ("84", "fresh")
    assert abs(sync["ageMs"] - 2 * 24 * 3600 * 1000) < 60_000
    Collection.objects.filter(pk=hvsc.pk).update(imported_at=now - timedelta(days=31))
    _tune(hvsc, 4, songs=5)
    sync = collect_metrics()["sync"]
    assert (sync["sidCount"], sync["trackCount"], sync["freshness"]) == (3, 9, "old")


def test_a_rom_that_two_bundles_share_is_kept_once() -> None:
    RomBundle.objects.create(name="a", kernal_sha256="k", basic_sha256="b")
    RomBundle.objects.create(name="b", kernal_sha256="k", basic_sha256="b2", chargen_sha256="c")
    kept = collect_metrics()["cache"]
    assert (kept["romBundles"], kept["romBundlesSizeBytes"]) == (2, 3 * 8192 + 4096)


def test_workers_are_alive_as_long_as_they_are_heard() -> None:
    now = timezone.now()
    for host, age_s in (("one", 3), ("two", 60)):
        Worker.objects.create(
            host=host, pid=7, started_at=now, heartbeat_at=now - timedelta(seconds=age_s), memory_bytes=5
        )
    assert [(worker["host"], worker["alive"]) for worker in collect_metrics()["workers"]] == [
        ("one", True),
        ("two", False),
    ]


def test_it_is_a_handful_of_queries(django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        Job.objects.create(kind=f"kind{number}", state="completed")
    with django_assert_max_num_queries(7):
        collect_metrics()


def test_staff_get_it_and_nobody_else(client: Client) -> None:
    staff = User.objects.create_user("ada", is_staff=True)
    _, secret = ApiToken.issue(user=staff, name="x", scopes=["staff"])
    assert client.get("/api/admin/metrics").status_code == 401
    answer = client.get("/api/admin/metrics", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert set(answer.json()) == {"timestamp", "jobs", "cache", "sync", "workers"}
    assert answer["Cache-Control"] == "no-store"
    client.force_login(User.objects.create_user("bob"))
    assert client.get("/api/admin/metrics").status_code == 403
