"""`manage.py restore FILE`: makes this site the one that a backup was made of."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from core.configuration import configuration
from core.terminal_stages import TerminalStages
from sidflow_site import site_lock
from sidflow_site.backups import configuration_file, restoring
from sidflow_site.backups.problems import BackupError, sentence_for


class Command(BaseCommand):
    """Exit status: 0 done; 1 not done, and why; nothing was changed then, unless it says so."""

    help = (
        "Checks a backup to its last byte, then makes this site the one that it was made of; killed at any moment, the "
        "site is the old or the new one. The site must be stopped. SIDFLOW_BACKUP_PASSPHRASE opens an encrypted backup."
    )
    # It must run also where the site is broken.
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the backup")
        parser.add_argument("--check", action="store_true", help="only check it, and say what it is of")
        parser.add_argument(
            "--force", action="store_true", help="put a site that is here aside and replace it"
        )
        parser.add_argument(
            "--configuration", action="store_true", help="only put the backup's .sidflow.json in its place"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        secret = configuration().backup_passphrase
        self.passphrase = secret.get_secret_value() if secret else None
        path: Path = options["file"]
        try:
            with TerminalStages(sys.stderr) as stages:
                if options["check"]:
                    told = self._check(path, stages)
                elif options["configuration"]:
                    told = configuration_file.restore(path, self.passphrase, force=options["force"])
                else:
                    told = self._restore(path, stages, force=options["force"])
        except site_lock.Taken:
            raise CommandError("The site is running: stop it first.") from None
        except BackupError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(sentence_for(error)) from None
        except DatabaseError as error:
            raise CommandError(f"The database cannot be reached: {error}") from None
        self.stdout.write(told)

    def _check(self, path: Path, stages: TerminalStages) -> str:
        header, files = restoring.check(path, self.passphrase, stages.update)
        return f"{path} is whole: {files} files of {header.made_at}, on {header.database}, from {header.data_dir}."

    def _restore(self, path: Path, stages: TerminalStages, *, force: bool) -> str:
        data_dir = Path(settings.DATA_DIR)
        with site_lock.restoring(data_dir):
            done = restoring.restore(path, passphrase=self.passphrase, force=force, progress=stages.update)
        lines = [f"{data_dir} is the site of {done.header.made_at} again: {done.files} files."]
        if done.aside:
            lines.append(f"What was here before is in {done.aside}; delete it when nothing is missing.")
        if done.other_configuration:
            lines.append(
                "Its configuration is another one: manage.py restore --configuration FILE puts that in place."
            )
        return "\n".join(lines)
