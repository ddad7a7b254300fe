"""How does the backup's `.sidflow.json` come back?  By itself, before the rest: it says where the data folder is."""

import tempfile
from pathlib import Path

from core.configuration import config_file
from core.files import write_atomically
from core.settings_schema import PROJECT_ROOT
from sidflow_site.backups.archive import CONFIGURATION, read_archive
from sidflow_site.backups.problems import BackupError


def differs(saved: Path) -> bool:
    """Whether the backup has a configuration and the site another one, or none."""
    here = config_file()
    return saved.exists() and (here is None or here.read_bytes() != saved.read_bytes())


def restore(path: Path, passphrase: str | None, *, force: bool) -> str:
    """Puts the configuration where this site reads it, and says so.  Raises BackupError; OSError."""
    place = config_file() or PROJECT_ROOT / ".sidflow.json"
    with tempfile.TemporaryDirectory(prefix="sidflow-restore-") as scratch:
        read_archive(path, passphrase, into=Path(scratch))
        saved = Path(scratch) / CONFIGURATION
        if not saved.exists():
            raise BackupError("The backup has no .sidflow.json: its site had none.")
        if not differs(saved):
            return f"{place} is as in the backup."
        if place.exists() and not force:
            raise BackupError(f"{place} is another one: --force replaces it.")
        write_atomically(place, saved.read_bytes(), mode=0o600)
    return f"{place} is the backup's."
