"""Do workers tell that they live, and what they use?"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from jobs import workers
from jobs.models import Worker

BUSY = "import time\nblock = bytearray(60_000_000)\nprint('up', flush=True)\nwhile True: pass"


@pytest.fixture
def busy_child() -> Iterator["subprocess.Popen[bytes]"]:
    child = subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE)
    assert child.stdout
    child.stdout.readline()
    yield child
    child.kill()
    child.communicate()


def test_what_children_use_counts(busy_child: "subprocess.Popen[bytes]") -> None:
    before = workers.usage_of(busy_child.pid)
    assert before.processes == 1
    assert before.memory_bytes > 60_000_000
    deadline = time.monotonic() + 120
    while workers.usage_of(busy_child.pid).cpu_s < before.cpu_s + 0.1:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    mine = workers.usage_of(os.getpid())
    assert mine.processes >= 2
    assert mine.memory_bytes > before.memory_bytes


def test_children_of_threads_count() -> None:
    started = threading.Event()
    over = threading.Event()

    def run() -> None:
        child = subprocess.Popen(["sleep", "60"])
        started.set()
        over.wait()
        child.kill()
        child.wait()

    thread = threading.Thread(target=run)
    before = workers.usage_of(os.getpid()).processes
    thread.start()
    started.wait()
    try:
        assert workers.usage_of(os.getpid()).processes == before + 1
    finally:
        over.set()
        thread.join()


def test_a_process_that_is_gone_uses_nothing() -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    assert workers.usage_of(child.pid) == workers.Usage(0, 0, 0)


@pytest.mark.django_db
def test_a_heart_beats_now_and_then_into_one_row() -> None:
    heart = workers.Heart()
    assert heart.beat()
    assert not heart.beat()
    assert heart.beat(every_s=0)
    row = Worker.objects.get()
    assert (row.host, row.pid) == (heart.host, heart.pid)
    assert row.memory_bytes > 10_000_000
    assert 0 <= row.cpu_percent <= 100
    assert workers.is_alive(row)
    assert not workers.is_alive(row, timezone.now() + timedelta(seconds=30))


@pytest.mark.django_db
def test_the_dead_are_forgotten_after_a_while_on_all_hosts() -> None:
    now = timezone.now()
    for pid, minutes in ((1, 9), (2, 11)):
        Worker.objects.create(
            host="elsewhere", pid=pid, started_at=now, heartbeat_at=now - timedelta(minutes=minutes)
        )
    workers.Heart().beat()
    assert list(Worker.objects.filter(host="elsewhere").values_list("pid", flat=True)) == [1]
