"""How is the site started: web server and background worker in one foreground process group?"""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from core.configuration import configuration
from playback.models import Track
from sidflow_site import serving, site_lock


def _has_music() -> bool:
    """Is there anything to play? Raises CommandError where the tables are missing."""
    try:
        return Track.objects.exists()
    except DatabaseError:
        raise CommandError(
            "The database is not ready: run manage.py prepare_site first, or use make run."
        ) from None


class Command(BaseCommand):
    """`manage.py serve [--host H] [--port N]`."""

    help = "Serves the site and runs its background worker until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Refuse what cannot work with a sentence, then serve."""
        try:
            with site_lock.serving(settings.DATA_DIR):
                self._serve(options)
        except site_lock.Taken:
            raise CommandError("The site is just being restored: wait for that.") from None

    def _serve(self, options: dict[str, Any]) -> None:
        host, port = options["host"], options["port"]
        environ = {}
        if not configuration().allowed_hosts:
            environ["SIDFLOW_ALLOWED_HOSTS"] = ",".join(serving.hosts_to_allow(host))
        try:
            serving.refuse_taken_port(host, port)
        except serving.CannotServe as error:
            raise CommandError(str(error)) from None
        self.stdout.write(serving.greeting(host, port))
        if not _has_music():
            self.stdout.write(
                "There is no music yet. Import some: .venv/bin/python manage.py import_sids PATH"
            )
        self.stdout.flush()
        ended = serving.run(serving.parts(host, port), environ=environ, folder=str(settings.BASE_DIR))
        if ended:
            raise CommandError(ended)
        self.stdout.write("SIDFlow has stopped.")
