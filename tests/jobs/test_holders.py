"""Is a job whose worker was killed brought back at once, and one whose worker may live left alone?"""

import os
import signal
import time
from pathlib import Path

import pytest
from django.db import connections

from jobs import carrier, controls, guarding, holders, running
from sidflow_site.serving import die_with_parent
from tests.jobs.made_up_kinds import read_pids, register_kinds

register_kinds()


class Child:
    """A forked process that says something through a pipe, and then waits to be killed."""

    def __init__(self, *, forks: bool = False) -> None:
        reading, writing = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            die_with_parent()  # also where a test fails
            try:
                os.write(writing, holders.new_lease().encode())
                os.write(writing, f" {os.fork() if forks else 0}".encode())
                signal.pause()
            finally:
                os._exit(0)
        os.close(writing)
        said = b""
        while len(said.split()) < 2:
            said += os.read(reading, 100)
        os.close(reading)
        lease, grandchild = said.decode().split()[:2]
        self.lease, self.grandchild = lease, int(grandchild)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def wait_until_gone(lease: str) -> None:
    deadline = time.monotonic() + 60
    while not holders.holder_is_gone(lease):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_process_is_gone_when_it_was_killed_and_not_before() -> None:
    child, other = Child(), Child()
    assert child.lease[:16] != other.lease[:16]
    assert not holders.holder_is_gone(child.lease)
    child.kill()
    wait_until_gone(child.lease)
    assert not holders.holder_is_gone(other.lease)
    other.kill()


def test_ones_own_leases_differ_and_are_held() -> None:
    one, two = holders.new_lease(), holders.new_lease()
    assert len(one) == len(two) == 32
    assert one != two
    assert one[:16] == two[:16]
    assert not holders.holder_is_gone(one)


def test_what_a_worker_has_forked_may_still_be_at_work() -> None:
    child = Child(forks=True)
    child.kill()
    assert not holders.holder_is_gone(child.lease)
    os.kill(child.grandchild, signal.SIGKILL)
    wait_until_gone(child.lease)


@pytest.mark.parametrize("lease", ["", "0" * 32, "../../../etc/passwd", "from another machine"])
def test_of_strangers_nothing_is_known(lease: str) -> None:
    assert not holders.holder_is_gone(lease)


def test_files_of_the_dead_are_swept_away_after_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holders, "_folder", lambda: tmp_path)
    dead, alive = Child(), Child()
    dead.kill()
    wait_until_gone(dead.lease)
    holders.sweep()
    assert len(list(tmp_path.iterdir())) == 2, "it may be looked for"
    for path in tmp_path.iterdir():
        os.utime(path, (0, 0))
    holders.sweep()
    assert [path.name[-16:] for path in tmp_path.iterdir()] == [alive.lease[:16]]
    alive.kill()


@pytest.mark.django_db(transaction=True)
@pytest.mark.services
def test_a_killed_workers_job_waits_for_its_turn_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrier, "send", lambda _: None)
    job = controls.ask_for("tests-sleep", {"pid_file": str(tmp_path / "pids")})
    connections.close_all()
    pid = os.fork()
    if not pid:
        die_with_parent()
        try:
            running.run_slice(job.pk, seconds=60)
        finally:
            os._exit(1)
    sleeping, *_ = read_pids(tmp_path / "pids")
    guarding.look_after()
    job.refresh_from_db()
    assert (job.state, job.stalls) == ("running", 0), "its worker lives"
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    deadline = time.monotonic() + 10
    while job.state != "pending":
        assert time.monotonic() < deadline, "sooner than the lease runs out"
        guarding.look_after()
        job.refresh_from_db()
    assert (job.stalls, job.lease) == (1, "")
    assert job.offered_until
    os.kill(sleeping, signal.SIGKILL)
