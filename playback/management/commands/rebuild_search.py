"""`manage.py rebuild_search`: makes the search's index anew, where it is missing or in doubt."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core.terminal_progress import TerminalProgress
from playback.catalogue.counting import count_artists, count_folders
from playback.catalogue.models import Collection
from playback.search import index


class Command(BaseCommand):
    """All or nothing: a rebuild that is killed leaves the old index."""

    help = "Make the search's index anew from the catalogue, and count the tunes of folders and authors."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-missing", action="store_true", help="only where there is music and no index"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["if_missing"] and not index.is_missing():
            return
        with TerminalProgress(sys.stderr, label="Indexing", total=1) as bar:
            tunes = index.rebuild(lambda done, total: bar.update(done / total))
        for collection in Collection.objects.all():
            count_folders(collection)
        count_artists()
        self.stdout.write(f"The search knows {tunes} {'tune' if tunes == 1 else 'tunes'}.")
