"""How does an installed site become ready to serve: tables, the first administrator, and something to hear?"""

import secrets
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core import audit
from core.models import User
from jobs import controls
from jobs.models import Job
from playback.demo_tunes.folder import bring_demo_tunes
from sidflow_site import site_lock
from sidflow_site.backups.restoring import complete

ADMIN_NAME = "admin"


def first_admin() -> str | None:
    """Make the first administrator; returns the password, or None when somebody administers already."""
    with transaction.atomic():
        if (
            User.objects.filter(is_superuser=True).exists()
            or User.objects.filter(username=ADMIN_NAME).exists()
        ):
            return None
        password = secrets.token_urlsafe(12)
        User.objects.create_superuser(ADMIN_NAME, password=password)
        audit.record("user.add", actor=None, resource=ADMIN_NAME, details={"superuser": True})
        return password


class Command(BaseCommand):
    """`manage.py prepare_site`: safe to repeat."""

    help = (
        "Migrates the database, makes the first administrator, whose password it prints once, and brings the demo tunes "
        "where there is no music yet. Makes the search's index where it is missing."
    )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do all of it, quietly where there is nothing to do."""
        try:
            with site_lock.serving(settings.DATA_DIR):
                self._prepare(options)
        except site_lock.Taken:
            raise CommandError("The site is just being restored: wait for that.") from None

    def _prepare(self, options: dict[str, Any]) -> None:
        if complete(settings.DATA_DIR):
            self.stdout.write("A restore that was interrupted is complete now.")
        call_command("migrate", verbosity=0, interactive=False)
        if options["verbosity"] > 1:
            self.stdout.write("The database is up to date.")
        call_command("rebuild_search", if_missing=True, stdout=self.stdout)
        if password := first_admin():
            self.stdout.write(
                f"Administrator: {ADMIN_NAME}   password: {password}   (shown only now; keep it)"
            )
        if tunes := bring_demo_tunes(settings.DATA_DIR / "demo_tunes"):
            self.stdout.write(
                f"{tunes} demo tunes are in; manage.py import_sids PATH adds music of your own."
            )
            # What they sound like is found by the worker, a moment after the site is there.
            controls.ask_for("classify", origin=Job.Origin.BACKGROUND)
