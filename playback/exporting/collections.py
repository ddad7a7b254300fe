"""How does a collection become a line, and a line a collection?"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from django.conf import settings
from pydantic import AwareDatetime, Field

from core.exporting import Counts, Document, Progress
from playback.catalogue.models import Collection, SidFile
from playback.exporting.removing import remove_tunes


class CollectionLine(Document):
    """`root` is below the data folder where it does not begin with a slash; `position`: the how manieth one it is."""

    collection: Annotated[str, Field(min_length=1, max_length=80)]
    kind: Literal["hvsc", "sids"]
    version: Annotated[str, Field(max_length=40)]
    root: Annotated[str, Field(min_length=1, max_length=1024)]
    position: Annotated[int, Field(ge=1)]
    created_at: AwareDatetime
    imported_at: AwareDatetime | None


def count() -> int:
    return Collection.objects.count()


def documents() -> Iterator[CollectionLine]:
    for position, row in enumerate(Collection.objects.order_by("pk"), start=1):
        yield CollectionLine(
            collection=row.name,
            kind=row.kind,
            version=row.version,
            root=_told(row.root),
            position=position,
            created_at=row.created_at,
            imported_at=row.imported_at,
        )


def _told(root: str) -> str:
    """Below the data folder a name that moves with it.  Others as they are: without it no file would be found again."""
    path, data_dir = Path(root), Path(settings.DATA_DIR)
    return str(path.relative_to(data_dir)) if path.is_relative_to(data_dir) and path != data_dir else root


class CollectionLoader:
    """Makes collections, in the order in which they were; one that is here keeps its folder."""

    def __init__(self) -> None:
        self._lines: list[CollectionLine] = []

    def take(self, documents: Sequence[CollectionLine]) -> None:
        self._lines += documents

    def finish(self, *, replace: bool, progress: Progress) -> Counts:
        progress(1)
        counts = Counts()
        remarks = []
        for line in sorted(self._lines, key=lambda line: line.position):
            row = Collection.objects.filter(name=line.collection).first()
            root = row.root if row and not replace else str(Path(settings.DATA_DIR) / line.root)
            values: dict[str, str | datetime | None] = {
                "kind": line.kind,
                "version": line.version,
                "root": root,
                "created_at": line.created_at,
                "imported_at": line.imported_at,
            }
            if row is None:
                row = Collection.objects.create(name=line.collection, root=root, kind=line.kind)
                counts.added += 1
            elif all(getattr(row, name) == value for name, value in values.items()):
                counts.unchanged += 1
            else:
                counts.changed += 1
            # `created_at` is set by the first save, whatever it is told.
            Collection.objects.filter(pk=row.pk).update(**values)
            if not Path(root).is_dir():
                remarks.append(
                    f"{line.collection} was at {root}, where nothing is: manage.py import_sids PATH --collection "
                    f"{line.collection!r} tells where it is now."
                )
        if replace:
            others = Collection.objects.exclude(name__in=[line.collection for line in self._lines])
            counts.removed = others.count()
            remove_tunes(SidFile.objects.filter(collection__in=others))
            others.delete()
        counts.remarks = tuple(remarks)
        return counts
