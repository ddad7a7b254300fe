"""How does what was measured of a song, with its ratings, become a line, and a line rows?"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated, Any, Final
from uuid import UUID

from django.utils import timezone
from pydantic import Field, FiniteFloat

from core.exporting import BATCH, Counts, DataFileError, Document, Progress
from playback.analysis.models import Features, Prediction, Recipe
from playback.catalogue.models import Track
from playback.catalogue.paths import LONGEST_PATH

_Number = Annotated[int, Field(ge=0, le=2**31 - 1)]
_Rating = Annotated[float, Field(ge=1, le=5)]


class RatingsPart(Document):
    """By the recipe's calibration."""

    e: _Rating
    m: _Rating
    c: _Rating


class SoundPart(Document):
    """`values` are float32 in the order of the recipe's features; empty where `failure` says why."""

    md5: Annotated[str, Field(max_length=32)]
    window_start_ms: _Number
    window_ms: _Number
    values: list[FiniteFloat]
    failure: Annotated[str, Field(max_length=32)]
    failure_detail: Annotated[str, Field(max_length=300)]
    stale: bool
    ratings: RatingsPart | None


class FeaturesLine(Document):
    """One song by one recipe."""

    collection: str
    path: Annotated[str, Field(min_length=1, max_length=LONGEST_PATH)]
    recipe: Annotated[str, Field(min_length=1, max_length=40)]
    song: Annotated[int, Field(ge=1, le=32767)]
    sound: SoundPart
    track_id: UUID


def count() -> int:
    return Features.objects.count()


def documents() -> Iterator[FeaturesLine]:
    sources = {row.pk: (row.version, _source(row)) for row in Recipe.objects.all()}
    rows = (
        Features.objects.order_by("pk")
        .select_related("track__album__sid_file__collection")
        .iterator(chunk_size=BATCH)
    )
    while batch := list(islice(rows, BATCH)):
        wanted = {source for _, source in sources.values()}
        ratings = {
            (one.track_id, one.source): RatingsPart(e=one.e, m=one.m, c=one.c)
            for one in Prediction.objects.filter(track__in=[row.track_id for row in batch], source__in=wanted)
        }
        for row in batch:
            version, source = sources[row.recipe_id]
            file = row.track.album.sid_file
            yield FeaturesLine(
                collection=file.collection.name,
                path=file.path,
                recipe=version,
                song=row.track.position,
                track_id=row.track.public_id,
                sound=_sound(row, ratings.get((row.track_id, source))),
            )


def _source(recipe: Recipe) -> str:
    return recipe.calibration["source"] if recipe.calibration else ""


def _sound(row: Features, ratings: RatingsPart | None) -> SoundPart:
    return SoundPart(
        md5=row.file_md5,
        window_start_ms=row.window_start_ms,
        window_ms=row.window_ms,
        values=_numbers(bytes(row.vector)),
        failure=row.failure,
        failure_detail=row.failure_detail,
        stale=row.stale_since is not None,
        ratings=ratings,
    )


def _numbers(vector: bytes) -> list[float]:
    """As short as says which float32 is meant: 0.1, not 0.10000000149."""
    import numpy as np

    return [float(str(number)) for number in np.frombuffer(vector, dtype="<f4")]


def _vector(values: Sequence[float]) -> bytes:
    import numpy as np

    return np.array(values, dtype="<f4").tobytes()


_COLUMNS: Final = (
    *("vector", "file_md5", "window_start_ms", "window_ms"),
    *("failure", "failure_detail", "stale_since"),
)


class FeaturesLoader:
    """Adds and changes; features that no line has go only with `replace`."""

    def __init__(self) -> None:
        self._recipes = {row.version: row for row in Recipe.objects.all()}
        self._counts = Counts()
        self._seen: set[int] = set()
        self._changed: set[str] = set()

    def take(self, documents: Sequence[FeaturesLine]) -> None:
        tracks = dict(
            Track.objects.filter(public_id__in=[line.track_id for line in documents]).values_list(
                "public_id", "pk"
            )
        )
        known = {
            (row.track_id, row.recipe_id): row for row in Features.objects.filter(track__in=tracks.values())
        }
        rows: list[Features] = []
        rated: list[Prediction] = []
        for line in documents:
            recipe = self._recipe(line)
            if line.track_id not in tracks:
                raise DataFileError(f"{line.path}: there is no song {line.track_id}")
            track = tracks[line.track_id]
            row = known.get((track, recipe.pk))
            if self._follow(line, row):
                row = Features(track_id=track, recipe=recipe, **_values(line, row))
                rows.append(row)
                self._changed.add(line.recipe)
            if line.sound.ratings and recipe.calibration:
                values = line.sound.ratings.model_dump()
                rated.append(Prediction(track_id=track, source=recipe.calibration["source"], **values))
        Features.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["track", "recipe"],
            update_fields=[*_COLUMNS, "analysed_at"],
        )
        # Later than the analysis: nobody need rate them anew.
        for one in rated:
            one.made_at = timezone.now()
        Prediction.objects.bulk_create(
            rated,
            update_conflicts=True,
            unique_fields=["track", "source"],
            update_fields=["e", "m", "c", "made_at"],
        )
        pairs = {(tracks[line.track_id], self._recipes[line.recipe].pk) for line in documents}
        there = Features.objects.filter(track__in=tracks.values()).values_list("pk", "track_id", "recipe_id")
        self._seen.update(pk for pk, track, recipe_id in there if (track, recipe_id) in pairs)

    def finish(self, *, replace: bool, progress: Progress) -> Counts:
        if replace:
            gone = sorted(set(Features.objects.values_list("pk", flat=True)) - self._seen)
            for begin in range(0, len(gone), BATCH):
                Features.objects.filter(pk__in=gone[begin : begin + BATCH]).delete()
            self._counts.removed = len(gone)
        changed = self._recipes if self._counts.removed else self._changed
        for version in changed:
            Recipe.objects.filter(version=version).update(revision=self._recipes[version].revision + 1)
        progress(1)
        return self._counts

    def _recipe(self, line: FeaturesLine) -> Recipe:
        recipe = self._recipes.get(line.recipe)
        if recipe is None:
            raise DataFileError(f"there is no recipe {line.recipe!r}")
        wanted = 0 if line.sound.failure else len(recipe.features)
        if len(line.sound.values) != wanted:
            raise DataFileError(f"{line.path}: {len(line.sound.values)} values, where there must be {wanted}")
        return recipe

    def _follow(self, line: FeaturesLine, row: Features | None) -> bool:
        """Whether it must be written."""
        if row is None:
            self._counts.added += 1
        elif all(_same(getattr(row, name), value) for name, value in _values(line, row).items()):
            self._counts.unchanged += 1
            return False
        else:
            self._counts.changed += 1
        return True


def _same(there: Any, wanted: Any) -> bool:
    return bool((bytes(there) if isinstance(wanted, bytes) else there) == wanted)


def _values(line: FeaturesLine, row: Features | None) -> dict[str, Any]:
    since = (row.stale_since if row else None) or timezone.now()
    return {
        "vector": _vector(line.sound.values),
        "file_md5": line.sound.md5,
        "window_start_ms": line.sound.window_start_ms,
        "window_ms": line.sound.window_ms,
        "failure": line.sound.failure,
        "failure_detail": line.sound.failure_detail,
        "stale_since": since if line.sound.stale else None,
    }
