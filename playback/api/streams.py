"""Which endpoints give a session audio that the server made, and tell how far it is with making it?"""

from contextlib import suppress
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.problem_schema import ProblemDocument
from core.problems import NotFound
from jobs.models import Job
from playback.api import stream_schema
from playback.api.public_view import PublicView, track_of_session
from playback.catalogue.models import Track
from playback.delivery import on_demand
from playback.delivery.adapters import adapters
from playback.delivery.asset_bytes import asset_with, is_piece, send
from playback.delivery.problems import NotRendered
from playback.delivery.streams import CONTENT_TYPES, FILES, PLAYLIST, WHATS, current, session_address

_PROBLEM = "application/problem+json"
_RETRY_AFTER_S = 2


def _answers(*types: str, made: bool = True) -> dict[Any, Any]:
    """Whole, in part, not changed, being made, and what can be wrong."""
    bytes_of: dict[Any, Any] = {
        (status, kind): OpenApiTypes.BINARY for kind in types for status in (200, 206)
    }
    statuses = (400, 404, 410, 416, 429, 503) if made else (400, 404, 416)
    return (
        bytes_of
        | {304: OpenApiResponse(description="You have this version.")}
        | ({202: stream_schema.PreparingDocument} if made else {})
        | {(status, _PROBLEM): ProblemDocument for status in statuses}
    )


def _path(name: str, values: list[str]) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.PATH, enum=values)


class _AudioView(PublicView):
    """Sends an asset, or begins to make it."""

    def audio(self, request: Request, token: str, what: str, *, piece: str = "") -> HttpResponseBase:
        """`piece` is the part of an HLS folder that is meant; only its playlist begins anything."""
        track = track_of_session(token)
        asset = current(track, what)
        # The file may go between this look and the next: then it is as if it had not been there.
        with suppress(NotRendered):
            if asset:
                return send(request._request, asset, piece=piece)
        if piece not in ("", PLAYLIST):
            raise NotRendered
        return _preparing(request, token, track, what)


def _preparing(request: Request, token: str, track: Track, what: str) -> Response:
    """202 with how far it is; HEAD begins nothing."""
    if request.method == "HEAD":
        if not on_demand.is_made(what, track):
            raise NotRendered
        job = on_demand.job_of(what, track)
    else:
        job = on_demand.ask_for(what, track, address=request.META.get("REMOTE_ADDR") or "")
    progress_url = reverse("playback-render", args=[token, what])
    document = {**_state(job), "progressUrl": progress_url, "retryAfter": _RETRY_AFTER_S}
    response = Response(document, status=HTTPStatus.ACCEPTED)
    response.headers["Location"] = progress_url
    response.headers["Retry-After"] = str(_RETRY_AFTER_S)
    response.headers["Cache-Control"] = "no-store"
    return response


def _state(job: Job | None) -> dict[str, Any]:
    if job is None:
        empty = {"current": 0, "total": None, "percentComplete": None, "message": ""}
        return {"status": "absent", "progress": empty}
    states = {Job.State.RUNNING: "rendering", Job.State.FAILED: "failed"}
    return {
        "status": states.get(Job.State(job.state), "waiting"),
        "progress": on_demand.progress_of(job),
    }


class StreamView(_AudioView):
    """A song as one file."""

    @extend_schema(
        operation_id="playback_stream",
        summary="A session's song as an audio file",
        description=(
            "What is not there yet is rendered, where the site does that: 202 until it is ready. "
            "Takes Range (one), If-Range and If-None-Match."
        ),
        parameters=[_path("format", list(FILES))],
        responses=_answers(*(CONTENT_TYPES[form] for form in FILES)),
        examples=[stream_schema.PREPARING, *stream_schema.STREAM_PROBLEMS],
        auth=[],
        tags=["play"],
    )
    def get(self, request: Request, session: str, format: str) -> HttpResponseBase:  # noqa: A002  the address's word
        """A session's song as an audio file."""
        if format not in FILES:
            raise NotFound
        return self.audio(request, session, format)


