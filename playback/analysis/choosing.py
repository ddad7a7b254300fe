"""Which songs shall be analysed?  Those without fresh features of a recipe, of all collections or of a part of them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.problems import InvalidInput
from playback.analysis.models import Features, Recipe
from playback.catalogue.models import Collection, Track
from playback.catalogue.paths import PathError, canonical_path

MOST_CHOSEN: Final = 20_000


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the music: a collection by name, a file or folder by its path below the root, or all."""

    collection: str | None = None
    path: str | None = None

    def tracks(self) -> QuerySet[Track]:
        """Its songs that can be played, whose files are there.  Raises InvalidInput."""
        return Track.objects.playable().filter(self.condition())

    def condition(self) -> Q:
        """On tracks.  Raises InvalidInput where there is no such collection, or the path has no form."""
        chosen = Q()
        if self.collection is not None:
            if not Collection.objects.filter(name=self.collection).exists():
                raise InvalidInput(f"There is no collection {self.collection}.")
            chosen &= Q(album__sid_file__collection__name=self.collection)
        if self.path and self.path.strip("/"):
            try:
                path = canonical_path(self.path.rstrip("/"))
            except PathError as error:
                raise InvalidInput(str(error)) from None
            # Paths sort bytewise: what is in a folder lies between its slash and the character behind the slash.
            within = Q(album__sid_file__path__gte=f"{path}/", album__sid_file__path__lt=f"{path}0")
            chosen &= Q(album__sid_file__path=path) | within
        return chosen

    @property
    def is_all(self) -> bool:
        return self.collection is None and not (self.path or "").strip("/")


def without_features(tracks: QuerySet[Track], recipe: Recipe, *, since: datetime | None) -> QuerySet[Track]:
    """Those of the songs that have no fresh features of the recipe; `since`: none that were made before it."""
    same_file = Q(file_md5=OuterRef("album__sid_file__md5"), stale_since=None)
    rows = Features.objects.filter(same_file, recipe=recipe, track=OuterRef("pk"))
    if since is not None:
        rows = rows.filter(analysed_at__gte=since)
    return tracks.filter(~Exists(rows))


def chosen_songs(
    tracks: QuerySet[Track], *, top: int | None, sample: int | None, seed: int
) -> list[int] | None:
    """The numbers of the `top` most played songs, or of `sample` chosen by lot (by `seed`); None: all."""
    if top is not None:
        played = tracks.filter(plays__plays__gt=0).order_by("-plays__plays", "pk")
        return sorted(played.values_list("pk", flat=True)[:top])
    if sample is not None:
        numbers = list(tracks.order_by("pk").values_list("pk", flat=True))
        lot = random.Random(seed)  # noqa: S311 - a sample, no secret
        return sorted(lot.sample(numbers, min(sample, len(numbers))))
    return None


def batches(
    tracks: QuerySet[Track], *, after: int, size: int, only: list[int] | None = None
) -> Iterator[list[Track]]:
    """The songs behind number `after`, by number, each with its file; asked for anew for each batch."""
    while True:
        rows = tracks.filter(pk__gt=after)
        if only is not None:
            only = [number for number in only if number > after]
            rows = rows.filter(pk__in=only[: size * 4])
        batch = list(rows.select_related("album__sid_file__collection").order_by("pk")[:size])
        if batch:
            after = batch[-1].pk
            yield batch
        elif only is not None and len(only) > size * 4:
            after = only[size * 4 - 1]
        else:
            return
