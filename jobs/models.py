"""Which jobs are there, how far is each, and what did each say?

    pending ──► running ──► completed
       ▲  ▲      │ │ │ └──► failed ────┐
       │  │      │ │ └────► cancelled ─┤
       │  │      │ └──────► paused     │      resume: paused, stalled → pending
       │  └──────┼────────────┘        │      retry: failed, cancelled → pending
       │         └► stalled ──┐        │
       └──────────────────────┴────────┘

A job is run by who holds its lease, in slices; between two slices it is still running, with no holder.  Every move is a
conditional update: whose row count is 0 has lost, and does nothing.
"""

from datetime import datetime
from typing import Any, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from jobs.cron import check_cron

OVER: Final = ("completed", "failed", "cancelled")


class JobQuerySet(models.QuerySet["Job"]):
    """Adjectives for jobs."""

    def waiting(self) -> Self:
        """Pending ones, most urgent first, then oldest."""
        return self.filter(state=Job.State.PENDING).order_by("-priority", "pk")

    def occupying(self, now: datetime) -> Self:
        """Those that count against the limits: running ones, and those offered to a worker that has not begun yet."""
        return self.filter(Q(state=Job.State.RUNNING) | Q(state=Job.State.PENDING, offered_until__gt=now))

    def over(self) -> Self:
        return self.filter(state__in=OVER)

    def under_way(self) -> Self:
        """Those to which something may still happen."""
        return self.exclude(state__in=OVER)

    def lost(self, now: datetime) -> Self:
        """Running ones whose worker has not been heard of for too long."""
        return self.filter(state=Job.State.RUNNING, lease_until__lte=now)


class Job(models.Model):
    """A piece of long work.  The row is the truth; whatever carries its id may be lost or doubled."""

    class State(models.TextChoices):
        PENDING = "pending"
        RUNNING = "running"
        PAUSED = "paused"
        COMPLETED = "completed"
        FAILED = "failed"
        CANCELLED = "cancelled"
        STALLED = "stalled"

    class Origin(models.TextChoices):
        STAFF = "staff"
        SCHEDULE = "schedule"
        BACKGROUND = "background"

    class Priority(models.IntegerChoices):
        LOW = 0
        NORMAL = 1
        HIGH = 5
        CRITICAL = 10

    class Wish(models.TextChoices):
        NONE = ""
        PAUSE = "pause"
        CANCEL = "cancel"

    kind = models.CharField(max_length=40, db_index=True)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.HIGH)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.STAFF)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # What somebody wants of it while it runs; its worker sees that at the next step.
    wish = models.CharField(max_length=6, choices=Wish, blank=True, default=Wish.NONE)

    progress_current = models.PositiveBigIntegerField(default=0)
    progress_total = models.PositiveBigIntegerField(null=True, blank=True, help_text="Empty: not known yet.")
    progress_message = models.CharField(max_length=300, blank=True)
    checkpoint = models.JSONField(default=dict)
    result = models.JSONField(null=True, blank=True)
    problem = models.JSONField(null=True, blank=True, help_text="RFC 9457, where it failed.")

    lease = models.CharField(max_length=32, blank=True, help_text="Of who runs it at this moment.")
    lease_until = models.DateTimeField(null=True, blank=True)
    offered_until = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    slices = models.PositiveIntegerField(default=0)
    attempt = models.PositiveSmallIntegerField(default=1)
    stalls = models.PositiveSmallIntegerField(default=0, help_text="Since its last checkpoint.")

    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ran_ms = models.PositiveBigIntegerField(default=0, help_text="All its slices together.")

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(name="job_waiting", fields=["state", "-priority", "id"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="job_running_has_lease_time", condition=~Q(state="running", lease_until=None)
            ),
            models.CheckConstraint(
                name="job_at_rest_has_no_lease", condition=Q(state="running") | Q(lease="")
            ),
            models.CheckConstraint(
                name="job_progress_within_total",
                condition=Q(progress_total=None) | Q(progress_current__lte=F("progress_total")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_over(self) -> bool:
        """Nothing will happen to it by itself any more."""
        return self.state in OVER

    @property
    def progress(self) -> dict[str, Any]:
        """In the one shape that progress has everywhere."""
        total = self.progress_total
        percent = round(100 * self.progress_current / total, 1) if total else (100.0 if total == 0 else None)
        return {
            "current": self.progress_current,
            "total": total,
            "percentComplete": percent,
            "message": self.progress_message,
        }


class JobLine(models.Model):
    """A line of a job's log.  Numbers begin with 1 and have no gaps, so a reader knows what it has missed."""

    class Level(models.TextChoices):
        INFO = "info"
        WARNING = "warning"
        ERROR = "error"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    level = models.CharField(max_length=7, choices=Level, default=Level.INFO)
    text = models.CharField(max_length=2000)

    class Meta:
        ordering = ["job_id", "number"]
        constraints = [models.UniqueConstraint(name="job_line_number_once", fields=["job", "number"])]

    def __str__(self) -> str:
        return f"{self.number}: {self.text}"


class Schedule(models.Model):
    """When jobs of a kind begin by themselves.  The configuration file gives the first value; then this row rules."""

    kind = models.CharField(max_length=40, unique=True)
    cron = models.CharField(
        max_length=100, help_text="Five fields, like “0 2 * * *”, in UTC.", validators=[check_cron]
    )
    parameters = models.JSONField(default=dict, blank=True)
    enabled = models.BooleanField(default=True)
    # Whoever moves this on begins the job; what was due while nothing ran is begun once, and not once for each time.
    next_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_job = models.ForeignKey(
        Job, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["kind"]
        constraints = [models.CheckConstraint(name="schedule_has_cron", condition=~Q(cron=""))]

    def __str__(self) -> str:
        return f"{self.kind}: {self.cron}"


class JobGate(models.Model):
    """One row that whoever hands out work locks first, so that two never hand out the same place."""

    class Meta:
        constraints = [models.CheckConstraint(name="job_gate_is_one", condition=Q(pk=1))]

    def __str__(self) -> str:
        return "the gate"


class Worker(models.Model):
    """A `manage.py work` that runs, or ran a moment ago, on some host."""

    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField(db_index=True)
    processes = models.PositiveSmallIntegerField(default=1, help_text="It and all that it has started.")
    cpu_percent = models.FloatField(default=0, help_text="Of the whole machine, since the last heartbeat.")
    memory_bytes = models.PositiveBigIntegerField(default=0, help_text="Resident, all of them together.")

    class Meta:
        ordering = ["host", "pid"]
        constraints = [models.UniqueConstraint(name="worker_once", fields=["host", "pid"])]

    def __str__(self) -> str:
        return f"{self.host} {self.pid}"
