"""Which songs sound most like one?  All songs that were analysed, as a matrix in this process's memory.

Loaded at the first question, in the thread that asks (never the event loop), and again when another calibration serves or new
features came, then at most once a minute.  For 88,000 songs: 61 numbers of 4 bytes and 28 bytes of ids and sums each, 23 MB.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Final

from playback.analysis.models import Features, Recipe
from playback.analysis.rating_rows import as_matrix, current
from playback.analysis.serving import Absence, Described, Serving, describe, serving
from playback.catalogue.models import Track

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from playback.analysis.likeness import Found, Metric, Neighbours

MOST_PER_AUTHOR: Final = 3
_CHUNK: Final = 2000
_RELOAD_EVERY_S: Final = 60.0
# Nearest songs looked at for each that is wanted: most of the nearest are of the same files and authors.
_SPARE: Final = 20


@dataclass(frozen=True, slots=True)
class SimilarSong:
    """`likeness` 0..1; `why`: what both have and few others."""

    track: Track
    likeness: float
    why: list[str]


@dataclass(frozen=True, slots=True)
class Similar:
    """What sounds like a track, nearest first; where there is nothing, `absence` says why."""

    items: list[SimilarSong]
    absence: Absence | None
    described: Described | None


@dataclass(frozen=True, slots=True)
class Index:
    """One recipe's songs under one calibration.  `files` and `authors` are ids by row; author 0: unknown."""

    served: Serving
    revision: int
    loaded_at: float
    metric: "Metric"
    neighbours: "Neighbours"
    files: "NDArray[np.int64]"
    authors: "NDArray[np.int64]"

    def near(self, vector: "NDArray[np.float32]", *, not_file: int, count: int) -> "list[Found]":
        """At most `count` rows, of different files, not of that one; three of an author, or more where there are few authors."""
        import numpy as np

        from playback.analysis.likeness import diverse

        point = self.metric.points(vector[np.newaxis, :])[0]
        looked_at, most = count * _SPARE, MOST_PER_AUTHOR
        while True:
            found = self.neighbours.nearest(point, looked_at)
            others = [one for one in found if self.files[one.row] != not_file]
            chosen = list(diverse(others, self.files, self.authors, most_per_author=most))
            all_seen = len(found) < looked_at
            if len(chosen) >= count or (all_seen and most >= count):
                return chosen[:count]
            looked_at, most = (looked_at, most * 2) if all_seen else (looked_at * 8, most)


_lock = Lock()
_index: Index | None = None


def similar_to(track: Track, *, count: int = 25) -> Similar:
    """What sounds like it: one song a file, at most three of an author while there are others."""
    served = serving()
    described = describe(track, served)
    if served is None or isinstance(described, Absence):
        return Similar([], described if isinstance(described, Absence) else None, None)
    index = _loaded(served)
    items = _songs(index, described, track, count, asked=count)
    if len(items) < count:
        # Some may be gone since the index was read.
        items = _songs(index, described, track, count, asked=2 * count)
    absence = None if items else Absence("no-others", "No other songs were analysed yet.")
    return Similar(items, absence, described)


def _songs(index: Index, described: Described, track: Track, count: int, *, asked: int) -> list[SimilarSong]:
    """At most `count` songs that are there and sound, of so many that the index is asked for."""
    found = index.near(described.vector, not_file=track.album_id, count=asked)
    ids = [int(index.neighbours.ids[one.row]) for one in found]
    tracks = Track.objects.present().with_file().filter(album__sid_file__fault="").in_bulk(ids)
    rows = Features.objects.sound().filter(recipe=index.served.recipe_id, track__in=tracks)
    vectors = {row.track_id: as_matrix(bytes(row.vector), len(described.vector))[0] for row in rows}
    there = [(pk, one) for pk, one in zip(ids, found, strict=True) if pk in tracks and pk in vectors]
    return [
        SimilarSong(tracks[pk], one.likeness, index.metric.words(described.vector, vectors[pk]))
        for pk, one in there[:count]
    ]


def _loaded(served: Serving) -> Index:
    """The index of that calibration; one that only lacks the newest songs will do for a minute."""
    global _index
    known = _index
    revision = Recipe.objects.filter(pk=served.recipe_id).values_list("revision", flat=True).first() or 0
    if known and known.served is served:
        fresh = known.revision == revision or time.monotonic() - known.loaded_at < _RELOAD_EVERY_S
        # While one thread reads the new songs, the others answer with the old ones.
        if fresh or not _lock.acquire(blocking=False):
            return known
    else:
        _lock.acquire()
    try:
        if _index is None or _index is known or _index.served is not served:
            _index = load(served, revision)
        return _index
    finally:
        _lock.release()


def load(served: Serving, revision: int) -> Index:
    """Reads all songs of the recipe that are there and sound."""
    import numpy as np

    from playback.analysis.likeness import Metric, Neighbours

    metric = Metric(served.calibration)
    ids, files, authors, points = [], [], [], []
    for tracks, albums, artists, vectors in _chunks(served):
        finite = np.isfinite(vectors).all(axis=1)
        ids.append(tracks[finite])
        files.append(albums[finite])
        authors.append(artists[finite])
        points.append(metric.points(vectors[finite]))
    width = len(metric.names)
    neighbours = Neighbours(np.concatenate(points or [np.empty((0, width), np.float32)]), _joined(ids))
    return Index(served, revision, time.monotonic(), metric, neighbours, _joined(files), _joined(authors))


def _joined(parts: "list[NDArray[np.int64]]") -> "NDArray[np.int64]":
    import numpy as np

    return np.concatenate(parts or [np.empty(0, np.int64)])


def _chunks(
    served: Serving,
) -> "Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]]":
    import numpy as np

    features = len(served.calibration.names)
    rows = (
        current(Recipe(pk=served.recipe_id))
        .filter(track__album__sid_file__fault="")
        .order_by("track_id")
        .values_list("track_id", "track__album_id", "track__album__artist_id", "vector")
        .iterator(chunk_size=_CHUNK)
    )
    while batch := list(islice(rows, _CHUNK)):
        whole = [row for row in batch if len(row[3]) == 4 * features]
        ids = np.array([(track, album, artist or 0) for track, album, artist, _ in whole], dtype=np.int64)
        tracks, albums, artists = ids.reshape(-1, 3).T
        yield tracks, albums, artists, as_matrix(b"".join(row[3] for row in whole), features)
