"""How do staff's programs ask for the figures?  `GET /api/admin/metrics`, and what its answer looks like."""
# ruff: noqa: N815  the wire's own names

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.one_form import OneForm
from core.problem_schema import ProblemDocument
from core.problems import CONTENT_TYPE, NotAllowed, NotSignedIn, problem_document
from sidflow_site.metrics import FRESHNESS, collect_metrics


class KindFigures(serializers.Serializer[Any]):
    """Jobs by state; durations are those of completed ones, null where none is."""

    pending = serializers.IntegerField()
    running = serializers.IntegerField()
    paused = serializers.IntegerField()
    completed = serializers.IntegerField()
    failed = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    stalled = serializers.IntegerField()
    totalDurationMs = serializers.IntegerField()
    avgDurationMs = serializers.IntegerField(allow_null=True)


class JobFigures(KindFigures):
    """All jobs together, and of each kind."""

    queueDepth = serializers.IntegerField(help_text="Jobs that wait for their turn.")
    carrierQueueDepth = serializers.IntegerField(
        allow_null=True, help_text="Messages in django-q2's queue; null: it does not answer."
    )
    byKind = serializers.DictField(child=KindFigures())


class FormatFigures(serializers.Serializer[Any]):
    """Rendered files of one format."""

    files = serializers.IntegerField()
    sizeBytes = serializers.IntegerField()


class CacheFigures(serializers.Serializer[Any]):
    """What is kept; the guide's `wavCache` is all rendered files."""

    wavCacheSizeBytes = serializers.IntegerField()
    wavCacheFiles = serializers.IntegerField()
    oldestCacheFileAge = serializers.IntegerField(allow_null=True, help_text="In milliseconds.")
    cacheLimitBytes = serializers.IntegerField(allow_null=True, help_text="Null: no limit.")
    formats = serializers.DictField(child=FormatFigures(), help_text="By format, those that there are.")
    classifiedCount = serializers.IntegerField()
    romBundles = serializers.IntegerField()
    romBundlesSizeBytes = serializers.IntegerField()
    pagesKeptSeconds = serializers.IntegerField(help_text="How long a page that was made is kept.")


class SyncFigures(serializers.Serializer[Any]):
    """How far the HVSC is; the counts are of all collections together."""

    hvscVersion = serializers.CharField(allow_null=True)
    sidCount = serializers.IntegerField()
    trackCount = serializers.IntegerField()
    collections = serializers.IntegerField()
    lastSync = serializers.DateTimeField(allow_null=True)
    ageMs = serializers.IntegerField(allow_null=True)
    freshness = serializers.ChoiceField(choices=FRESHNESS, help_text="fresh: of the last 30 days.")


class WorkerFigures(serializers.Serializer[Any]):
    """A background worker with all its processes."""

    host = serializers.CharField()
    pid = serializers.IntegerField()
    startedAt = serializers.DateTimeField()
    heartbeatAt = serializers.DateTimeField()
    alive = serializers.BooleanField()
    processes = serializers.IntegerField()
    cpuPercent = serializers.FloatField(help_text="Of the whole machine.")
    memoryBytes = serializers.IntegerField()


class MetricsDocument(serializers.Serializer[Any]):
    """The site in figures."""

    timestamp = serializers.DateTimeField()
    jobs = JobFigures()
    cache = CacheFigures()
    sync = SyncFigures()
    workers = WorkerFigures(many=True)


_KIND: Final = {
    "pending": 1,
    "running": 1,
    "paused": 0,
    "completed": 142,
    "failed": 3,
    "cancelled": 0,
    "stalled": 0,
    "totalDurationMs": 3_600_000,
    "avgDurationMs": 25_352,
}
_EXAMPLE: Final = {
    "timestamp": "2026-11-21T11:15:00.000Z",
    "jobs": {**_KIND, "queueDepth": 1, "carrierQueueDepth": 0, "byKind": {"import": _KIND}},
    "cache": {
        "wavCacheSizeBytes": 31_752_044,
        "wavCacheFiles": 1,
        "oldestCacheFileAge": 86_400_000,
        "cacheLimitBytes": None,
        "formats": {"wav": {"files": 1, "sizeBytes": 31_752_044}},
        "classifiedCount": 0,
        "romBundles": 1,
        "romBundlesSizeBytes": 20_480,
        "pagesKeptSeconds": 60,
    },
    "sync": {
        "hvscVersion": "84",
        "sidCount": 60_737,
        "trackCount": 88_000,
        "collections": 2,
        "lastSync": "2026-11-20T02:14:00.000Z",
        "ageMs": 118_860_000,
        "freshness": "fresh",
    },
    "workers": [
        {
            "host": "sidflow-1",
            "pid": 4711,
            "startedAt": "2026-11-20T02:00:00.000Z",
            "heartbeatAt": "2026-11-21T11:14:58.000Z",
            "alive": True,
            "processes": 4,
            "cpuPercent": 12.5,
            "memoryBytes": 240_000_000,
        }
    ],
}


class MetricsView(APIView):
    """The figures; for staff, as everything that says nothing else."""

    content_negotiation_class = OneForm

    @extend_schema(
        operation_id="metrics",
        summary="The site in figures: jobs, caches, collection, workers",
        responses={
            200: MetricsDocument,
            (401, CONTENT_TYPE): ProblemDocument,
            (403, CONTENT_TYPE): ProblemDocument,
        },
        examples=[
            OpenApiExample("a site at work", value=_EXAMPLE, response_only=True, status_codes=["200"]),
            *[
                OpenApiExample(
                    kind.code,
                    value=problem_document(kind()),
                    response_only=True,
                    media_type=CONTENT_TYPE,
                    status_codes=[str(int(kind.status))],
                )
                for kind in (NotSignedIn, NotAllowed)
            ],
        ],
        tags=["site"],
    )
    def get(self, request: Request) -> Response:
        """All figures, as they are now."""
        del request
        return Response(collect_metrics(), headers={"Cache-Control": "no-store"})
