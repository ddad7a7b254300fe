"""What sounds like a song?

GET /tune/<public_id>/similar
"""

import uuid
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from playback.analysis.likeness_index import Similar, SimilarSong, similar_to
from playback.catalogue.listing import songs_of
from playback.catalogue.models import Track
from playback.delivery.problems import TrackNotFound
from playback.pages.keeping import kept
from playback.pages.library import Library, Link, show
from playback.pages.lines import FileLine, file_lines


@require_safe
@kept
def similar(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The songs that sound most like it, nearest first, as a list that plays.  Raises TrackNotFound."""
    track = Track.objects.present().with_file().filter(public_id=public_id).first()
    if track is None:
        raise TrackNotFound
    found = similar_to(track)
    lines = similar_lines(found)
    library = Library(
        heading=f"Sounds like {track.display_title}",
        crumbs=[Link(track.display_title, reverse("tune", args=[public_id]))],
        files=lines,
        count=f"{len(lines)} songs" if len(lines) != 1 else "1 song",
        empty="similar",
    )
    return show(request, library, absence=found.absence)


def similar_lines(found: Similar) -> list[FileLine]:
    """A line for each song: its tune's, but beginning with that song, and saying why it stands there."""
    files = [song.track.album.sid_file for song in found.items]
    lines = file_lines(files, songs_of(files))
    return [
        replace(line, start_song=song.track.position, why=_why(song, line))
        for line, song in zip(lines, found.items, strict=True)
    ]


def _why(song: SimilarSong, line: FileLine) -> str:
    """ "Song 3: many arpeggios, a fast beat"."""
    which = f"Song {song.track.position}" if line.songs > 1 else ""
    return ": ".join(part for part in (which, ", ".join(song.why)) if part)
