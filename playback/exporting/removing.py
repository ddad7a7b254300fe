"""How does a tune go with all that is its own?"""

from typing import Final

from playback.catalogue.models import Album, SidFile, SidFileQuerySet

_BATCH: Final = 500


def remove_tunes(files: SidFileQuerySet) -> int:
    """Removes these files' rows with their albums and tracks; answers how many."""
    removed = 0
    while albums := list(files.values_list("album_id", flat=True)[:_BATCH]):
        SidFile.objects.filter(album__in=albums).delete()
        Album.objects.filter(pk__in=albums).delete()
        removed += len(albums)
    return removed
