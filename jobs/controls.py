"""What can people do with jobs: ask for one, pause it, let it go on, cancel it, try it again, change its urgency?"""

from http import HTTPStatus
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from core.models import User
from core.problems import DomainError
from jobs import carrier, turns
from jobs.kinds import checked, kind_named
from jobs.lines import tell
from jobs.models import Job
from jobs.waking import wake

State, Wish, Origin, Priority = Job.State, Job.Wish, Job.Origin, Job.Priority

PRIORITIES: Final = {
    Origin.STAFF: Priority.HIGH,
    Origin.SCHEDULE: Priority.NORMAL,
    Origin.BACKGROUND: Priority.LOW,
}


class JobNotSo(DomainError):
    """The job is in a state in which this cannot be done."""

    status = HTTPStatus.CONFLICT
    code = "job-not-so"
    title = "The job is not in a state for that"


def ask_for(
    kind: str,
    parameters: dict[str, Any] | None = None,
    *,
    origin: str = Origin.STAFF,
    asked_by: User | None = None,
    priority: int | None = None,
    here: bool = False,
) -> Job:
    """A new job that waits for its turn; `here`: this process will run it.  Raises UnknownKind, InvalidInput."""
    told = checked(kind_named(kind), parameters or {})
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind,
            parameters=told,
            origin=origin,
            asked_by=asked_by,
            priority=PRIORITIES[Origin(origin)] if priority is None else priority,
        )
        wake()
        if here:
            carrier.run_here(job.pk)
        turns.hand_out()
    return job


def pause(job: Job) -> None:
    """A waiting job is paused at once, a running one at its next step.  Raises JobNotSo."""
    _stop(job, State.PAUSED, Wish.PAUSE)


def cancel(job: Job) -> None:
    """Ends it: a running one at its next step, with the programs that it runs.  Raises JobNotSo."""
    _stop(job, State.CANCELLED, Wish.CANCEL)


def resume(job: Job) -> None:
    """A paused job waits for its turn again, and goes on at its checkpoint.  Raises JobNotSo."""
    _move(job, {State.PAUSED, State.STALLED}, state=State.PENDING, offered_until=None, wish="")
    tell(job.pk, "Goes on.")
    turns.hand_out()


def retry(job: Job, parameters: dict[str, Any] | None = None) -> None:
    """A job that failed or was cancelled waits again: at its checkpoint, or from the beginning with new parameters.

    Raises JobNotSo, InvalidInput.
    """
    columns: dict[str, Any] = {"problem": None, "result": None, "ended_at": None, "stalls": 0, "wish": ""}
    if parameters is not None:
        told = checked(kind_named(job.kind), job.parameters | parameters)
        columns |= {"parameters": told, "checkpoint": {}, "progress_current": 0, "progress_total": None}
    columns |= {"state": State.PENDING, "offered_until": None, "attempt": job.attempt + 1}
    _move(job, {State.FAILED, State.CANCELLED}, **columns)
    turns.hand_out()


def set_priority(job: Job, priority: int) -> None:
    """From now on; a running job that is less urgent than another gives its place up after its slice."""
    Job.objects.filter(pk=job.pk).update(priority=priority)
    wake()
    job.refresh_from_db()
    turns.hand_out()


def _stop(job: Job, state: str, wish: str) -> None:
    rest = Job.objects.filter(pk=job.pk)
    at_rest = {State.PENDING, State.STALLED} | ({State.PAUSED} if state == State.CANCELLED else set())
    ended = {"ended_at": timezone.now()} if state == State.CANCELLED else {}
    if rest.filter(state__in=at_rest).update(state=state, offered_until=None, wish="", **ended):
        tell(job.pk, "Cancelled." if ended else "Paused.")
        turns.hand_out()
    elif not rest.filter(state=State.RUNNING).update(wish=wish):
        job.refresh_from_db()
        raise JobNotSo(f"It is {job.state}.")
    wake()
    job.refresh_from_db()


def _move(job: Job, allowed: set[str], **columns: Any) -> None:
    moved = Job.objects.filter(pk=job.pk, state__in=allowed).update(**columns)
    job.refresh_from_db()
    if not moved:
        raise JobNotSo(f"It is {job.state}.")
    wake()
