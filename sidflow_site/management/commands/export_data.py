"""`manage.py export_data`: what the database holds, as files that read the same every time."""

import sys
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from core.exporting import all_exports, snapshot
from core.exports import trail
from core.terminal_stages import TerminalStages
from sidflow_site.backups.problems import sentence_for


class Command(BaseCommand):
    """Exit status: 0 the files say what the database holds; 1 they do not, and why.  No file is ever half of one."""

    help = (
        "Writes catalogue, ROM bundles' names, schedules and the audit trail as JSON lines, sorted, the same bytes for the "
        "same rows; a file that would not change is left alone. manage.py rebuild_from_data reads them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, metavar="FOLDER", help="where to (the data folder)")

    def handle(self, *_args: Any, **options: Any) -> None:
        folder = (options["to"] or Path(settings.DATA_DIR)).absolute()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            trail.prepare()
            with snapshot(), TerminalStages(sys.stderr) as stages:
                for export in all_exports():
                    changed = export.write(folder, partial(stages.update, export.path))
                    self.stdout.write(f"{folder / export.path}: {'written' if changed else 'as it was'}")
        except OSError as error:
            raise CommandError(sentence_for(error)) from None
        except DatabaseError as error:
            raise CommandError(f"The database cannot be read: {error}") from None
