"""Which background workers are there, on which hosts, and how busy is each?

Each writes a row of its own every few seconds; who does not any more is taken for dead, and after a while forgotten.
What a worker uses is read from /proc: of itself and of every process below it.
"""

import os
import socket
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.utils import timezone

from jobs.models import Worker

BEAT_S: Final = 5.0
# Missing three heartbeats is being dead.
_ALIVE: Final = timedelta(seconds=3 * BEAT_S + 5)
_REMEMBERED: Final = timedelta(minutes=10)
_TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Usage:
    """What some processes use: their number, CPU seconds since they began, resident bytes."""

    processes: int
    cpu_s: float
    memory_bytes: int


def usage_of(pid: int) -> Usage:
    """Of a process and all below it; memory that they share counts for each. One that ends meanwhile counts as nothing."""
    processes, ticks, pages, waiting = 0, 0, 0, [pid]
    while waiting:
        folder = Path("/proc", str(waiting.pop()))
        try:
            # After the name in brackets, which may hold anything: state, parent, ... see proc(5).
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            below = [(task / "children").read_text().split() for task in (folder / "task").iterdir()]
        except OSError:
            continue
        processes += 1
        ticks += sum(int(field) for field in fields[11:15])  # its own, and those of children that have ended
        pages += int(fields[21])
        waiting += [int(child) for children in below for child in children]
    return Usage(processes, ticks / _TICKS_PER_S, pages * _PAGE_BYTES)


class Heart:
    """Writes this process's row now and then."""

    def __init__(self) -> None:
        self.host, self.pid = socket.gethostname(), os.getpid()
        self.started_at = timezone.now()
        self._beaten = 0.0
        self._cpu_s = usage_of(self.pid).cpu_s
        self._since = time.monotonic()

    def beat(self, *, every_s: float = BEAT_S) -> bool:
        """Writes the row if it is time to; answers whether it was."""
        now = time.monotonic()
        if now - self._beaten < every_s:
            return False
        used = usage_of(self.pid)
        share = (used.cpu_s - self._cpu_s) / max(now - self._since, 0.001) / (os.cpu_count() or 1)
        self._beaten, self._since, self._cpu_s = now, now, used.cpu_s
        Worker.objects.update_or_create(
            host=self.host,
            pid=self.pid,
            defaults={
                "started_at": self.started_at,
                "heartbeat_at": timezone.now(),
                "processes": used.processes,
                "cpu_percent": round(min(100.0, max(0.0, 100 * share)), 1),
                "memory_bytes": used.memory_bytes,
            },
        )
        Worker.objects.filter(heartbeat_at__lt=timezone.now() - _REMEMBERED).delete()
        return True


def is_alive(worker: Worker, now: datetime | None = None) -> bool:
    """Was it heard of just now?"""
    return worker.heartbeat_at > (now or timezone.now()) - _ALIVE
