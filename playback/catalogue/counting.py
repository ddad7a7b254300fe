"""How many tunes lie in each folder, and are by each author?  Counted after an import, so that no page has to."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from django.db import transaction
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from playback.catalogue.models import Album, Artist, Collection, Folder, SidFile

_BATCH: Final = 500


def count_folders(collection: Collection) -> None:
    """Makes the collection's folder rows what its present files say; writes only what differs."""
    paths = SidFile.objects.present().filter(collection=collection).values_list("path", flat=True)
    counts: Counter[str] = Counter()
    for path in paths.iterator(chunk_size=2000):
        counts.update(_folders_above(path))
    with transaction.atomic():
        Collection.objects.select_for_update().get(pk=collection.pk)
        known = {folder.path: folder for folder in Folder.objects.filter(collection=collection)}
        Folder.objects.filter(pk__in=[known[path].pk for path in known.keys() - counts.keys()]).delete()
        changed = [
            folder for path, folder in known.items() if path in counts and folder.tunes != counts[path]
        ]
        for folder in changed:
            folder.tunes = counts[folder.path]
        Folder.objects.bulk_update(changed, ["tunes"], batch_size=_BATCH)
        Folder.objects.bulk_create(
            [
                Folder(collection=collection, path=path, parent=_parent(path), tunes=counts[path])
                for path in sorted(counts.keys() - known.keys())
            ],
            batch_size=_BATCH,
        )


def count_artists() -> None:
    """Sets each author's number of present tunes where it is another one."""
    albums = Album.objects.filter(artist=OuterRef("pk"), sid_file__missing_since=None, sid_file__isnull=False)
    counted = albums.order_by().values("artist").annotate(number=Count("pk")).values("number")
    artists = Artist.objects.annotate(now=Coalesce(Subquery(counted), 0))
    different = list(artists.exclude(tunes=F("now")).only("pk"))
    for artist in different:
        artist.tunes = artist.now
    Artist.objects.bulk_update(different, ["tunes"], batch_size=_BATCH)


def _folders_above(path: str) -> Iterator[str]:
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)


def _parent(path: str) -> str:
    return path.rpartition("/")[0]
