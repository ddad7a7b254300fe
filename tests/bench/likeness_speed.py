"""How long does it take to find what sounds like a song among 88,000, and to rate them all?

Made-up vectors in rows of a fresh SQLite, or of DATABASE_URL's database; CPU and wall time of this process.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench.figures import cpu_seconds, tell

_ROOT: Final = Path(__file__).resolve().parents[2]
SONGS: Final = 88_000
_QUESTIONS: Final = 200


def run(songs: int = SONGS) -> None:
    """Rows, then ratings, then questions."""
    with tempfile.TemporaryDirectory(prefix="sidflow-bench-") as folder:
        os.environ["SIDFLOW_DATA_DIR"] = str(Path(folder, "data"))
        os.environ["DJANGO_SETTINGS_MODULE"] = "sidflow_site.settings"
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=_ROOT, check=True)
        import django

        django.setup()
        _measure(songs)


def _measure(songs: int) -> None:
    from django.test import Client

    from playback.analysis.likeness_index import load
    from playback.analysis.models import Recipe
    from playback.analysis.rating_rows import calibrate
    from playback.analysis.serving import serving
    from playback.catalogue.models import Track
    from tests.playback.analysis.analysed import analyse, made_catalogue, made_recipe
    from tests.playback.analysis.made_vectors import made_vectors

    recipe, tracks = made_recipe(), made_catalogue(songs, per_file=2, authors=2000, folders=900)
    vectors = made_vectors(songs)
    for first in range(0, songs, 1000):
        analyse(recipe, tracks[first : first + 1000], vectors[first : first + 1000])
    for name in ("first", "again"):
        began = time.perf_counter()
        cpu = cpu_seconds(lambda: calibrate(recipe))
        tell(f"ratings.{songs}.{name}", time.perf_counter() - began, "s (wanted: 60)")
        tell(f"ratings.{songs}.{name}.cpu", cpu, "s")
    served = serving()
    assert served
    began = time.perf_counter()
    index = load(served, Recipe.objects.get().revision)
    tell("likeness.load", time.perf_counter() - began, "s")
    tell("likeness.matrix", index.neighbours.points.nbytes / 2**20, "MB")
    asked = [(tracks[row], vectors[row]) for row in range(0, songs, songs // _QUESTIONS)]
    near = [partial(index.near, song, not_file=track.album_id, count=25) for track, song in asked]
    _tell_p50("likeness.near", near, "ms (wanted: 15)")
    client = Client(SERVER_NAME="localhost")
    ids = Track.objects.in_bulk([track.pk for track, _ in asked])
    client.get(f"/api/tracks/{tracks[0].public_id}/similar")
    answers = [partial(client.get, f"/api/tracks/{one.public_id}/similar") for one in ids.values()]
    _tell_p50("likeness.answer", answers, "ms, with the 25 songs read and described")


def _tell_p50(name: str, questions: Sequence[Callable[[], object]], unit: str) -> None:
    """The median on the wall and of CPU time."""
    took, cpu = [], []
    for question in questions:
        begin = time.perf_counter()
        cpu.append(cpu_seconds(question) * 1000)
        took.append((time.perf_counter() - begin) * 1000)
    tell(f"{name}.p50", statistics.median(took), unit)
    tell(f"{name}.cpu", statistics.median(cpu), "ms")
