"""How does a program search the catalogue?  GET /api/tunes?q=WORDS&chip=8580&..."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.problem_schema import ProblemDocument
from core.problems import as_domain_error
from playback.api import schema
from playback.api.documents import track_document
from playback.api.public_view import PublicView
from playback.catalogue.listing import BadCursorError, Cursor, file_page, songs_of
from playback.catalogue.models import SidFile, Track
from playback.delivery.problems import BadCursor
from playback.roms.bundles import bundle_for
from playback.roms.models import RomBundle
from playback.search.finding import MOST_COUNTED, find
from playback.search.request import SearchRequest, Wish, read_wish

MOST_PER_PAGE = 100


class TunesRequest(SearchRequest):
    """A search, and which of its pages."""

    cursor = serializers.CharField(required=False, default="", allow_blank=True, max_length=6000)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MOST_PER_PAGE, default=50)


class TuneDocument(serializers.Serializer[Any]):
    """A tune with its songs, each as /api/tracks has it; `similar`: its words only resemble those asked for."""

    similar = serializers.BooleanField()
    startSong = serializers.IntegerField()  # noqa: N815  the wire's own name
    tracks = schema.TrackDocument(many=True)


class TunesDocument(serializers.Serializer[Any]):
    """A page of tunes.  `count` is of all pages, and 1000 means that many or more; null where nothing was asked for."""

    items = TuneDocument(many=True)
    count = serializers.IntegerField(allow_null=True)
    nextCursor = serializers.CharField(allow_null=True)  # noqa: N815


class TunesView(PublicView):
    """Searches the tunes."""

    @extend_schema(
        operation_id="tunes",
        summary="Tunes that a search finds, best first, page by page",
        description="Without words: all that pass the filters, in the catalogue's order.",
        parameters=[TunesRequest],
        responses={200: TunesDocument, (400, "application/problem+json"): ProblemDocument},
        examples=[OpenApiExample("nothing found", value={"items": [], "count": 0, "nextCursor": None})],
        auth=[],
        tags=["catalogue"],
    )
    def get(self, request: Request) -> Response:
        """A page of tunes."""
        page = TunesRequest(data=request.query_params)
        if not page.is_valid():
            raise as_domain_error(serializers.ValidationError(page.errors))
        wish = read_wish(request.query_params, place="cursor")
        limit = page.validated_data["limit"]
        if wish.has_words:
            return Response(_found(wish, limit))
        return Response(_listed(wish, page.validated_data["cursor"], limit))


def _found(wish: Wish, limit: int) -> dict[str, Any]:
    page = find(wish.text, wish.filters, after=wish.place, limit=limit)
    similar_from = len(page.files) if page.similar_from is None else page.similar_from
    tracks = songs_of(page.files)
    bundle = bundle_for(page.files)
    return {
        "items": [
            _tune(file, tracks, bundle, similar=at >= similar_from) for at, file in enumerate(page.files)
        ],
        "count": min(page.count, MOST_COUNTED),
        "nextCursor": page.next.encode() if page.next else None,
    }


def _listed(wish: Wish, cursor: str, limit: int) -> dict[str, Any]:
    try:
        after = Cursor.decode(cursor) if cursor else None
    except BadCursorError:
        raise BadCursor from None
    among = wish.filters.applied_to(SidFile.objects.present())
    page = file_page(after=after, limit=limit, among=among)
    bundle = bundle_for(page.files)
    return {
        "items": [_tune(file, page.tracks, bundle, similar=False) for file in page.files],
        "count": len(among.values_list("pk")[:MOST_COUNTED]) if wish.filters else None,
        "nextCursor": page.next.encode() if page.next else None,
    }


def _tune(
    file: SidFile, tracks: dict[int, list[Track]], bundle: RomBundle | None, *, similar: bool
) -> dict[str, Any]:
    songs = tracks[file.album_id]
    for song in songs:
        song.album = file.album
        song.album.sid_file = file
    documents = [track_document(song, bundle) for song in songs]
    return {"similar": similar, "startSong": file.start_song, "tracks": documents}
