"""Does /api/health tell the truth?"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from core.configuration import load
from core.models import AuditEntry
from playback.delivery import adapters
from sidflow_site import health
from sidflow_site.health import Finding

pytestmark = pytest.mark.django_db


def test_a_built_site_is_healthy_and_names_its_parts(client: Client) -> None:
    answer = client.get("/api/health")
    document = answer.json()
    assert answer.status_code == 200
    assert document["overall"] in {"healthy", "degraded"}  # the machine of the tests may be short of disk
    assert {"database", "engine", "wasm", "disk"} <= set(document["checks"])
    assert document["checks"]["database"]["status"] == "healthy"
    assert document["checks"]["database"]["details"] == {"vendor": connection.vendor}
    assert document["checks"]["engine"]["details"]["sizeBytes"] > 10_000
    assert document["checks"]["wasm"]["details"]["sizeBytes"] > 10_000
    assert document["checks"]["disk"]["details"]["freeBytes"] > 0
    assert document["timestamp"].endswith("Z")
    assert answer["Cache-Control"] == "no-store"
    assert str(Path.cwd()) not in answer.content.decode()


def test_a_database_that_does_not_answer_makes_the_site_unhealthy(client: Client) -> None:
    def refuse(*_anything: object) -> None:
        raise DatabaseError("gone")

    with connection.execute_wrapper(refuse):
        answer = client.get("/api/health")
    assert answer.status_code == 503
    assert answer.json()["overall"] == "unhealthy"
    assert answer.json()["checks"]["database"]["status"] == "unhealthy"
    assert "gone" not in answer.content.decode()


def test_an_audit_file_that_falls_behind_is_told() -> None:
    assert health.check_audit().status == "healthy"
    entry = AuditEntry.objects.create(action="x.y", actor_name="system")
    assert health.check_audit().status == "healthy", "it is still being written"
    AuditEntry.objects.filter(pk=entry.pk).update(at=timezone.now() - timedelta(minutes=5))
    finding = health.check_audit()
    assert (finding.status, finding.details) == ("degraded", {"entriesWaiting": 1})


def test_missing_parts_are_told(tmp_path: Path) -> None:
    assert health.check_engine(tmp_path / "none.so").status == "degraded"
    assert health.check_wasm("dist/none.wasm").status == "unhealthy"


def test_damaged_parts_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty.so").touch()
    assert health.check_engine(tmp_path / "empty.so").status == "degraded"
    (tmp_path / "half.wasm").write_bytes(b"\0asm")
    monkeypatch.setattr(staticfiles_storage, "location", str(tmp_path))
    assert health.check_wasm("half.wasm").status == "unhealthy"


def test_a_data_folder_that_is_gone_or_closed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert health.check_disk(tmp_path / "none").status == "unhealthy"
    monkeypatch.setattr("os.access", lambda *_anything: False)  # root may write everywhere
    assert health.check_disk(tmp_path).status == "unhealthy"


def test_a_monitor_that_takes_no_json_is_told_too(client: Client) -> None:
    assert client.get("/api/health", headers={"Accept": "text/plain"}).status_code == 200


def test_it_is_cheap(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        client.get("/api/health")


def test_what_renders_is_told_as_it_is(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = client.get("/api/health").json()["checks"]
    assert checks["encoder"]["details"]["version"]
    assert checks["cli"]["details"] == {"offered": False, "runs": True}
    assert checks["streams"]["details"] == {"assets": 0, "madeOnRequest": True}
    monkeypatch.setenv("PATH", "/nonexistent")
    chosen = load({"SIDFLOW_RENDER__ALLOW_CLI": "true"}).settings
    for module in (health, adapters):
        monkeypatch.setattr(module, "configuration", lambda: chosen)
    monkeypatch.setattr(adapters, "_found", {})
    document = client.get("/api/health").json()
    assert document["overall"] == "degraded"
    assert "ffmpeg" in document["checks"]["encoder"]["message"]
    assert "sidplayfp" in document["checks"]["cli"]["message"]
    assert document["checks"]["streams"]["details"]["madeOnRequest"] is False
    monkeypatch.setattr(adapters, "_found", {})


@pytest.mark.parametrize(
    ("free", "status"), [(10 * 1024**3, "healthy"), (500 * 1024**2, "degraded"), (1024**2, "unhealthy")]
)
def test_a_full_disk_is_told(free: int, status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    usage: Callable[[Path], object] = lambda _path: type("Usage", (), {"free": free})()  # noqa: E731
    monkeypatch.setattr("shutil.disk_usage", usage)
    assert health.check_disk(Path("/")).status == status


def test_the_worst_part_decides() -> None:
    healthy, degraded, unhealthy = Finding("healthy"), Finding("degraded"), Finding("unhealthy")
    assert health.overall([healthy, degraded]) == "degraded"
    assert health.overall([unhealthy, degraded, healthy]) == "unhealthy"
    assert health.overall([healthy]) == "healthy"


def test_it_is_to_read_only(client: Client) -> None:
    assert client.post("/api/health").status_code == 405
