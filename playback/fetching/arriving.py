"""Which collection of the catalogue does a new tree come into, and which of its tunes went where?"""

from pathlib import Path
from typing import Any

from playback.catalogue.importing import COUNTS, Report
from playback.catalogue.models import Collection, SidFile
from playback.fetching.updating import scripts_in
from playback.hvsc.update_plan import moves_of


def collection_at(tree: Path) -> Collection | None:
    """That of this folder, else the HVSC that is elsewhere and will move here."""
    here = Collection.objects.filter(root=str(tree)).first()
    return here or Collection.objects.filter(kind=Collection.Kind.HVSC).first()


def is_in_catalogue(tree: Path, version: int) -> bool:
    """Was this release imported from this folder?"""
    known = Collection.objects.filter(root=str(tree), version=str(version))
    return known.exclude(imported_at=None).exists()


def moves_between(
    collection: Collection | None, before: int | None, new_tree: Path, version: int
) -> dict[str, str]:
    """Old path and new path of each tune that the updates' scripts in the new tree move; `before`: the release on disk."""
    first = before or (int(collection.version or 0) if collection else 0)
    if collection is None or not first:
        return {}
    scripts = scripts_in(new_tree, range(first + 1, version + 1))
    paths = SidFile.objects.present().filter(collection=collection).values_list("path", flat=True)
    return dict(moves_of(list(paths), sorted(scripts.items())))


def told_of(report: Report) -> dict[str, Any]:
    """What an import did, for a job's result."""
    counts = {name: getattr(report, name) for name in COUNTS}
    return {"name": report.collection.name, **counts, "broken": len(report.broken)}
