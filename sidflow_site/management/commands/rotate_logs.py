"""`manage.py rotate_logs`: keeps the audit trail's file short."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from core.audit_archives import rotate
from sidflow_site.backups.problems import sentence_for


class Command(BaseCommand):
    """Exit status: 0 done, also where nothing was to do; 1 nothing was moved, and why."""

    help = (
        "Moves data/audit/admin-actions.jsonl into a numbered, compressed archive beside it where it has grown large. "
        "No line is ever lost, and no archive removed. The site may run; its own log lines go to its output, not to files."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--above", type=float, default=10, metavar="MB", help="only where it is larger (10)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            archive = rotate(above_bytes=int(options["above"] * 1_000_000))
        except OSError as error:
            raise CommandError(sentence_for(error)) from None
        except DatabaseError as error:
            raise CommandError(f"The database cannot be read: {error}") from None
        self.stdout.write(
            str(archive) if archive else f"Not larger than {options['above']:g} MB: left as it is."
        )
