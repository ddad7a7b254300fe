"""What is each folder's music like?  The means of its songs' ratings, at the depth that `classificationDepth` sets.

Nothing is made again of it: it follows from the ratings.
"""

from collections.abc import Iterator, Sequence

from core.configuration import configuration
from core.exporting import BATCH, Counts, Document, Progress
from playback.analysis.models import Prediction, Recipe
from playback.catalogue.models import Folder


class MeanPart(Document):
    """Of 1 to 5."""

    e: float
    m: float
    c: float


class AutoTagsLine(Document):
    """`folder` is below the collection's root, "" the root itself; songs that lie deeper count to it."""

    collection: str
    folder: str
    mean: MeanPart
    songs: int


def count() -> int:
    return Folder.objects.count()


def documents() -> Iterator[AutoTagsLine]:
    sums: dict[tuple[str, str], list[int]] = {}
    for collection, path, *ratings in _ratings():
        folder = folder_of(path, configuration().classification_depth)
        total = sums.setdefault((collection, folder), [0, 0, 0, 0])
        total[0] += 1
        for axis, rating in enumerate(ratings, start=1):
            # Hundredths are whole numbers: their sum does not depend on the order.
            total[axis] += round(rating * 100)
    for (collection, folder), (songs, *axes) in sums.items():
        e, m, c = (round(axis / songs / 100, 2) for axis in axes)
        yield AutoTagsLine(collection=collection, folder=folder, mean=MeanPart(e=e, m=m, c=c), songs=songs)


def folder_of(path: str, depth: int) -> str:
    """The folder of a tune, cut to so many levels below the root."""
    return "/".join(path.split("/")[:-1][:depth])


def _ratings() -> Iterator[tuple[str, str, float, float, float]]:
    recipe = Recipe.serving()
    if recipe is None or recipe.calibration is None:
        return
    file = "track__album__sid_file__"
    rows = Prediction.objects.filter(source=recipe.calibration["source"], **{file + "missing_since": None})
    columns = (file + "collection__name", file + "path", "e", "m", "c")
    yield from rows.values_list(*columns).order_by("pk").iterator(chunk_size=BATCH)


class AutoTagsLoader:
    """Reads them and makes nothing of them."""

    def __init__(self) -> None:
        self._counts = Counts()

    def take(self, documents: Sequence[AutoTagsLine]) -> None:
        self._counts.unchanged += len(documents)

    def finish(self, *, replace: bool, progress: Progress) -> Counts:
        del replace
        progress(1)
        return self._counts
