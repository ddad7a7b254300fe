"""Whose turn is it?  Hands out free places to the most urgent jobs that wait, within the limits.

A place is handed out in one transaction behind a lock (`JobGate`), and then the job's id is sent to the workers.  An offer that
nobody takes up expires, so a lost message costs a while and nothing else; one that comes twice finds the job taken.
"""

from collections import Counter
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from core.configuration import configuration
from jobs import carrier
from jobs.kinds import UnknownKind, kind_named
from jobs.models import Job, JobGate

OFFER: Final = timedelta(seconds=30)


def limit_of(kind: str) -> int:
    """How many jobs of the kind may run at once; kinds that the configuration does not know: one."""
    try:
        if kind_named(kind).alone:
            return 1
    except UnknownKind:
        return 0
    limit: int = getattr(configuration().jobs.max_concurrent_by_type, kind, 1)
    return limit


def hand_out() -> list[int]:
    """Offers every free place to a waiting job; answers their ids."""
    with transaction.atomic():
        lock_gate()
        offered = [job.pk for job in _next_ones()]
        Job.objects.filter(pk__in=offered).update(offered_until=timezone.now() + OFFER)
        for pk in offered:
            transaction.on_commit(lambda pk=pk: carrier.send(pk))  # type: ignore[misc]
    return offered


def lock_gate() -> None:
    """Waits until nobody else hands out places; to be called in a transaction, and held to its end."""
    JobGate.objects.get_or_create(pk=1)
    JobGate.objects.select_for_update().get(pk=1)


def must_yield(job: Job) -> bool:
    """Shall a running job give its place to a more urgent one that would else wait?  To be asked behind the gate."""
    more_urgent = Job.objects.waiting().filter(priority__gt=job.priority, offered_until=None)
    rivals = [rival for rival in more_urgent if limit_of(rival.kind) > 0]
    if not rivals:
        return False
    busy = list(Job.objects.occupying(timezone.now()).values_list("kind", flat=True))
    is_full = len(busy) >= configuration().jobs.max_concurrent
    kinds = Counter(busy)
    return any(
        is_full or (rival.kind == job.kind and kinds[job.kind] >= limit_of(job.kind)) for rival in rivals
    )


def _next_ones() -> list[Job]:
    now = timezone.now()
    busy = Counter(Job.objects.occupying(now).values_list("kind", flat=True))
    free = configuration().jobs.max_concurrent - busy.total()
    chosen: list[Job] = []
    for job in Job.objects.waiting().exclude(offered_until__gt=now).iterator():
        if len(chosen) >= free:
            break
        if busy[job.kind] < limit_of(job.kind):
            busy[job.kind] += 1
            chosen.append(job)
    return chosen
