"""Who made the music, and what did each make?

GET /authors?letter=H   the authors whose name begins so; without a letter, those with most tunes
GET /authors/<id>       an author's tunes
"""

import string
from typing import Final

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.problems import NotFound
from playback.catalogue.listing import file_page
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

OTHERS: Final = "0-9"  # what stands for names that begin with no letter of the alphabet
BEST: Final = 60


class AuthorNotFound(NotFound):
    """Nobody has that number."""

    code = "author-not-found"
    title = "There is no such author"


@require_safe
@kept
def authors(request: HttpRequest) -> HttpResponse:
    """The authors of one letter, or the busiest ones."""
    letter = request.GET.get("letter", "").upper()
    present = Artist.objects.filter(tunes__gt=0)
    if letter in string.ascii_uppercase and len(letter) == 1:
        chosen = present.filter(name__istartswith=letter).order_by("name")
    elif letter == OTHERS:
        letters = Q()
        for one in string.ascii_uppercase:
            letters |= Q(name__istartswith=one)
        chosen = present.exclude(letters).order_by("name")
    else:
        letter = ""
        chosen = present.order_by("-tunes", "name")[:BEST]
    library = Library(
        heading=f"Authors: {letter}" if letter else "Authors with most tunes",
        parts=[Link(author.name, author_url(author), author.tunes) for author in chosen],
        empty="authors",
    )
    letters_bar = [
        Link(one, with_query(reverse("authors"), letter=one)) for one in (*string.ascii_uppercase, OTHERS)
    ]
    return show(request, library, letters=letters_bar, letter=letter)


@require_safe
@kept
def author(request: HttpRequest, pk: int) -> HttpResponse:
    """An author's tunes in the catalogue's order.  Raises AuthorNotFound, BadCursor."""
    artist = Artist.objects.filter(pk=pk).first()
    if artist is None:
        raise AuthorNotFound
    among = SidFile.objects.present().filter(album__artist=artist)
    page = file_page(after=cursor_of(request), limit=FILES_PER_PAGE, among=among)
    library = Library(
        heading=artist.name,
        count=tunes(artist.tunes),
        crumbs=[Link("Authors", reverse("authors"))],
        files=lines_of(page),
        next_url=next_url(author_url(artist), page),
        empty="authors",
    )
    return show(request, library)


def author_url(artist: Artist) -> str:
    return reverse("author", args=[artist.pk])
