"""How far is the classification: of the job that runs now, and of the whole collection?  For staff."""

from typing import Any, Final

from django.core.cache import cache
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.problem_schema import ProblemDocument
from jobs.models import Job
from playback.analysis.coverage import coverage

_PROBLEM = "application/problem+json"
# Counting all songs takes a while; who watches asks every other second.
_COUNTED_S: Final = 5
_PROGRESS: Final = {
    "current": 1250,
    "total": 5000,
    "percentComplete": 25.0,
    "message": "MUSICIANS/H/Example.sid",
}


class _ProgressDocument(serializers.Serializer[Any]):
    current = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    percentComplete = serializers.FloatField(allow_null=True)  # noqa: N815  the wire's own names
    message = serializers.CharField(allow_blank=True)


class ClassifyingJobDocument(serializers.Serializer[Any]):
    """The job under way; `songsPerSecond` and `secondsLeft` are null until there is something to go by."""

    id = serializers.CharField()
    status = serializers.CharField()
    progress = _ProgressDocument()
    songsPerSecond = serializers.FloatField(allow_null=True)  # noqa: N815
    secondsLeft = serializers.IntegerField(allow_null=True)  # noqa: N815


class ClassifyProgressDocument(serializers.Serializer[Any]):
    """Songs that can be played: each is analysed, failed or left."""

    job = ClassifyingJobDocument(allow_null=True)
    recipe = serializers.CharField()
    songs = serializers.IntegerField()
    analysed = serializers.IntegerField()
    failed = serializers.IntegerField()
    stale = serializers.IntegerField()
    left = serializers.IntegerField()
    calibratedAt = serializers.DateTimeField(allow_null=True)  # noqa: N815


class ClassifyProgressView(APIView):
    """How far it is."""

    @extend_schema(
        operation_id="classify_progress",
        summary="How far the classification is",
        responses={
            200: ClassifyProgressDocument,
            **{(status, _PROBLEM): ProblemDocument for status in (401, 403, 503)},
        },
        examples=[
            OpenApiExample(
                "A quarter",
                value={
                    "job": {
                        "id": "12",
                        "status": "running",
                        "progress": _PROGRESS,
                        "songsPerSecond": 31.2,
                        "secondsLeft": 120,
                    },
                    "recipe": "1-3f2a91c07d55",
                    "songs": 5000,
                    "analysed": 1243,
                    "failed": 7,
                    "stale": 0,
                    "left": 3750,
                    "calibratedAt": None,
                },
                response_only=True,
                status_codes=["200"],
            )
        ],
        tags=["jobs"],
    )
    def get(self, request: Request) -> Response:
        """How far it is."""
        del request
        job = Job.objects.under_way().filter(kind="classify").order_by("-started_at", "pk").first()
        counted = cache.get_or_set("classify-coverage", _counted, _COUNTED_S)
        return Response({"job": _job(job) if job else None, **(counted or {})})


def _counted() -> dict[str, Any]:
    found = coverage()
    return {
        "recipe": found.recipe.version,
        "songs": found.songs,
        "analysed": found.analysed,
        "failed": found.failed,
        "stale": found.stale,
        "left": found.left,
        "calibratedAt": found.recipe.calibrated_at,
    }


def _job(job: Job) -> dict[str, Any]:
    # What was done before this attempt went on is not known to be of this attempt's time; it is all the row has.
    rate = job.progress_current * 1000 / job.ran_ms if job.ran_ms and job.progress_current else None
    left = (job.progress_total or 0) - job.progress_current
    return {
        "id": str(job.pk),
        "status": job.state,
        "progress": job.progress,
        "songsPerSecond": round(rate, 1) if rate else None,
        "secondsLeft": round(left / rate) if rate and job.progress_total else None,
    }
