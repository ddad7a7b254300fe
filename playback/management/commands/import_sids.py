"""How does staff bring SID files into the catalogue from a shell?"""

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from playback.catalogue.folders import NoMusicError
from playback.catalogue.importing import Report, import_sids
from playback.sidfile import sentence_for


class ProgressLine:
    """Shows progress: a bar that redraws itself on a terminal, else a line every few seconds."""

    WIDTH = 30
    SECONDS_BETWEEN_LINES = 5.0

    def __init__(self, stream: TextIO, *, is_terminal: bool) -> None:
        self.stream = stream
        self.is_terminal = is_terminal
        self.last_line_at = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if self.is_terminal:
            filled = self.WIDTH * done // max(total, 1)
            bar = "#" * filled + "-" * (self.WIDTH - filled)
            self.stream.write(f"\r[{bar}] {done}/{total} files" + ("\n" if done == total else ""))
        elif done == total or time.monotonic() - self.last_line_at >= self.SECONDS_BETWEEN_LINES:
            self.last_line_at = time.monotonic()
            self.stream.write(f"{done} of {total} files\n")
        self.stream.flush()


class Command(BaseCommand):
    """Exit status: 0 all files are in; 1 the import is done and some files are broken; 2 nothing was imported."""

    help = (
        "Imports a folder of SID files (or one file) into the catalogue: the HVSC is recognised by its folders DEMOS, "
        "GAMES and MUSICIANS. Repeating it brings the catalogue up to date. Exit status 1: some files are broken, "
        "and listed; 2: nothing was imported."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="a folder, or a single .sid file")
        parser.add_argument(
            "--collection", metavar="NAME", help="its collection's name; one that exists moves there"
        )

        parser.add_argument(
            "--reread",
            action="store_true",
            help="reads also the files whose size and change time are as before",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        show = ProgressLine(sys.stderr, is_terminal=sys.stderr.isatty())
        try:
            reports = import_sids(
                options["path"], name=options["collection"], reread=options["reread"], progress=show
            )
        except NoMusicError as error:
            raise CommandError(str(error), returncode=2) from None
        for report in reports:
            self._tell(report)
        broken = sum(len(report.broken) for report in reports)
        if broken:
            raise CommandError(f"{broken} broken {'file' if broken == 1 else 'files'}; the rest is imported.")

    def _tell(self, report: Report) -> None:
        for path, code in report.broken:
            self.stdout.write(f"broken: {path}: {sentence_for(code)}")
        for path, code in report.unplayable:
            self.stdout.write(f"cannot be played: {path}: {sentence_for(code)}")
        counts = ("added", "changed", "moved", "unchanged", "missing")
        said = ", ".join(f"{getattr(report, count)} {count}" for count in counts if getattr(report, count))
        version = f" {report.collection.version}" if report.collection.version else ""
        self.stdout.write(
            f"{report.collection.name}{version}: {report.songs} {'song' if report.songs == 1 else 'songs'}; {said or 'no files'}."
        )
