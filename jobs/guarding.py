"""What happens to jobs whose worker died, and to places that nobody has handed out?  Looked after every few seconds."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from django.db import close_old_connections, transaction
from django.db.models import F
from django.utils import timezone

from core import audit
from jobs import holders, scheduling, turns, workers
from jobs.forgetting import forget_old
from jobs.lines import tell
from jobs.models import Job, JobLine

log = logging.getLogger(__name__)

EVERY_S: Final = 2.0
_FORGET_EVERY_S: Final = 3600.0
# So many workers may die over one step before the job is called broken.
MOST_STALLS: Final = 5

State = Job.State


def look_after() -> None:
    """Brings back what has stalled, begins what is due, and hands out what is free."""
    for job in Job.objects.lost(timezone.now()):
        _bring_back(job)
    for job in Job.objects.filter(state=State.RUNNING).exclude(lease=""):
        if holders.holder_is_gone(job.lease):
            _bring_back(job)
    scheduling.begin_due()
    turns.hand_out()


def _bring_back(job: Job) -> None:
    """A running job whose lease ran out or whose worker is gone is stalled, and goes on from its checkpoint; or ends, if it
    kills its workers.

    What was wished of it meanwhile happens now.
    """
    with transaction.atomic():
        here = Job.objects.filter(pk=job.pk, state=State.RUNNING, lease=job.lease)
        if not holders.holder_is_gone(job.lease):
            here = here.lost(timezone.now())
        if not here.update(state=State.STALLED, lease="", stalls=F("stalls") + 1):
            return
        job.refresh_from_db()
        stalled = Job.objects.filter(pk=job.pk, state=State.STALLED)
        if job.wish == Job.Wish.CANCEL:
            stalled.update(state=State.CANCELLED, ended_at=timezone.now(), wish="")
            tell(job.pk, "Its worker was lost. Cancelled.", JobLine.Level.WARNING)
        elif job.wish == Job.Wish.PAUSE:
            stalled.update(state=State.PAUSED, wish="")
            tell(job.pk, "Its worker was lost. Paused.", JobLine.Level.WARNING)
        elif job.stalls >= MOST_STALLS:
            problem = {"code": "job-stalled", "title": "The job's workers die", "status": 500}
            stalled.update(state=State.FAILED, ended_at=timezone.now(), problem=problem)
            tell(job.pk, f"{job.stalls} workers died over the same step: given up.", JobLine.Level.ERROR)
        else:
            stalled.update(state=State.PENDING)
            tell(job.pk, "Its worker was lost: goes on from its last checkpoint.", JobLine.Level.WARNING)


def _write_audit_lines() -> None:
    """Of those who were killed before they could."""
    audit.write_out(patience_s=EVERY_S)


def look_after_for_ever(stop: threading.Event | None = None) -> None:
    """For a thread of its own; what goes wrong once is tried again."""
    stopped = stop or threading.Event()
    heart = workers.Heart()
    holders.sweep()
    forget_at = 0.0
    while not stopped.wait(EVERY_S):
        close_old_connections()
        cares: list[Callable[[], object]] = [heart.beat, look_after, _write_audit_lines]
        if time.monotonic() >= forget_at:
            forget_at = time.monotonic() + _FORGET_EVERY_S
            cares.append(forget_old)
        for care in cares:
            try:
                care()
            except Exception:
                log.exception("looking after the jobs failed")
