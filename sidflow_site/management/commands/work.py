"""How does the background worker run so that nothing outlives its parent? django-q's cluster, every process tied so."""

import os
import threading
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from jobs.guarding import look_after_for_ever
from sidflow_site import site_lock
from sidflow_site.serving import die_with_parent


class Command(BaseCommand):
    """`manage.py work`: what `serve` starts beside the web server."""

    help = "Runs the background worker until it is stopped."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Ties each process that the cluster forks to the one that forked it."""
        try:
            with site_lock.serving(settings.DATA_DIR):
                self._work()
        except site_lock.Taken:
            raise CommandError("The site is just being restored: wait for that.") from None

    def _work(self) -> None:
        os.register_at_fork(after_in_child=die_with_parent)
        # This process forks the cluster and then only waits: it looks after the jobs meanwhile. The thread begins its work
        # some seconds later, when it has nothing open yet that a child would inherit.
        threading.Thread(target=look_after_for_ever, name="jobs", daemon=True).start()
        call_command("qcluster")
