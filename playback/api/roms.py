"""Which endpoints give ROMs to browsers, and what proves them?"""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.problem_schema import ProblemDocument
from playback.api import schema
from playback.api.documents import manifest_document
from playback.api.public_view import PublicView, track_of_session
from playback.delivery.bytes_response import bytes_response
from playback.delivery.problems import RomNotFound
from playback.roms.bundles import active_bundle
from playback.roms.checking import ROM_SIZES
from playback.roms.storage import read_rom

CONTENT_TYPE = "application/octet-stream"
_KIND = OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=list(ROM_SIZES))


class RomManifestView(PublicView):
    """Says which ROMs there are."""

    @extend_schema(
        operation_id="rom_manifest",
        summary="The ROMs that this site gives to browsers",
        description=(
            "At most one bundle; none where staff uploaded none. A browser compares each ROM that it fetches with its "
            "SHA-256 here before it uses it."
        ),
        responses={200: schema.RomManifestDocument},
        examples=[schema.ROM_MANIFEST],
        auth=[],
        tags=["play"],
    )
    def get(self, _request: Request) -> Response:
        """The ROMs that this site gives to browsers."""
        response = Response(manifest_document(active_bundle()))
        response.headers["Cache-Control"] = "no-cache"  # another bundle may be active at any moment
        return response


class RomView(PublicView):
    """Serves the ROMs to a session whose tune needs them."""

    @extend_schema(
        operation_id="playback_rom",
        summary="A ROM for a session",
        description="For tunes that need ROMs, of the active bundle. Takes Range, If-Range and If-None-Match.",
        parameters=[_KIND],
        responses={
            (200, CONTENT_TYPE): OpenApiTypes.BINARY,
            (206, CONTENT_TYPE): OpenApiTypes.BINARY,
            304: OpenApiResponse(description="You have this version."),
            (400, "application/problem+json"): ProblemDocument,
            (404, "application/problem+json"): ProblemDocument,
            (410, "application/problem+json"): ProblemDocument,
            (416, "application/problem+json"): ProblemDocument,
        },
        examples=schema.ROM_PROBLEMS,
        auth=[],
        tags=["play"],
    )
    def get(self, request: Request, session: str, kind: str) -> HttpResponse:
        """A ROM for a session."""
        if not track_of_session(session).album.sid_file.needs_basic:
            raise RomNotFound("The session's tune needs no ROMs.")
        bundle = active_bundle()
        sha256 = bundle.roms.get(kind) if bundle else None
        if sha256 is None:
            raise RomNotFound
        try:
            data = read_rom(sha256)
        except OSError:
            raise RomNotFound("The ROM cannot be read at the moment.") from None
        return bytes_response(request._request, data, content_type=CONTENT_TYPE)
