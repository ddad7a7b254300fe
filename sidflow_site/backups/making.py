"""How is a backup made while the site runs, so that what has a backup's name is one?"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from django.conf import settings
from django.db import connection

from core import audit_file
from core.configuration import config_file, configuration
from core.files import sync_folder
from sidflow_site.backups import database, rotation
from sidflow_site.backups.archive import CONFIGURATION, FORMAT, Header, Writer, read_archive
from sidflow_site.backups.contents import files_below
from sidflow_site.backups.encryption import encrypting, refuse_without_gpg
from sidflow_site.backups.problems import BackupError

_DRAFT: Final = ".sidflow-draft"
_LOCK: Final = ".sidflow-lock"
# Its lines come after the rows that they are about: copied after the database, none of its rows lacks its line.
_AFTER: Final = "audit"

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written, read again and found whole; `removed` are older ones."""

    path: Path
    size: int
    files: int
    removed: list[Path]


def make_backup(
    folder: Path, *, keep: int | None, with_derived: bool, passphrase: str | None, progress: Progress
) -> Made:
    """Writes a backup into the folder, checks it, and removes the oldest beyond `keep`.

    Raises BackupError or OSError; then there is no new backup and no old one less.
    """
    if passphrase:
        refuse_without_gpg()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder):
        draft = folder / _DRAFT
        shutil.rmtree(draft, ignore_errors=True)  # of a backup that was killed
        draft.mkdir(mode=0o700)
        try:
            making = _Making(draft, with_derived=with_derived, passphrase=passphrase, progress=progress)
            making.write()
            _, members = read_archive(
                making.archive, passphrase, progress=lambda done: progress("Checking", done / making.total)
            )
            size = making.archive.stat().st_size
            final = folder / making.archive.name
            rotation.note(folder, final.name, size)
            making.archive.rename(final)
            sync_folder(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        return Made(final, size, len(members), rotation.rotate(folder, keep) if keep else [])


class _Making:
    """One backup under way, in a folder of its own."""

    def __init__(
        self, draft: Path, *, with_derived: bool, passphrase: str | None, progress: Progress
    ) -> None:
        now = datetime.now(UTC)
        self.made_at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        end = "tar.gz.gpg" if passphrase else "tar.gz"
        self.archive = draft / f"sidflow-{now:%Y%m%dT%H%M%S}.{now.microsecond // 1000:03}Z.{end}"
        self._dump = draft / "database"
        self._with_derived, self._passphrase, self._progress = with_derived, passphrase, progress
        self._data_dir = Path(settings.DATA_DIR)
        self._migrations = database.applied_migrations()
        if not self._migrations:
            raise BackupError("There is no site in the database yet: run manage.py prepare_site first.")
        files = sum(path.stat().st_size for path in self._files())
        self.total = max(database.size() + files, 1)
        # The copy of the database, and an archive that may turn out as large as what goes in.
        _refuse_small_disk(draft, self.total + database.size())

    def write(self) -> None:
        handle = os.open(self.archive, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            with encrypting(file, self._passphrase) if self._passphrase else nullcontext(file) as sink:
                self._write_to(sink)
            file.flush()
            os.fsync(file.fileno())

    def _write_to(self, sink: IO[bytes]) -> None:
        header = Header(
            format=FORMAT,
            made_at=self.made_at,
            database=connection.vendor,
            data_dir=str(self._data_dir),
            migrations=self._migrations,
            bytes=self.total,
        )
        with Writer(sink, header, lambda done: self._progress("Writing", done / self.total)) as writer:
            self._fill(writer)

    def _fill(self, writer: Writer) -> None:
        # A ROM's file comes before its row and goes after it: those of before and those of after have all that a row of
        # in between can name.
        early = [path for path in self._files() if path.relative_to(self._data_dir).parts[0] != _AFTER]
        for path in early:
            self._add(writer, path)
        database.dump(
            self._dump,
            with_derived=self._with_derived,
            progress=lambda part: self._progress("Copying the database", part),
        )
        writer.add(database.file_name(), self._dump)
        with audit_file.writing():  # nobody moves the trail's file into an archive meanwhile
            for path in sorted(set(self._files()) - set(early)):
                self._add(writer, path)
        if configuration_file := config_file():
            writer.add(CONFIGURATION, configuration_file)

    def _add(self, writer: Writer, path: Path) -> None:
        with contextlib.suppress(FileNotFoundError):  # gone since we looked
            writer.add(f"data/{path.relative_to(self._data_dir).as_posix()}", path)

    def _files(self) -> list[Path]:
        without = database.own_files() | {self.archive.parent.parent}
        if not self._with_derived and (downloaded := configuration().sid_path):
            without.add(downloaded)
        encrypted = self._passphrase is not None
        return list(
            files_below(self._data_dir, without=without, with_derived=self._with_derived, encrypted=encrypted)
        )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BackupError(f"Another backup is being written into {folder}: wait for it.") from None
    finally:
        os.close(handle)


def _refuse_small_disk(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupError(
            f"{folder} has {free >> 20} MiB free, and the backup may need {(needed >> 20) + 1}: "
            "make room, or choose another folder with --to."
        )
