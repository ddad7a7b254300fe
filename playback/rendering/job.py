"""How are many songs rendered, so that a kill, a full disk or a broken tune costs one song and nothing else?

The checkpoint is the last track that is done, and what came of all so far.  A song is one step: what is there already is found and left
alone, so doing a step again costs a look.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from core.problems import DomainError
from jobs.kinds import Steps
from jobs.work import Work
from playback.catalogue.models import Track, TrackQuerySet
from playback.delivery.problems import FileGone
from playback.rendering import eviction, manifest, storage
from playback.rendering.asking import RenderSongs
from playback.rendering.assets import made_asset
from playback.rendering.choosing import chosen_tracks, most_played
from playback.rendering.models import RenderedAsset
from playback.rendering.problems import RenderFailed, RenderProgramMissing
from playback.rendering.rendering import render
from playback.rendering.settings import RenderSettings

_LISTED: Final = 100
_BATCH: Final = 200
# Songs that are there already take no time: so many of them are one step.
_SKIPPED_AT_ONCE: Final = 50


@dataclass
class _Tally:
    """What came of it so far; it is the checkpoint, too."""

    last: int = 0
    done: int = 0
    rendered: int = 0
    skipped: int = 0
    evicted: int = 0
    failed: int = 0
    failures: list[str] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)

    def note(self, track: Track, reason: str) -> str:
        text = f"{track.album.sid_file.path}, song {track.position}: {reason}"
        self.failed += 1
        if len(self.failures) < _LISTED:
            self.failures.append(text)
        return text

    def checkpoint(self) -> dict[str, Any]:
        return {**vars(self), "failures": list(self.failures)}

    def result(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in ("ids", "last")}


def render_songs(work: Work) -> Steps:
    """The kind's work."""
    told = work.parameters
    assert isinstance(told, RenderSongs)  # noqa: S101 - the kind says so
    settings, formats = told.settings(), told.wanted_formats()
    tracks = chosen_tracks(told)
    tally = _Tally(**work.checkpoint)
    if told.top and not tally.ids:
        tally.ids = most_played(tracks, told.top)
    total = len(tally.ids) or tracks.count()
    storage.sweep()
    since = 0
    for track in _remaining(tracks, tally):
        work.progress(tally.done, total, _message(track))
        skipped = not told.force and _is_there(track, formats, settings[0])
        if skipped:
            tally.skipped += 1
            work.still_wanted()
        else:
            _render_one(work, track, formats, settings, tally, force=told.force)
        tally.last, tally.done = track.pk, tally.done + 1
        since += 1
        if not skipped or since >= _SKIPPED_AT_ONCE:
            since = 0
            work.progress(tally.done, total, _message(track))
            yield tally.checkpoint()
    work.progress(tally.done, total, "Writing the list of files")
    storage.tidy()
    manifest.write()
    if tally.failed and not tally.rendered and not tally.skipped:
        raise RenderFailed(f"None of {tally.failed} songs could be rendered. {tally.failures[0]}")
    return tally.result()


def _message(track: Track) -> str:
    return f"Rendering {track.album.sid_file.path}"


def _is_there(track: Track, formats: list[str], settings: RenderSettings) -> bool:
    return all(made_asset(track, name, settings) for name in formats)


def _remaining(tracks: TrackQuerySet, tally: _Tally) -> Iterator[Track]:
    """Those behind the last one that is done, some at a time: the work between two looks may take hours."""
    if tally.ids:
        for pk in tally.ids[tally.done :]:
            if track := tracks.filter(pk=pk).first():
                yield track
            else:  # gone since the list was made
                tally.done += 1
        return
    while batch := list(tracks.filter(pk__gt=tally.last).order_by("pk")[:_BATCH]):
        yield from batch


def _render_one(
    work: Work,
    track: Track,
    formats: list[str],
    settings: list[RenderSettings],
    tally: _Tally,
    *,
    force: bool,
) -> None:
    """By the first engine that can.  Raises RenderNoRoom, and Interrupted."""

    def progress(_: float) -> None:
        work.still_wanted()

    reasons = []
    for one in settings:
        try:
            made = render(track, formats=formats, settings=one, run=work.run, progress=progress, force=force)
        except (RenderFailed, RenderProgramMissing, FileGone) as error:
            reasons.append(f"{one.engine}: {_words(error)}")
            continue
        tally.rendered += 1
        tally.evicted += _kept_within_limit(made)
        if reasons:
            work.say(f"{_message(track)} took another engine. {' '.join(reasons)}", "warning")
        return
    work.say(tally.note(track, " ".join(reasons)), "warning")


def _kept_within_limit(made: list[RenderedAsset]) -> int:
    return len(eviction.keep_within_limit(spare=made))


def _words(error: DomainError) -> str:
    return error.detail or error.title
