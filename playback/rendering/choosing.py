"""Which songs does a rendering job mean?"""

from django.db.models import Q

from playback.catalogue.models import Collection, SidFile, Track, TrackQuerySet
from playback.rendering.asking import RenderSongs
from playback.rendering.problems import NothingToRender
from playback.roms.bundles import active_bundle


def chosen_tracks(told: RenderSongs) -> TrackQuerySet:
    """The songs that can be rendered, in no order.  Raises NothingToRender where what is named is not there."""
    tracks = Track.objects.present().filter(album__sid_file__fault="").with_file()
    if active_bundle() is None:
        tracks = tracks.filter(album__sid_file__needs_basic=False)
    if told.subtune:
        tracks = tracks.filter(position=told.subtune)
    if told.collection and not Collection.objects.filter(name=told.collection).exists():
        raise NothingToRender(f"There is no collection {told.collection}.")
    files = _files(told)
    if files is not None:
        tracks = tracks.filter(files)
    if told.top:
        tracks = tracks.filter(plays__plays__gt=0)
    if not tracks.exists():
        raise NothingToRender(_sentence(told))
    return tracks


def most_played(tracks: TrackQuerySet, count: int) -> list[int]:
    """Their ids, the most played first."""
    return list(tracks.order_by("-plays__plays", "pk").values_list("pk", flat=True)[:count])


def _files(told: RenderSongs) -> Q | None:
    """As a condition on tracks; None: all."""
    if not told.sid_path:
        return Q(album__sid_file__collection__name=told.collection) if told.collection else None
    collection = _collection(told)
    if collection is None:
        raise NothingToRender(f"No collection has {told.sid_path}.")
    files = SidFile.objects.present().filter(collection=collection)
    if files.filter(path=told.sid_path).exists():
        return Q(album__sid_file__collection=collection, album__sid_file__path=told.sid_path)
    if told.recursive:
        low, high = _below(told.sid_path)
        return Q(
            album__sid_file__collection=collection,
            album__sid_file__path__gte=low,
            album__sid_file__path__lt=high,
        )
    return Q(album__sid_file__in=_directly_in(told.sid_path, collection))


def _collection(told: RenderSongs) -> Collection | None:
    """The first that has the file, or anything in the folder."""
    low, high = _below(told.sid_path)
    files = SidFile.objects.present().filter(Q(path=told.sid_path) | Q(path__gte=low, path__lt=high))
    if told.collection:
        files = files.filter(collection__name=told.collection)
    first = files.order_by("collection_id").select_related("collection").first()
    return first.collection if first else None


def _below(folder: str) -> tuple[str, str]:
    """Paths sort bytewise, and `0` follows `/`.  (SQLite's LIKE does not know large letters from small ones.)"""
    return f"{folder}/", f"{folder}0"


def _directly_in(folder: str, collection: Collection) -> list[int]:
    low, high = _below(folder)
    rows = SidFile.objects.present().filter(collection=collection, path__gte=low, path__lt=high)
    return [pk for pk, path in rows.values_list("pk", "path") if "/" not in path[len(low) :]]


def _sentence(told: RenderSongs) -> str:
    if told.top:
        return "Nothing has been played yet, so nothing is played most."
    if told.sid_path and not told.recursive:
        return f"{told.sid_path} has no song that can be rendered; with `recursive` its folders are looked at, too."
    return f"{told.sid_path or 'The catalogue'} has no song that can be rendered."
