"""What is in a backup, and what is left out of it for which reason?"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A thing at the top of the data folder by the pattern of its name, or tables; and how it comes again."""

    name: str
    reason: str


# Left out unless --with-derived: each can be made again from what is in a backup, or fetched.
DERIVED_FOLDERS: Final = (
    LeftOut("hvsc", "the downloaded collection: a fetch brings it again"),
    LeftOut("downloads", "archives of collections: a fetch brings them again"),
    LeftOut("cache", "caches fill by themselves"),
    LeftOut("rendered", "audio that a render job makes again"),
    LeftOut("classified", "manage.py export_data writes it again"),
    LeftOut("availability", "manage.py export_data writes it again"),
)
DERIVED_TABLES: Final = (
    LeftOut("playback_search", "the search's index: manage.py rebuild_search, which a restore runs"),
    LeftOut("playback_searchvariant", "the search's misspelt words: the same"),
    LeftOut("playback_searchword", "the search's words: the same"),
)
# Never in a backup.
NEVER_FOLDERS: Final = (
    LeftOut("backups", "backups of backups"),
    LeftOut(".*", "locks, drafts and restores under way"),
    LeftOut("before-restore-*", "what a restore put aside"),
    LeftOut("test.sqlite3*", "the tests' database"),
)
NEVER_TABLES: Final = (
    LeftOut("django_session", "who was signed in: a session that was ended since must not come back"),
    LeftOut("django_q_ormq", "the queue carries only ids of jobs; the jobs' rows are in"),
)
SECRET_KEY: Final = "secret-key"  # noqa: S105  a file's name


def left_out_tables(*, with_derived: bool) -> list[str]:
    """Tables whose rows stay out; a referring table stands before the one it refers to."""
    derived = () if with_derived else DERIVED_TABLES
    return [table.name for table in (*derived, *NEVER_TABLES)]


def is_left_out(name: str, *, with_derived: bool, encrypted: bool) -> bool:
    """Whether the thing of this name at the top of the data folder stays out of a backup.

    The key that signs sessions goes only into an encrypted one: without it people sign in again, no more.
    """
    patterns = NEVER_FOLDERS if with_derived else NEVER_FOLDERS + DERIVED_FOLDERS
    return (name == SECRET_KEY and not encrypted) or any(fnmatch(name, one.name) for one in patterns)


def is_derived(name: str) -> bool:
    """Whether a restore leaves what the site has of this name where it is."""
    return name == SECRET_KEY or any(fnmatch(name, one.name) for one in NEVER_FOLDERS + DERIVED_FOLDERS)


def files_below(data_dir: Path, *, without: set[Path], with_derived: bool, encrypted: bool) -> Iterator[Path]:
    """Every regular file that goes in, in order; a folder at the top may be a link, deeper links are not followed."""
    for top in sorted(data_dir.iterdir()):
        if top in without or is_left_out(top.name, with_derived=with_derived, encrypted=encrypted):
            continue
        if top.is_file():
            yield top
            continue
        for folder, folders, names in os.walk(top):
            folders[:] = sorted(name for name in folders if Path(folder, name) not in without)
            for name in sorted(names):
                path = Path(folder, name)
                if path not in without and path.is_file() and not path.is_symlink():
                    yield path
