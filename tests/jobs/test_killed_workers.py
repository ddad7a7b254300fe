"""Does a job survive workers that are killed at any moment, a hundred times, without doing anything twice or never?"""

import os
import random
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from jobs import carrier, controls, guarding, running
from jobs.models import Job
from tests.dying import wait_for_the_dead
from tests.jobs.made_up_kinds import counted, read_pids, register_kinds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]

KILLS = 100
TO = 400

register_kinds()


def forked_worker() -> int:
    """A process that runs whatever is offered, until it is killed."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    try:
        running.LEASE = timedelta(seconds=0.3)  # type: ignore[misc]
        while True:
            guarding.look_after()
            for job in Job.objects.occupying(timezone.now()):
                running.run_slice(job.pk, seconds=0.2)
    finally:
        os._exit(1)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def test_a_hundred_killed_workers_repeat_nothing_and_forget_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrier, "send", lambda _: None)
    monkeypatch.setattr(guarding, "MOST_STALLS", 10_000)
    chance = random.Random(1)
    job = controls.ask_for("tests-count", {"to": TO, "pause_s": 0.03})
    for _ in range(KILLS):
        workers = [forked_worker() for _ in range(chance.choice([1, 1, 2]))]
        time.sleep(chance.uniform(0, 0.3))
        for pid in workers:
            kill(pid)
        wait_for_the_dead()
        job.refresh_from_db()
        assert counted() == list(range(job.checkpoint.get("next", 0))), (
            "each effect once, as far as the checkpoint"
        )
    worker = forked_worker()
    deadline = time.monotonic() + 300
    while not job.is_over:
        assert time.monotonic() < deadline
        time.sleep(0.2)
        job.refresh_from_db()
    kill(worker)
    assert job.state == "completed"
    assert counted() == list(range(TO))


def test_two_workers_never_run_one_job_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrier, "send", lambda _: None)
    # On a busy machine a worker may be held up for longer than its lease of 0.3 s.
    monkeypatch.setattr(guarding, "MOST_STALLS", 10_000)
    jobs = [controls.ask_for("tests-count", {"to": 30, "pause_s": 0.01}) for _ in range(3)]
    workers = [forked_worker() for _ in range(4)]
    deadline = time.monotonic() + 300
    while Job.objects.exclude(state="completed").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    for pid in workers:
        kill(pid)
    assert sorted(counted()) == sorted(list(range(30)) * len(jobs))


def test_a_program_dies_with_the_job_and_with_its_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrier, "send", lambda _: None)
    for end in ("cancel", "kill"):
        pid_file = tmp_path / end
        job = controls.ask_for("tests-sleep", {"pid_file": str(pid_file)})
        worker = forked_worker()
        pids = read_pids(pid_file)
        if end == "cancel":
            controls.cancel(job)
        else:
            kill(worker)
        deadline = time.monotonic() + 60
        # The shell that we started; what it started in turn dies with its group only where the job was cancelled.
        mine = pids if end == "cancel" else pids[1:]
        while any(Path(f"/proc/{pid}").exists() for pid in mine):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        if end == "cancel":
            job.refresh_from_db()
            kill(worker)
            assert job.state in ("cancelled", "running")
        else:
            os.kill(pids[0], signal.SIGKILL)
