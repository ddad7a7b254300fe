"""Which bytes does a CDN fetch from us, once and for ever?"""

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request

from core.problem_schema import ProblemDocument
from playback.api import schema
from playback.api.public_view import PublicView
from playback.delivery.bytes_response import bytes_response
from playback.delivery.problems import TrackNotFound
from playback.delivery.sid_bytes import CONTENT_TYPE, read_sid_of

_MD5 = OpenApiParameter(
    "md5", str, OpenApiParameter.PATH, description="Of the whole file.", pattern="^[0-9a-f]{32}$"
)


class PublicSidView(PublicView):
    """Serves a SID file by what is in it, where a CDN is configured.

    Without one nobody needs it, and session addresses stay the only way to the files.
    """

    @extend_schema(
        operation_id="public_sid",
        summary="A SID file by its content",
        description=(
            "Where `availability.publicBaseUrl` is set, sessions point here through the CDN. Takes Range, If-Range and "
            "If-None-Match; may be kept for ever."
        ),
        parameters=[_MD5],
        responses={
            (200, CONTENT_TYPE): OpenApiTypes.BINARY,
            (206, CONTENT_TYPE): OpenApiTypes.BINARY,
            304: OpenApiResponse(description="You have it."),
            (400, "application/problem+json"): ProblemDocument,
            (404, "application/problem+json"): ProblemDocument,
            (416, "application/problem+json"): ProblemDocument,
        },
        examples=schema.CONTENT_PROBLEMS,
        auth=[],
        tags=["play"],
    )
    def get(self, request: Request, md5: str) -> HttpResponse:
        """A SID file by its content."""
        if not settings.PUBLIC_BASE_URL:
            raise TrackNotFound("This site serves files to sessions only.")
        return bytes_response(request._request, read_sid_of(md5), content_type=CONTENT_TYPE, for_ever=True)
