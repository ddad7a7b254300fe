"""How does the background worker run so that nothing outlives its parent? django-q's cluster, every process tied so."""

import os
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from sidflow_site.serving import die_with_parent


class Command(BaseCommand):
    """`manage.py work`: what `serve` starts beside the web server."""

    help = "Runs the background worker until it is stopped."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Ties each process that the cluster forks to the one that forked it."""
        os.register_at_fork(after_in_child=die_with_parent)
        call_command("qcluster")
