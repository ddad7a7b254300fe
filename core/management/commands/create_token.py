"""`manage.py create_token USER --name NAME`: how does a program of staff get its bearer token from a shell?"""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core import audit
from core.models import ApiToken, TokenScope, User


class Command(BaseCommand):
    """Prints the secret, once; the database keeps only its digest."""

    help = "Make a token with which a program may act for a user; its secret is printed once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="whose rights the program gets")
        parser.add_argument("--name", required=True, help="what uses it, for example “backup script”")
        parser.add_argument(
            "--scope",
            action="append",
            choices=TokenScope.values,
            help="what it may be used for; may be repeated (default: staff)",
        )
        parser.add_argument("--days", type=int, help="how long it is valid (default: until it is revoked)")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['user']}.")
        scopes = options["scope"] or [TokenScope.STAFF.value]
        if TokenScope.STAFF in scopes and not user.is_staff:
            raise CommandError(f"{user} is not staff, so a token with the scope staff would open nothing.")
        if options["days"] is not None and options["days"] < 1:
            raise CommandError("--days must be 1 or more.")
        until = timezone.now() + timedelta(days=options["days"]) if options["days"] else None
        token, secret = ApiToken.issue(user=user, name=options["name"], scopes=scopes, expires_at=until)
        audit.record("apitoken.add", actor=None, resource=f"{token.pk} {token}", details={"scopes": scopes})
        self.stdout.write(secret)
