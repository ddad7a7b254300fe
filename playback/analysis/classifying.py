"""How does a whole collection get its features and ratings?  The work of the job kind `classify`.

Batch after batch of songs goes to processes on all cores (`analysers`); a batch's rows, its ratings, and so what is left to do, are
one transaction.  Which songs are left is asked of the rows, so nothing is done twice, whoever goes on after whatever end.
"""

import os
from collections import Counter, deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from pydantic import Field, model_validator

from core.configuration import configuration
from jobs.kinds import Parameters, Steps
from jobs.work import Work
from playback.analysis import rating_rows
from playback.analysis.analysers import Analysers, AnalysersDownError, Asked, Outcome
from playback.analysis.choosing import MOST_CHOSEN, Part, batches, chosen_songs, without_features
from playback.analysis.feature_rows import recipe_in_force, settings_in_force, write
from playback.analysis.models import Features
from playback.analysis.problems import AnalysisImpossible, TooManyFailures
from playback.catalogue.models import Track

BATCH: Final = 64
_LOOK_EVERY_S: Final = 0.5
# What says something about us, not about the tune.  More than a hundredth of it ends the job: something is wrong with the site.
_UNEXPECTED: Final = frozenset({"crashed", "unreadable", "not-finite"})
_TOLERATED: Final = 20
_TOLERATED_SHARE: Final = 0.01
_TOLD: Final = 50


class Classify(Parameters):
    """Which songs, and how."""

    path: str | None = Field(
        default=None,
        title="Folder or file",
        description="Below the collection's root, like MUSICIANS/H; empty: all.",
    )
    collection: str | None = Field(default=None, description="A collection's name; empty: all.")
    force: bool = Field(default=False, description="Also songs whose features are fresh.")
    olderThanDays: int | None = Field(  # noqa: N815  the API's own name
        default=None,
        title="Older than days",
        description="Also songs that were analysed longer ago.",
        ge=0,
        le=36_500,
    )
    top: int | None = Field(
        default=None,
        title="Most played",
        description="Only so many songs, the most played.",
        ge=1,
        le=MOST_CHOSEN,
    )
    sample: int | None = Field(
        default=None, description="Only so many songs, chosen by lot.", ge=1, le=MOST_CHOSEN
    )
    validation: bool = Field(
        default=False,
        title="Only validate",
        description="Analyse, write nothing, and compare with what is stored.",
    )
    calibrate: bool = Field(
        default=False,
        description="Calibrate the ratings on the collection anew afterwards: old ratings may move.",
    )
    threads: int | None = Field(
        default=None, description="Processes; empty: as configured, 0: one for each core.", ge=0, le=256
    )

    @model_validator(mode="after")
    def _top_or_sample(self) -> "Classify":
        if self.top is not None and self.sample is not None:
            raise ValueError("say top or sample, not both")
        return self


def classify(work: Work) -> Steps:
    """The steps of the job; see the module."""
    told = work.parameters
    assert isinstance(told, Classify)  # noqa: S101 - the kind says so
    run = _Run(work, told)
    with Analysers(_processes(told), settings_in_force()) as analysers:
        yield from run.analyse(analysers)
    if told.validation:
        return run.validated()
    yield from run.rate()
    # Ratings that were refused have left their own count behind.
    work.progress(run.total, run.total, "All songs are analysed.")
    return run.result()


def _processes(told: Classify) -> int:
    wanted = configuration().threads if told.threads is None else told.threads
    return wanted or len(os.sched_getaffinity(0))


