"""How does a catalogue look that was analysed?  Rows of made-up tunes with made-up vectors."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playback.analysis.models import Features, Recipe
from playback.catalogue.models import Album, Artist, Collection, SidFile, Track
from tests.playback.analysis.made_vectors import NAMES, made_vectors


def made_recipe(version: str = "1-made", **values: Any) -> Recipe:
    """A recipe with the names of the made-up vectors."""
    return Recipe.objects.create(
        version=version, features=list(NAMES), made_of={"engine": "made up"}, **values
    )


def made_catalogue(
    songs: int, *, per_file: int = 1, authors: int = 0, name: str = "Made", folders: int = 4
) -> list[Track]:
    """So many songs in one collection, in files of `per_file`, by turns of `authors` (0: by nobody)."""
    collection = Collection.objects.create(name=name, root=f"/{name}", kind="sids")
    artists = [Artist.objects.create(name=f"{name} author {number:02}") for number in range(authors)]
    tracks: list[Track] = []
    albums, files = [], []
    for number in range(-(-songs // per_file)):
        album = Album(title=f"Tune {number:05}", artist=artists[number % authors] if authors else None)
        albums.append(album)
        files.append(
            SidFile(
                collection=collection,
                album=album,
                path=f"GAMES/{number % folders}/Tune_{number:05}.sid",
                md5=f"{number:032x}",
                size_bytes=1000,
                format="PSID",
                songs=per_file,
                first_model="6581",
                sids=1,
            )
        )
    Album.objects.bulk_create(albums)
    SidFile.objects.bulk_create(files)
    for album in albums:
        tracks += [Track(album=album, position=song + 1, length_ms=60_000) for song in range(per_file)]
    return Track.objects.bulk_create(tracks[:songs])


def analyse(
    recipe: Recipe, tracks: Sequence[Track], vectors: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Gives them features; answers the vectors."""
    if vectors is None:
        vectors = made_vectors(len(tracks))
    md5s = dict(SidFile.objects.values_list("album_id", "md5"))
    Features.objects.bulk_create(
        Features(
            track=track,
            recipe=recipe,
            vector=vector.astype("<f4").tobytes(),
            file_md5=md5s[track.album_id],
            window_start_ms=5000,
            window_ms=15_000,
        )
        for track, vector in zip(tracks, vectors, strict=True)
    )
    return vectors
