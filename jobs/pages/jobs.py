"""What do staff see of jobs, and how do they begin and steer them from a page?

The pages work as they come; script (frontend/staff) keeps them up to date while they are open.
"""

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import audit, staff_frame
from core.plain_text import plain
from core.problems import DomainError, NotFound
from core.staff_frame import posted
from jobs.acting import VERBS, act, begin
from jobs.kinds import all_kinds, kind_named, title_of
from jobs.models import Job, JobLine
from jobs.pages.forms import JobForm, UrgencyForm
from jobs.pages.shown import ShownJob
from jobs.problems import find_job

_PER_PAGE: Final = 50
# So many of the last lines stand on a job's page; the whole log is a link away.
_LINES: Final = 500


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """The table: ?status= and ?type= choose, ?page= turns."""
    rows = Job.objects.select_related("asked_by")
    state, kind = request.GET.get("status", ""), plain(request.GET.get("type", ""))
    if state in Job.State.values:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    return staff_frame.show(
        request,
        "staff/jobs.html",
        "Jobs",
        page=page,
        shown=[ShownJob(job) for job in page],
        blank=ShownJob(Job(pk=0)),
        kinds=all_kinds(),
        states=Job.State.choices,
        chosen={"status": state, "type": kind},
        # New jobs belong on the first page of all jobs, and nowhere else.
        takes_new=page.number == 1 and not state and not kind,
    )


@require_safe
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One job: how far it is, what it was told, what came of it, and its log.  Raises JobNotFound."""
    found = find_job(pk)
    last = list(JobLine.objects.filter(job=found).order_by("-number")[:_LINES])[::-1]
    return staff_frame.show(
        request,
        "staff/job.html",
        f"{title_of(found.kind)}, job {found.pk}",
        shown=ShownJob(found),
        job=found,
        lines=last,
        is_cut=bool(last) and last[0].number > 1,
        last_line=last[-1].number if last else 0,
        urgency=UrgencyForm(initial={"priority": found.priority}),
    )


def begin_job(request: HttpRequest, kind: str) -> HttpResponse:
    """A form for a job of this kind; what is wrong with it stands at its fields.  Raises UnknownKind."""
    chosen = kind_named(kind)
    form = JobForm(chosen, request.POST or None)
    urgency = UrgencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and urgency.is_valid():
        try:
            made = begin(
                kind,
                form.told,
                actor=audit.actor_of(request),
                priority=urgency.cleaned_data["priority"],
            )
        except DomainError as error:
            form.add_error(None, error.detail or error.title)
        else:
            return redirect("admin:staff-job", made.pk)
    return staff_frame.show(
        request, "staff/begin.html", chosen.title, form=form, urgency=urgency, word="Begin", back="jobs"
    )


def retry_job(request: HttpRequest, pk: int) -> HttpResponse:
    """The same form with what the job was told: it begins anew with what is there then.  Raises JobNotFound, UnknownKind."""
    found = find_job(pk)
    form = JobForm(kind_named(found.kind), request.POST or None, values=found.parameters)
    if request.method == "POST" and form.is_valid():
        try:
            act("retry", found, form.told, actor=audit.actor_of(request))
        except DomainError as error:
            form.add_error(None, error.detail or error.title)
        else:
            return redirect("admin:staff-job", pk)
    title = f"{title_of(found.kind)}, job {pk}, from the beginning"
    return staff_frame.show(request, "staff/begin.html", title, form=form, word="Try again", back="jobs")


@posted("staff-jobs")
def act_on_job(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """What a control's button does where there is no script.  Raises JobNotFound, NotFound."""
    found = find_job(pk)
    if verb not in VERBS:
        raise NotFound
    told: list[int] = []
    if verb == "priority":
        urgency = UrgencyForm(request.POST)
        if not urgency.is_valid():
            messages.error(request, "That is no urgency.")
            return redirect("admin:staff-job", pk)
        told = [urgency.cleaned_data["priority"]]
    try:
        act(verb, found, *told, actor=audit.actor_of(request))
    except DomainError as error:
        messages.error(request, f"{error.title}. {error.detail}".strip())
    back = request.POST.get("back", "")
    return redirect(reverse("admin:staff-jobs") if back == "jobs" else reverse("admin:staff-job", args=[pk]))
