"""Do staff render, look and remove on the pages, without script, and is it written down who did?"""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from core.models import AuditEntry, User
from jobs.models import Job
from playback.catalogue.models import Track
from playback.models import EngineOrder, TrackPlays
from playback.rendering import assets
from playback.rendering.models import RenderedAsset
from playback.rendering.rendering import render
from tests.jobs.conftest import Carried, carried  # noqa: F401 - a fixture of theirs

RENDER, CACHES = "/admin/render/", "/admin/caches/"


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_user("ada", is_staff=True))
    return client


def test_the_form_says_whether_it_works_and_begins_a_job(
    staff: Client,
    tunes: list[Track],
    carried: Carried,  # noqa: F811
) -> None:
    wish = {"p-sid_path": "B", "p-recursive": "on", "p-formats": "m4a, hls", "p-location": "server"}
    text = staff.post(RENDER, {**wish, "check": "1"}).content.decode()
    assert (
        "That works: 4 songs as m4a, hls, server+offline+engine, and by sidplayfp-cli where that cannot."
        in text
    )
    assert not Job.objects.exists()
    answer = staff.post(RENDER, {**wish, "p-duration": "1", "p-subtune": "2"})
    job = Job.objects.get()
    assert answer["Location"] == f"/admin/jobs/{job.pk}/"
    carried.work()
    assert set(RenderedAsset.objects.values_list("format", "track__position")) == {("m4a", 2), ("hls", 2)}
    assert AuditEntry.objects.filter(action="job.create", actor_name="ada").exists()


def test_what_does_not_go_together_is_said_with_what_would(staff: Client, tunes: list[Track]) -> None:
    text = staff.post(
        RENDER, {"p-location": "client", "p-time": "offline", "p-technology": "wasm"}
    ).content.decode()
    assert "WASM only supports real-time rendering" in text
    assert "Use client+real-time+wasm for live playback" in text
    assert "no folder, or" not in text
    nothing = staff.post(RENDER, {"p-sid_path": "NOT/HERE.sid"}).content.decode()
    assert "No collection has NOT/HERE.sid." in nothing
    device = staff.post(RENDER, {"p-technology": "ultimate64"}).content.decode()
    assert "render.ultimate64.host" in device
    fields = staff.post(RENDER, {"p-formats": "mp3", "p-duration": "-1"}).content.decode()
    assert fields.count('class="wrong"') >= 1
    assert not Job.objects.exists()


def test_caches_show_what_there_is_and_how_much_is_covered(staff: Client, tunes: list[Track]) -> None:
    assert "Files</dt><dd>0<" in staff.get(CACHES).content.decode()
    render(tunes[0], formats=["wav"])
    render(tunes[2], formats=["wav"])
    RenderedAsset.objects.filter(track=tunes[2]).update(recipe="sidflow.0000000000000000.00000000")
    text = staff.get(CACHES).content.decode()
    assert "WAV: 1 of 6 (16.7 %)" in text
    assert "FLAC: 0 of 6 (0 %)" in text
    assert "Not current any more</dt><dd>1<" in text
    staff.post(f"{CACHES}stale/")
    assert RenderedAsset.objects.get().track == tunes[0]


def test_files_are_removed_by_buttons(staff: Client, tunes: list[Track]) -> None:
    made = [render(track, formats=["wav"])[0] for track in tunes[:3]]
    assert "Say which" in staff.post(f"{CACHES}remove/", follow=True).content.decode()
    assert (
        "no empty part" in staff.post(f"{CACHES}remove/", {"sid_path": "a//b"}, follow=True).content.decode()
    )
    assert (
        "Removed: 1 files." in staff.post(f"{CACHES}remove/", {"sid_path": "B"}, follow=True).content.decode()
    )
    RenderedAsset.objects.filter(pk=made[0].pk).update(used_at=timezone.now() - timedelta(days=1))
    staff.post(f"{CACHES}evict/", {"megabytes": "x"})
    assert RenderedAsset.objects.count() == 2
    staff.post(f"{CACHES}evict/", {"megabytes": "0"})
    assert RenderedAsset.objects.count() == 0
    assert not any(assets.asset_path(asset).exists() for asset in made)
    assert set(AuditEntry.objects.values_list("action", "actor_name")) == {
        ("availability.invalidate", "ada"),
        ("cache.evict", "ada"),
    }


def test_engines_are_put_in_order_and_the_most_played_warmed_up(staff: Client, tunes: list[Track]) -> None:
    staff.post(f"{CACHES}engines/", {"engine_0": "sidplayfp-cli", "engine_1": "", "engine_2": "wasm"})
    assert EngineOrder.objects.get().engines == ["sidplayfp-cli", "wasm"]
    assert "Chosen here" in staff.get(CACHES).content.decode()
    staff.post(f"{CACHES}engines/", {"engine_0": "steam"})
    assert EngineOrder.objects.get().engines == ["sidplayfp-cli", "wasm"]
    staff.post(f"{CACHES}engines/", {"reset": "1"})
    assert not EngineOrder.objects.exists()
    TrackPlays.objects.create(track=tunes[0], plays=3)
    staff.post(f"{CACHES}warm-up/", {"top": "0", "formats": ["m4a"]})
    assert not Job.objects.exists()
    staff.post(f"{CACHES}warm-up/", {"top": "5", "formats": ["m4a", "hls"]})
    job = Job.objects.get()
    assert (job.kind, job.parameters["top"], job.parameters["formats"]) == ("render", 5, ["m4a", "hls"])
