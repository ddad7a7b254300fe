"""How do a recipe and its calibration become a line, so that whoever has the features can rate and compare songs as we do?"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated, Any

from django.utils import timezone
from pydantic import Field

from core.exporting import Counts, Document, Progress
from playback.analysis.models import Prediction, Recipe


class RecipeLine(Document):
    """`calibrated`: the how manieth of all calibrations it was; the one with the highest number serves."""

    recipe: Annotated[str, Field(min_length=1, max_length=40)]
    features: list[str]
    made_of: dict[str, Any]
    calibration: dict[str, Any] | None
    calibrated: Annotated[int, Field(ge=1)] | None


def count() -> int:
    return Recipe.objects.count()


def documents() -> Iterator[RecipeLine]:
    order = Recipe.objects.exclude(calibrated_at=None).order_by("calibrated_at", "pk")
    places = {pk: place for place, pk in enumerate(order.values_list("pk", flat=True), start=1)}
    for row in Recipe.objects.order_by("pk"):
        yield RecipeLine(
            recipe=row.version,
            features=row.features,
            made_of=row.made_of,
            calibration=_told(row.calibration),
            calibrated=places.get(row.pk),
        )


def _told(calibration: dict[str, Any] | None) -> dict[str, Any] | None:
    """Without the source of its predictions: that is a name of this database."""
    if calibration is None:
        return None
    return {name: value for name, value in calibration.items() if name != "source"}


class RecipeLoader:
    """Adds and changes; with `replace`, a recipe that no line has goes with its features."""

    def __init__(self) -> None:
        self._lines: list[RecipeLine] = []

    def take(self, documents: Sequence[RecipeLine]) -> None:
        self._lines += documents

    def finish(self, *, replace: bool, progress: Progress) -> Counts:
        counts = Counts()
        if replace:
            others = Recipe.objects.exclude(version__in=[line.recipe for line in self._lines])
            counts.removed = others.count()
            sources = [row.calibration["source"] for row in others if row.calibration]
            Prediction.objects.filter(source__in=sources).delete()
            others.delete()
        now = timezone.now()
        for line in self._lines:
            self._follow(line, counts, now)
        progress(1)
        return counts

    def _follow(self, line: RecipeLine, counts: Counts, now: Any) -> None:
        row = Recipe.objects.filter(version=line.recipe).first()
        same = row is not None and (row.features, row.made_of, _told(row.calibration)) == (
            line.features,
            line.made_of,
            line.calibration,
        )
        if row is None:
            counts.added += 1
            row = Recipe(version=line.recipe)
        elif same:
            counts.unchanged += 1
        else:
            counts.changed += 1
        row.features, row.made_of = line.features, line.made_of
        if not same:
            # Other features may be held in memory somewhere.
            row.revision += 1
        if line.calibration is None or line.calibrated is None:
            row.calibration = row.calibrated_at = None
        else:
            source = (row.calibration or {}).get("source") if same else None
            row.calibration = line.calibration | {"source": source or f"derived:{line.recipe}"}
            # In the lines' order; when that was is nobody's business any more.
            row.calibrated_at = now + timedelta(milliseconds=line.calibrated)
        row.save()
