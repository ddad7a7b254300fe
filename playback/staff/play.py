"""What does playing look like for staff? The public page in the administration's frame, with the engine's state and what the track is."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from playback.pages.home import library_of
from playback.pages.library import show
from playback.search.request import read_wish


@require_safe
def play(request: HttpRequest) -> HttpResponse:
    """The list and the player.  Raises BadCursor, InvalidInput."""
    wish = read_wish(request.GET)
    frame = admin.site.each_context(request)
    more = frame | {"wish": wish, "room_more": "staff/machine.html"}
    return show(request, library_of(request, wish), template="staff/play.html", **more)
