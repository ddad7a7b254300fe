"""How whole and how fresh is each collection, and what can be done about it?"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from core import audit, staff_frame
from core.problems import DomainError
from core.staff_frame import posted
from jobs.acting import begin
from jobs.models import Job
from playback.analysis import feature_rows
from playback.analysis.choosing import Part
from playback.analysis.coverage import Coverage, coverage
from playback.analysis.problems import AnalysisImpossible
from playback.catalogue.models import Collection, SidFile, Track

# The HVSC has a release in June and one in December.
_HALF_A_YEAR: Final = timedelta(days=200)
_KINDS: Final = ("fetch", "import", "classify", "render")


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a collection has something."""

    name: str
    count: int
    of: int

    @property
    def percent(self) -> float:
        return round(100 * self.count / self.of, 1) if self.of else 0.0


@dataclass(frozen=True, slots=True)
class ShownCollection:
    """A collection in figures."""

    collection: Collection
    tunes: int
    songs: int
    missing: int
    broken: int
    size_bytes: int
    shares: list[Share]
    analysed: Coverage | None

    @property
    def freshness(self) -> str:
        """In words; for the HVSC also whether there is likely a newer release."""
        at = self.collection.imported_at
        if at is None:
            return "The import has not ended yet."
        if self.collection.kind == Collection.Kind.HVSC and timezone.now() - at > _HALF_A_YEAR:
            return "There is probably a newer release."
        return ""


@require_safe
def collections(request: HttpRequest) -> HttpResponse:
    """All of them, and what works on them at this moment."""
    return staff_frame.show(
        request,
        "staff/collections.html",
        "Collections",
        collections=[_shown(collection) for collection in Collection.objects.all()],
        under_way=Job.objects.under_way().filter(kind__in=_KINDS),
    )


@posted("staff-collections")
def import_again(request: HttpRequest, pk: int) -> HttpResponse:
    """A job that brings the rows up to date with the files."""
    collection = get_object_or_404(Collection, pk=pk)
    try:
        job = begin("import", {"path": collection.root}, actor=audit.actor_of(request))
    except DomainError as error:
        messages.error(request, f"{error.title}. {error.detail}".strip())
        return redirect("admin:staff-collections")
    return redirect("admin:staff-job", job.pk)


@posted("staff-collections")
def classify_again(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found of a collection, or of a folder of it, is marked as stale, and a job begins that finds it anew."""
    collection = get_object_or_404(Collection, pk=pk)
    actor = audit.actor_of(request)
    told = {"collection": collection.name, "path": request.POST.get("path", "").strip() or None}
    try:
        part = Part(told["collection"], told["path"])
        marked = feature_rows.mark_stale(part.tracks().values_list("pk", flat=True))
        audit.record(
            "features.mark-stale", actor=actor, resource=collection.name, details=told | {"songs": marked}
        )
        job = begin("classify", told, actor=actor)
    except DomainError as error:
        messages.error(request, f"{error.title}. {error.detail}".strip())
        return redirect("admin:staff-collections")
    return redirect("admin:staff-job", job.pk)


def _shown(collection: Collection) -> ShownCollection:
    rows = SidFile.objects.filter(collection=collection)
    here = Q(missing_since=None)
    found: dict[str, Any] = rows.aggregate(
        tunes=Count("pk", filter=here),
        songs=Sum("songs", filter=here),
        size=Sum("size_bytes", filter=here),
        missing=Count("pk", filter=~here),
        broken=Count("pk", filter=here & ~Q(fault="")),
        playable=Count("pk", filter=here & Q(fault="", needs_basic=False)),
        noted=Count("pk", filter=here & ~Q(notes=[])),
    )
    tunes, songs = found["tunes"], found["songs"] or 0
    timed = Track.objects.filter(album__sid_file__collection=collection, length_ms__isnull=False)
    analysed = _analysed(collection)
    shares = [
        Share("tunes play without ROMs", found["playable"], tunes),
        Share("songs have a known length", timed.filter(album__sid_file__missing_since=None).count(), songs),
        Share("tunes have notes from STIL", found["noted"], tunes),
    ]
    if analysed:
        shares.insert(0, Share("playable songs are analysed", analysed.analysed, analysed.songs))
    return ShownCollection(
        collection,
        tunes,
        songs,
        found["missing"],
        found["broken"],
        found["size"] or 0,
        shares,
        analysed,
    )


def _analysed(collection: Collection) -> Coverage | None:
    """None where this machine cannot analyse, which the System page says."""
    try:
        return coverage(collection)
    except AnalysisImpossible:
        return None
