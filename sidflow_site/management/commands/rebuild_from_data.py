"""`manage.py rebuild_from_data`: makes the database's rows of exported files again."""

import sys
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, transaction

from core.audit_file import keep_up
from core.exporting import Counts, DataFileError, Export, all_exports
from core.terminal_stages import TerminalStages
from sidflow_site.backups.problems import sentence_for


class Command(BaseCommand):
    """Exit status: 0 done; 1 nothing was changed, and why."""

    help = (
        "Reads what manage.py export_data wrote, into an empty database or over one that has some of it: rows are added "
        "and changed, none doubled; none removed unless with --replace. All or nothing. Accounts and tokens are in no "
        "export: manage.py prepare_site makes an administrator."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from", type=Path, metavar="FOLDER", dest="folder", help="where they are (the data folder)"
        )
        parser.add_argument("--replace", action="store_true", help="also remove what the files do not have")

    def handle(self, *_args: Any, **options: Any) -> None:
        folder = (options["folder"] or Path(settings.DATA_DIR)).absolute()
        exports = [export for export in all_exports() if (folder / export.path).exists()]
        if not exports:
            raise CommandError(f"There are no exported files in {folder}.")
        try:
            # One transaction for all: on SQLite others who write wait until it ends.
            with transaction.atomic(), TerminalStages(sys.stderr) as stages:
                done = [
                    (export, _read(export, folder, stages, replace=options["replace"])) for export in exports
                ]
        except DataFileError as error:
            raise CommandError(f"{error} Nothing was changed.") from None
        except OSError as error:
            raise CommandError(sentence_for(error)) from None
        except DatabaseError as error:
            raise CommandError(f"The database refuses it, and nothing was changed: {error}") from None
        keep_up()  # lines of the audit trail that came from elsewhere
        for export, counts in done:
            self._tell(export, counts)

    def _tell(self, export: Export, counts: Counts) -> None:
        named = {
            "added": counts.added,
            "changed": counts.changed,
            "as before": counts.unchanged,
            "removed": counts.removed,
        }
        said = ", ".join(f"{count} {name}" for name, count in named.items() if count)
        self.stdout.write(f"{export.path}: {said or 'empty'}")
        for remark in counts.remarks:
            self.stdout.write(f"  {remark}")


def _read(export: Export, folder: Path, stages: TerminalStages, *, replace: bool) -> Counts:
    return export.read(folder, partial(stages.update, export.path), replace=replace) or Counts()
