"""How does a SID tune sound? `manage.py render_tune FILE --out FILE.wav`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.terminal_progress import TerminalProgress
from hardware.engine import MAX_FRAMES, EngineError, Option, Synth, TunePlayer
from hardware.tune_arguments import add_tune_arguments, duration, open_tune, song_number
from hardware.wav_file import fits, open_wav

_SYNTHS = {"reference": Synth.REFERENCE, "fast": Synth.FAST}


class Command(BaseCommand):
    """Renders one song with the engine; needs no database."""

    help = "Renders one song of a SID file to a 16-bit WAV file."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The options of issue 2, section 2."""
        add_tune_arguments(parser, seconds=60)
        parser.add_argument("--start", type=duration, default=0, metavar="S", help="begin here (default: 0)")
        parser.add_argument("--synth", choices=_SYNTHS, default="reference", help="default: reference")
        parser.add_argument(
            "--rate", type=int, default=44100, metavar="HZ", help="8000 to 192000 (default: 44100)"
        )
        parser.add_argument("--stereo", action="store_true", help="two channels (default: one)")
        parser.add_argument("--out", required=True, metavar="FILE.wav", help="written beside and renamed")

    def handle(self, *_: Any, **options: Any) -> None:
        """Renders, or says in one sentence why not."""
        out = Path(options["out"])
        frames = round(options["seconds"] * options["rate"])
        channels = 2 if options["stereo"] else 1
        if not fits(frames=frames, channels=channels):
            raise CommandError("That is more sound than a WAV file can hold (4 GiB).")
        try:
            with open_tune(options["file"]) as player:
                self._render(player, out, frames, channels, options)
                fault = player.fault
        except EngineError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"Cannot write {out}: {error.strerror}.") from error
        except KeyboardInterrupt:
            raise CommandError("Stopped; nothing was written.", returncode=130) from None
        if fault:
            raise CommandError(f"{fault.message} The sound so far is in {out}.")

    def _render(
        self, player: TunePlayer, out: Path, frames: int, channels: int, options: dict[str, Any]
    ) -> None:
        player.set_option(Option.SYNTH, _SYNTHS[options["synth"]])
        player.set_option(Option.SAMPLE_RATE, options["rate"])
        player.set_option(Option.CHANNELS, channels)
        player.start(song_number(options["song"]))
        if options["start"]:
            player.seek(options["start"])
        progress = TerminalProgress(sys.stderr, label=out.name, total=frames)
        with open_wav(out, sample_rate_hz=options["rate"], channels=channels) as wav, progress:
            for at in range(0, frames, MAX_FRAMES):
                wav.writeframesraw(player.render(frames=min(MAX_FRAMES, frames - at)).tobytes())
                progress.update(at)
