"""What does the public page show: which tunes, and what does its player need to begin?

    GET /?after=CURSOR     a page of the list
    GET /tune/<public_id>  the same page, beginning with that track's file

The template is templates/playback/home.html (see `_context` for what it gets); it works as plain text without script.
"""

import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from playback.catalogue.listing import BadCursorError, Cursor, FilePage, file_page
from playback.catalogue.models import SidFile, Track
from playback.delivery.problems import BadCursor, TrackNotFound
from playback.sidfile import FIRST_SID_ADDRESS, Chip, ChipModel, Clock

FILES_PER_PAGE: Final = 50
# How long a song plays whose length nobody knows yet.
DEFAULT_LENGTH_MS: Final = 180_000

_MODEL_LABELS: Final = {ChipModel.UNKNOWN: "SID", ChipModel.BOTH: "6581/8580"}
_CLOCK_LABELS: Final = {Clock.UNKNOWN: "", Clock.BOTH: "PAL/NTSC"}


@dataclass(frozen=True, slots=True)
class TrackLine:
    """A song in the list."""

    public_id: uuid.UUID
    song: int
    length_ms: int | None
    url: str
    is_selected: bool


@dataclass(frozen=True, slots=True)
class FileLine:
    """A tune in the list; `reason` says in a sentence why it does not play, else it is empty."""

    title: str
    author: str
    released: str
    path: str
    collection: str
    format: str
    chips: str
    clock: str
    songs: int
    start_song: int
    playable: bool
    reason: str
    reason_code: str
    tracks: list[TrackLine]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The list of tunes, from its beginning or behind a cursor.  Raises BadCursor."""
    text = request.GET.get("after", "")
    try:
        after = Cursor.decode(text) if text else None
    except BadCursorError:
        raise BadCursor from None
    return render(request, "playback/home.html", _context(after, selected=None))


@require_safe
def tune(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The list from one track's file on, with that track chosen.  Raises TrackNotFound."""
    track = Track.objects.present().with_file().filter(public_id=public_id).first()
    if track is None:
        raise TrackNotFound
    file = track.album.sid_file
    return render(
        request, "playback/home.html", _context(Cursor(file.collection_id, file.path, 0), selected=track)
    )


def _context(after: Cursor | None, *, selected: Track | None) -> dict[str, Any]:
    page = file_page(after=after, limit=FILES_PER_PAGE)
    files = [_file_line(file, page, selected) for file in page.files]
    chosen = [track for file in files for track in file.tracks if track.is_selected]
    return {
        "files": files,
        "total": SidFile.objects.present().count(),
        "next_after": page.next.encode() if page.next else "",
        "selected": chosen[0] if chosen else None,
        "player_config": {
            "playUrl": reverse("play"),
            "tracksUrl": reverse("tracks"),
            "emulatorWorkerUrl": static("dist/emulator-worker.js"),
            "workletUrl": static("dist/audio-worklet.js"),
            "engineUrl": static("dist/engine.wasm"),
            "defaultLengthMs": DEFAULT_LENGTH_MS,
            "selectedTrackId": str(selected.public_id) if selected else None,
        },
    }


def _file_line(file: SidFile, page: FilePage, selected: Track | None) -> FileLine:
    obstacle = file.obstacle
    artist = file.album.artist
    return FileLine(
        title=file.album.title,
        author=artist.name if artist else "",
        released=file.album.released,
        path=file.path,
        collection=file.collection.name,
        format=file.format,
        chips=", ".join(_chip_label(chip) for chip in file.chips),
        clock=_CLOCK_LABELS.get(Clock(file.clock), file.clock),
        songs=file.songs,
        start_song=file.start_song,
        playable=obstacle is None,
        reason=obstacle.message if obstacle else "",
        reason_code=obstacle.code if obstacle else "",
        tracks=[_track_line(track, selected) for track in page.tracks[file.album_id]],
    )


def _track_line(track: Track, selected: Track | None) -> TrackLine:
    url = reverse("tune", args=[track.public_id])
    return TrackLine(track.public_id, track.position, track.length_ms, url, track == selected)


def _chip_label(chip: Chip) -> str:
    """ "8580" for the chip where every C64 has it, "8580 $D420" for one elsewhere."""
    model = _MODEL_LABELS.get(chip.model, chip.model.value)
    return model if chip.address == FIRST_SID_ADDRESS else f"{model} ${chip.address:04X}"
