"""How are other people's programs run, and what is said where one is missing or fails?  Pure: no Django."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol

_LOOK_EVERY_S: Final = 0.1
# The end of what a program said is enough to see why it failed.
_LAST_WORDS: Final = 300


class Run(Protocol):
    """Runs a program to its end, as `jobs.work.Work.run` does: `each` is called all the while, and what it raises ends it.

    Raises CalledProcessError where the program fails; output goes where `options` (subprocess.Popen's) say.
    """

    def __call__(
        self, command: Sequence[str], *, each: Callable[[], None] | None = None, **options: Any
    ) -> subprocess.CompletedProcess[bytes]: ...


class ProgramMissingError(Exception):
    """A program is not installed; `package` is the Debian package that has it."""

    def __init__(self, program: str, package: str) -> None:
        super().__init__(
            f"{program} is not there: install the Debian package {package} (apt-get install {package})."
        )
        self.program, self.package = program, package


class ProgramFailedError(Exception):
    """A program did not do what it was to do; a sentence with its own last words."""


def find_program(name: str, *, package: str, chosen: Path | None = None) -> str:
    """The program's path: the chosen one, or that of its name.  Raises ProgramMissingError."""
    found = shutil.which(str(chosen) if chosen else name)
    if found is None:
        raise ProgramMissingError(str(chosen) if chosen else name, package)
    return found


def run_here(
    command: Sequence[str], *, each: Callable[[], None] | None = None, **options: Any
) -> subprocess.CompletedProcess[bytes]:
    """`Run` for who is no job: the program ends when this call ends, however it ends."""
    # setpriv: the kernel kills the program when we die, whatever kills us.
    with subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *command], **options) as process:
        try:
            while process.poll() is None:
                if each:
                    each()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_LOOK_EVERY_S)
        finally:
            if process.poll() is None:
                process.kill()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(command))
    return subprocess.CompletedProcess(list(command), 0)


def run_told(run: Run, command: Sequence[str], *, log: Path, **options: Any) -> str:
    """Runs it with its messages in `log`, and answers them.  Raises ProgramFailedError with their end."""
    try:
        with log.open("wb") as messages:
            run(
                command, stdin=subprocess.DEVNULL, stderr=messages, **{"stdout": subprocess.DEVNULL} | options
            )
    except subprocess.CalledProcessError as error:
        words = " ".join(log.read_text(errors="replace").split())[-_LAST_WORDS:]
        name = Path(command[0]).name
        raise ProgramFailedError(
            f"{name} failed ({error.returncode}): {words or 'it does not say why'}"
        ) from None
    return log.read_text(errors="replace")
