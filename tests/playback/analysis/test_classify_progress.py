"""Do staff see how far the classification is, and can they have a part of a collection analysed anew?"""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from core.models import AuditEntry, User
from jobs.models import Job
from playback.analysis.feature_rows import recipe_in_force
from playback.analysis.models import Features
from playback.catalogue.importing import import_sids
from playback.catalogue.models import Collection, Track
from tests.playback.made_up_sids import put

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    cache.clear()
    client.force_login(User.objects.create_user("ada", is_staff=True))
    return client


@pytest.fixture
def tracks(tmp_path: Path) -> list[Track]:
    """Four songs: one analysed, one failed, one stale, one of a file that was changed since."""
    for path in ("a/One", "a/Two", "b/Three", "b/Four"):
        put(tmp_path, f"{path}.sid")
    import_sids(tmp_path, name="Music")
    found = list(Track.objects.in_order().select_related("album__sid_file"))
    assert [track.album.sid_file.path[2:] for track in found] == [
        "One.sid",
        "Two.sid",
        "Four.sid",
        "Three.sid",
    ]
    recipe = recipe_in_force()
    states: list[dict[str, Any]] = [
        {"vector": b"1234"},
        {"failure": "silent", "vector": b""},
        {"vector": b"1234", "stale_since": "2026-01-01T00:00Z"},
        {"vector": b"1234", "file_md5": "0" * 32},
    ]
    for track, state in zip(found, states, strict=True):
        Features.objects.create(
            **{"track": track, "recipe": recipe, "file_md5": track.album.sid_file.md5, **state}
        )
    return found


def test_all_songs_are_counted_and_the_job_is_told(staff: Client, tracks: list[Track]) -> None:
    document = staff.get("/api/classify/progress").json()
    assert document["job"] is None
    told = {name: document[name] for name in ("songs", "analysed", "failed", "stale", "left")}
    assert told == {"songs": 4, "analysed": 1, "failed": 1, "stale": 2, "left": 2}
    Job.objects.create(kind="classify", progress_current=30, progress_total=120, ran_ms=10_000)
    job = staff.get("/api/classify/progress").json()["job"]
    assert (job["songsPerSecond"], job["secondsLeft"]) == (3.0, 30)
    assert job["progress"]["percentComplete"] == 25.0


def test_visitors_learn_nothing(client: Client) -> None:
    assert client.get("/api/classify/progress").status_code in (401, 403)


def test_a_folder_is_marked_stale_and_a_job_begins(staff: Client, tracks: list[Track]) -> None:
    collection = Collection.objects.get()
    page = staff.get("/admin/collections/").content.decode()
    assert "25 % of playable songs are analysed" in page
    answer = staff.post(f"/admin/collections/{collection.pk}/classify/", {"path": "a"})
    job = Job.objects.get()
    assert answer["Location"] == f"/admin/jobs/{job.pk}/"
    assert (job.kind, job.parameters["path"], job.parameters["collection"]) == ("classify", "a", "Music")
    stale = Features.objects.exclude(stale_since=None).values_list("track", flat=True)
    assert set(stale) == {tracks[0].pk, tracks[1].pk, tracks[2].pk}
    assert AuditEntry.objects.filter(action="features.mark-stale", resource="Music").exists()


def test_a_path_without_a_form_changes_nothing(staff: Client, tracks: list[Track]) -> None:
    collection = Collection.objects.get()
    staff.post(f"/admin/collections/{collection.pk}/classify/", {"path": "a/../../etc"})
    assert not Job.objects.exists()
    assert Features.objects.exclude(stale_since=None).count() == 1
    assert "no empty part" in staff.get("/admin/collections/").content.decode()
