"""How does a tune stand in a list on a page?"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from playback.catalogue.models import SidFile, Track
from playback.roms.bundles import bundle_for, obstacle_given
from playback.roms.models import RomBundle
from playback.sidfile import FIRST_SID_ADDRESS, Chip, ChipModel, Clock

_MODEL_LABELS: Final = {ChipModel.UNKNOWN: "SID", ChipModel.BOTH: "6581/8580"}
CLOCK_LABELS: Final = {Clock.UNKNOWN: "", Clock.BOTH: "PAL/NTSC"}


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
    # Why it stands in the list, where that is not plain.
    why: str = ""

    @property
    def page_url(self) -> str:
        """The page about it: of the song with which it begins."""
        first = next((track for track in self.tracks if track.song == self.start_song), None)
        return first.url if first else ""


def file_lines(
    files: list[SidFile], tracks: Mapping[int, list[Track]], selected: Track | None = None
) -> list[FileLine]:
    """A line for each file; `tracks` has its songs by its album's id."""
    bundle = bundle_for(files)
    return [_file_line(file, tracks[file.album_id], selected, bundle) for file in files]


def _file_line(
    file: SidFile, tracks: list[Track], selected: Track | None, bundle: RomBundle | None
) -> FileLine:
    obstacle = obstacle_given(file, bundle)
    artist = file.album.artist
    return FileLine(
        title=file.album.title,
        author=artist.name if artist else "",
        released=file.album.released,
        path=file.path,
        collection=file.collection.name,
        format=file.format,
        chips=", ".join(chip_label(chip) for chip in file.chips),
        clock=CLOCK_LABELS.get(Clock(file.clock), file.clock),
        songs=file.songs,
        start_song=file.start_song,
        playable=obstacle is None,
        reason=obstacle.message if obstacle else "",
        reason_code=obstacle.code if obstacle else "",
        tracks=[_track_line(track, selected) for track in tracks],
    )


def _track_line(track: Track, selected: Track | None) -> TrackLine:
    url = reverse("tune", args=[track.public_id])
    return TrackLine(track.public_id, track.position, track.length_ms, url, track == selected)


def chip_label(chip: Chip) -> str:
    """ "8580" for the chip where every C64 has it, "8580 $D420" for one elsewhere."""
    model = _MODEL_LABELS.get(chip.model, chip.model.value)
    return model if chip.address == FIRST_SID_ADDRESS else f"{model} ${chip.address:04X}"
