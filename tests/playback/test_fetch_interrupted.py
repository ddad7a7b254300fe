"""Does an interrupted fetch leave a whole collection, go on where it was, and fetch nothing twice?"""

import os
import random
import resource
import shutil
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db import connections
from django.utils import timezone

from jobs import carrier, controls, guarding, running
from jobs.models import Job
from playback.fetching import downloading, places, swapping
from tests.fakes.hvsc_releases import Files, archive, tune, tunes, whole, write
from tests.playback.fetching_site import Site, ids

SCRIPT = b"""# Resulting Version: 84
# Previous Version: 83
DELETE
/MUSICIANS/E/Example_Ada/New_in_83.sid
REPLACE
/update/MUSICIANS/E/Example_Ada/
/MUSICIANS/E/Example_Ada/
/update/DEMOS/M/
/DEMOS/M/
/update/DOCUMENTS/
/DOCUMENTS/
"""
OLD = whole(83, tunes(83))
NEW = whole(
    84,
    tunes(84) | {f"DEMOS/M/Many_{number}.sid": tune(f"Many {number}") for number in range(120)},
    Update84_hvs=SCRIPT,
)
NAME = "HVSC_84-all-of-them.7z"
KILLS = 12


def update_84() -> Files:
    """What makes 84 of 83."""
    new = {path: data for path, data in NEW.items() if OLD.get(path) != data and not path.endswith(".hvs")}
    return new | {"Update84.hvs": SCRIPT}


@pytest.fixture
def here(site: Site) -> Site:
    """83 is here, and 84 is out."""
    site.mirror.publish(83, archive(OLD))
    assert site.fetch().state == "completed"
    site.mirror.publish(84, archive(NEW))
    return site


def part_size(site: Site) -> int:
    part = site.stage / f"{NAME}.part"
    return part.stat().st_size if part.exists() else 0


@contextmanager
def stopped_in_the_middle(site: Site) -> Iterator[Job]:
    """A job whose download was stopped half-way, by a server that hangs up."""
    site.monkeypatch.setattr(downloading, "_MOST_BREAKS", 1)
    site.mirror.cuts_at = len(archive(NEW)) // 2
    job = site.fetch()
    assert (job.state, part_size(site)) == ("failed", site.mirror.cuts_at)
    site.mirror.cuts_at = None
    site.mirror.came.clear()
    yield job
    assert job.state == "completed"
    assert site.files() == NEW


def asked_for(site: Site) -> list[str | None]:
    """The ranges of the archive that were asked for."""
    return [wanted for path, wanted, _ in site.mirror.came if path.endswith(".7z")]


@pytest.mark.django_db
def test_what_has_come_is_not_fetched_again(here: Site) -> None:
    with stopped_in_the_middle(here) as job:
        controls.retry(job)
        here.run(job)
    half = len(archive(NEW)) // 2
    assert asked_for(here) == [f"bytes={half}-"]
    assert here.mirror.sent(NAME) == len(archive(NEW)) - half


@pytest.mark.django_db
def test_also_another_job_goes_on_with_it(here: Site) -> None:
    with stopped_in_the_middle(here) as job:
        job.state = here.fetch().state
    assert asked_for(here) == [f"bytes={len(archive(NEW)) // 2}-"]


@pytest.mark.django_db
def test_a_server_without_ranges_begins_anew(here: Site) -> None:
    with stopped_in_the_middle(here) as job:
        here.mirror.ranges = False
        controls.retry(job)
        here.run(job)
    assert here.mirror.sent(NAME) == len(archive(NEW))


@pytest.mark.django_db
def test_a_file_that_changed_meanwhile_begins_anew(here: Site) -> None:
    with stopped_in_the_middle(here) as job:
        here.mirror.etag = '"two"'
        controls.retry(job)
        here.run(job)
    assert here.mirror.sent(NAME) == len(archive(NEW))


