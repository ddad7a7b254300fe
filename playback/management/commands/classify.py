"""`manage.py classify`: how does staff analyse and rate songs in the terminal?  The job kind `classify` with its own names for parameters."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """The exit status is that of run_job."""

    help = (
        "Analyse and rate songs: those that have no fresh features, of all collections or of a part of them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", help="a folder or file below the collection's root; else all")
        parser.add_argument(
            "--all", action="store_true", help="all songs, which is what it does without a path"
        )
        parser.add_argument("--collection", help="only this collection, by its name")
        parser.add_argument("--force", action="store_true", help="also songs whose features are fresh")
        parser.add_argument("--older-than-days", type=int, metavar="N", help="also songs analysed longer ago")
        parser.add_argument("--top", type=int, metavar="N", help="only the N most played songs")
        parser.add_argument("--sample", type=int, metavar="N", help="only N songs, chosen by lot")
        parser.add_argument(
            "--validate", action="store_true", help="write nothing, compare with what is stored"
        )
        parser.add_argument("--calibrate", action="store_true", help="calibrate the ratings anew afterwards")
        parser.add_argument("--threads", type=int, metavar="N", help="processes; 0: one for each core")

    def handle(self, *_args: Any, **options: Any) -> None:
        told = {
            "path": None if options["all"] else options["path"],
            "collection": options["collection"],
            "force": options["force"] or None,
            "olderThanDays": options["older_than_days"],
            "top": options["top"],
            "sample": options["sample"],
            "validation": options["validate"] or None,
            "calibrate": options["calibrate"] or None,
            "threads": options["threads"],
        }
        chosen = [f"{name}={_as_json(value)}" for name, value in told.items() if value is not None]
        call_command(
            "run_job",
            "classify",
            *(f"--param={one}" for one in chosen),
            stdout=self.stdout,
            stderr=self.stderr,
        )


def _as_json(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
