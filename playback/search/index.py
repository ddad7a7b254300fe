"""How does the index follow the catalogue?

`refresh` runs in the transaction that changed the rows, so that a search never knows more or less than the catalogue.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import PurePosixPath
from types import ModuleType
from typing import Final

from django.db import connection, transaction

from playback.catalogue.models import SidFile, Track
from playback.search import postgres_index, sqlite_index
from playback.search.models import SearchVariant, SearchWord
from playback.search.terms import Entry
from playback.search.words import joined, may_be_misspelt, shortened, words_of

BATCH: Final = 500


def backend() -> ModuleType:
    """The database's own way: a module with `write`, `clear` and `matching`."""
    return postgres_index if connection.vendor == "postgresql" else sqlite_index


def refresh(albums: Iterable[int]) -> None:
    """Brings the index up to date for these albums; to be called in the transaction that changed them."""
    rest = iter(sorted(albums))
    while some := list(islice(rest, BATCH)):
        entries = list(_entries(some))
        backend().write(entries)
        _learn({word for entry in entries for word in (*entry.names, *entry.rest) if may_be_misspelt(word)})


def rebuild(progress: Callable[[int, int], None] | None = None) -> int:
    """Makes the index anew, all or nothing; answers how many tunes it has."""
    albums = list(SidFile.objects.order_by("album_id").values_list("album_id", flat=True))
    with transaction.atomic():
        backend().clear()
        SearchVariant.objects.all().delete()
        SearchWord.objects.all().delete()
        for done in range(0, len(albums), BATCH):
            refresh(albums[done : done + BATCH])
            if progress:
                progress(min(done + BATCH, len(albums)), len(albums))
    return len(albums)


def is_missing() -> bool:
    """Whether there is music, and no index of it: a catalogue from before there was a search."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM playback_search LIMIT 1")
        return cursor.fetchone() is None and SidFile.objects.exists()


def _entries(albums: Sequence[int]) -> Iterator[Entry]:
    names: dict[int, list[str]] = {}
    songs = Track.objects.filter(album__in=albums).exclude(title="").order_by("album_id", "position")
    for album_id, title in songs.values_list("album_id", "title"):
        names.setdefault(album_id, []).append(title)
    files = SidFile.objects.filter(album__in=albums).order_by("album_id").select_related("album__artist")
    for file in files:
        album = file.album
        author = album.artist.name if album.artist else ""
        path = PurePosixPath(file.path).with_suffix("")
        told = [album.released, *(str(note["text"]) for note in file.notes)]
        titles = [album.title, *names.get(file.album_id, [])]
        yield Entry(
            album_id=file.album_id,
            whole=_once(joined(name) for name in (*titles, author)),
            names=_once(word for name in (*titles, author) for word in words_of(name)),
            rest=_once(word for text in (*path.parts, *told) for word in words_of(text)),
        )


def _once(words: Iterable[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if word]


def _learn(words: set[str]) -> None:
    """Takes words into the vocabulary of those that may be misspelt.  None is ever forgotten, except by `rebuild`."""
    known = set(SearchWord.objects.filter(word__in=words).values_list("word", flat=True))
    SearchWord.objects.bulk_create(
        [SearchWord(word=word) for word in sorted(words - known)], ignore_conflicts=True
    )
    new = SearchWord.objects.filter(word__in=words - known)
    # Another import may learn the same word at the same time: twice in this table does no harm.
    SearchVariant.objects.bulk_create(
        [
            SearchVariant(variant=variant, word=word)
            for word in new
            for variant in sorted(set(shortened(word.word)))
        ],
        batch_size=5000,
    )
