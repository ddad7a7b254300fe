"""What does a kind's work get into its hands?  Its parameters and checkpoint, and ways to say how far it is."""

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from jobs.kinds import Kind, Parameters
from jobs.lines import tell
from jobs.models import Job, JobLine

# A child that was told to end gets so long before it is killed.
_GRACE_S: Final = 5.0
_LOOK_EVERY_S: Final = 0.25


class Interrupted(BaseException):
    """Somebody wants the job to pause or end, or another has taken it over.  Not an Exception: work must not catch it."""


class Work:
    """A job as its kind sees it.  `beat` is the runner's: it keeps the lease, and raises Interrupted."""

    def __init__(self, job: Job, kind: Kind, beat: Callable[[], None]) -> None:
        self.job_id = job.pk
        self.parameters: Parameters = kind.parameters(**job.parameters)
        self.checkpoint: dict[str, Any] = dict(job.checkpoint)
        self.current = job.progress_current
        self.total = job.progress_total
        self.message = job.progress_message
        self._beat = beat

    def progress(self, current: int, total: int | None = None, message: str = "") -> None:
        """How far the work is; seen by others at the next checkpoint."""
        self.total = self.total if total is None else total
        self.current = current if self.total is None else min(current, self.total)
        self.message = message[:300]

    def say(self, text: str, level: str = JobLine.Level.INFO) -> None:
        """A line for the job's log."""
        tell(self.job_id, text, level)

    def still_wanted(self) -> None:
        """To be asked within long steps: raises Interrupted where the job shall stop."""
        self._beat()

    def run(
        self, command: Sequence[str], *, each: Callable[[], None] | None = None, **options: Any
    ) -> subprocess.CompletedProcess[bytes]:
        """Runs a program to its end.  It dies with this process, and with the job; its output goes where `options` say.

        `each` is called every quarter of a second, for example to tell of progress; what it raises ends the program.
        Raises Interrupted, and CalledProcessError where it fails.
        """
        # setpriv: the kernel kills the program when we die, whatever kills us.
        tied = ["setpriv", "--pdeathsig", "KILL", *command]
        process = subprocess.Popen(tied, start_new_session=True, **options)
        try:
            while process.poll() is None:
                if each:
                    each()
                self._beat()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_LOOK_EVERY_S)
        finally:
            end_group(process)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, list(command))
        return subprocess.CompletedProcess(list(command), 0)


def end_group(process: "subprocess.Popen[bytes]") -> None:
    """Ends a program and all that it has started."""
    for number, patience_s in ((signal.SIGTERM, _GRACE_S), (signal.SIGKILL, None)):
        if process.poll() is not None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience_s)
