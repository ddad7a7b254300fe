"""What is known about one tune: its facts, songs, comments, how it sounds, and what lies beside it?

GET /tune/<public_id>
"""

import uuid
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from playback.analysis.likeness_index import similar_to
from playback.catalogue.listing import Cursor, file_page
from playback.catalogue.models import SidFile, Track
from playback.delivery.problems import TrackNotFound
from playback.pages.authors import author_url
from playback.pages.folders import folder_link, tunes_in
from playback.pages.keeping import kept
from playback.pages.library import FILES_PER_PAGE, Library, Link, lines_of, next_url, show
from playback.pages.lines import FileLine
from playback.pages.similar import similar_lines
from playback.pages.sound import sound_of

# Songs that sound like it, on its own page; all of them have a page.
SHOWN_BESIDE: Final = 6
_LABELS: Final = {
    "NAME": "Name",
    "AUTHOR": "By",
    "TITLE": "Covers",
    "ARTIST": "Of",
    "COMMENT": "About",
    "BUG": "Known fault",
}


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote about the tune or one of its songs; `song` 0: about all of it."""

    song: int
    field: str
    text: str

    @property
    def label(self) -> str:
        """STIL's field name, as people read it."""
        return _LABELS.get(self.field, self.field) + (f" (song {self.song})" if self.song else "")


@dataclass(frozen=True, slots=True)
class Tune:
    """A tune as its own page shows it, before anything plays."""

    line: FileLine
    song: int
    title: str
    folder: Link
    author: Link | None
    notes: list[Note]
    length: str

    @property
    def about(self) -> str:
        """A sentence for those who see only a link to it."""
        by = f" by {self.line.author}" if self.line.author else ""
        songs = f", {self.line.songs} songs" if self.line.songs > 1 else ""
        chips = f" for the {self.line.chips}" if self.line.chips else ""
        released = f" ({self.line.released})" if self.line.released else ""
        return f"{self.title}{by}{released}{songs}: Commodore 64 music{chips}, played by your own browser."


@require_safe
@kept
def tune(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The tune with one of its songs chosen, and its folder from there on.  Raises TrackNotFound."""
    track = Track.objects.present().with_file().filter(public_id=public_id).first()
    if track is None:
        raise TrackNotFound
    file = track.album.sid_file
    folder = folder_link(file)
    here = tunes_in(file.collection, file.path.rpartition("/")[0])
    page = file_page(after=Cursor(file.collection_id, file.path, 0), limit=FILES_PER_PAGE, among=here)
    lines = lines_of(page, track)
    library = Library(
        heading="From here on in its folder",
        crumbs=[folder],
        files=lines,
        next_url=next_url(folder.url, page),
    )
    chosen = next((line for song in lines for line in song.tracks if line.is_selected), None)
    found = similar_to(track, count=SHOWN_BESIDE)
    return show(
        request,
        library,
        selected=track,
        tune=_tune(track, file, lines[0], folder),
        chosen=chosen,
        sound=sound_of(found),
        alike=similar_lines(found),
    )


def _tune(track: Track, file: SidFile, line: FileLine, folder: Link) -> Tune:
    artist = track.album.artist
    return Tune(
        line=line,
        song=track.position,
        title=track.display_title,
        folder=folder,
        author=Link(artist.name, author_url(artist)) if artist else None,
        length=_minutes(track.length_ms),
        notes=[Note(note["song"] or 0, note["field"], note["text"]) for note in file.notes],
    )


def _minutes(length_ms: int | None) -> str:
    """ "3:05", or "" where nobody measured it."""
    return f"{length_ms // 60_000}:{length_ms // 1000 % 60:02}" if length_ms else ""
