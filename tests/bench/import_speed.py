"""How long does an import of the HVSC's size take, and how much memory?

The command itself runs, on a database of its own: the SQLite of a fresh data folder, or that of DATABASE_URL.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

from tests.bench.figures import tell
from tests.bench.hvsc_layout import FILES, make_hvsc

_ROOT: Final = Path(__file__).resolve().parents[2]


class Cost(NamedTuple):
    """What one process took."""

    wall_s: float
    cpu_s: float
    peak_mib: float


def cost_of(command: list[str], environ: dict[str, str]) -> Cost:
    """Runs it to its end; raises ChildProcessError where it fails."""
    begin = time.monotonic()
    process = subprocess.Popen(
        command, cwd=_ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ChildProcessError(f"{command[1:]} ended with {process.returncode}")
    wall_s = time.monotonic() - begin
    return Cost(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def run(files: int = FILES) -> None:
    """The first import, one with nothing changed, and one that reads every file again."""
    with tempfile.TemporaryDirectory(prefix="sidflow-bench-") as folder:
        root = Path(folder, "C64Music")
        tunes = make_hvsc(root, files=files)
        tell("import.files", len(tunes) / 1000, "thousand files")
        tell("import.songs", sum(tune.songs for tune in tunes) / 1000, "thousand songs")
        tell("import.load_before", os.getloadavg()[0], "processes, average of a minute")
        environ = dict(os.environ) | {"SIDFLOW_DATA_DIR": str(Path(folder, "data"))}
        environ.pop("DJANGO_SETTINGS_MODULE", None)
        manage = [sys.executable, "manage.py"]
        cost_of([*manage, "migrate"], environ)
        for name, words, wanted in (
            ("first", [], "wanted: 360"),
            ("unchanged", [], "wanted: 60"),
            ("reread", ["--reread"], "nothing asked"),
        ):
            cost = cost_of([*manage, "import_sids", str(root), *words], environ)
            tell(f"import.{name}.wall", cost.wall_s, f"s ({wanted})")
            tell(f"import.{name}.cpu", cost.cpu_s, "s CPU")
            tell(f"import.{name}.peak_memory", cost.peak_mib, "MiB (wanted: 400)")
        tell("import.load_after", os.getloadavg()[0], "processes, average of a minute")


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else FILES)
