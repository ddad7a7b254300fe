"""What stands at `/`: all tunes, or those that a search and its filters leave?

GET /?q=WORDS&chip=8580&clock=PAL&...&after=PLACE
"""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from playback.catalogue.listing import file_page, songs_of
from playback.catalogue.models import Artist, SidFile
from playback.pages.keeping import kept
from playback.pages.library import (
    FILES_PER_PAGE,
    Library,
    Link,
    cursor_of,
    lines_of,
    next_url,
    show,
    tunes,
    with_query,
)
from playback.pages.lines import file_lines
from playback.search.finding import MOST_COUNTED, find
from playback.search.request import Wish, read_wish
from playback.search.words import words_of

MOST_AUTHORS = 6


@require_safe
@kept
def home(request: HttpRequest) -> HttpResponse:
    """The list, from its beginning or behind a place.  Raises BadCursor and, for filters that are none, InvalidInput."""
    wish = read_wish(request.GET)
    return show(request, library_of(request, wish), wish=wish, total=SidFile.objects.present().count())


def library_of(request: HttpRequest, wish: Wish) -> Library:
    """What the words and filters find, or all.  Raises BadCursor."""
    return _found(wish) if wish.has_words else _listed(request, wish)


def _found(wish: Wish) -> Library:
    page = find(wish.text, wish.filters, after=wish.place, limit=FILES_PER_PAGE)
    following = wish.parameters | {"after": page.next.encode()} if page.next else {}
    return Library(
        heading=f"“{wish.text}”",
        files=file_lines(page.files, songs_of(page.files)),
        count=_how_many(page.count),
        parts=[] if wish.place else _authors(wish.text),
        next_url=with_query(reverse("home"), **following) if following else "",
        empty="search",
        similar_from=page.similar_from,
    )


def _listed(request: HttpRequest, wish: Wish) -> Library:
    among = wish.filters.applied_to(SidFile.objects.present())
    page = file_page(after=cursor_of(request), limit=FILES_PER_PAGE, among=among)
    count = ""
    if wish.filters:
        count = _how_many(len(among.values_list("pk")[:MOST_COUNTED]))
    return Library(
        heading="Tunes",
        files=lines_of(page),
        count=count,
        next_url=next_url(reverse("home"), page, **wish.parameters),
        empty="search" if wish.filters else "site",
    )


def _authors(text: str) -> list[Link]:
    """Authors of whose name every word is a part."""
    authors = Artist.objects.filter(tunes__gt=0)
    for word in words_of(text):
        authors = authors.filter(name__icontains=word)
    best = authors.order_by("-tunes", "name")[:MOST_AUTHORS]
    return [Link(author.name, reverse("author", args=[author.pk]), author.tunes) for author in best]


def _how_many(count: int) -> str:
    if count >= MOST_COUNTED:
        return f"{MOST_COUNTED:,} tunes and more"
    return tunes(count)
