"""Which jobs begin by themselves now?  Looked at every few seconds, by as many processes as there are."""

import logging

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from core.configuration import configuration
from core.problems import DomainError
from jobs import controls
from jobs.cron import check_cron, due_after
from jobs.kinds import all_kinds
from jobs.models import Job, Schedule

log = logging.getLogger(__name__)


def begin_due() -> list[Job]:
    """Begins a job for each schedule that is due; when two processes look at once, one of them does."""
    _take_over_configured()
    return [job for schedule in Schedule.objects.filter(enabled=True) if (job := _begin_if_due(schedule))]


def _begin_if_due(schedule: Schedule) -> Job | None:
    now = timezone.now()
    here = Schedule.objects.filter(pk=schedule.pk, next_at=schedule.next_at, cron=schedule.cron, enabled=True)
    following = due_after(schedule.cron, now)
    if schedule.next_at is None:
        here.update(next_at=following)
        return None
    if schedule.next_at > now:
        return None
    with transaction.atomic():
        if not here.update(next_at=following):
            return None
        # One that is still under way would only wait for itself.
        under_way = Job.objects.under_way().filter(kind=schedule.kind, origin=Job.Origin.SCHEDULE)
        if under_way.exists():
            return None
        try:
            job = controls.ask_for(schedule.kind, schedule.parameters, origin=Job.Origin.SCHEDULE)
        except DomainError as error:
            log.error("the schedule of %s cannot begin a job: %s", schedule.kind, error)
            return None
        Schedule.objects.filter(pk=schedule.pk).update(last_job=job)
    return job


def _take_over_configured() -> None:
    """The file's schedules become rows, once; kinds that are not there yet wait for the version that has them."""
    configured = configuration().jobs.schedule
    known = set(Schedule.objects.values_list("kind", flat=True))
    for kind in all_kinds():
        cron = getattr(configured, kind.name, None)
        if not cron or kind.name in known:
            continue
        try:
            check_cron(cron)
        except ValidationError as error:
            log.error("jobs.schedule.%s: %s", kind.name, error.messages[0])
            continue
        Schedule.objects.get_or_create(kind=kind.name, defaults={"cron": cron})
