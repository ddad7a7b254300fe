"""What does it cost to classify a song, end to end, and what is the cost spent on?

`manage.py classify` itself runs, on a database of its own, over copies of real tunes (each with another title, so another file): PSIDs
with one SID, and apart from them RSIDs and tunes for several SIDs.
"""

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from playback.sidfile import parse
from tests.bench.figures import tell

_ROOT: Final = Path(__file__).resolve().parents[2]
_CORPUS: Final = _ROOT.parent / "shared" / "corpus" / "C64Music"
# The forerunner's CPU seconds for a song with its fastest synth; a twentieth of it is asked for.
_FORERUNNER_S: Final = 1.36
_SONGS: Final = {"psid-1sid": 1200, "rsid": 150, "several-sids": 150}


def run() -> None:
    """Each group once; CPU time is of the command and of all processes that it started."""
    if not _CORPUS.is_dir():
        sys.exit(f"The tunes of {_CORPUS} are not there.")
    with tempfile.TemporaryDirectory(prefix="sidflow-bench-") as name:
        folder = Path(name)
        make = [sys.executable, "manage.py", "make_demo_tunes", str(folder / "demo")]
        subprocess.run(make, cwd=_ROOT, check=True, stdout=subprocess.DEVNULL)
        groups = _groups([*sorted(_CORPUS.rglob("*.sid")), *sorted((folder / "demo").rglob("*.sid"))])
        tell("classify.load_before", os.getloadavg()[0], "processes, average of a minute")
        for group, files in groups.items():
            _measure(group, files, folder / group)


def _groups(files: list[Path]) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {name: [] for name in _SONGS}
    for file in files:
        data = file.read_bytes()
        header = parse(data)
        if header.needs_basic:
            continue
        several = len(header.chips) > 1
        found["several-sids" if several else "rsid" if header.magic == "RSID" else "psid-1sid"].append(data)
    return found


def _measure(group: str, files: list[bytes], folder: Path) -> None:
    songs = _copies(files, folder / "music", _SONGS[group])
    environ = dict(os.environ) | {"SIDFLOW_DATA_DIR": str(folder / "data")}
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    manage = [sys.executable, "manage.py"]
    for words in (["migrate", "-v0"], ["import_sids", str(folder / "music")]):
        subprocess.run([*manage, *words], cwd=_ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
    before, began = _cpu_s(), time.monotonic()
    told = subprocess.run(
        [*manage, "classify"], cwd=_ROOT, env=environ, check=True, capture_output=True, text=True
    ).stdout
    wall_s, cpu_s = time.monotonic() - began, _cpu_s() - before
    match = re.search(r"\{.*\}", told)
    assert match is not None
    result = json.loads(match[0])
    tell(f"classify.{group}.songs", songs, f"of which {result['failed']} failed")
    tell(f"classify.{group}.rate", songs / wall_s, f"songs/s on {os.cpu_count()} cores")
    wanted = (
        f" (wanted: {_FORERUNNER_S / 20:.3f}, aim: {_FORERUNNER_S / 30:.3f})" if group == "psid-1sid" else ""
    )
    tell(f"classify.{group}.cpu", cpu_s / songs, f"CPU s a song{wanted}")
    rest_s = cpu_s
    for part, name in (("trace", "machine"), ("synth", "synth"), ("features", "features")):
        spent_s = result["cpuMs"][part] / 1000
        rest_s -= spent_s
        tell(f"classify.{group}.cpu.{name}", 1000 * spent_s / songs, "CPU ms a song")
    tell(f"classify.{group}.cpu.database_and_rest", 1000 * rest_s / songs, "CPU ms a song, starting included")
    peak_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    tell(f"classify.{group}.peak_memory", peak_mib, "MiB, of the largest process so far (wanted: 300)")


def _copies(files: list[bytes], folder: Path, songs: int) -> int:
    """Files with so many songs in all, or a few more."""
    folder.mkdir(parents=True)
    made = number = 0
    while made < songs:
        data = files[number % len(files)]
        # The title stands at 16; another title is another file, and the same music.
        copy = data[:0x16] + f"Copy {number}".encode().ljust(32, b"\0") + data[0x36:]
        (folder / f"{number:05}.sid").write_bytes(copy)
        made += parse(copy).songs
        number += 1
    return made


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    run()
