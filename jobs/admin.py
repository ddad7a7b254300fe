"""What do staff see of the jobs, and what may they do with them here?  The rows are evidence; actions are the controls'."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from core import audit
from core.admin import AuditedAdmin
from core.evidence_admin import Evidence
from core.problems import DomainError
from jobs.acting import act
from jobs.kinds import all_kinds, checked, kind_named
from jobs.models import Job, JobLine, Schedule, Worker
from jobs.queue_admin import SeenFailureAdmin, SeenQueueAdmin, SeenTaskAdmin

__all__ = ["SeenFailureAdmin", "SeenQueueAdmin", "SeenTaskAdmin"]  # Django's admin finds them by this import


class LineInline(Evidence, admin.TabularInline[JobLine, Job]):
    """The job's log."""

    model = JobLine
    fields = ["number", "at", "level", "text"]
    ordering = ["number"]
    can_delete = False
    extra = 0


@admin.register(Job)
class JobAdmin(Evidence, admin.ModelAdmin[Job]):
    """Jobs: newest first."""

    list_display = [
        "id",
        "kind",
        "state",
        "how_far",
        "priority",
        "origin",
        "asked_by",
        "created_at",
        "ended_at",
    ]
    list_select_related = ["asked_by"]
    list_filter = ["state", "kind", "origin"]
    search_fields = ["kind", "progress_message", "asked_by__username"]
    inlines = [LineInline]
    actions = ["pause", "resume", "retry", "cancel"]

    @admin.display(description="progress")
    def how_far(self, job: Job) -> str:
        """ "33.3 % Counted 0"."""
        percent = job.progress["percentComplete"]
        return f"{'' if percent is None else f'{percent} % '}{job.progress_message}"

    @admin.action(description="Pause")
    def pause(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        self._each(request, jobs, "pause")

    @admin.action(description="Resume")
    def resume(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        self._each(request, jobs, "resume")

    @admin.action(description="Try again")
    def retry(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        self._each(request, jobs, "retry")

    @admin.action(description="Cancel")
    def cancel(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        self._each(request, jobs, "cancel")

    def _each(self, request: HttpRequest, jobs: QuerySet[Job], verb: str) -> None:
        """Does it to each, and says of each that could not be why."""
        for job in jobs:
            try:
                act(verb, job, actor=audit.actor_of(request))
            except DomainError as refused:
                self.message_user(request, f"{job}: {refused}", messages.ERROR)


@admin.register(JobLine)
class JobLineAdmin(Evidence, admin.ModelAdmin[JobLine]):
    """All logs, to search in."""

    list_display = ["at", "job", "number", "level", "text"]
    list_select_related = ["job"]
    list_filter = ["level"]
    search_fields = ["text"]
    show_full_result_count = False


@admin.register(Worker)
class WorkerAdmin(Evidence, admin.ModelAdmin[Worker]):
    """Background workers, of all hosts."""

    list_display = ["host", "pid", "started_at", "heartbeat_at", "processes", "cpu_percent", "memory_bytes"]
    list_filter = ["host"]


class ScheduleForm(forms.ModelForm[Schedule]):
    """A schedule of a kind that is there, with parameters that the kind takes."""

    class Meta:
        model = Schedule
        fields = ["kind", "cron", "parameters", "enabled"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.name, kind.title) for kind in all_kinds()]
        self.fields["kind"] = forms.ChoiceField(choices=kinds)

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError for parameters that such a job would refuse."""
        values = super().clean() or {}
        if values.get("kind"):
            try:
                values["parameters"] = checked(kind_named(values["kind"]), values.get("parameters") or {})
            except DomainError as error:
                errors = error.members.get("errors", [])
                said = "; ".join(f"{one['field']}: {one['message']}" for one in errors)
                self.add_error("parameters", said or str(error))
        return values


@admin.register(Schedule)
class ScheduleAdmin(AuditedAdmin):
    """What begins by itself, and when."""

    form = ScheduleForm
    list_display = ["kind", "cron", "enabled", "next_at", "last_job"]
    list_filter = ["enabled"]
    search_fields = ["kind"]
    readonly_fields = ["next_at", "last_job"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Another expression is due at another time."""
        if "cron" in form.changed_data or "enabled" in form.changed_data:
            obj.next_at = None
        super().save_model(request, obj, form, change)