class CliView(_AudioView):
    """A song as the sidplayfp program plays it."""

    @extend_schema(
        operation_id="playback_cli",
        summary="A session's song as the sidplayfp program plays it",
        description="Where the site offers it. Otherwise like the other audio files.",
        responses=_answers(CONTENT_TYPES["m4a"]),
        examples=[stream_schema.PREPARING, *stream_schema.STREAM_PROBLEMS],
        auth=[],
        tags=["play"],
    )
    def get(self, request: Request, session: str) -> HttpResponseBase:
        """A session's song as the sidplayfp program plays it."""
        return self.audio(request, session, "cli")


class HlsView(_AudioView):
    """A song in segments."""

    @extend_schema(
        operation_id="playback_hls",
        summary="A session's song as HLS: playlist and segments",
        description=(
            "`index.m3u8` names the others, `init.mp4` and `seg000.m4s` and so on, relative to itself. "
            "202 until it is ready, like the audio files."
        ),
        parameters=[OpenApiParameter("name", str, OpenApiParameter.PATH, pattern=stream_schema.PIECE)],
        responses=_answers(CONTENT_TYPES["m3u8"], CONTENT_TYPES["m4s"]),
        examples=[stream_schema.PREPARING, *stream_schema.STREAM_PROBLEMS],
        auth=[],
        tags=["play"],
    )
    def get(self, request: Request, session: str, name: str) -> HttpResponseBase:
        """A session's song as HLS: playlist and segments."""
        if not is_piece(name):
            raise NotFound
        return self.audio(request, session, "hls", piece=name)


class RenderView(PublicView):
    """How far the server is."""

    @extend_schema(
        operation_id="playback_render",
        summary="How far the server is with a session's audio",
        description="To be asked every other second while `status` is waiting or rendering. Begins nothing.",
        parameters=[_path("what", list(WHATS))],
        responses={
            200: stream_schema.RenderingDocument,
            **{(status, _PROBLEM): ProblemDocument for status in (400, 404, 410)},
        },
        examples=[*stream_schema.RENDERING, *stream_schema.RENDER_PROBLEMS],
        auth=[],
        tags=["play"],
    )
    def get(self, _request: Request, session: str, what: str) -> Response:
        """How far the server is with a session's audio."""
        if what not in WHATS:
            raise NotFound
        track = track_of_session(session)
        ready = current(track, what) is not None
        state = {"status": "ready", "progress": _DONE} if ready else _state(on_demand.job_of(what, track))
        document = {
            **state,
            "url": session_address(what, session) if ready else None,
            "retryAfter": _RETRY_AFTER_S,
        }
        return Response(document, headers={"Cache-Control": "no-store"})


_DONE = {"current": 1, "total": 1, "percentComplete": 100.0, "message": "Ready."}


class DetectView(PublicView):
    """In which ways the site can be heard."""

    @extend_schema(
        operation_id="playback_detect",
        summary="The ways in which this site's tunes can be heard",
        responses={200: stream_schema.DetectDocument},
        examples=[stream_schema.DETECTED],
        auth=[],
        tags=["play"],
    )
    def get(self, _request: Request) -> Response:
        """The ways in which this site's tunes can be heard."""
        document = {name: adapter.document() for name, adapter in adapters().items()}
        return Response(document, headers={"Cache-Control": "public, max-age=10"})


class PublicAssetView(PublicView):
    """Serves audio by its content, where a CDN is configured."""

    @extend_schema(
        operation_id="public_asset",
        summary="Audio by its content",
        description=(
            "Where `availability.publicBaseUrl` is set, sessions point here through the CDN. May be kept for ever."
        ),
        parameters=[
            OpenApiParameter("hash", str, OpenApiParameter.PATH, pattern="^[0-9a-f]{16}$"),
            OpenApiParameter("path", str, OpenApiParameter.PATH, description="As a session names it."),
        ],
        responses=_answers(*dict.fromkeys(CONTENT_TYPES.values()), made=False),
        examples=stream_schema.ASSET_PROBLEMS,
        auth=[],
        tags=["play"],
    )
    def get(self, request: Request, hash: str, path: str) -> HttpResponseBase:  # noqa: A002  the address's word
        """Audio by its content."""
        if not settings.PUBLIC_BASE_URL:
            raise NotRendered
        asset, piece = asset_with(hash, path)
        response = send(request._request, asset, piece=piece, for_ever=True)
        response.headers["Access-Control-Expose-Headers"] = (
            "Accept-Ranges, Content-Length, Content-Range, ETag"
        )
        return response
