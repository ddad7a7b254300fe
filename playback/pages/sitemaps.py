"""Which pages may a search engine read, and where does it find them all?

GET /sitemap.xml       the parts
GET /sitemap-<n>.xml   the pages of a range of albums; a part keeps its tunes when others come
GET /robots.txt
"""

from typing import Final

from django.db.models import F, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.problems import NotFound
from playback.catalogue.models import Album, Artist, Track

ALBUMS_PER_PART: Final = 10_000


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list of parts."""
    parts = [request.build_absolute_uri(reverse("sitemap", args=[part])) for part in range(1, _parts() + 1)]
    return _xml(request, "sitemap_index.xml", parts)


@require_safe
def section(request: HttpRequest, page: int) -> HttpResponse:
    """A part: its tunes' pages; the first part has also the lists and the authors.  Raises NotFound."""
    if not 1 <= page <= _parts():
        raise NotFound
    albums = range((page - 1) * ALBUMS_PER_PART + 1, page * ALBUMS_PER_PART + 1)
    tracks = Track.objects.present().filter(album_id__gte=albums[0], album_id__lte=albums[-1])
    first = tracks.filter(position=F("album__sid_file__start_song"), album__sid_file__fault="")
    paths = [
        f"/tune/{public_id}" for public_id in first.order_by("album_id").values_list("public_id", flat=True)
    ]
    if page == 1:
        authors = Artist.objects.filter(tunes__gt=0).order_by("pk").values_list("pk", flat=True)
        lists = [reverse(name) for name in ("home", "collections", "authors")]
        paths = lists + [reverse("author", args=[pk]) for pk in authors] + paths
    site = request.build_absolute_uri("/").rstrip("/")
    return _xml(request, "sitemap.xml", [site + path for path in paths])


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Pages are for everybody; what programs of ours ask for, and lists that each tune has one of, are for nobody's index."""
    site = request.build_absolute_uri(reverse("sitemap-index"))
    text = f"User-agent: *\nDisallow: /api/\nDisallow: /tune/*/similar\nSitemap: {site}\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _parts() -> int:
    last: int = Album.objects.aggregate(last=Max("pk"))["last"] or 1
    return -(-last // ALBUMS_PER_PART)


def _xml(request: HttpRequest, template: str, addresses: list[str]) -> HttpResponse:
    context = {"addresses": addresses}
    return render(request, f"playback/{template}", context, content_type="application/xml; charset=utf-8")
