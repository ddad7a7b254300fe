"""Do the processes that analyse bear being killed, end with their parent, and say why they cannot begin?"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from playback.analysis.analysers import Analysers, AnalysersDownError, Asked, Outcome
from playback.analysis.recipes import AnalysisSettings
from playback.demo_tunes.folder import write_demo_tunes

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def tunes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tunes")
    write_demo_tunes(folder)
    return folder


def asked(tunes: Path) -> list[Asked]:
    files = sorted(tunes.rglob("*.sid"))
    return [
        Asked(str(tunes), str(file.relative_to(tunes)), ((number, 1, 20_000),))
        for number, file in enumerate(files)
    ]


def collect(analysers: Analysers, count: int) -> dict[int, Outcome]:
    found: dict[int, Outcome] = {}
    while len(found) < count:
        outcome = analysers.outcome(60)
        assert outcome is not None
        assert outcome.track not in found
        found[outcome.track] = outcome
    return found


def children_of(pid: int) -> list[int]:
    told = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
    return [int(one) for one in told.split()]


def analysing(pid: int) -> list[int]:
    """Those of its children that analyse, by now and not only before `exec`."""
    return [child for child in children_of(pid) if b"playback.analysis.child" in command_of(child)]


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_child_that_is_killed_costs_one_song(tunes: Path) -> None:
    tasks = asked(tunes)
    with Analysers(1, AnalysisSettings()) as analysers:
        for task in tasks[:3]:
            analysers.ask(task)
        collect(analysers, 3)
        (child,) = analysing(os.getpid())
        os.kill(child, signal.SIGKILL)
        for task in tasks:
            analysers.ask(task)
        found = collect(analysers, len(tasks))
    failures = [one.failure for one in found.values() if one.failure]
    assert failures == ["crashed"]
    assert analysing(os.getpid()) == []


def test_a_file_that_is_gone_or_is_no_tune_is_told_as_such(tunes: Path, tmp_path: Path) -> None:
    (tmp_path / "no.sid").write_bytes(b"PSID but no more")
    with Analysers(1, AnalysisSettings()) as analysers:
        analysers.ask(Asked(str(tunes), "gone.sid", ((1, 1, None), (2, 2, None))))
        analysers.ask(Asked(str(tmp_path), "no.sid", ((3, 1, None),)))
        found = collect(analysers, 3)
    assert [found[number].failure for number in (1, 2)] == ["unreadable", "unreadable"]
    assert found[3].failure == "bad-version"


def test_what_cannot_begin_says_why(tunes: Path) -> None:
    settings = AnalysisSettings()
    object.__setattr__(settings, "window_s", -1.0)
    with Analysers(1, settings) as analysers:
        analysers.ask(asked(tunes)[0])
        with pytest.raises(AnalysersDownError, match="window"):
            analysers.outcome(60)


def test_children_end_with_their_parent(tunes: Path) -> None:
    code = (
        "import sys, time\n"
        "from playback.analysis.analysers import *\n"
        "from playback.analysis.recipes import AnalysisSettings\n"
        f"task = Asked({str(tunes)!r}, 'gone.sid', ((1, 1, None),))\n"
        "analysers = Analysers(2, AnalysisSettings())\n"
        "for _ in range(20): analysers.ask(task)\n"
        "while analysers.outcome(60) is None: pass\n"
        "print('begun', flush=True)\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "begun\n"
    children = analysing(parent.pid)
    assert children
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not any(b"playback.analysis.child" in command_of(child) for child in children))