@pytest.mark.django_db
def test_a_pause_in_any_phase_leaves_the_collection_and_goes_on(here: Site) -> None:
    job = here.ask()
    phases = []
    while not job.is_over:
        here.run(job, slices=1)
        phases.append(job.checkpoint["phase"])
        # Nobody keeps the work under way: each step is taken up at its checkpoint, as by another process.
        running._kept.clear()
        assert here.files() in (OLD, NEW)
    assert list(dict.fromkeys(phases)) == [
        "find", "download", "unpack", "verify", "swap", "import", "clean",
    ]  # fmt: skip
    assert job.state == "completed"
    assert job.result is not None
    [counts] = job.result["collections"]
    assert (counts["added"], counts["unchanged"], counts["missing"]) == (121, 6, 1)
    assert here.files() == NEW
    assert here.mirror.sent(NAME) == len(archive(NEW))


@pytest.mark.django_db
def test_a_fetch_that_is_cancelled_while_it_loads_leaves_the_collection(here: Site) -> None:
    here.mirror.slow_s = 0.2
    job = here.ask()
    while not part_size(here):
        here.run(job, slices=1)
    controls.cancel(job)
    here.run(job)
    assert job.state == "cancelled"
    assert here.files() == OLD
    here.mirror.slow_s = 0.0
    assert here.fetch().state == "completed"
    assert here.files() == NEW


def a_7z_that(folder: Path, does: str) -> str:
    """A PATH on which 7z does something else where it shall unpack."""
    folder.mkdir()
    real = shutil.which("7z") or shutil.which("7zz")
    (folder / "7z").write_text(f'#!/bin/sh\nif [ "$1" = x ]; then {does}; fi\nexec {real} "$@"\n')
    (folder / "7z").chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_pause_ends_the_program_that_unpacks(here: Site, tmp_path: Path) -> None:
    here.monkeypatch.setattr(carrier, "send", lambda _: None)
    path = os.environ["PATH"]
    here.monkeypatch.setenv("PATH", a_7z_that(tmp_path / "bin", f"echo $$ >{tmp_path}/pid; exec sleep 60"))
    job = controls.ask_for("fetch")
    worker = forked(here, None)
    try:
        pid = wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
        controls.pause(job)
        wait_for(lambda: Job.objects.get(pk=job.pk).state == "paused")
        wait_for(lambda: not Path(f"/proc/{pid.strip()}").exists())
    finally:
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
    assert here.files() == OLD
    here.monkeypatch.setenv("PATH", path)
    here.mirror.came.clear()
    job.refresh_from_db()
    controls.resume(job)
    dying_worker(here, None)
    assert here.files() == NEW
    assert asked_for(here) == []


