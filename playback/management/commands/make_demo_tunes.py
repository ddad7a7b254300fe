"""How does staff make the demo tunes anew, or write them to a folder of their own?"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from playback.demo_tunes.folder import NotOursError, write_demo_tunes


class Command(BaseCommand):
    """Writes files only; `prepare_site` brings them into the catalogue."""

    help = "Composes the demo tunes (CC0) into a folder: SID files, their lengths and comments."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder",
            type=Path,
            metavar="FOLDER",
            help="an empty or a new one, or one with demo tunes, which are replaced",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            paths = write_demo_tunes(options["folder"])
        except NotOursError as error:
            raise CommandError(str(error)) from None
        for path in paths:
            self.stdout.write(str(path))
