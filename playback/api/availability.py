"""What is rendered of a song, and how does it go again?  `/api/availability/…`, for staff and their programs."""
# ruff: noqa: N815  the wire's own names

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.audit import actor_of
from core.one_form import OneForm
from core.problem_schema import ProblemDocument
from playback.catalogue.finding import NoSuchFileError, NoSuchSongError, track_at
from playback.catalogue.models import Track
from playback.catalogue.paths import PathError, canonical_path
from playback.delivery.problems import SongOutOfRange, TrackNotFound
from playback.rendering import eviction
from playback.rendering.assets import current_assets
from playback.rendering.manifest import time_of
from playback.rendering.models import RenderedAsset

_PROBLEM: Final = "application/problem+json"


def _refusals(*statuses: int) -> dict[Any, Any]:
    return {(status, _PROBLEM): ProblemDocument for status in (400, 401, 403, *statuses)}


class SidPathField(serializers.CharField):
    """A path below a collection's root, in its canonical form."""

    def to_internal_value(self, data: Any) -> str:
        """The path.  Raises ValidationError."""
        try:
            return canonical_path(super().to_internal_value(data))
        except PathError as error:
            raise serializers.ValidationError(str(error)) from None


class CheckRequest(serializers.Serializer[Any]):
    """Which song."""

    sidPath = SidPathField(help_text="Below the collection's root.")
    song = serializers.IntegerField(
        required=False, min_value=1, max_value=256, help_text="Empty: the tune's start song."
    )
    collection = serializers.CharField(
        required=False, max_length=80, help_text="Its name; empty: the first that has the path."
    )


class InvalidateRequest(serializers.Serializer[Any]):
    """What shall go: all that fits everything that is said; one of them must be."""

    sidPath = SidPathField(required=False, help_text="A file, or a folder with all below it.")
    collection = serializers.CharField(required=False, max_length=80)
    olderThanDays = serializers.FloatField(required=False, min_value=0, max_value=36_500)


class AssetDocument(serializers.Serializer[Any]):
    """A rendered file."""

    size = serializers.IntegerField(help_text="Bytes; of HLS all its files.")
    duration = serializers.FloatField(help_text="Seconds.")
    bitrate = serializers.IntegerField(help_text="Bits per second.")
    sampleRate = serializers.IntegerField()
    channels = serializers.IntegerField()
    loudness = serializers.FloatField(
        allow_null=True, help_text="LUFS, before it was evened out; null: silence."
    )
    renderedAt = serializers.DateTimeField()
    renderer = serializers.CharField(help_text="sidflow, sidplayfp-cli or ultimate64.")
    sha256 = serializers.CharField()


class AvailabilityDocument(serializers.Serializer[Any]):
    """Which formats of a song are there and current."""

    available = serializers.BooleanField()
    trackId = serializers.CharField()
    sidPath = serializers.CharField()
    song = serializers.IntegerField()
    formats = serializers.DictField(child=AssetDocument())


class InvalidatedDocument(serializers.Serializer[Any]):
    """What went."""

    removed = serializers.IntegerField()


_EXAMPLE: Final = OpenApiExample(
    "rendered as FLAC",
    value={
        "available": True,
        "trackId": "0b3f5a9c-6a51-4a6e-9f0e-2f4dfb1d3a10",
        "sidPath": "Copper_Sunrise.sid",
        "song": 1,
        "formats": {
            "flac": {
                "size": 3_211_264,
                "duration": 61.287,
                "bitrate": 419_176,
                "sampleRate": 44100,
                "channels": 1,
                "loudness": -19.4,
                "renderedAt": "2026-11-21T14:30:00.000Z",
                "renderer": "sidflow",
                "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            }
        },
    },
    response_only=True,
    status_codes=["200"],
)


class CheckView(APIView):
    """What there is of a song."""

    content_negotiation_class = OneForm
    renderer_classes = [JSONRenderer]

    @extend_schema(
        operation_id="availability",
        summary="Which formats of a song are rendered",
        parameters=[CheckRequest],
        responses={200: AvailabilityDocument, **_refusals(404)},
        examples=[_EXAMPLE],
        tags=["rendering"],
    )
    def get(self, request: Request) -> Response:
        """Which formats of a song are rendered."""
        return _availability(request.query_params)

    @extend_schema(
        operation_id="availability_check",
        summary="Which formats of a song are rendered, asked with a body",
        request=CheckRequest,
        responses={200: AvailabilityDocument, **_refusals(404, 415)},
        examples=[_EXAMPLE],
        tags=["rendering"],
    )
    def post(self, request: Request) -> Response:
        """Which formats of a song are rendered."""
        return _availability(request.data)


class InvalidateView(APIView):
    """Forgetting rendered files."""

    content_negotiation_class = OneForm
    renderer_classes = [JSONRenderer]

    @extend_schema(
        operation_id="availability_invalidate",
        summary="Remove rendered files of a file, a folder, a collection or an age",
        description="Takes the same names as a JSON body, too.  What is said must all fit; nothing said is refused.",
        parameters=[InvalidateRequest],
        responses={200: InvalidatedDocument, **_refusals(415)},
        tags=["rendering"],
    )
    def delete(self, request: Request) -> Response:
        """Remove rendered files."""
        told = dict(request.query_params.items())
        if isinstance(request.data, dict):
            told |= dict(request.data.items())
        wish = InvalidateRequest(data=told)
        wish.is_valid(raise_exception=True)
        asked = wish.validated_data
        gone = eviction.invalidate(
            actor=actor_of(request),
            sid_path=asked.get("sidPath"),
            collection=asked.get("collection"),
            older_than_days=asked.get("olderThanDays"),
        )
        return Response({"removed": len(gone)})


def _availability(data: Any) -> Response:
    wish = CheckRequest(data=data)
    wish.is_valid(raise_exception=True)
    asked = wish.validated_data
    track = _track(asked)
    assets = {name: asset for (_, name), asset in current_assets([track]).items()}
    answer = {
        "available": bool(assets),
        "trackId": str(track.public_id),
        "sidPath": track.album.sid_file.path,
        "song": track.position,
        "formats": {name: _asset(asset) for name, asset in assets.items()},
    }
    return Response(answer, headers={"Cache-Control": "no-store"})


def _track(asked: dict[str, Any]) -> Track:
    try:
        return track_at(asked["sidPath"], song=asked.get("song"), collection=asked.get("collection"))
    except NoSuchFileError:
        raise TrackNotFound("No collection here has a file at this path.") from None
    except NoSuchSongError as error:
        raise SongOutOfRange(f"Its songs are 1 to {error.songs}.", songs=error.songs) from None


def _asset(asset: RenderedAsset) -> dict[str, Any]:
    return {
        "size": asset.size_bytes,
        "duration": asset.duration_ms / 1000,
        "bitrate": asset.bitrate_bps or asset.sample_rate_hz * asset.channels * 16,
        "sampleRate": asset.sample_rate_hz,
        "channels": asset.channels,
        "loudness": asset.loudness_lufs,
        "renderedAt": time_of(asset.rendered_at),
        "renderer": asset.engine,
        "sha256": asset.sha256,
    }
