"""How does a worker run a job: claim it, do a slice of its work, and leave it as it shall be found?

A slice is a few seconds of steps.  After each step its checkpoint is saved under the lease; who finds that the lease is not its
own any more, stops at once and has changed nothing since (where the kind is atomic, nothing at all since its last checkpoint).
"""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any, Final

from django.db import OperationalError, transaction
from django.db.models import F, Q
from django.utils import timezone
from pydantic import ValidationError

from core.problems import DomainError, Unexpected, problem_document
from jobs import carrier, holders, turns
from jobs.kinds import Checkpoint, Kind, Steps, kind_named
from jobs.lines import tell
from jobs.models import Job, JobLine
from jobs.waking import wake
from jobs.work import Interrupted, Work

log = logging.getLogger(__name__)

SLICE_S: Final = 4.0
# A worker that was not heard of for so long is taken for dead.
LEASE: Final = timedelta(seconds=30)
_BEAT_EVERY_S: Final = 0.5
_KEPT_MOST: Final = 4

State = Job.State


class _LeaseLost(Interrupted):
    """Another has the job now, or nobody."""


class _Slice:
    """One worker's hold on one job.  `steps` is the work under way; it lives on to the job's next slice in this process."""

    def __init__(self, job: Job, kind: Kind, lease: str) -> None:
        self.job, self.kind, self.lease = job, kind, lease
        self.began = time.monotonic()
        self.beaten = self.began
        self.work = Work(job, kind, self.beat)
        self.steps: Steps = kind.work(self.work)

    def held(self) -> Any:
        """The row, as long as it is ours."""
        return Job.objects.filter(pk=self.job.pk, state=State.RUNNING, lease=self.lease)

    def beat(self) -> None:
        """Keeps the lease.  Raises Interrupted where somebody wants something else, or has the job."""
        if _interrupted:
            self.held().update(wish=Job.Wish.PAUSE)
            raise Interrupted
        now = time.monotonic()
        if now - self.beaten < _BEAT_EVERY_S:
            return
        self.beaten = now
        self.keep(**self._progress())
        self._show()
        wish = self.held().values_list("wish", flat=True).first()
        if wish is None:
            raise _LeaseLost
        if wish:
            raise Interrupted

    def keep(self, **columns: Any) -> None:
        """Writes to the row and renews the lease, or raises _LeaseLost."""
        now = timezone.now()
        if not self.held().update(lease_until=now + LEASE, heartbeat_at=now, **columns):
            raise _LeaseLost
        wake()

    def save(self, checkpoint: Checkpoint) -> None:
        """A step is done."""
        self.work.checkpoint = checkpoint
        self.keep(checkpoint=checkpoint, stalls=0, **self._progress())
        self._show()

    def _show(self) -> None:
        if _look_on and self.work.total:
            _look_on(self.work.current / self.work.total, self.work.message)

    def leave(self, **columns: Any) -> None:
        """Gives the job up as it shall be found; the time that it took is added."""
        ran_ms = round((time.monotonic() - self.began) * 1000)
        columns = {"lease": "", "ran_ms": F("ran_ms") + ran_ms} | columns
        if not self.held().update(**columns):
            raise _LeaseLost
        wake()

    def _progress(self) -> dict[str, Any]:
        work = self.work
        return {
            "progress_current": work.current,
            "progress_total": work.total,
            "progress_message": work.message,
        }

    def stop(self, line: str, level: str = JobLine.Level.INFO, **columns: Any) -> None:
        """Gives the job up for a reason.  Its last line and its state are one: who sees the one sees the other."""
        with transaction.atomic():
            self.leave(wish="", **columns)
            tell(self.job.pk, line, level)

    def finish(self, result: dict[str, Any] | None) -> None:
        self.stop(
            "Done.",
            state=State.COMPLETED,
            ended_at=timezone.now(),
            result=result or {},
            **self._progress(),
        )


# A person at a terminal runs this process: what to tell of progress (0..1, and a message), and whether Ctrl-C was pressed.
_look_on: Callable[[float, str], None] | None = None
_interrupted = False


def look_on(told: Callable[[float, str], None]) -> None:
    """From now on `told` hears how far a job is that this process runs: 0..1, and the job's message."""
    global _look_on
    _look_on = told


def was_interrupted() -> bool:
    return _interrupted


def interrupt() -> None:
    """What this process runs is paused at its next step.  Safe in a signal's handler."""
    global _interrupted
    _interrupted = True


# Work under way, by job; good only for the slice that follows the one that left it here.
_kept: dict[int, tuple[int, _Slice]] = {}


