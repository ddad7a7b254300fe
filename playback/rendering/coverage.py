"""How much is rendered: files, bytes and age of each format, and how many of each collection's songs have a current file?"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Sum

from core.configuration import configuration
from playback.catalogue.models import Collection, Track
from playback.rendering.assets import current_recipes
from playback.rendering.models import RenderedAsset


@dataclass(frozen=True, slots=True)
class FormatFigures:
    """What is there of one format, current or not."""

    format: str
    label: str
    files: int
    size_bytes: int
    stale: int
    oldest: datetime | None
    unused_since: datetime | None


@dataclass(frozen=True, slots=True)
class Share:
    """Songs of a collection that have a current file of a format, of those that could have."""

    format: str
    label: str
    present: int
    expected: int

    @property
    def percent(self) -> float:
        return round(100 * self.present / self.expected, 1) if self.expected else 0.0


@dataclass(frozen=True, slots=True)
class CollectionCoverage:
    """A collection with a share for each format."""

    name: str
    expected: int
    shares: list[Share] = field(default_factory=list)


def figures() -> list[FormatFigures]:
    """One for each format, in the formats' order."""
    rows = RenderedAsset.objects.order_by().values("format")
    found: dict[str, dict[str, Any]] = {
        row["format"]: dict(row)
        for row in rows.annotate(
            files=Count("pk"),
            size=Sum("size_bytes"),
            oldest=Min("rendered_at"),
            unused=Min("used_at"),
        )
    }
    fresh = {
        row["format"]: row["files"]
        for row in _current().order_by().values("format").annotate(files=Count("pk"))
    }
    answer = []
    for name, label in RenderedAsset.Format.choices:
        row = found.get(name, {})
        files = row.get("files", 0)
        answer.append(
            FormatFigures(
                name,
                label,
                files,
                row.get("size", 0),
                files - fresh.get(name, 0),
                row.get("oldest"),
                row.get("unused"),
            )
        )
    return answer


def coverage() -> list[CollectionCoverage]:
    """Expected against present, for each collection and format.  A copy's file counts where it was rendered."""
    playable = Track.objects.playable().order_by().values("album__sid_file__collection")
    expected = {
        row["album__sid_file__collection"]: row["songs"] for row in playable.annotate(songs=Count("pk"))
    }
    by = ("track__album__sid_file__collection", "format")
    present = {
        (row[by[0]], row[by[1]]): row["songs"]
        for row in _current().order_by().values(*by).annotate(songs=Count("track", distinct=True))
    }
    return [
        CollectionCoverage(
            collection.name,
            expected.get(collection.pk, 0),
            [
                Share(name, label, present.get((collection.pk, name), 0), expected.get(collection.pk, 0))
                for name, label in RenderedAsset.Format.choices
            ],
        )
        for collection in Collection.objects.all()
    ]


def stale() -> QuerySet[RenderedAsset]:
    """What nobody is given any more: of another engine than today's, of another file or another length."""
    return RenderedAsset.objects.exclude(pk__in=_current().values("pk"))


def _current() -> QuerySet[RenderedAsset]:
    """The rows that `assets.current_asset` would give out."""
    is_ours = Q()
    for recipe in current_recipes():
        is_ours |= Q(recipe__startswith=recipe)
    length, told = "track__length_ms", configuration().render
    longest_ms, unknown_ms = round(told.longest_sec * 1000), round(told.unknown_length_sec * 1000)
    fits = (
        Q(**{f"{length}__lte": longest_ms, "duration_ms": F(length)})
        | Q(**{f"{length}__gt": longest_ms, "duration_ms": longest_ms})
        | Q(**{f"{length}__isnull": True, "duration_ms": min(unknown_ms, longest_ms)})
    )
    here = Q(file_md5=F("track__album__sid_file__md5"), track__album__sid_file__missing_since=None)
    return RenderedAsset.objects.filter(is_ours & fits & here)
