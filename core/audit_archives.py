"""How does the audit trail's file stay short without losing a line?

The file is moved away whole and compressed: `admin-actions.000001.jsonl.gz`, then 000002, and so on; behind the last of them comes
`admin-actions.jsonl` itself.  Read in this order they are the one file that never was cut.
"""

import gzip
import json
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from core import audit_file
from core.files import replacing, sync_folder
from core.models import AuditEntry

NAME: Final = "admin-actions.jsonl"
_ARCHIVE: Final = re.compile(r"admin-actions\.(\d{6})\.jsonl(\.gz)?")
# As many lines as a writer who is killed can have left without their marks, and more.
_UNMARKED: Final = 1000
_CHUNK: Final = 1 << 20


def archives(folder: Path) -> dict[int, Path]:
    """The archives in a folder by their numbers, in order; one that is not compressed yet is one, too."""
    found: dict[int, Path] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if match := _ARCHIVE.fullmatch(path.name):
            found[int(match[1])] = path  # the compressed one comes later in order, and is whole
    return dict(sorted(found.items()))


def parts(folder: Path) -> list[Path]:
    """All that is there of the trail, in order."""
    live = folder / NAME
    return [*archives(folder).values(), *([live] if live.exists() else [])]


def lines(part: Path) -> Iterator[bytes]:
    """The lines of one part."""
    with gzip.open(part) if part.suffix == ".gz" else part.open("rb") as file:
        yield from file


def rotate(*, above_bytes: int) -> Path | None:
    """Archives the file where it is larger; answers the archive.  Raises OSError; a kill at any moment loses nothing."""
    audit_file.write_out(patience_s=5)
    live = audit_file.log_file()
    with audit_file.writing():
        for old in archives(live.parent).values():
            _compress(old)
        if not live.exists() or live.stat().st_size <= above_bytes:
            return None
        _mark_written(live)
        number = max(archives(live.parent), default=0) + 1
        moved = live.with_name(f"admin-actions.{number:06}.jsonl")
        live.rename(moved)
        sync_folder(live.parent)
        return _compress(moved)


def _compress(path: Path) -> Path:
    """The same lines with `.gz` behind the name; the plain file goes when they are safe on disk."""
    plain = path.with_suffix("") if path.suffix == ".gz" else path
    target = plain.with_name(f"{plain.name}.gz")
    if plain.exists():
        if not target.exists():
            with (
                replacing(target) as file,
                gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed,
                plain.open("rb") as source,
            ):
                while data := source.read(_CHUNK):
                    packed.write(data)
        plain.unlink()
        sync_folder(plain.parent)
    return target


def _mark_written(live: Path) -> None:
    """Who was killed behind a line left it unmarked, and would look for it at the end of a file that is then another."""
    with live.open("rb") as file:
        last = deque(file, maxlen=_UNMARKED)
    ids = [json.loads(line).get("id") for line in last if line.endswith(b"\n")]
    AuditEntry.objects.filter(pk__in=[one for one in ids if one], in_file=False).update(in_file=True)
