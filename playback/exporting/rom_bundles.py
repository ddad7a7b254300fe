"""How does a ROM bundle become a line, and a line a bundle?  The ROMs themselves are files in `roms/` already."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import AwareDatetime, Field

from core.exporting import Counts, Document, Progress
from playback.roms.models import RomBundle
from playback.roms.storage import read_rom

_Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class RomBundleLine(Document):
    """Which ROMs belong together, by the SHA-256 that names their files."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    kernal_sha256: _Sha256
    basic_sha256: _Sha256
    chargen_sha256: _Sha256 | None
    is_active: bool
    created_at: AwareDatetime


def count() -> int:
    return RomBundle.objects.count()


def documents() -> Iterator[RomBundleLine]:
    for row in RomBundle.objects.order_by("pk"):
        yield RomBundleLine(
            name=row.name,
            kernal_sha256=row.kernal_sha256,
            basic_sha256=row.basic_sha256,
            chargen_sha256=row.chargen_sha256 or None,
            is_active=row.is_active,
            created_at=row.created_at,
        )


class RomBundleLoader:
    """Makes bundles; where one of the lines is active, no other stays so."""

    def __init__(self) -> None:
        self._lines: list[RomBundleLine] = []

    def take(self, documents: Sequence[RomBundleLine]) -> None:
        self._lines += documents

    def finish(self, *, replace: bool, progress: Progress) -> Counts:
        progress(1)
        counts = Counts()
        names = [line.name for line in self._lines]
        if replace:
            others = RomBundle.objects.exclude(name__in=names)
            counts.removed = others.count()
            others.delete()
        if active := [line.name for line in self._lines if line.is_active]:
            RomBundle.objects.exclude(name__in=active).filter(is_active=True).update(is_active=False)
        for line in self._lines:
            values = line.model_dump(exclude={"name"}) | {"chargen_sha256": line.chargen_sha256 or ""}
            row = RomBundle.objects.filter(name=line.name).first()
            if row is None:
                counts.added += 1
                row = RomBundle.objects.create(name=line.name, **values)
            elif all(getattr(row, name) == value for name, value in values.items()):
                counts.unchanged += 1
            else:
                counts.changed += 1
            # `created_at` is set by the first save, whatever it is told.
            RomBundle.objects.filter(pk=row.pk).update(**values)
        counts.remarks = tuple(
            f"The ROM bundle {line.name} has lost a file: copy data/roms as well."
            for line in self._lines
            if _is_poor(line)
        )
        return counts


def _is_poor(line: RomBundleLine) -> bool:
    try:
        for sha256 in (line.kernal_sha256, line.basic_sha256, line.chargen_sha256):
            if sha256:
                read_rom(sha256)
    except OSError:
        return True
    return False
