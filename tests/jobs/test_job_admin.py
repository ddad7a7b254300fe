"""Can staff see and control jobs in the administration?"""

import pytest
from django.test import Client

from core.models import AuditEntry
from jobs import controls
from jobs.models import Job
from tests.jobs.conftest import Carried, state_of

pytestmark = pytest.mark.django_db

LIST = "/admin/jobs/job/"


def act(client: Client, verb: str, *jobs: Job) -> str:
    chosen = [str(job.pk) for job in jobs]
    answer = client.post(LIST, {"action": verb, "_selected_action": chosen}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_jobs_are_seen_and_controlled(admin_client: Client, carried: Carried) -> None:
    one, other = (controls.ask_for("tests-count", {"to": 2}) for _ in range(2))
    act(admin_client, "pause", one, other)
    assert {state_of(one), state_of(other)} == {"paused"}
    act(admin_client, "resume", one)
    act(admin_client, "cancel", other)
    carried.work()
    assert [state_of(one), state_of(other)] == ["completed", "cancelled"]
    listed = admin_client.get(LIST).content.decode()
    assert "100.0 % Counted 1" in listed
    assert "Done." in admin_client.get(f"{LIST}{one.pk}/change/").content.decode()
    assert AuditEntry.objects.filter(action__startswith="job.", success=True).count() == 4


def test_what_cannot_be_done_is_said(admin_client: Client, carried: Carried) -> None:
    job = controls.ask_for("tests-count", {"to": 1})
    carried.work()
    assert "It is completed." in act(admin_client, "pause", job)
    assert AuditEntry.objects.get(action="job.pause").success is False
