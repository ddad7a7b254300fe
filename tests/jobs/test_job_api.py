"""Can staff's programs begin, watch and control jobs, and can nobody else?  Ada is staff, Bob a listener."""

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from core.models import ApiToken, AuditEntry, User
from jobs import controls, running
from jobs.models import Job
from jobs.urls import urlpatterns
from tests.jobs.conftest import Carried
from tests.jobs.made_up_kinds import counted

pytestmark = pytest.mark.django_db

JSON = "application/json"


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", password="analytical", is_staff=True)


@pytest.fixture
def bob() -> User:
    return User.objects.create_user("bob", password="builder")


@pytest.fixture
def staff(ada: User) -> Client:
    """A program with Ada's token."""
    _, secret = ApiToken.issue(user=ada, name="test", scopes=["staff"])
    return Client(headers={"Authorization": f"Bearer {secret}"}, enforce_csrf_checks=True)


def begin(staff: Client, **parameters: Any) -> dict[str, Any]:
    answer = staff.post(
        "/api/admin/jobs", {"type": "tests-count", "parameters": parameters}, content_type=JSON
    )
    assert answer.status_code == 202, answer.content
    document: dict[str, Any] = answer.json()
    return document


def routes() -> list[tuple[str, str]]:
    """Every method and address that is about jobs."""
    found = []
    for pattern in urlpatterns:
        address = "/" + str(pattern.pattern).replace("<int:pk>", "1")
        view = pattern.callback.view_class  # type: ignore[attr-defined]
        found += [(method, address) for method in ("get", "post", "patch", "delete") if hasattr(view, method)]
    assert len(found) >= 13
    return found


@pytest.mark.parametrize(("method", "address"), routes())
def test_nobody_but_staff_gets_in(method: str, address: str, ada: User, bob: User, carried: Carried) -> None:
    Job.objects.create(pk=1, kind="tests-count")
    visitor, listener, forged = (Client(enforce_csrf_checks=True) for _ in range(3))
    assert getattr(visitor, method)(address).status_code == 401
    listener.force_login(bob)
    assert getattr(listener, method)(address).status_code == 403
    _, secret = ApiToken.issue(user=bob, name="test", scopes=["staff"])
    assert getattr(visitor, method)(address, headers={"Authorization": f"Bearer {secret}"}).status_code == 403
    _, secret = ApiToken.issue(user=ada, name="test", scopes=["play"])
    assert getattr(visitor, method)(address, headers={"Authorization": f"Bearer {secret}"}).status_code == 403
    if method != "get":
        # Another site's form, in a browser in which Ada is signed in.
        forged.force_login(ada)
        assert getattr(forged, method)(address).status_code == 403
    assert list(Job.objects.values_list("pk", "state")) == [(1, "pending")]


def test_a_job_from_its_beginning_to_its_end(staff: Client, carried: Carried, ada: User) -> None:
    job = begin(staff, to=3)
    assert (job["status"], job["priority"], job["askedBy"], job["origin"]) == ("pending", 5, "ada", "staff")
    running.run_slice(carried.pop(0), seconds=0)
    here = f"/api/admin/jobs/{job['id']}"
    now = staff.get(here).json()
    assert now["status"] == "running"
    assert now["progress"] == {"current": 1, "total": 3, "percentComplete": 33.3, "message": "Counted 0"}
    carried.work()
    done = staff.get(here).json()
    assert (done["status"], done["result"], done["problem"]) == ("completed", {"counted": 3}, None)
    assert done["endedAt"].endswith("Z")
    log = staff.get(f"{here}/logs?full=true").json()["items"]
    assert [(line["number"], line["text"]) for line in log] == [(1, "Begins."), (2, "Done.")]
    entry = AuditEntry.objects.get(action="job.create")
    assert (entry.actor, entry.success) == (ada, True)


def test_pause_resume_cancel_retry(staff: Client, carried: Carried) -> None:
    job = begin(staff, to=2)
    here = f"/api/admin/jobs/{job['id']}"
    assert staff.post(f"{here}/pause").json()["status"] == "paused"
    assert carried.work() == 0
    assert staff.post(f"{here}/resume").json()["status"] == "pending"
    assert staff.delete(here).json()["status"] == "cancelled"
    again = staff.post(f"{here}/retry", {"config": {"to": 4}}, content_type=JSON).json()
    assert (again["status"], again["attempt"], again["parameters"]["to"]) == ("pending", 2, 4)
    carried.work()
    assert counted() == [0, 1, 2, 3]
    for path, verb in (("pause", staff.post), ("resume", staff.post), ("retry", staff.post)):
        refused = verb(f"{here}/{path}", {}, content_type=JSON)
        assert (refused.status_code, refused.json()["code"]) == (409, "job-not-so")
    assert staff.delete(here).status_code == 409
    actions = list(AuditEntry.objects.filter(success=False).values_list("action", flat=True))
    assert sorted(actions) == ["job.cancel", "job.pause", "job.resume", "job.retry"]


