"""`manage.py run_job KIND --param key=value`: how does staff run a job in the terminal, with the code, checkpoints and locks of any other?"""

import json
import signal
import sys
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.problems import DomainError, InvalidInput
from core.terminal_progress import TerminalProgress
from jobs import carrier, controls, guarding, running
from jobs.kinds import all_kinds
from jobs.models import Job

_WAIT_S = 0.5


class Command(BaseCommand):
    """Exit status: 0 completed, 1 failed or cancelled, 2 nothing was begun, 130 paused by Ctrl-C."""

    help = "Run a job in the foreground: Ctrl-C pauses it, --resume ID goes on with one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", nargs="?", help="which kind; without one, they are listed")
        parser.add_argument("--param", action="append", default=[], metavar="KEY=VALUE", help="JSON, or text")
        parser.add_argument("--resume", type=int, metavar="ID", help="a job that was paused, or failed")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["kind"] is None and options["resume"] is None:
            for kind in all_kinds():
                self.stdout.write(f"{kind.name}: {kind.title}. {_told(kind.parameters)}")
            return
        try:
            job = self._job(options)
        except DomainError as error:
            errors = error.members.get("errors", [])
            said = "; ".join(f"{one['field']}: {one['message']}" for one in errors) or error.detail
            raise CommandError(f"{error.title}. {said}".strip(), returncode=2) from None
        self.stdout.write(f"Job {job.pk}: {job.kind}.")
        signal.signal(signal.SIGINT, _pause)
        self._run(job)
        self._tell(job)

    def _job(self, options: dict[str, Any]) -> Job:
        if options["resume"] is None:
            return controls.ask_for(options["kind"], _parameters(options["param"]), here=True)
        job = Job.objects.filter(pk=options["resume"]).first()
        if job is None:
            raise InvalidInput("There is no such job.")
        carrier.run_here(job.pk)
        guarding.look_after()  # where its process was killed and no worker is there to see it
        job.refresh_from_db()
        if job.state == Job.State.PENDING:
            return job
        if job.state == Job.State.RUNNING:
            raise InvalidInput(
                "It is running. Where its process was killed, that is noticed after half a minute."
            )
        again = controls.retry if job.state in (Job.State.FAILED, Job.State.CANCELLED) else controls.resume
        again(job)
        return job

    def _run(self, job: Job) -> None:
        """Slice after slice; where a worker does one meanwhile, this looks on."""
        with TerminalProgress(sys.stderr, label=job.kind, total=1) as bar:
            running.look_on(bar.update)
            waits = False
            while not job.is_over and job.state != Job.State.PAUSED:
                if not running.run_slice(job.pk):
                    if not waits:
                        self.stdout.write("It waits for its turn: other jobs are running.")
                        self.stdout.flush()
                    waits = True
                    time.sleep(_WAIT_S)
                    if running.was_interrupted():
                        controls.pause(job)
                    guarding.look_after()
                job.refresh_from_db()

    def _tell(self, job: Job) -> None:
        if job.state == Job.State.COMPLETED:
            self.stdout.write(f"Done in {job.ran_ms / 1000:.1f} s: {json.dumps(job.result)}")
        elif job.state == Job.State.PAUSED:
            again = f"manage.py run_job --resume {job.pk}"
            raise CommandError(f"Paused. {again} goes on.", returncode=130)
        else:
            problem = job.problem or {}
            raise CommandError(f"{job.state}. {problem.get('title', '')} {problem.get('detail', '')}".strip())


def _pause(_number: int, _frame: FrameType | None) -> None:
    running.interrupt()


def _parameters(given: list[str]) -> dict[str, Any]:
    """Raises InvalidInput for what is no KEY=VALUE."""
    parameters: dict[str, Any] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise InvalidInput(f"--param {text}: write KEY=VALUE.")
        try:
            parameters[key] = json.loads(value)
        except ValueError:
            parameters[key] = value
    return parameters


def _told(parameters: Any) -> str:
    fields = parameters.model_fields
    return "Parameters: " + (", ".join(fields) or "none")