def wait_for(fact: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 120
    while not (answer := fact()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return answer


# Kills.


class Kill(NamedTuple):
    """After so many operations on files of the site, or so many seconds."""

    operations: int
    seconds: float


def dying_worker(site: Site, kill: Kill | None) -> None:
    """A process that runs what is offered until it is killed; one that is not to be killed works until nothing is left."""
    pid = forked(site, kill)
    if kill:
        time.sleep(kill.seconds)
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def forked(site: Site, kill: Kill | None) -> int:
    connections.close_all()
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # the mirror's thread stays behind, and is not needed there
        pid = os.fork()
    if pid:
        return pid
    try:
        if kill:
            sys.addaudithook(_Killer(site.folder, kill.operations))
        running.LEASE = timedelta(seconds=0.4)  # type: ignore[misc]
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline and (kill or Job.objects.exclude(state="completed").exists()):
            guarding.look_after()
            for job in Job.objects.occupying(timezone.now()):
                running.run_slice(job.pk, seconds=0.3)
    finally:
        os._exit(0)


class _Killer:
    """Kills this process at an operation on the site's files."""

    EVENTS = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.truncate", "open")

    def __init__(self, folder: Path, left: int) -> None:
        self.folder, self.left = str(folder), left

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in self.EVENTS and str(arguments[0]).startswith(self.folder):
            self.left -= 1
            if self.left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("can_exchange", [True, False])
def test_kills_at_any_moment_leave_one_whole_collection(site: Site, can_exchange: bool) -> None:
    site.monkeypatch.setattr(carrier, "send", lambda _: None)
    site.monkeypatch.setattr(guarding, "MOST_STALLS", 10_000)
    if not can_exchange:
        site.monkeypatch.setattr(swapping, "_RENAME_EXCHANGE", 1 << 12)  # which no kernel knows
    site.mirror.publish(83, archive(OLD))
    dying_worker_for(site, None)
    tune_ids = ids()
    site.mirror.publish(84, archive(NEW), archive(update_84(), "update"))
    site.mirror.slow_s = 0.005
    chance = random.Random(7)
    for number in range(KILLS):
        if not Job.objects.exclude(state="completed").exists():
            old = {"update": True} if site.files() == OLD else {"version": 83}
            controls.ask_for("fetch", chance.choice([old, {"force": True}]))
        dying_worker(site, Kill(chance.randint(1, 60), chance.uniform(0.1, 0.8)))
        assert_whole(site, can_exchange=can_exchange, number=number)
    dying_worker(site, None)
    assert not Job.objects.exclude(state="completed").exists()
    controls.ask_for("fetch", {"force": True})
    dying_worker(site, None)
    assert site.files() == NEW
    assert sorted(path.name for path in site.stage.iterdir()) == ["lock"]
    known = ids()
    shared = set(tune_ids) & set(known)
    assert len(shared) >= 6
    assert {key: known[key] for key in shared} == {key: tune_ids[key] for key in shared}


def dying_worker_for(site: Site, kill: Kill | None) -> None:
    controls.ask_for("fetch", {})
    dying_worker(site, kill)


def assert_whole(site: Site, *, can_exchange: bool, number: int) -> None:
    there = site.files() if site.tree.exists() else read_aside(site)
    assert there in (OLD, NEW), f"after kill {number}"
    assert site.tree.exists() or not can_exchange


def read_aside(site: Site) -> Files:
    """Between the two renames of a file system that cannot exchange: the old one, put aside."""
    return _files(site.stage / "old")


def _files(folder: Path) -> Files:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "tool.exe"
    }


# The disk, the program, and a second fetch.


@pytest.mark.django_db
def test_a_disk_that_is_too_small_is_told_before_anything_is_loaded(here: Site) -> None:
    usage = shutil.disk_usage(here.folder)
    here.monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=places.SPARE + 100))
    job = here.fetch()
    assert job.problem is not None
    assert (job.state, job.problem["code"]) == ("failed", "fetch-no-room")
    assert "0.0 MB" not in job.problem["detail"]
    assert here.files() == OLD
    here.monkeypatch.undo()
    here.configure()
    controls.retry(job)
    assert here.run(job).state == "completed"


