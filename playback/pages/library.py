"""What does every public page have: the player's settings, and a list of tunes with a heading and a way on?"""

from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse

from playback.catalogue.listing import BadCursorError, Cursor, FilePage
from playback.catalogue.models import Track
from playback.delivery.addresses import own_asset
from playback.delivery.problems import BadCursor
from playback.pages.lines import FileLine, file_lines
from playback.search.filters import CHIPS, CLOCKS

FILES_PER_PAGE: Final = 50
# How long a song plays whose length nobody knows yet.
DEFAULT_LENGTH_MS: Final = 180_000
CHOICES: Final = {"chip": [*CHIPS], "clock": [*CLOCKS], "sids": ["1", "2", "3"], "needsRom": ["no", "yes"]}


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another page; `count` is of the tunes there."""

    name: str
    url: str
    count: int | None = None


@dataclass(slots=True)
class Library:
    """The page's list.  `parts` are links shown before the tunes: folders, authors."""

    heading: str
    files: list[FileLine] = field(default_factory=list)
    count: str = ""
    crumbs: list[Link] = field(default_factory=list)
    parts: list[Link] = field(default_factory=list)
    note: str = ""
    next_url: str = ""
    # From this line on the tunes have words that only resemble those typed.
    similar_from: int | None = None
    # What stands there where there is nothing: the template templates/playback/empty_<this>.html.
    empty: str = "site"


def tunes(count: int) -> str:
    """So many, in words."""
    return "1 tune" if count == 1 else f"{count} tunes"


def cursor_of(request: HttpRequest) -> Cursor | None:
    """The place after which the list goes on.  Raises BadCursor."""
    text = request.GET.get("after", "")
    try:
        return Cursor.decode(text) if text else None
    except BadCursorError:
        raise BadCursor from None


def show(
    request: HttpRequest,
    library: Library,
    *,
    selected: Track | None = None,
    template: str = "playback/home.html",
    **more: Any,
) -> HttpResponse:
    """The page; with `?part=library` only the list, for a page that is there already."""
    if request.GET.get("part") == "library":
        template = "playback/found.html"
    context = {"library": library, "choices": CHOICES, "player_config": player_config(selected), **more}
    return render(request, template, context)


def lines_of(page: FilePage, selected: Track | None = None) -> list[FileLine]:
    """The lines of a page of the catalogue."""
    return file_lines(page.files, page.tracks, selected)


def next_url(path: str, page: FilePage, **parameters: str) -> str:
    """Where the list goes on, or ""."""
    return with_query(path, **parameters, after=page.next.encode()) if page.next else ""


def with_query(path: str, **parameters: str) -> str:
    """The address with those parameters that are not empty."""
    query = urlencode({name: value for name, value in parameters.items() if value})
    return f"{path}?{query}" if query else path


def player_config(selected: Track | None) -> dict[str, Any]:
    """What the page's player must know before it begins."""
    return {
        "playUrl": reverse("play"),
        "tracksUrl": reverse("tracks"),
        "detectUrl": reverse("playback-detect"),
        "emulatorWorkerUrl": own_asset("dist/emulator-worker.js"),
        "outlineWorkerUrl": own_asset("dist/outline-worker.js"),
        "workletUrl": own_asset("dist/audio-worklet.js"),
        "engineUrl": static("dist/engine.wasm"),
        "defaultLengthMs": DEFAULT_LENGTH_MS,
        "selectedTrackId": str(selected.public_id) if selected else None,
    }
