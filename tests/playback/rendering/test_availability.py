"""What do programs of staff learn of rendered files, and do those go that shall?"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.models import AuditEntry, User
from playback.catalogue.models import Track
from playback.rendering import assets
from playback.rendering.models import RenderedAsset
from playback.rendering.rendering import render
from sidflow_site.metrics import collect_metrics

CHECK, INVALIDATE = "/api/availability/check", "/api/availability/invalidate"


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_user("ada", is_staff=True))
    return client


def test_only_staff_ask(client: Client, tunes: list[Track]) -> None:
    render(tunes[0], formats=["wav"])
    for answer in (client.get(CHECK), client.post(CHECK), client.delete(INVALIDATE + "?olderThanDays=0")):
        assert answer.status_code in (401, 403)
    assert RenderedAsset.objects.count() == 1


def test_a_song_s_formats(staff: Client, tunes: list[Track]) -> None:
    path = tunes[0].album.sid_file.path
    nothing = staff.get(CHECK, {"sidPath": path}).json()
    assert (nothing["available"], nothing["formats"]) == (False, {})
    wav, m4a = render(tunes[0], formats=["wav", "m4a"])
    for answer in (
        staff.get(CHECK, {"sidPath": path}),
        staff.post(CHECK, {"sidPath": path, "song": 1}, content_type="application/json"),
    ):
        found = answer.json()
        assert found["available"] is True
        assert found["formats"]["wav"]["size"] == assets.asset_path(wav).stat().st_size
        assert found["formats"]["wav"]["duration"] == 2.5
        assert found["formats"]["wav"]["bitrate"] == 705_600
        assert found["formats"]["m4a"]["bitrate"] == m4a.bitrate_bps
        assert found["formats"]["m4a"]["renderer"] == "sidflow"
        assert found["formats"]["m4a"]["renderedAt"].endswith("Z")
    mistakes: list[tuple[dict[str, Any], int]] = [
        ({}, 400),
        ({"sidPath": "/etc/passwd"}, 400),
        ({"sidPath": "no.sid"}, 404),
        ({"sidPath": path, "song": 9}, 404),
        ({"sidPath": path, "collection": "x"}, 404),
    ]
    for wrong, status in mistakes:
        assert staff.get(CHECK, wrong).status_code == status, wrong


def test_files_go_by_path_collection_and_age(staff: Client, tunes: list[Track], data: Path) -> None:
    def remaining() -> int:
        return RenderedAsset.objects.count()

    made = [render(track, formats=["wav"])[0] for track in tunes]
    assert staff.delete(INVALIDATE).status_code == 400
    assert staff.delete(INVALIDATE + "?collection=No").status_code == 400
    assert staff.delete(INVALIDATE + "?olderThanDays=-1").status_code == 400
    assert remaining() == 6
    path = {"sidPath": tunes[0].album.sid_file.path}
    answer = staff.delete(INVALIDATE, path, content_type="application/json")
    assert answer.json() == {"removed": 1}
    assert not assets.asset_path(made[0]).exists()
    RenderedAsset.objects.filter(pk=made[1].pk).update(rendered_at=timezone.now() - timedelta(days=91))
    assert staff.delete(INVALIDATE + "?olderThanDays=90").json() == {"removed": 1}
    assert staff.delete(INVALIDATE + "?sidPath=B&olderThanDays=90").json() == {"removed": 0}
    assert staff.delete(INVALIDATE + "?sidPath=B").json() == {"removed": 4}
    assert remaining() == 0
    assert not list((data / "rendered").rglob("*.wav"))
    assert b"relativeSidPath" not in (data / "availability" / "streams.json").read_bytes()
    assert AuditEntry.objects.filter(action="availability.invalidate", actor_name="ada").count() == 4


def test_the_figures_of_the_site_count_them(staff: Client, tunes: list[Track]) -> None:
    made = render(tunes[0], formats=["wav", "flac"])
    figures = staff.get("/api/admin/metrics").json()["cache"]
    assert figures == collect_metrics()["cache"] | {"oldestCacheFileAge": figures["oldestCacheFileAge"]}
    assert figures["wavCacheFiles"] == 2
    assert figures["wavCacheSizeBytes"] == sum(asset.size_bytes for asset in made)
    assert figures["formats"]["wav"] == {"files": 1, "sizeBytes": made[0].size_bytes}
    assert figures["oldestCacheFileAge"] >= 0
