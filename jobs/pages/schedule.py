"""What begins by itself, and when?"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from core import audit, staff_frame
from core.problems import DomainError
from core.staff_frame import posted
from jobs.acting import begin
from jobs.kinds import all_kinds, title_of
from jobs.models import Schedule


@require_safe
def schedule(request: HttpRequest) -> HttpResponse:
    """Every schedule, and the kinds that have none."""
    rows = list(Schedule.objects.select_related("last_job"))
    taken = {row.kind for row in rows}
    return staff_frame.show(
        request,
        "staff/schedule.html",
        "Schedule",
        rows=[{"row": row, "title": title_of(row.kind)} for row in rows],
        without=[kind for kind in all_kinds() if kind.name not in taken],
    )


@posted("staff-schedule")
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """On or off; what was due meanwhile is not made up for."""
    row = get_object_or_404(Schedule, pk=pk)
    on = request.POST.get("enabled") == "on"
    Schedule.objects.filter(pk=pk).update(enabled=on, next_at=None)
    audit.record(
        "schedule.change", actor=audit.actor_of(request), resource=f"{pk} {row}", details={"enabled": on}
    )
    return redirect("admin:staff-schedule")


@posted("staff-schedule")
def begin_now(request: HttpRequest, pk: int) -> HttpResponse:
    """A job as the schedule would begin it, now."""
    row = get_object_or_404(Schedule, pk=pk)
    try:
        job = begin(row.kind, row.parameters, actor=audit.actor_of(request))
    except DomainError as error:
        messages.error(request, f"{error.title}. {error.detail}".strip())
        return redirect("admin:staff-schedule")
    return redirect("admin:staff-job", job.pk)