def test_priorities_and_lists(staff: Client, carried: Carried) -> None:
    ids = [begin(staff, to=1)["id"] for _ in range(3)]
    assert (
        staff.patch(f"/api/admin/jobs/{ids[2]}", {"priority": 10}, content_type=JSON).json()["priority"] == 10
    )

    def listed(query: str) -> list[str]:
        answer = staff.get(f"/api/admin/jobs?{query}").json()
        assert answer["total"] == 3
        return [job["id"] for job in answer["items"]]

    assert listed("sort=priority") == [ids[2], ids[0], ids[1]]
    assert listed("") == ids[::-1]
    assert listed("sort=createdAt&limit=1&page=2") == [ids[1]]
    assert staff.get("/api/admin/jobs?status=failed").json() == {"items": [], "total": 0}
    assert staff.get("/api/admin/jobs?type=tests-count&status=pending").json()["total"] == 3


@pytest.mark.parametrize(
    ("method", "address", "body", "status", "code"),
    [
        ("post", "/api/admin/jobs", {"type": "no-such"}, 404, "job-kind-unknown"),
        ("post", "/api/admin/jobs", {}, 400, "invalid-input"),
        ("post", "/api/admin/jobs", {"type": "tests-count", "parameters": {"x": 1}}, 400, "invalid-input"),
        ("post", "/api/admin/jobs", {"type": "tests-count", "priority": 3}, 400, "invalid-input"),
        ("post", "/api/train", {"force": False}, 404, "job-kind-unknown"),
        ("post", "/api/classify", [1], 400, "invalid-input"),
        ("get", "/api/admin/jobs/99", None, 404, "job-not-found"),
        ("get", f"/api/admin/jobs/{10**30}", None, 404, "job-not-found"),
        ("get", "/api/admin/jobs?sort=x", None, 400, "invalid-input"),
        ("get", "/api/admin/jobs?limit=0", None, 400, "invalid-input"),
        ("patch", "/api/admin/jobs/99", {"priority": 5}, 404, "job-not-found"),
    ],
)
def test_nonsense(staff: Client, method: str, address: str, body: Any, status: int, code: str) -> None:
    options = {} if body is None else {"data": json.dumps(body), "content_type": JSON}
    answer = getattr(staff, method)(address, **options)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def events_of(staff: Client, address: str, **headers: str) -> list[tuple[str, dict[str, Any]]]:
    """All events of a log that ends."""
    answer: Any = staff.get(address, headers=headers)
    assert answer["Content-Type"] == "text/event-stream"

    async def told() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    text = async_to_sync(told)().decode()
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((fields["event"], json.loads(fields["data"])))
    return found


@pytest.mark.django_db(transaction=True)
def test_the_log_as_events_that_can_be_taken_up_again(staff: Client, carried: Carried) -> None:
    job = begin(staff, to=2)
    carried.work()
    events = events_of(staff, f"/api/admin/jobs/{job['id']}/logs")
    assert [(name, data.get("text", data.get("status"))) for name, data in events] == [
        ("line", "Begins."),
        ("line", "Done."),
        ("end", "completed"),
    ]
    later = events_of(staff, f"/api/admin/jobs/{job['id']}/logs", **{"Last-Event-ID": "1"})
    assert [data.get("text") for _, data in later] == ["Done.", None]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["session", "token"])
def test_the_log_ends_for_who_may_not_watch_any_more(
    carried: Carried, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr("jobs.api._CHECK_EVERY_S", 0.0)
    ada = User.objects.create_user("watching", is_staff=True)
    client = Client()
    if way == "token":
        client = Client(
            headers={"Authorization": f"Bearer {ApiToken.issue(user=ada, name='x', scopes=['staff'])[1]}"}
        )
    else:
        client.force_login(ada)
    job = controls.ask_for("tests-count", {"to": 2})
    answer: Any = client.get(f"/api/admin/jobs/{job.pk}/logs")
    User.objects.filter(pk=ada.pk).update(is_active=False)
    carried.work()

    async def told() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    assert async_to_sync(told)() == b""
    assert client.get(f"/api/admin/jobs/{job.pk}/logs").status_code == 401
