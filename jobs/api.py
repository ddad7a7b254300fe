"""What can programs of staff do with jobs?  The paths are those of the administration guide; all need staff."""

import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.models import User
from core.one_form import OneForm
from core.permissions import still_acts_as_staff
from core.problem_schema import ProblemDocument
from core.problems import InvalidInput
from jobs import acting, schema
from jobs.documents import job_document, line_document
from jobs.live.board import board
from jobs.models import OVER, Job, JobLine
from jobs.problems import find_job

_CHECK_EVERY_S: Final = 30.0
_PROBLEM: Final = "application/problem+json"


def _refusals(*statuses: int) -> dict[Any, Any]:
    return {(status, _PROBLEM): ProblemDocument for status in (401, 403, *statuses)}


def _who(request: Request) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _read(kind: type[Any], data: Any) -> dict[str, Any]:
    wish = kind(data=data)
    wish.is_valid(raise_exception=True)
    values: dict[str, Any] = wish.validated_data
    return values


def _ask(request: Request, kind: str, parameters: dict[str, Any], priority: int | None = None) -> Response:
    """A new job; 202."""
    job = acting.begin(kind, parameters, actor=_who(request), priority=priority)
    return Response(job_document(job), status=HTTPStatus.ACCEPTED)


class JobsView(APIView):
    """All jobs."""

    @extend_schema(
        operation_id="jobs",
        summary="Jobs, page by page",
        parameters=[schema.JobsRequest],
        responses={200: schema.JobsDocument, **_refusals(400)},
        tags=["jobs"],
    )
    def get(self, request: Request) -> Response:
        """Jobs, page by page."""
        wish = _read(schema.JobsRequest, request.query_params)
        jobs = Job.objects.select_related("asked_by").order_by(*schema.SORTS[wish["sort"]])
        if wish["status"]:
            jobs = jobs.filter(state=wish["status"])
        if wish["type"]:
            jobs = jobs.filter(kind=wish["type"])
        first = (wish["page"] - 1) * wish["limit"]
        items = [job_document(job) for job in jobs[first : first + wish["limit"]]]
        return Response({"items": items, "total": jobs.count()})

    @extend_schema(
        operation_id="job_create",
        summary="Begin a job",
        request=schema.JobRequest,
        responses={202: schema.JobDocument, **_refusals(400, 404, 415)},
        tags=["jobs"],
    )
    def post(self, request: Request) -> Response:
        """Begin a job of any kind."""
        wish = _read(schema.JobRequest, request.data)
        return _ask(request, wish["type"], wish["parameters"], wish.get("priority"))


