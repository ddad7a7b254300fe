"""`manage.py backup`: the whole site in one file, while it runs."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from core import audit
from core.configuration import configuration
from core.terminal_stages import TerminalStages
from sidflow_site import site_lock
from sidflow_site.backups.making import make_backup
from sidflow_site.backups.problems import BackupError, sentence_for


def passphrase() -> str | None:
    """What opens and closes encrypted backups, where one is set."""
    secret = configuration().backup_passphrase
    return secret.get_secret_value() if secret else None


class Command(BaseCommand):
    """Exit status: 0 the backup is there and was read again; 1 there is none, and nothing was removed."""

    help = (
        "Writes database, data folder and configuration into one file, checks it, and says what it is. The site may run. "
        "SIDFLOW_BACKUP_PASSPHRASE encrypts it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--to", type=Path, metavar="FOLDER", help="where to (backupFolder, else data/backups)"
        )
        parser.add_argument(
            "--keep", type=int, metavar="N", help="then remove all but the newest N (backupKeep)"
        )
        parser.add_argument("--encrypt", action="store_true", help="refuse where no passphrase is set")
        parser.add_argument(
            "--with-derived", action="store_true", help="also what can be made again or fetched"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        chosen = configuration()
        data_dir = Path(settings.DATA_DIR)
        folder = (options["to"] or chosen.backup_folder or data_dir / "backups").absolute()
        keep = options["keep"] if options["keep"] is not None else chosen.backup_keep
        if keep is not None and keep < 1:
            raise CommandError("--keep is at least 1: the newest backup always stays.")
        if options["encrypt"] and passphrase() is None:
            raise CommandError("There is no passphrase: set SIDFLOW_BACKUP_PASSPHRASE.")
        try:
            with site_lock.serving(data_dir), TerminalStages(sys.stderr) as stages:
                made = make_backup(
                    folder,
                    keep=keep,
                    with_derived=options["with_derived"],
                    passphrase=passphrase(),
                    progress=stages.update,
                )
        except site_lock.Taken:
            raise CommandError("The site is just being restored: wait for that.") from None
        except BackupError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(sentence_for(error)) from None
        except DatabaseError as error:
            raise CommandError(f"The database cannot be read: {error}") from None
        audit.record("backup.make", actor=None, resource=made.path.name, details={"size": made.size})
        self.stdout.write(f"{made.path}: {made.size} bytes, {made.files} files, read again and whole.")
        for path in made.removed:
            self.stdout.write(f"Removed {path.name}.")
        if passphrase() is None:
            self.stdout.write(
                "It is not encrypted, so it has no secret-key: after a restore people sign in again. "
                "It does have password hashes: keep it from others."
            )
