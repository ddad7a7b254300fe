"""What is kept of rendered files, how much of the music is covered, and what can be done about it?"""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from core import audit, staff_frame
from core.problems import DomainError
from core.staff_frame import posted
from jobs.acting import begin
from jobs.models import Job
from playback.catalogue.models import Collection
from playback.rendering import coverage, engines, eviction, manifest, storage
from playback.rendering.asking import MOST_AT_TOP
from playback.rendering.settings import FORMATS

_PAGE: Final = "admin:staff-caches"
_MB: Final = 1_000_000


class RemoveForm(forms.Form):
    """Which files shall go; what is said must all fit."""

    sid_path = forms.CharField(label="File or folder", required=False, max_length=1024)
    collection = forms.CharField(required=False, max_length=80)
    older_than_days = forms.FloatField(label="Older than days", required=False, min_value=0, max_value=36_500)


class WarmUpForm(forms.Form):
    """How many songs, into what."""

    top = forms.IntegerField(label="Most played songs", min_value=1, max_value=MOST_AT_TOP, initial=100)
    formats = forms.MultipleChoiceField(
        choices=[(name, name) for name in FORMATS],
        widget=forms.CheckboxSelectMultiple,
        initial=["m4a", "hls"],
    )


class EvictForm(forms.Form):
    """How much may stay."""

    megabytes = forms.IntegerField(label="Megabytes that may stay", min_value=0)


@require_safe
def caches(request: HttpRequest) -> HttpResponse:
    """All figures and forms."""
    figures = coverage.figures()
    total = sum(one.size_bytes for one in figures)
    limit = eviction.limit_bytes()
    order = engines.engine_order()
    return staff_frame.show(
        request,
        "staff/caches.html",
        "Caches",
        figures=figures,
        files=sum(one.files for one in figures),
        stale=sum(one.stale for one in figures),
        oldest=min((one.oldest for one in figures if one.oldest), default=None),
        total=total,
        limit=limit,
        used_percent=round(100 * total / limit, 1) if limit else None,
        coverage=coverage.coverage(),
        folder=storage.root(),
        manifest=manifest.place(),
        places=[
            (f"engine_{place}", word, _at(order, place))
            for place, word in enumerate(("First", "then", "then"))
        ],
        engine_names=engines.ALL,
        obstacles=[(engine, engines.obstacle(engine)) for engine in engines.ALL],
        has_override=engines.has_override(),
        remove=RemoveForm(),
        warm_up=WarmUpForm(),
        evict=EvictForm(initial={"megabytes": -(-(limit or total) // _MB)}),
        collections=Collection.objects.values_list("name", flat=True),
        under_way=Job.objects.under_way().filter(kind="render"),
    )


def _at(order: list[Any], place: int) -> str:
    return order[place] if place < len(order) else ""


@posted("staff-caches")
def remove(request: HttpRequest) -> HttpResponse:
    """What was named, for good."""
    form = RemoveForm(request.POST)
    if not form.is_valid():
        return _wrong(request, form)
    told = {name: value for name, value in form.cleaned_data.items() if value not in ("", None)}
    try:
        gone = eviction.invalidate(actor=audit.actor_of(request), **told)
    except DomainError as error:
        messages.error(request, _words(error))
    else:
        messages.success(request, f"Removed: {len(gone)} files.")
    return redirect(_PAGE)


@posted("staff-caches")
def remove_stale(request: HttpRequest) -> HttpResponse:
    """What nobody is given any more, and what no row stands for."""
    gone = eviction.remove(coverage.stale())
    tidied = storage.sweep() + storage.tidy()
    manifest.write()
    audit.record("cache.remove_stale", actor=audit.actor_of(request), details={"removed": len(gone)})
    messages.success(request, f"Removed: {len(gone)} files that were not current, {tidied} left-overs.")
    return redirect(_PAGE)


@posted("staff-caches")
def evict(request: HttpRequest) -> HttpResponse:
    """What was not used for longest, until the rest fits."""
    form = EvictForm(request.POST)
    if not form.is_valid():
        return _wrong(request, form)
    megabytes = form.cleaned_data["megabytes"]
    gone = eviction.keep_within_limit(limit=megabytes * _MB)
    manifest.write()
    details = {"megabytes": megabytes, "removed": len(gone)}
    audit.record("cache.evict", actor=audit.actor_of(request), details=details)
    messages.success(request, f"Removed: {len(gone)} files that were not used for longest.")
    return redirect(_PAGE)


@posted("staff-caches")
def warm_up(request: HttpRequest) -> HttpResponse:
    """A job that renders the most played songs."""
    form = WarmUpForm(request.POST)
    if not form.is_valid():
        return _wrong(request, form)
    try:
        job = begin("render", dict(form.cleaned_data), actor=audit.actor_of(request))
    except DomainError as error:
        messages.error(request, _words(error))
        return redirect(_PAGE)
    return redirect("admin:staff-job", job.pk)


@posted("staff-caches")
def choose_engines(request: HttpRequest) -> HttpResponse:
    """The order of engines from now on; `reset`: as configured."""
    named = [request.POST.get(f"engine_{place}", "") for place in range(len(engines.ALL))]
    order = [] if "reset" in request.POST else [engine for engine in named if engine]
    try:
        engines.choose_order(order, actor=audit.actor_of(request))
    except DomainError as error:
        messages.error(request, _words(error))
    else:
        messages.success(request, f"Engines, in order: {', '.join(engines.engine_order())}.")
    return redirect(_PAGE)


def _wrong(request: HttpRequest, form: forms.Form) -> HttpResponse:
    for name, errors in form.errors.items():
        messages.error(request, f"{form[name].label}: {' '.join(map(str, errors))}")
    return redirect(_PAGE)


def _words(error: DomainError) -> str:
    fields = " ".join(one["message"] for one in error.members.get("errors", []))
    return f"{error.title}. {error.detail or fields}".strip()
