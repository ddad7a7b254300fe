"""What does a SID tune write to its chips, and when? `manage.py trace_tune FILE`."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from core.terminal_progress import TerminalProgress
from hardware.engine import EngineError, Option, Synth, TunePlayer
from hardware.tune_arguments import add_tune_arguments, open_tune, song_number

if TYPE_CHECKING:
    import numpy.typing as npt


class Command(BaseCommand):
    """Traces one song with the engine; needs no database."""

    help = (
        "Prints every write to the SID chips, one a line: cycle chip register value. The cycle is decimal and counts "
        "from the first write that the song's init makes, register and value are hexadecimal; power-on writes are left out."
    )
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The options of issue 2, section 2."""
        add_tune_arguments(parser, seconds=10)

    def handle(self, *_: Any, **options: Any) -> None:
        """Prints the trace, or says in one sentence why there is none."""
        try:
            with open_tune(options["file"]) as player:
                self._trace(player, options)
                fault = player.fault
        except EngineError as error:
            raise CommandError(error.message) from error
        except BrokenPipeError:
            # Nobody reads on (`| head`): what Python still wants to flush at its end goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return
        except KeyboardInterrupt:
            raise CommandError("Stopped.", returncode=130) from None
        if fault:
            raise CommandError(fault.message)

    def _trace(self, player: TunePlayer, options: dict[str, Any]) -> None:
        player.set_option(Option.SYNTH, Synth.NONE)
        player.start(song_number(options["song"]))
        seconds = options["seconds"]
        # Lines and a progress bar on one terminal would only disturb each other.
        wanted = not sys.stdout.isatty()
        with TerminalProgress(sys.stderr, label="trace", total=seconds, wanted=wanted) as progress:
            for writes in player.iter_song_trace(seconds):
                self.stdout.write(trace_lines(writes), ending="")
                progress.update(player.position_s)
        self.stdout.flush()


def trace_lines(writes: npt.NDArray[Any]) -> str:
    """The trace format for an array of writes: a line each, ending in a newline."""
    rows = zip(
        writes["cycle"].tolist(),
        writes["chip"].tolist(),
        writes["reg"].tolist(),
        writes["value"].tolist(),
        strict=True,
    )
    return "".join(f"{cycle:.0f} {chip} {reg:02x} {value:02x}\n" for cycle, chip, reg, value in rows)
