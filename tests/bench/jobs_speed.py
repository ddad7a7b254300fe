"""How many jobs does the queue bring through, how soon does one begin, and how soon does it go on when its worker is killed?

With the real `manage.py work`, on the SQLite of a fresh data folder, on a PostgreSQL of our own, and on that with Redis.
"""

import contextlib
import math
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from tests import services
from tests.bench.figures import tell

_ROOT: Final = Path(__file__).resolve().parents[2]
_JOBS: Final = 50
_CLICKS: Final = 20
_KILLS: Final = 7
_PATIENCE_S: Final = 180.0


def run() -> None:
    """Each database in a process of its own."""
    tell("jobs.load_before", os.getloadavg()[0], "processes, average of a minute")
    _part("sqlite", {})
    with services.postgres() as database:
        _part("postgresql", {"DATABASE_URL": database})
    with services.postgres() as database, services.redis() as redis:
        _part("postgresql_and_redis", {"DATABASE_URL": database, "REDIS_URL": redis})
    tell("jobs.load_after", os.getloadavg()[0], "processes, average of a minute")


def _part(name: str, more: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory(prefix="sidflow-bench-") as folder:
        left_out = ("DATABASE_URL", "REDIS_URL")
        environ = {key: value for key, value in os.environ.items() if key not in left_out} | more
        environ |= {"SIDFLOW_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "tests.bench.jobs_settings"}
        environ["SIDFLOW_LOG_LEVEL"] = "ERROR"
        environ["PYTHONPATH"] = str(_ROOT)
        for command in (
            ["manage.py", "migrate", "-v0"],
            ["-c", f"from tests.bench.jobs_speed import measure; measure({name!r})"],
        ):
            subprocess.run([sys.executable, *command], cwd=_ROOT, env=environ, check=True)


def measure(name: str) -> None:
    """In a process whose environment says which database."""
    import django

    django.setup()
    with _worker():
        _begin_one()
        _tell_through(f"jobs.{name}")
        _tell_clicks(f"jobs.{name}")
        _tell_kills(f"jobs.{name}")
    _tell_restarts(f"jobs.{name}")


@contextlib.contextmanager
def _worker() -> Iterator["subprocess.Popen[bytes]"]:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([sys.executable, "manage.py", "work"], cwd=_ROOT, stdout=quiet, stderr=quiet)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _until(true: Callable[[], Any], every_s: float = 0.01) -> Any:
    """What it says when it is something. Raises TimeoutError."""
    deadline = time.monotonic() + _PATIENCE_S
    while not (said := true()):
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(every_s)
    return said


def _is_over(job: Any) -> bool:
    job.refresh_from_db()
    return bool(job.is_over)


def _begin_one() -> None:
    """The worker is up when it has done one."""
    from jobs import controls

    job = controls.ask_for("bench-nothing")
    _until(partial(_is_over, job))


def _tell_through(name: str) -> None:
    """From the first that is asked for to the last that is completed."""
    from jobs import controls
    from jobs.models import Job

    began = time.perf_counter()
    for _ in range(_JOBS):
        controls.ask_for("bench-nothing")
    _until(lambda: not Job.objects.exclude(state="completed").exists(), every_s=0.02)
    tell(f"{name}.through", _JOBS / (time.perf_counter() - began), "jobs/s")


def _tell_clicks(name: str) -> None:
    """From the request that asks for a job to the first line of its log, and to its end."""
    from django.test import Client

    from core.models import ApiToken, User
    from jobs.models import Job

    staff = User.objects.create_user("bench", is_staff=True)
    _, secret = ApiToken.issue(user=staff, name="bench", scopes=["staff"])
    client = Client(headers={"Authorization": f"Bearer {secret}", "Host": "localhost"})
    first, over = [], []
    for number in range(_CLICKS):
        # Not in step with anything that looks every second.
        time.sleep(0.3 + 0.07 * number % 1)
        clicked = time.time()
        answer = client.post("/api/admin/jobs", {"type": "bench-nothing"}, content_type="application/json")
        job = Job.objects.get(pk=answer.json()["id"])
        _until(partial(_is_over, job))
        first.append(job.lines.get(number=1).at.timestamp() - clicked)
        over.append(job.ended_at.timestamp() - clicked if job.ended_at else math.inf)
    tell(f"{name}.click_to_first_line.p50", statistics.median(first) * 1000, "ms")
    tell(f"{name}.click_to_first_line.max", max(first) * 1000, "ms")
    tell(f"{name}.click_to_completed.p50", statistics.median(over) * 1000, "ms")


def _tell_kills(name: str) -> None:
    """From the SIGKILL of the process that runs a job to the next checkpoint, by another process."""
    from jobs import controls

    took = []
    for number in range(_KILLS):
        job = controls.ask_for("bench-endless")
        pid = _until(partial(_runs_in, job))
        # At every moment of the two seconds in which the guard looks once.
        time.sleep(0.5 + 2.0 * number / _KILLS)
        os.kill(pid, signal.SIGKILL)
        killed = time.perf_counter()
        _until(partial(_runs_elsewhere, job, pid))
        took.append(time.perf_counter() - killed)
        controls.cancel(job)
        _until(partial(_is_over, job))
    tell(f"{name}.kill_to_going_on.p50", statistics.median(took), "s")
    tell(f"{name}.kill_to_going_on.max", max(took), "s")


def _tell_restarts(name: str) -> None:
    """From the SIGKILL of the whole worker, which is started again at once, to the next checkpoint."""
    from jobs import controls

    job = controls.ask_for("bench-endless")
    took = []
    killed = 0.0
    pid = 0
    for _ in range(_KILLS + 1):
        with _worker():
            _until(partial(_runs_elsewhere, job, pid))
            if killed:
                took.append(time.perf_counter() - killed)
            time.sleep(0.5)
            pid = _runs_in(job) or 0
            killed = time.perf_counter()
    tell(f"{name}.kill_and_restart.p50", statistics.median(took), "s")
    tell(f"{name}.kill_and_restart.max", max(took), "s")


def _runs_in(job: Any) -> int | None:
    job.refresh_from_db()
    pid: int | None = job.checkpoint.get("pid")
    return pid


def _runs_elsewhere(job: Any, pid: int) -> bool:
    return _runs_in(job) not in (None, pid)


if __name__ == "__main__":
    run()
