"""Do jobs begin by themselves when they are due, once, and never for times that have passed unseen?"""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from core import configuration
from core.models import AuditEntry
from jobs import scheduling
from jobs.cron import check_cron, due_after
from jobs.models import Job, Schedule
from tests.jobs.conftest import Carried, state_of

pytestmark = pytest.mark.django_db

ADD = "/admin/jobs/schedule/add/"


def due(**columns: object) -> Schedule:
    """A schedule whose time came three days ago."""
    past = timezone.now() - timedelta(days=3)
    return Schedule.objects.create(
        **({"kind": "tests-count", "cron": "0 2 * * *", "next_at": past} | columns)
    )


def test_what_is_due_begins_once_however_long_nobody_looked(carried: Carried) -> None:
    schedule = due(parameters={"to": 2})
    [job] = scheduling.begin_due()
    assert (job.kind, job.origin, job.priority, job.parameters["to"]) == ("tests-count", "schedule", 1, 2)
    schedule.refresh_from_db()
    assert schedule.next_at
    assert schedule.next_at > timezone.now()
    assert schedule.last_job == job
    assert scheduling.begin_due() == []
    carried.work()
    assert state_of(job) == "completed"


def test_a_new_one_waits_for_its_time(carried: Carried) -> None:
    schedule = due(next_at=None)
    assert scheduling.begin_due() == []
    schedule.refresh_from_db()
    assert schedule.next_at == due_after("0 2 * * *", timezone.now())


def test_who_comes_second_begins_nothing(carried: Carried) -> None:
    schedule = due()
    late = Schedule.objects.get(pk=schedule.pk)
    assert scheduling._begin_if_due(schedule)
    assert scheduling._begin_if_due(late) is None
    assert Job.objects.count() == 1


def test_one_that_is_still_under_way_is_not_begun_again(carried: Carried) -> None:
    schedule = due()
    assert scheduling.begin_due()
    Schedule.objects.filter(pk=schedule.pk).update(next_at=timezone.now() - timedelta(seconds=1))
    assert scheduling.begin_due() == []
    assert Job.objects.count() == 1


@pytest.mark.parametrize("columns", [{"enabled": False}, {"parameters": {"nonsense": 1}}])
def test_what_cannot_or_shall_not_begin_does_not(columns: dict[str, object], carried: Carried) -> None:
    due(**columns)
    assert scheduling.begin_due() == []
    assert not Job.objects.exists()


def test_the_file_s_value_is_the_first_and_the_page_s_the_last(
    carried: Carried, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jobs.kinds import Kind, _kinds
    from tests.jobs.made_up_kinds import count

    monkeypatch.setitem(_kinds, "fetch", Kind("fetch", "Made up", count))
    configured = configuration.configuration()
    jobs = configured.jobs.model_copy(
        update={"schedule": configured.jobs.schedule.model_copy(update={"fetch": "5 4 * * *", "train": "x"})}
    )
    monkeypatch.setattr(scheduling, "configuration", lambda: configured.model_copy(update={"jobs": jobs}))
    scheduling.begin_due()
    schedule = Schedule.objects.get()
    assert (schedule.kind, schedule.cron) == ("fetch", "5 4 * * *")
    Schedule.objects.update(cron="1 1 * * *")
    scheduling.begin_due()
    assert Schedule.objects.get().cron == "1 1 * * *"


def test_staff_write_schedules(admin_client: Client) -> None:
    good = {"kind": "tests-count", "cron": "*/5 * * * 1-5", "parameters": '{"to": 7}', "enabled": "on"}
    for wrong, said in (
        ({"cron": "every day"}, "no cron expression"),
        ({"parameters": '{"too": 7}'}, "too: Extra inputs are not permitted"),
        ({"kind": "no-such"}, "not one of the available choices"),
    ):
        answer = admin_client.post(ADD, good | wrong)
        assert said in answer.content.decode()
        assert not Schedule.objects.exists()
    assert admin_client.post(ADD, good).status_code == 302
    schedule = Schedule.objects.get()
    assert schedule.parameters["to"] == 7
    assert AuditEntry.objects.filter(action="schedule.add").exists()
    Schedule.objects.update(next_at=timezone.now())
    change = f"/admin/jobs/schedule/{schedule.pk}/change/"
    assert admin_client.post(change, good | {"cron": "0 3 * * *"}).status_code == 302
    schedule.refresh_from_db()
    assert (schedule.cron, schedule.next_at) == ("0 3 * * *", None)


def test_expressions() -> None:
    moment = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
    assert due_after("0 2 * * *", moment) == datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    assert due_after("0 3 * * 0", moment) == datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    assert due_after("0 4 * * 1-5", moment) == datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    for nonsense in ("", "* * * *", "60 * * * *", "* * * * * *", "@daily", "a b c d e", "0 0 31 2 *"):
        with pytest.raises(ValidationError):
            check_cron(nonsense)
