"""`manage.py lift_locks`: how does somebody who mistyped a password too often get in at once?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core import audit
from core.models import SignInCount
from core.rate_limits import client_of


class Command(BaseCommand):
    """Forgets wrong tries: all, or those of an account or a client."""

    help = "Lift the locks that wrong passwords have brought, all or some."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", help="only those of this account")
        parser.add_argument("--client", help="only those of this address")

    def handle(self, *_args: Any, **options: Any) -> None:
        counts = SignInCount.objects.all()
        if options["user"]:
            counts = counts.filter(account__username=options["user"])
        if options["client"]:
            counts = counts.filter(client=client_of(options["client"]))
        lifted = counts.filter(locked=True).count()
        counts.delete()
        told = {name: options[name] for name in ("user", "client") if options[name]}
        audit.record("session.unlock", actor=None, details={**told, "locks": lifted})
        self.stdout.write(f"{lifted} lock{'s' * (lifted != 1)} lifted.")
