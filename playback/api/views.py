"""Which endpoints give tracks, sessions and bytes?

The ROMs have a module of their own, `playback.api.roms`.
"""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.configuration import configuration
from core.problem_schema import ProblemDocument
from core.rate_limits import spend
from playback.api import schema
from playback.api.documents import session_document, track_document
from playback.api.public_view import PublicView, track_of_session
from playback.catalogue.finding import NoSuchFileError, NoSuchSongError, track_at, tracks_with
from playback.catalogue.listing import BadCursorError, Cursor, track_page
from playback.catalogue.models import Track
from playback.delivery.bytes_response import bytes_response
from playback.delivery.problems import BadCursor, SongOutOfRange, TrackNotFound
from playback.delivery.sessions import open_session
from playback.delivery.sid_bytes import CONTENT_TYPE, read_sid
from playback.delivery.streams import Assets, rendered
from playback.rendering import play_counts
from playback.roms.bundles import bundle_for
from playback.roms.models import RomBundle


class PlayView(PublicView):
    """Opens playback sessions."""

    @extend_schema(
        operation_id="play",
        summary="Ask for tracks to play",
        description=(
            "Answers with the track and a session of fifteen minutes, or with `items` where `trackIds` is sent. Nothing "
            "is stored; when a session expires during play, ask again."
        ),
        request=schema.PlayRequest,
        responses={
            200: PolymorphicProxySerializer(
                component_name="PlayAnswer",
                serializers=[schema.PlayDocument, schema.PlaysDocument],
                resource_type_field_name=None,
            ),
            (400, "application/problem+json"): ProblemDocument,
            (404, "application/problem+json"): ProblemDocument,
            (415, "application/problem+json"): ProblemDocument,
            (429, "application/problem+json"): ProblemDocument,
        },
        examples=[schema.BY_PATH, schema.BY_IDS, schema.PLAY, schema.PLAYS, *schema.PLAY_PROBLEMS],
        auth=[],
        tags=["play"],
    )
    def post(self, request: Request) -> Response:
        """Ask for tracks to play."""
        wish = schema.PlayRequest(data=request.data)
        wish.is_valid(raise_exception=True)
        asked = wish.validated_data
        spend(
            "play",
            configuration().play_rate,
            address=request.META.get("REMOTE_ADDR") or "",
            cost=len(asked.get("trackIds", "1")),
        )
        response = Response(_plays(asked["trackIds"]) if "trackIds" in asked else _one(_track(asked)))
        response.headers["Cache-Control"] = "no-store"  # each answer is a new session
        return response


def _track(asked: dict[str, Any]) -> Track:
    try:
        return track_at(asked["sidPath"], song=asked.get("song"), collection=asked.get("collection"))
    except NoSuchFileError:
        raise TrackNotFound("No collection here has a file at this path.") from None
    except NoSuchSongError as error:
        raise SongOutOfRange(f"Its songs are 1 to {error.songs}.", songs=error.songs) from None


def _play(track: Track, bundle: RomBundle | None, present: Assets) -> dict[str, Any]:
    play_counts.note([track.pk])
    session = open_session(track.public_id)
    return {
        "track": track_document(track, bundle),
        "session": session_document(session, track, bundle, present),
    }


def _one(track: Track) -> dict[str, Any]:
    return _play(track, bundle_for([track.album.sid_file]), rendered([track]).get(track.pk, {}))


def _plays(ids: list[Any]) -> dict[str, Any]:
    tracks = tracks_with(ids)
    if not tracks:
        raise TrackNotFound("None of these tracks is here.")
    missing = [str(track_id) for track_id in dict.fromkeys(ids) if track_id not in tracks]
    bundle = bundle_for([track.album.sid_file for track in tracks.values()])
    present = rendered(list(tracks.values()))
    asked = [tracks[track_id] for track_id in ids if track_id in tracks]
    items = [_play(track, bundle, present.get(track.pk, {})) for track in asked]
    return {"items": items, "missing": missing}


class SidView(PublicView):
    """Serves a session's SID file."""

    @extend_schema(
        operation_id="playback_sid",
        summary="The SID file of a session",
        description="Takes Range, If-Range and If-None-Match. The bytes are the file's own.",
        responses={
            (200, CONTENT_TYPE): OpenApiTypes.BINARY,
            (206, CONTENT_TYPE): OpenApiTypes.BINARY,
            304: OpenApiResponse(description="You have this version."),
            (400, "application/problem+json"): ProblemDocument,
            (404, "application/problem+json"): ProblemDocument,
            (410, "application/problem+json"): ProblemDocument,
            (416, "application/problem+json"): ProblemDocument,
        },
        examples=schema.SID_PROBLEMS,
        auth=[],
        tags=["play"],
    )
    def get(self, request: Request, session: str) -> HttpResponse:
        """The SID file of a session."""
        data = read_sid(track_of_session(session).album.sid_file)
        return bytes_response(request._request, data, content_type=CONTENT_TYPE)


class TracksView(PublicView):
    """Lists the tracks."""

    @extend_schema(
        operation_id="tracks",
        summary="All tracks, page by page",
        parameters=[schema.TracksRequest],
        responses={
            200: schema.TracksDocument,
            (400, "application/problem+json"): ProblemDocument,
        },
        examples=[schema.TRACKS, *schema.LIST_PROBLEMS],
        auth=[],
        tags=["catalogue"],
    )
    def get(self, request: Request) -> Response:
        """All tracks, page by page."""
        wish = schema.TracksRequest(data=request.query_params)
        wish.is_valid(raise_exception=True)
        cursor = wish.validated_data.get("cursor")
        try:
            after = Cursor.decode(cursor) if cursor else None
        except BadCursorError:
            raise BadCursor from None
        tracks, following = track_page(after=after, limit=wish.validated_data["limit"])
        bundle = bundle_for([track.album.sid_file for track in tracks])
        items = [track_document(track, bundle) for track in tracks]
        return Response({"items": items, "nextCursor": following.encode() if following else None})