class JobView(APIView):
    """One job."""

    @extend_schema(
        operation_id="job",
        responses={200: schema.JobDocument, **_refusals(404)},
        tags=["jobs"],
        summary="A job",
    )
    def get(self, request: Request, pk: int) -> Response:
        """A job."""
        del request
        return Response(job_document(find_job(pk)))

    @extend_schema(
        operation_id="job_change",
        summary="Change a job's priority",
        request=schema.ChangeRequest,
        responses={200: schema.JobDocument, **_refusals(400, 404, 415)},
        tags=["jobs"],
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Change a job's priority."""
        return _act(request, pk, "priority", _read(schema.ChangeRequest, request.data)["priority"])

    @extend_schema(
        operation_id="job_cancel",
        summary="Cancel a job",
        responses={200: schema.JobDocument, **_refusals(404, 409)},
        tags=["jobs"],
    )
    def delete(self, request: Request, pk: int) -> Response:
        """Cancel a job; a running one ends at its next step."""
        return _act(request, pk, "cancel")


def _act(request: Request, pk: int, verb: str, *told: Any) -> Response:
    """Does it, and answers with the job as it is then."""
    acting.act(verb, find_job(pk), *told, actor=_who(request))
    return Response(job_document(find_job(pk)))


class PauseView(APIView):
    """Pausing."""

    @extend_schema(
        operation_id="job_pause",
        summary="Pause a job",
        request=None,
        responses={200: schema.JobDocument, **_refusals(404, 409)},
        tags=["jobs"],
    )
    def post(self, request: Request, pk: int) -> Response:
        """Pause a job; a running one at its next step."""
        return _act(request, pk, "pause")


class ResumeView(APIView):
    """Going on."""

    @extend_schema(
        operation_id="job_resume",
        summary="Let a paused job go on",
        request=None,
        responses={200: schema.JobDocument, **_refusals(404, 409)},
        tags=["jobs"],
    )
    def post(self, request: Request, pk: int) -> Response:
        """Let a paused job go on at its checkpoint."""
        return _act(request, pk, "resume")


class RetryView(APIView):
    """Trying again."""

    @extend_schema(
        operation_id="job_retry",
        summary="Try a job again that failed or was cancelled",
        request=schema.RetryRequest,
        responses={200: schema.JobDocument, **_refusals(400, 404, 409, 415)},
        tags=["jobs"],
    )
    def post(self, request: Request, pk: int) -> Response:
        """Try a job again, with other parameters where `config` has some."""
        return _act(request, pk, "retry", _read(schema.RetryRequest, request.data)["config"])


class LogsView(APIView):
    """A job's log."""

    content_negotiation_class = OneForm
    renderer_classes = [JSONRenderer]

    @extend_schema(
        operation_id="job_logs",
        summary="A job's log: as events while it grows, or with full=true what there is",
        parameters=[
            OpenApiParameter("full", OpenApiTypes.BOOL, description="The log as it is now, as JSON."),
            OpenApiParameter("after", OpenApiTypes.INT, description="With full=true: behind this line."),
            OpenApiParameter(
                "Last-Event-ID",
                OpenApiTypes.INT,
                OpenApiParameter.HEADER,
                description="Go on behind this line.",
            ),
        ],
        responses={
            (200, "application/json"): schema.LogDocument,
            (200, "text/event-stream"): OpenApiResponse(
                OpenApiTypes.STR, description="Events `line` with a line, then one `end` with the job."
            ),
            **_refusals(404),
        },
        tags=["jobs"],
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """The log."""
        job = find_job(pk)
        if request.query_params.get("full") == "true":
            after = _line_number(request.query_params.get("after", ""))
            lines = JobLine.objects.filter(job=job, number__gt=after)
            answer = {"items": [line_document(line) for line in lines]}
            return HttpResponse(json.dumps(answer), content_type="application/json")
        after = _line_number(request.headers.get("Last-Event-ID", ""))
        events = StreamingHttpResponse(
            _events(pk, after, partial(still_acts_as_staff, request)), content_type="text/event-stream"
        )
        events.headers["Cache-Control"] = "no-cache"
        events.headers["X-Accel-Buffering"] = "no"  # nginx would else wait for more
        return events


def _line_number(text: str) -> int:
    """Of the last line that a reader has; 0 where it has none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


async def _events(pk: int, after: int, may_watch: Callable[[], bool]) -> AsyncIterator[bytes]:
    """The lines behind `after` as they come; ends when the job is over and all of them are told.

    Ends without a word when the reader's sign-in is over: coming back, they are told so.
    """
    checked_at = time.monotonic()
    async with aclosing(board().watch(pk, after)) as watching:
        async for message, _ in watching:
            if time.monotonic() - checked_at > _CHECK_EVERY_S:
                checked_at = time.monotonic()
                if not await sync_to_async(may_watch)():
                    return
            if message is None:
                yield b": still here\n\n"
            elif message["type"] == "lines":
                for line in message["items"]:
                    yield _event("line", line, number=line["number"])
            elif message["job"] is None or message["job"]["status"] in OVER:
                yield _event("end", message["job"])
                return


def _event(name: str, data: dict[str, Any], *, number: int | None = None) -> bytes:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data)}\n\n".encode()


class _StartView(APIView):
    """Begins a job of one kind, whose parameters are the body."""

    kind = ""

    def start(self, request: Request) -> Response:
        """202 with the job."""
        if not isinstance(request.data, dict):
            raise InvalidInput("Send the parameters as an object.")
        return _ask(request, self.kind, dict(request.data))


def start_view(kind: str, summary: str) -> type[_StartView]:
    """A view that begins jobs of this kind."""

    class View(_StartView):
        @extend_schema(
            operation_id=f"{kind}_start",
            summary=summary,
            request=OpenApiTypes.OBJECT,
            responses={202: schema.JobDocument, **_refusals(400, 404, 415)},
            tags=["jobs"],
        )
        def post(self, request: Request) -> Response:
            """Begins one."""
            return self.start(request)

    View.kind = kind
    View.__name__ = f"{kind.title()}View"
    return View
