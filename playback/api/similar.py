"""Which songs sound like one?  GET /api/tracks/{id}/similar"""

import uuid
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.problem_schema import ProblemDocument
from playback.analysis.likeness_index import Similar, similar_to
from playback.analysis.models import Prediction
from playback.analysis.serving import Described, serving
from playback.api import schema
from playback.api.documents import track_document
from playback.api.public_view import PublicView
from playback.catalogue.models import Track
from playback.delivery.problems import TrackNotFound
from playback.roms.bundles import bundle_for

if TYPE_CHECKING:
    from collections.abc import Iterable


class SimilarView(PublicView):
    """Finds what sounds alike."""

    @extend_schema(
        operation_id="similar",
        summary="Songs that sound like a song, and why",
        description=(
            "By the metric of docs/ratings.md. A song that was not analysed has no items, and a reason says so; that is no error."
        ),
        parameters=[schema.SimilarRequest],
        responses={
            200: schema.SimilarDocument,
            (400, "application/problem+json"): ProblemDocument,
            (404, "application/problem+json"): ProblemDocument,
        },
        examples=[schema.SIMILAR, schema.NOT_ANALYSED, *schema.SIMILAR_PROBLEMS],
        auth=[],
        tags=["catalogue"],
    )
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        """Songs that sound like a song, and why."""
        wish = schema.SimilarRequest(data=request.query_params)
        wish.is_valid(raise_exception=True)
        track = Track.objects.present().with_file().filter(public_id=public_id).first()
        if track is None:
            raise TrackNotFound
        return Response(_document(similar_to(track, count=wish.validated_data["limit"])))


def _document(similar: Similar) -> dict[str, Any]:
    tracks = [song.track for song in similar.items]
    bundle = bundle_for([track.album.sid_file for track in tracks])
    ratings = _ratings(tracks)
    reason = similar.absence
    return {
        "items": [
            {
                "track": track_document(song.track, bundle),
                "likeness": song.likeness,
                "why": song.why,
                "ratings": ratings.get(song.track.pk),
            }
            for song in similar.items
        ],
        "reason": {"code": reason.code, "message": reason.message} if reason else None,
        "ratings": _explained(similar.described) if similar.described else None,
    }


def _ratings(tracks: "Iterable[Track]") -> dict[int, dict[str, float]]:
    """Of each track that has some, in one query."""
    served = serving()
    rows = Prediction.objects.filter(source=served.source if served else "", track__in=tracks)
    return {row.track_id: {"e": row.e, "m": row.m, "c": row.c} for row in rows}


def _explained(described: Described) -> dict[str, Any]:
    rating = described.rating
    return {
        "e": rating.e,
        "m": rating.m,
        "c": rating.c,
        "provisional": described.provisional,
        "because": {one.axis: one.text for one in described.explanations},
    }
