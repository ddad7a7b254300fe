"""How are audio, its making and the ways to hear it described at /api/schema/?"""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers

from core.problems import DomainError, TooManyRequests
from jobs.schema import ProgressDocument
from playback.api.schema import SESSION_PROBLEMS, problem_example
from playback.delivery.problems import (
    NotRendered,
    RangeNotSatisfiable,
    RenderingBusy,
    RenderingFailed,
    RenderingUnavailable,
)

PIECE: Final = r"^(index\.m3u8|init\.mp4|seg[0-9]{1,6}\.m4s)$"
_SESSION: Final = "WzEsIkN6OHFWRzhPVHd1YVV3MHZDangtRVEiXQ:c2lnbmF0dXJl"


class PreparingDocument(serializers.Serializer[Any]):
    """The audio is not there yet."""

    status = serializers.ChoiceField(choices=["waiting", "rendering", "failed", "absent"])
    progress = ProgressDocument()
    progressUrl = serializers.CharField()  # noqa: N815
    retryAfter = serializers.IntegerField(help_text="Seconds until it is worth asking.")  # noqa: N815


class RenderingDocument(serializers.Serializer[Any]):
    """How far the server is; `url` is the audio's once it is ready.

    `absent`: nobody makes it; asking for the audio itself begins that.
    """

    status = serializers.ChoiceField(choices=["ready", "waiting", "rendering", "failed", "absent"])
    progress = ProgressDocument()
    url = serializers.CharField(allow_null=True)
    retryAfter = serializers.IntegerField()  # noqa: N815


class AdapterDocument(serializers.Serializer[Any]):
    """A way to hear tunes."""

    available = serializers.BooleanField()
    reason = serializers.CharField(allow_null=True, help_text="Why not.")
    formats = serializers.ListField(child=serializers.CharField())


class DetectDocument(serializers.Serializer[Any]):
    """The ways to hear tunes: the browser itself, the server's audio, sidplayfp's, a C64."""

    wasm = AdapterDocument()
    stream = AdapterDocument()
    cli = AdapterDocument()
    ultimate64 = AdapterDocument()


_HALF: Final = {"current": 45, "total": 100, "percentComplete": 45.0, "message": "Rendering"}
_DONE: Final = {"current": 1, "total": 1, "percentComplete": 100.0, "message": "Ready."}
PREPARING = OpenApiExample(
    "being rendered",
    value={
        "status": "rendering",
        "progress": _HALF,
        "progressUrl": f"/api/playback/{_SESSION}/render/m4a",
        "retryAfter": 2,
    },
    response_only=True,
    status_codes=["202"],
)
RENDERING = [
    OpenApiExample(
        name,
        value={"status": status, "progress": progress, "url": url, "retryAfter": 2},
        response_only=True,
        status_codes=["200"],
    )
    for name, status, progress, url in (
        ("on its way", "rendering", _HALF, None),
        ("ready", "ready", _DONE, f"/api/playback/{_SESSION}/stream.m4a"),
    )
]
DETECTED = OpenApiExample(
    "a site that renders",
    value={
        "wasm": {"available": True, "reason": None, "formats": ["sid"]},
        "stream": {"available": True, "reason": None, "formats": ["m4a", "hls"]},
        "cli": {"available": False, "reason": "This site does not offer it.", "formats": []},
        "ultimate64": {"available": False, "reason": "No device is configured.", "formats": []},
    },
    response_only=True,
    status_codes=["200"],
)
_MADE_PROBLEMS = [
    NotRendered(),
    TooManyRequests(retry_after_s=120),
    RenderingUnavailable(),
    RenderingBusy(),
    RenderingFailed(),
]
STREAM_PROBLEMS = [*SESSION_PROBLEMS, *map(problem_example, _MADE_PROBLEMS)]
# Progress has no parts.
RENDER_PROBLEMS = [example for example in SESSION_PROBLEMS if example.name != RangeNotSatisfiable.code]
ASSET_PROBLEMS = [
    problem_example(error)
    for error in (
        DomainError("An address holds no NUL character."),
        NotRendered(),
        RangeNotSatisfiable(size=4096),
    )
]
