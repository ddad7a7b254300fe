"""Which backups are old enough to go?  Only those that this site is known to have written, and never the newest."""

import json
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from core.files import write_atomically

_LIST: Final = ".sidflow-backups.json"


def note(folder: Path, name: str, size: int) -> None:
    """Remembers beside the backups that the one of this name is ours; before it gets that name."""
    known = [entry for entry in _known(folder) if entry["name"] != name]
    _write(folder, [*known, {"name": name, "size": size, "site": _site()}])


def rotate(folder: Path, keep: int) -> list[Path]:
    """Removes all of ours but the newest `keep` (at least one); answers which.

    A file of a name that we do not know, or of another size than we wrote, is somebody else's and stays.
    """
    known = _known(folder)
    ours = sorted(
        (entry for entry in known if entry["site"] == _site() and _is_as_written(folder, entry)),
        key=lambda entry: str(entry["name"]),
    )
    old = ours[: -max(keep, 1)]
    for entry in old:
        (folder / entry["name"]).unlink()
    _write(folder, [entry for entry in known if entry not in old and (folder / entry["name"]).exists()])
    return [folder / entry["name"] for entry in old]


def _site() -> str:
    return str(settings.DATA_DIR)


def _is_as_written(folder: Path, entry: dict[str, Any]) -> bool:
    path = folder / str(entry["name"])
    return path.is_file() and not path.is_symlink() and path.stat().st_size == entry["size"]


def _known(folder: Path) -> list[dict[str, Any]]:
    try:
        entries = json.loads((folder / _LIST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []  # nothing is known: nothing is removed
    return [
        entry
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict)
        and entry.keys() >= {"name", "size", "site"}
        and "/" not in str(entry["name"])
    ]


def _write(folder: Path, entries: list[dict[str, Any]]) -> None:
    write_atomically(folder / _LIST, json.dumps(entries, indent=1).encode(), mode=0o600)
