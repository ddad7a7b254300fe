"""What do staff see of the jobs, and what may they do with them here?  The rows are evidence; actions are the controls'."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from core import audit
from core.problems import DomainError
from jobs import controls
from jobs.models import Job, JobLine


class LineInline(admin.TabularInline[JobLine, Job]):
    """The job's log."""

    model = JobLine
    fields = ["number", "at", "level", "text"]
    ordering = ["number"]
    can_delete = False
    extra = 0

    def has_add_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False


@admin.register(Job)
class JobAdmin(admin.ModelAdmin[Job]):
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
    inlines = [LineInline]
    actions = ["pause", "resume", "retry", "cancel"]

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False

    @admin.display(description="progress")
    def how_far(self, job: Job) -> str:
        """ "33.3 % Counted 0"."""
        percent = job.progress["percentComplete"]
        return f"{'' if percent is None else f'{percent} % '}{job.progress_message}"

    @admin.action(description="Pause")
    def pause(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        self._each(request, jobs, "pause", controls.pause)

    @admin.action(description="Resume")
    def resume(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        self._each(request, jobs, "resume", controls.resume)

    @admin.action(description="Try again")
    def retry(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        self._each(request, jobs, "retry", controls.retry)

    @admin.action(description="Cancel")
    def cancel(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        self._each(request, jobs, "cancel", controls.cancel)

    def _each(self, request: HttpRequest, jobs: QuerySet[Job], verb: str, act: Callable[[Job], Any]) -> None:
        """Does it to each, and says of each that could not be why."""
        for job in jobs:
            error = ""
            try:
                act(job)
            except DomainError as refused:
                error = refused.code
                self.message_user(request, f"{job}: {refused}", messages.ERROR)
            audit.record(
                f"job.{verb}",
                actor=audit.actor_of(request),
                resource=f"{job.pk} {job}",
                success=not error,
                error=error,
            )
