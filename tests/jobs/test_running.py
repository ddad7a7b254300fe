"""Is a job run once, to its end, in slices, and left as it should be found, whatever happens on the way?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.problems import InvalidInput
from jobs import controls, guarding, running
from jobs.forgetting import forget_old
from jobs.kinds import UnknownKind
from jobs.lines import tell
from jobs.models import Job, JobLine
from tests.jobs.conftest import Carried, state_of
from tests.jobs.made_up_kinds import counted

pytestmark = pytest.mark.django_db


def lines(job: Job) -> list[str]:
    return list(job.lines.values_list("text", flat=True))


def test_a_job_runs_to_its_end(carried: Carried) -> None:
    job = controls.ask_for("tests-count", {"to": 3})
    assert (job.state, job.priority, job.progress["percentComplete"]) == ("pending", 5, None)
    assert carried.work() == 1
    assert state_of(job) == "completed"
    assert counted() == [0, 1, 2]
    assert job.result == {"counted": 3}
    assert job.progress == {"current": 3, "total": 3, "percentComplete": 100.0, "message": "Counted 2"}
    assert (job.lease, job.wish) == ("", "")
    assert job.started_at
    assert job.ended_at
    assert lines(job) == ["Begins.", "Done."]
    assert list(job.lines.values_list("number", flat=True)) == [1, 2]


def test_long_work_comes_in_slices_and_begins_once(carried: Carried) -> None:
    job = controls.ask_for("tests-count", {"to": 5})
    assert running.run_slice(carried.pop(0), seconds=0)
    assert state_of(job) == "running"
    assert (job.checkpoint, job.lease) == ({"next": 1}, "")
    assert carried.work(seconds=0) == 5
    assert state_of(job) == "completed"
    assert counted() == [0, 1, 2, 3, 4]
    assert job.slices == 6
    assert lines(job) == ["Begins.", "Done."]


def test_another_process_goes_on_at_the_checkpoint(carried: Carried) -> None:
    job = controls.ask_for("tests-count", {"to": 4})
    running.run_slice(carried.pop(0), seconds=0)
    running._kept.clear()
    carried.work()
    assert state_of(job) == "completed"
    assert counted() == [0, 1, 2, 3]


def test_an_id_that_comes_twice_or_too_late_does_nothing(carried: Carried) -> None:
    job = controls.ask_for("tests-count", {"to": 2})
    carried.append(job.pk)
    assert carried.work() == 1
    assert not running.run_slice(job.pk)
    assert not running.run_slice(job.pk + 1)
    assert counted() == [0, 1]


def test_a_job_that_waits_for_its_turn_is_not_begun_by_a_message(carried: Carried) -> None:
    first, second = (controls.ask_for("tests-alone", {"to": 1}) for _ in range(2))
    assert carried == [first.pk]
    assert not running.run_slice(second.pk)
    carried.work()
    assert [state_of(first), state_of(second)] == ["completed", "completed"]


def test_what_is_wrong_is_said(carried: Carried) -> None:
    job = controls.ask_for("tests-count", {"to": 5, "breaks_at": 2})
    carried.work()
    assert state_of(job) == "failed"
    assert job.problem
    assert (job.problem["code"], job.problem["detail"]) == ("invalid-input", "It breaks at 2.")
    assert counted() == [0, 1]
    assert lines(job)[-1] == "Failed: It breaks at 2."


def test_a_fault_of_ours_shows_an_id_and_no_secret(
    carried: Carried, caplog: pytest.LogCaptureFixture
) -> None:
    job = controls.ask_for("tests-count", {"breaks_at": 0, "unexpectedly": True})
    carried.work()
    assert state_of(job) == "failed"
    assert job.problem
    assert "errorId" in job.problem
    assert "secret" not in f"{job.problem} {lines(job)}"
    assert "secret" in caplog.text


def test_a_retry_goes_on_where_it_failed_and_with_new_parameters_begins_anew(carried: Carried) -> None:
    job = controls.ask_for("tests-count", {"to": 3, "breaks_at": 2})
    carried.work()
    assert state_of(job) == "failed"
    controls.retry(job, {"breaks_at": None})
    carried.work()
    assert (state_of(job), job.attempt, job.problem) == ("completed", 2, None)
    assert counted() == [0, 1, 0, 1, 2]
    with pytest.raises(controls.JobNotSo, match="completed"):
        controls.retry(job)


def test_pausing_between_slices_and_going_on(carried: Carried) -> None:
    job = controls.ask_for("tests-count", {"to": 3})
    running.run_slice(carried.pop(0), seconds=0)
    controls.pause(job)
    running._kept[job.pk][1].beaten -= 1  # half a second later
    carried.work(seconds=0)
    assert (state_of(job), job.wish) == ("paused", "")
    done = len(counted())
    assert 0 < done < 3
    controls.resume(job)
    carried.work()
    assert state_of(job) == "completed"
    assert counted() == [0, 1, 2]


def test_what_waits_is_paused_and_cancelled_at_once(carried: Carried) -> None:
    one, other = controls.ask_for("tests-count"), controls.ask_for("tests-count")
    controls.pause(one)
    controls.cancel(other)
    assert [state_of(one), state_of(other)] == ["paused", "cancelled"]
    assert carried.work() == 0
    controls.cancel(one)
    assert state_of(one) == "cancelled"
    for verb in (controls.pause, controls.resume, controls.cancel):
        with pytest.raises(controls.JobNotSo):
            verb(one)
    assert counted() == []


def test_a_worker_that_is_not_heard_of_is_given_up_and_its_job_goes_on(carried: Carried) -> None:
    job = controls.ask_for("tests-count", {"to": 3})
    running.run_slice(carried.pop(0), seconds=0)
    carried.clear()
    running._kept.clear()
    Job.objects.filter(pk=job.pk).update(lease="dead", lease_until=timezone.now() - timedelta(seconds=1))
    guarding.look_after()
    assert carried == [job.pk]
    carried.work()
    assert state_of(job) == "completed"
    assert counted() == [0, 1, 2]
    assert "Its worker was lost: goes on from its last checkpoint." in lines(job)


def test_a_job_that_kills_its_workers_is_given_up(carried: Carried) -> None:
    job = controls.ask_for("tests-count", {"to": 3})
    for _ in range(guarding.MOST_STALLS):
        assert state_of(job) == "pending"
        assert running._claim(carried.pop(0))
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        guarding.look_after()
    assert state_of(job) == "failed"
    assert job.problem
    assert job.problem["code"] == "job-stalled"


def test_who_was_given_up_changes_nothing_any_more(carried: Carried) -> None:
    job = controls.ask_for("tests-count", {"to": 3})
    running.run_slice(carried.pop(0), seconds=0)
    _, late = running._kept.pop(job.pk)
    Job.objects.filter(pk=job.pk).update(lease="another's")
    late.lease = "lost"
    with pytest.raises(running._LeaseLost):
        running._run(late, 0)
    assert counted() == [0]
    assert (state_of(job), job.lease, job.checkpoint) == ("running", "another's", {"next": 1})


def test_a_job_of_another_version_fails_with_its_reason(carried: Carried) -> None:
    job = controls.ask_for("tests-count", {"to": 1})
    Job.objects.filter(pk=job.pk).update(parameters={"renamed": 1})
    carried.work()
    assert (state_of(job), job.lease, carried) == ("failed", "", [])
    assert "cannot run it" in lines(job)[-1]


def test_an_offer_that_nobody_takes_up_is_made_again(carried: Carried) -> None:
    job = controls.ask_for("tests-count", {"to": 1})
    carried.clear()
    guarding.look_after()
    assert carried == []
    Job.objects.filter(pk=job.pk).update(offered_until=timezone.now() - timedelta(seconds=1))
    guarding.look_after()
    assert carried == [job.pk]


def test_the_most_urgent_comes_first_and_no_more_than_the_limits_allow(carried: Carried) -> None:
    slow = [controls.ask_for("tests-count", {"to": 1}) for _ in range(2)]
    assert len(carried) == 1, "a kind of which the configuration says nothing: one at a time"
    low = controls.ask_for("tests-alone", origin="background")
    late = controls.ask_for("tests-count", {"to": 1}, priority=10)
    assert carried == [slow[0].pk, low.pk]
    order: list[int] = []
    while carried:
        order.append(carried[0])
        running.run_slice(carried.pop(0))
    assert order == [slow[0].pk, low.pk, late.pk, slow[1].pk]


def test_a_running_job_makes_way_for_a_more_urgent_one(carried: Carried) -> None:
    first = controls.ask_for("tests-count", {"to": 3}, priority=1)
    running.run_slice(carried.pop(0), seconds=0)
    urgent = controls.ask_for("tests-count", {"to": 1}, priority=10)
    assert state_of(urgent) == "pending"
    running.run_slice(carried.pop(0), seconds=0)
    assert state_of(first) == "pending"
    carried.work()
    assert [state_of(first), state_of(urgent)] == ["completed", "completed"]
    assert counted() == [0, 1, 0, 2]


@pytest.mark.parametrize("parameters", [{"to": "many"}, {"nonsense": 1}, {1: 2}])
def test_wrong_parameters_are_refused(parameters: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        controls.ask_for("tests-count", parameters)
    with pytest.raises(UnknownKind):
        controls.ask_for("no-such")
    assert not Job.objects.exists()


def test_what_is_long_over_is_forgotten_and_nothing_else(carried: Carried) -> None:
    def made(state: str, days: int) -> Job:
        ended = timezone.now() - timedelta(days=days)
        job = Job.objects.create(kind="tests-count", state=state, ended_at=ended, created_at=ended)
        tell(job.pk, "a line")
        return job

    old, young = made("completed", 181), made("failed", 179)
    again = made("failed", 400)
    controls.retry(again)
    assert forget_old() == 1
    assert not Job.objects.filter(pk=old.pk).exists()
    assert not JobLine.objects.filter(job=old.pk).exists()
    assert set(Job.objects.values_list("pk", flat=True)) == {young.pk, again.pk}
