"""Which kinds of jobs do the tests run?  `count` leaves a row for every number, so that what was done twice or never shows."""

import time
from pathlib import Path

from core.models import AuditEntry
from core.problems import InvalidInput
from jobs.kinds import Kind, Parameters, Steps, register
from jobs.work import Work

EFFECT = "tests.count"


class CountTo(Parameters):
    """How far, how slowly, and where it breaks."""

    to: int = 5
    pause_s: float = 0.0
    breaks_at: int | None = None
    unexpectedly: bool = False


def count(work: Work) -> Steps:
    """Counts, with a row and a checkpoint for each number."""
    told = work.parameters
    assert isinstance(told, CountTo)
    for number in range(int(work.checkpoint.get("next", 0)), told.to):
        if number == told.breaks_at:
            raise (RuntimeError("secret") if told.unexpectedly else InvalidInput(f"It breaks at {number}."))
        AuditEntry.objects.create(action=EFFECT, actor_name="test", resource=str(number))
        work.progress(number + 1, told.to, f"Counted {number}")
        time.sleep(told.pause_s)
        yield {"next": number + 1}
    return {"counted": told.to}


class Sleep(Parameters):
    """Where the program writes its process id, and how long it sleeps."""

    pid_file: str
    seconds: int = 60


def sleep(work: Work) -> Steps:
    """Runs a program that runs a program."""
    told = work.parameters
    assert isinstance(told, Sleep)
    script = f"sleep {told.seconds} & echo $! $$ > {told.pid_file}.new; mv {told.pid_file}.new {told.pid_file}; wait"
    work.run(["bash", "-c", script])
    yield {}
    return {}


def register_kinds() -> None:
    """For a process that has not."""
    from jobs import kinds

    for kind in (
        Kind("tests-count", "Counting", count, parameters=CountTo, atomic=True),
        Kind("tests-alone", "Counting alone", count, parameters=CountTo, atomic=True, alone=True),
        Kind("tests-sleep", "Sleeping", sleep, parameters=Sleep),
    ):
        if kind.name not in kinds._kinds:
            register(kind)


def counted() -> list[int]:
    """The numbers that were counted, in order of their being written."""
    rows = AuditEntry.objects.filter(action=EFFECT).order_by("pk").values_list("resource", flat=True)
    return [int(resource) for resource in rows]


def read_pids(path: Path) -> list[int]:
    """Waits for the program to have written them."""
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return [int(pid) for pid in path.read_text().split()]
