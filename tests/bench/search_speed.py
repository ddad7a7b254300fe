"""How long does a search over a collection of the HVSC's size take, and how many typos does it forgive?

Server time of the search itself, rows fetched; on the SQLite of a fresh data folder, or on DATABASE_URL's database.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from tests.bench.figures import tell
from tests.bench.hvsc_layout import FILES, make_hvsc

_ROOT: Final = Path(__file__).resolve().parents[2]
_QUERIES: Final = 300


def run(files: int = FILES) -> None:
    """Imports in processes of their own, then searches in this one."""
    with tempfile.TemporaryDirectory(prefix="sidflow-bench-") as folder:
        make_hvsc(Path(folder, "C64Music"), files=files)
        os.environ["SIDFLOW_DATA_DIR"] = str(Path(folder, "data"))
        os.environ["DJANGO_SETTINGS_MODULE"] = "sidflow_site.settings"
        for words in (["migrate", "-v0"], ["import_sids", str(Path(folder, "C64Music"))]):
            subprocess.run([sys.executable, "manage.py", *words], cwd=_ROOT, check=True, capture_output=True)
        import django

        django.setup()
        _measure()


def _measure() -> None:
    from django.db import connection

    from playback.models import SidFile, Track

    chance = random.Random(1)
    files = list(SidFile.objects.select_related("album__artist").filter(album__artist__isnull=False))
    chosen = chance.sample(files, _QUERIES)
    authors = [file.album.artist.name for file in chosen if file.album.artist]
    tell(f"search.{connection.vendor}.songs", Track.objects.count() / 1000, "thousand")
    queries = {
        "title": [file.album.title for file in chosen],
        "author": authors,
        "two_letters": [file.album.title[:2] for file in chosen],
        "three_letters": [file.album.title[:3] for file in chosen],
        "title_and_author": [
            f"{file.album.title.split()[0]} {name}" for file, name in zip(chosen, authors, strict=True)
        ],
    }
    everything = []
    for name, texts in queries.items():
        took = [_search(text)[1] for text in texts]
        everything += took
        tell(f"search.{connection.vendor}.{name}.p50", statistics.median(took), "ms")
    tell(f"search.{connection.vendor}.p50", statistics.median(everything), "ms (wanted: 20)")
    tell(f"search.{connection.vendor}.p95", statistics.quantiles(everything, n=20)[-1], "ms")
    _measure_typos(chosen, chance)


def _measure_typos(files: list[Any], chance: random.Random) -> None:
    from django.db import connection

    from tests.playback.test_search import misspelt

    tried, hits, took = 0, 0, []
    for file in files:
        words = file.album.title.split()
        long = [at for at, word in enumerate(words) if len(word) >= 5]
        if long:
            at = chance.choice(long)
            words[at] = misspelt(words[at], chance)
            page, ms = _search(" ".join(words))
            tried += 1
            hits += file.pk in {one.pk for one in page.files}
            took.append(ms)
    tell(f"search.{connection.vendor}.typos_forgiven", 100 * hits / tried, "% on the first page (wanted: 90)")
    tell(f"search.{connection.vendor}.typo.p50", statistics.median(took), "ms")


def _search(text: str) -> tuple[Any, float]:
    from playback.search.filters import Filters
    from playback.search.finding import find

    begin = time.perf_counter()
    page = find(text, Filters(), after=None, limit=50)
    return page, (time.perf_counter() - begin) * 1000
