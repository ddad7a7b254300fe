"""Does the same song give the same bytes in every process, and does a process stay as small as it was?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def started(*arguments: str, threads: str = "1") -> subprocess.Popen[str]:
    """The program analyse_songs with that many threads allowed to whoever starts some."""
    environ = {**os.environ, **dict.fromkeys(THREADS, threads), "PYTHONPATH": str(ROOT)}
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "tests.playback.analysis.analyse_songs", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)


def answer_of(process: subprocess.Popen[str]) -> list[str]:
    """What it printed, line by line."""
    output, _ = process.communicate()
    assert process.returncode == 0
    return output.splitlines()


def test_processes_that_run_at_once_under_other_thread_settings_give_the_same_bytes() -> None:
    beside_each_other = [started("--rounds", "2", threads=threads) for threads in ("1", "8")]
    one, eight = (answer_of(process) for process in beside_each_other)
    assert len(one) >= 8
    assert one == eight
    # And what came before makes no difference either: the second round repeats the first.
    assert one[: len(one) // 2] == one[len(one) // 2 :]


def test_memory_is_flat() -> None:
    early, late = map(int, answer_of(started("--rounds", "60", "--memory")))
    assert late - early < 4000
    assert late < 300_000