@contextmanager
def files_no_larger_than(size_bytes: int) -> Iterator[None]:
    """As on a full disk, a write fails in the middle."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.django_db
def test_a_disk_that_fills_up_while_an_archive_comes(here: Site) -> None:
    noise = NEW | {"DOCUMENTS/noise": random.Random(3).randbytes(9_000_000)}
    here.mirror.files[NAME] = archive(noise, options=("-m0=Copy",))
    job = here.ask()
    with files_no_larger_than(8_000_000):
        here.run(job)
    assert job.problem is not None
    assert (job.state, job.problem["code"]) == ("failed", "fetch-no-room")
    assert (here.files(), part_size(here)) == (OLD, 8_000_000), "what was loaded is kept"
    controls.retry(job)
    assert here.run(job).state == "completed"
    assert asked_for(here)[-1] == "bytes=8000000-"
    assert here.files() == noise


@pytest.mark.django_db
def test_a_disk_that_fills_up_while_it_is_unpacked(here: Site, tmp_path: Path) -> None:
    """7z says so in its own words; the archive is kept, the half tree is not."""
    path = os.environ["PATH"]
    said = "ERROR: Cannot open output file : errno=28 : No space left on device : C64Music/DEMOS/x.sid"
    here.monkeypatch.setenv("PATH", a_7z_that(tmp_path / "bin", f"echo '{said}' >&2; exit 2"))
    job = here.fetch()
    assert job.problem is not None, job.result
    assert (job.state, job.problem["code"]) == ("failed", "fetch-no-room")
    assert (here.stage / NAME).exists()
    assert not (here.stage / "unpacked").exists()
    assert here.files() == OLD
    here.monkeypatch.setenv("PATH", path)
    here.mirror.came.clear()
    controls.retry(job)
    assert here.run(job).state == "completed"
    assert asked_for(here) == []


@pytest.mark.django_db
def test_without_7z_one_sentence_names_the_package(here: Site, tmp_path: Path) -> None:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    here.monkeypatch.setenv("PATH", str(bin_folder))
    job = here.fetch()
    assert job.problem is not None
    assert job.problem["code"] == "fetch-program-missing"
    assert "p7zip-full" in job.problem["detail"]
    assert here.mirror.sent(NAME) == 0, "which is told before anything is loaded"


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["/proc/nobody/hvsc", "/sys/hvsc", "a file", "a folder of something else"])
def test_folders_that_cannot_be_used(site: Site, tmp_path: Path, place: str) -> None:
    site.mirror.publish(84, archive(NEW))
    (tmp_path / "a file").write_bytes(b"x")
    other = tmp_path / "a folder of something else" / "C64Music"
    other.mkdir(parents=True)
    (other / "letters").write_bytes(b"private")
    site.configure(sid_path=tmp_path / place)
    job = site.fetch()
    assert job.problem is not None
    assert (job.state, job.problem["code"]) == ("failed", "fetch-folder-unusable"), job.problem
    assert (other / "letters").read_bytes() == b"private"


@pytest.mark.django_db
def test_a_second_fetch_waits_for_the_first(here: Site) -> None:
    first = here.run(here.ask(), slices=3)
    second = controls.ask_for("fetch", {}, here=True)
    assert not running.run_slice(second.pk)
    assert here.run(first).state == "completed"
    assert here.run(second).state == "completed"
    assert second.result is not None
    assert second.result["message"] == "HVSC 84 is the newest."


@pytest.mark.django_db
def test_a_fetch_that_was_given_up_after_its_swap_is_finished_by_the_next(here: Site) -> None:
    job = here.ask()
    while here.files() != NEW:
        here.run(job, slices=1)
    Job.objects.filter(pk=job.pk).update(state="cancelled", wish="", ended_at=timezone.now())
    assert not ids().keys() & {("MUSICIANS/E/Example_Ada/New_in_84.sid", 1)}
    again = here.fetch()
    assert again.state == "completed"
    assert ids().keys() >= {("MUSICIANS/E/Example_Ada/New_in_84.sid", 1)}
    assert sorted(path.name for path in here.stage.iterdir()) == ["lock"]


@pytest.mark.django_db
@pytest.mark.parametrize("is_root", [True, False])
@pytest.mark.parametrize("again", ["retry", "another"])
def test_a_stop_between_the_two_renames_of_a_file_system_that_cannot_exchange(
    site: Site, is_root: bool, again: str
) -> None:
    """sidPath may be the collection's root itself, which is not there at that moment."""
    site.monkeypatch.setattr(swapping, "_RENAME_EXCHANGE", 1 << 12)
    if is_root:
        site.configure(sid_path=write(OLD, site.tree))
    site.mirror.publish(83, archive(OLD))
    assert site.fetch().state == "completed"
    site.mirror.publish(84, archive(NEW))
    rename = Path.rename

    def break_down(path: Path, target: Path) -> Path:
        if target == site.tree:
            raise OSError(5, "Input/output error", str(path))
        return rename(path, target)

    with site.monkeypatch.context() as broken:
        broken.setattr(Path, "rename", break_down)
        job = site.fetch()
    assert job.problem is not None
    assert (job.state, job.problem["code"]) == ("failed", "fetch-folder-unusable")
    assert (site.tree.exists(), _files(site.stage / "old")) == (False, OLD)
    if again == "retry":
        controls.retry(job)
        assert site.run(job).state == "completed"
    else:
        site.mirror.version = None
        assert site.fetch(version=99).state == "failed"
        assert site.files() == OLD, "another fetch first puts back what the broken one left aside"
        site.mirror.version = 84
        assert site.fetch().state == "completed"
    assert site.files() == NEW
    assert sorted(path.name for path in site.stage.iterdir()) == ["lock"]


@pytest.mark.django_db
def test_another_mirror_that_is_configured_meanwhile_is_asked_when_it_goes_on(here: Site) -> None:
    here.configure(mirrors=[f"{here.mirror.url}/gone"])
    here.mirror.answers["/api/v1/version"] = (200, {}, b'{"version": 84}')
    job = here.fetch()
    assert job.problem is not None
    assert "It answers 404." in job.problem["detail"]
    here.configure()
    controls.retry(job)
    assert here.run(job).state == "completed"