class _Run:
    """One job's way through the songs."""

    def __init__(self, work: Work, told: Classify) -> None:
        self.work, self.told = work, told
        self.recipe = recipe_in_force()
        self.part = Part(told.collection, told.path)
        state = work.checkpoint or self._beginning()
        self.after: int = state["after"]
        self.done: int = state["done"]
        self.total: int = state["total"]
        self.only: list[int] | None = state["only"]
        self.begun_at: str = state["begunAt"]
        self.counts: Counter[str] = Counter(state["counts"])
        self.told_of: int = sum(count for code, count in self.counts.items() if code in _UNEXPECTED)

    def _beginning(self) -> dict[str, Any]:
        told = self.told
        only = chosen_songs(self.part.tracks(), top=told.top, sample=told.sample, seed=self.work.job_id)
        begun_at = timezone.now()
        left = self._left(begun_at.isoformat())
        total = left.count() if only is None else sum(1 for _ in _numbers(left, only))
        return {
            "after": 0,
            "done": 0,
            "total": total,
            "only": only,
            "begunAt": begun_at.isoformat(),
            "counts": {},
        }

    def _left(self, begun_at: str) -> Any:
        """The songs of this job that are not done."""
        tracks = self.part.tracks()
        if self.told.validation:
            return tracks
        return without_features(tracks, self.recipe, since=self._since(begun_at))

    def _since(self, begun_at: str) -> datetime | None:
        begun = parse_datetime(begun_at)
        assert begun is not None  # noqa: S101 - written by us
        if self.told.force:
            return begun
        days = self.told.olderThanDays
        return None if days is None else begun - timedelta(days=days)

    def _checkpoint(self) -> dict[str, Any]:
        return {
            "after": self.after,
            "done": self.done,
            "total": self.total,
            "only": self.only,
            "begunAt": self.begun_at,
            "counts": dict(self.counts),
        }

    # -- analysing --

    def analyse(self, analysers: Analysers) -> Iterator[dict[str, Any]]:
        """A checkpoint after each batch.  The next batch is under way while one is written."""
        coming = batches(self._left(self.begun_at), after=self.after, size=BATCH, only=self.only)
        asked: deque[list[Track]] = deque()
        found: dict[int, Outcome] = {}
        while True:
            while len(asked) < 2 and (batch := next(coming, None)):
                asked.append(batch)
                for task in _by_file(batch):
                    analysers.ask(task)
            if not asked:
                self.work.progress(self.total, self.total, "All songs are analysed.")
                return
            batch = asked.popleft()
            self._collect(analysers, batch, found)
            self._keep(batch, [found.pop(track.pk) for track in batch])
            yield self._checkpoint()

    def _collect(self, analysers: Analysers, batch: list[Track], found: dict[int, Outcome]) -> None:
        """Waits for the outcomes of all songs of the batch."""
        missing = {track.pk for track in batch} - found.keys()
        while missing:
            try:
                outcome = analysers.outcome(_LOOK_EVERY_S)
            except AnalysersDownError as error:
                raise AnalysisImpossible(f"A process that analyses does not begin: {error}") from None
            if outcome is not None:
                found[outcome.track] = outcome
                missing.discard(outcome.track)
            ready = len(batch) - len(missing)
            self.work.progress(
                min(self.done + ready, self.total),
                self.total,
                batch[min(ready, len(batch) - 1)].album.sid_file.path,
            )
            self.work.still_wanted()

    def _keep(self, batch: list[Track], outcomes: list[Outcome]) -> None:
        self._count(batch, outcomes)
        if self.told.validation:
            self._compare(outcomes)
        else:
            with transaction.atomic():
                rows = write(self.recipe, outcomes)
                rating_rows.rate_new(self.recipe, rows)
        self.after = batch[-1].pk
        self.done += len(batch)
        self.work.progress(min(self.done, self.total), self.total, batch[-1].album.sid_file.path)

    def _count(self, batch: list[Track], outcomes: list[Outcome]) -> None:
        for track, outcome in zip(batch, outcomes, strict=True):
            self.counts[outcome.failure or "analysed"] += 1
            for name in ("trace", "synth", "features"):
                self.counts[f"{name}Ms"] += round(1000 * getattr(outcome, f"{name}_s"))
            if outcome.failure and self.told_of < _TOLD:
                self.told_of += 1
                path = track.album.sid_file.path
                self.work.say(f"{path} #{track.position}: {outcome.failure}: {outcome.detail}", "warning")
        odd = sum(self.counts[code] for code in _UNEXPECTED)
        if odd > _TOLERATED and odd > _TOLERATED_SHARE * (self.done + len(batch)):
            raise TooManyFailures(
                f"{odd} of {self.done + len(batch)} failed in unexpected ways; the log names them."
            )

    def _compare(self, outcomes: list[Outcome]) -> None:
        rows = Features.objects.filter(recipe=self.recipe, track__in=[one.track for one in outcomes])
        stored = {row.track_id: bytes(row.vector) for row in rows}
        for one in outcomes:
            if one.track not in stored:
                self.counts["notStored"] += 1
            else:
                self.counts["identical" if stored[one.track] == one.vector else "different"] += 1

    # -- rating --

    def rate(self) -> Iterator[dict[str, Any]]:
        """Calibrates where the recipe has no calibration of its own yet and all songs were looked at, or where staff ask for it."""
        self.recipe.refresh_from_db()
        is_whole = self.part.is_all and self.only is None
        if not (self.told.calibrate or (is_whole and rating_rows.needs_calibration(self.recipe))):
            return
        self.work.say("Comparing all songs, for their ratings.")
        try:
            done = rating_rows.calibrate(self.recipe, progress=self._rating)
        except rating_rows.RatingsRefused as refusal:
            if self.told.calibrate:
                raise
            # Too few songs, or too much alike: nothing is wrong with what was found.
            self.work.say(f"No ratings yet: {refusal.detail}", "warning")
            return
        kind = "provisional: too few songs to compare" if done.provisional else "calibrated on the collection"
        self.work.say(f"{done.songs} songs are rated ({kind}).")
        self.counts["rated"] = done.songs
        yield self._checkpoint()

    def _rating(self, done: int, total: int, message: str) -> None:
        self.work.progress(done, total, f"Ratings: {message}")
        self.work.still_wanted()

    # -- telling --

    def result(self) -> dict[str, Any]:
        """What the job did, in figures: as the rows have it, which know also of a batch whose checkpoint was lost."""
        rows = self.recipe.rows.filter(analysed_at__gte=parse_datetime(self.begun_at))
        if not self.part.is_all:
            rows = rows.filter(track__in=self.part.tracks())
        by_failure = dict(rows.order_by().values_list("failure").annotate(Count("pk")))
        needing = Track.objects.present().filter(self.part.condition(), album__sid_file__needs_basic=True)
        return {
            "analysed": by_failure.pop("", 0),
            "failures": dict(sorted(by_failure.items())),
            "failed": sum(by_failure.values()),
            "rated": self.counts["rated"],
            "needRoms": needing.count() if self.only is None else 0,
            **self._means(),
        }

    def validated(self) -> dict[str, Any]:
        """What a validation found."""
        if self.counts["different"]:
            self.work.say(f"{self.counts['different']} songs have other features than those stored.", "error")
        found = {name: self.counts[name] for name in ("analysed", "identical", "different", "notStored")}
        return {**found, "failed": self.done - self.counts["analysed"], **self._means()}

    def _means(self) -> dict[str, Any]:
        spent = {name: self.counts[f"{name}Ms"] for name in ("trace", "synth", "features")}
        return {"recipe": self.recipe.version, "cpuMs": spent}


def _numbers(tracks: Any, only: list[int]) -> Iterator[int]:
    wanted = set(only)
    return (number for number in tracks.values_list("pk", flat=True).iterator() if number in wanted)


def _by_file(batch: list[Track]) -> Iterator[Asked]:
    """The batch's songs, those of a file together."""
    for _, songs in groupby(batch, key=lambda track: track.album_id):
        tracks = list(songs)
        file = tracks[0].album.sid_file
        yield Asked(
            file.collection.root, file.path, tuple((one.pk, one.position, one.length_ms) for one in tracks)
        )
