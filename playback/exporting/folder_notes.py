"""How does what is said about a folder become a line, and a line a row?"""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from core.exporting import Counts, DataFileError, Document, Progress
from playback.catalogue.models import Collection, FolderNote
from playback.catalogue.paths import LONGEST_PATH


class FolderNoteLine(Document):
    """What STIL says about a whole folder."""

    collection: str
    path: Annotated[str, Field(min_length=1, max_length=LONGEST_PATH)]
    text: Annotated[str, Field(min_length=1)]


def count() -> int:
    return FolderNote.objects.count()


def documents() -> Iterator[FolderNoteLine]:
    rows = FolderNote.objects.order_by("pk").values_list("collection__name", "path", "text")
    for collection, path, text in rows.iterator(chunk_size=500):
        yield FolderNoteLine(collection=collection, path=path, text=text)


class FolderNoteLoader:
    """Adds and changes; a note that no line has goes only with `replace`."""

    def __init__(self) -> None:
        self._collections = dict(Collection.objects.values_list("name", "pk"))
        self._counts = Counts()
        self._seen: set[int] = set()

    def take(self, documents: Sequence[FolderNoteLine]) -> None:
        rows = FolderNote.objects.filter(path__in=[line.path for line in documents])
        known = {(row.collection_id, row.path): row for row in rows}
        for line in documents:
            if line.collection not in self._collections:
                raise DataFileError(f"there is no collection {line.collection!r}")
            collection_id = self._collections[line.collection]
            row = known.get((collection_id, line.path))
            if row is None:
                row = FolderNote.objects.create(collection_id=collection_id, path=line.path, text=line.text)
                self._counts.added += 1
            elif row.text != line.text:
                FolderNote.objects.filter(pk=row.pk).update(text=line.text)
                self._counts.changed += 1
            else:
                self._counts.unchanged += 1
            self._seen.add(row.pk)

    def finish(self, *, replace: bool, progress: Progress) -> Counts:
        progress(1)
        if replace:
            gone = set(FolderNote.objects.values_list("pk", flat=True)) - self._seen
            for pk in gone:
                FolderNote.objects.filter(pk=pk).delete()
            self._counts.removed = len(gone)
        return self._counts