def run_slice(job_id: int, *, seconds: float = SLICE_S) -> bool:
    """Runs a slice of the job if it is its turn; answers whether it was.  Never raises for what the work does wrong."""
    job = _claim(job_id)
    if job is None:
        return False
    try:
        hold = _take_up(job)
        if hold:
            _run(hold, time.monotonic() + seconds)
    except _LeaseLost:
        log.warning("job %s was taken over", job_id)
    finally:
        turns.hand_out()
    return True


def _claim(job_id: int) -> Job | None:
    """The job with our lease on it; None where it is not its turn, or another was quicker."""
    now = timezone.now()
    lease = holders.new_lease()
    offered = Q(state=State.PENDING, offered_until__gt=now)
    between_slices = Q(state=State.RUNNING, lease="", lease_until__gt=now)
    claimed = Job.objects.filter(offered | between_slices, pk=job_id).update(
        state=State.RUNNING,
        lease=lease,
        lease_until=now + LEASE,
        heartbeat_at=now,
        offered_until=None,
        slices=F("slices") + 1,
    )
    if not claimed:
        return None
    Job.objects.filter(pk=job_id, started_at=None).update(started_at=now)
    return Job.objects.filter(pk=job_id, lease=lease).first()


def _take_up(job: Job) -> _Slice | None:
    """The work under way, if this process did the slice before; else it begins at its checkpoint."""
    slices, kept = _kept.pop(job.pk, (0, None))
    if kept and slices == job.slices - 1 and kept.job.attempt == job.attempt:
        kept.job, kept.lease = job, job.lease
        kept.began = time.monotonic()
        return kept
    if kept:
        kept.steps.close()
    if job.slices == 1 or not job.checkpoint:
        tell(job.pk, "Begins." if job.attempt == 1 else f"Begins, attempt {job.attempt}.")
    try:
        return _Slice(job, kind_named(job.kind), job.lease)
    except (DomainError, ValidationError) as error:
        # Another version of us asked for it: its kind is gone, or takes other parameters now.
        log.error("job %s cannot be begun", job.pk, exc_info=error)
        detail = "This version of the site cannot run it: its kind or its parameters are unknown here."
        Job.objects.filter(pk=job.pk, lease=job.lease).update(
            state=State.FAILED,
            lease="",
            ended_at=timezone.now(),
            problem=problem_document(DomainError(detail)),
        )
        tell(job.pk, f"Failed: {detail}", JobLine.Level.ERROR)
        return None


def _run(hold: _Slice, until: float) -> None:
    """Steps, one at least, until the time is over, the work is done, or somebody wants something else."""
    try:
        while True:
            with _unit(hold.kind):
                try:
                    checkpoint = next(hold.steps)
                except StopIteration as stop:
                    hold.finish(stop.value)
                    return
                hold.save(checkpoint)
            hold.beat()
            if time.monotonic() >= until:
                _hand_on(hold)
                return
    except _LeaseLost:
        hold.steps.close()
        raise
    except Interrupted:
        hold.steps.close()
        _obey(hold)
    except OperationalError:
        # The database is away or busy: nobody can write down anything now.  The lease runs out, and the job goes on from its
        # checkpoint.
        hold.steps.close()
        raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the work is the row's to say
        _fail(hold, error)


def _unit(kind: Kind) -> AbstractContextManager[Any]:
    return transaction.atomic() if kind.atomic else nullcontext()


def _hand_on(hold: _Slice) -> None:
    """The slice is over and the work is not: the next slice follows, unless a more urgent job wants the place."""
    job = hold.job
    with transaction.atomic():
        turns.lock_gate()
        if turns.must_yield(job):
            hold.leave(state=State.PENDING, progress_message="Waits for a more urgent job.")
        else:
            hold.leave(lease_until=timezone.now() + turns.OFFER)
            transaction.on_commit(lambda: carrier.send(job.pk))
    _kept[job.pk] = (job.slices, hold)
    while len(_kept) > _KEPT_MOST:
        _, oldest = _kept.pop(next(iter(_kept)))
        oldest.steps.close()


def _obey(hold: _Slice) -> None:
    """Pauses or cancels, as was wished."""
    if hold.held().filter(wish=Job.Wish.CANCEL).exists():
        hold.stop("Cancelled.", JobLine.Level.WARNING, state=State.CANCELLED, ended_at=timezone.now())
    else:
        hold.stop("Paused.", state=State.PAUSED)


def _fail(hold: _Slice, error: Exception) -> None:
    """The work cannot go on: the row says why, and the log of the server says where in the code."""
    problem = error if isinstance(error, DomainError) else Unexpected()
    if problem is not error:
        log.error("job %s failed", hold.job.pk, exc_info=error)
    document = problem_document(problem)
    line = f"Failed: {problem.detail or problem.title}"
    hold.stop(line, JobLine.Level.ERROR, state=State.FAILED, ended_at=timezone.now(), problem=document)
