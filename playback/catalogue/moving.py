"""How do rows follow files of which somebody has written down where they went?

An update of the HVSC says which file it moves where, and a file that is moved may be edited and another may take its place: then
neither bytes nor headers tell the truth, and the writing does.  Done before an import looks at the files.  May be repeated: a
move whose row has gone is none any more.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from django.db import transaction

from playback.catalogue.models import Collection, SidFile
from playback.catalogue.paths import PathError, canonical_path, read_below
from playback.search import index
from playback.sidfile import LONGEST_SID_FILE

_BATCH = 500


def follow_moves(collection: Collection, root: str, moves: Mapping[str, str]) -> set[int]:
    """Gives the rows their new paths (`moves`: old path → new path); the ids of the albums that this concerns.

    A move is followed where there is a row at its old path, a file at its new one, and no other row that stays there.
    """
    wanted = {old: new for old, new in moves.items() if old != new and _is_file(root, new)}
    with transaction.atomic():
        Collection.objects.select_for_update().get(pk=collection.pk)
        rows = _rows_at(collection, {*wanted, *wanted.values()})
        chosen = _possible(wanted, rows, root)
        moving = [rows[old] for old in chosen]
        targets = {rows[old].pk: new for old, new in chosen.items()}
        for row in moving:
            row.path = f"\x01{row.pk}"  # out of the way of the others, for the length of this transaction
        SidFile.objects.bulk_update(moving, ["path"], batch_size=_BATCH)
        for row in moving:
            row.path, row.changed_ns = targets[row.pk], None
        SidFile.objects.bulk_update(moving, ["path", "changed_ns"], batch_size=_BATCH)
        albums = [row.album_id for row in moving]
        for begin in range(0, len(albums), _BATCH):
            index.refresh(set(albums[begin : begin + _BATCH]))
    return set(albums)


def _is_file(root: str, path: str) -> bool:
    try:
        return canonical_path(path) == path and Path(root, path).is_file()
    except PathError:
        return False


def _rows_at(collection: Collection, paths: set[str]) -> dict[str, SidFile]:
    """The rows at these paths, missing ones among them."""
    rows: dict[str, SidFile] = {}
    some = sorted(paths)
    for begin in range(0, len(some), _BATCH):
        found = SidFile.objects.filter(collection=collection, path__in=some[begin : begin + _BATCH])
        rows |= {row.path: row for row in found}
    return rows


def _possible(wanted: Mapping[str, str], rows: Mapping[str, SidFile], root: str) -> dict[str, str]:
    """The moves that can be made together."""
    chosen = {old: new for old, new in wanted.items() if old in rows and rows[old].missing_since is None}
    while True:
        blocked = {old for old, new in chosen.items() if new in rows and new not in chosen}
        blocked |= {
            old for circle in _circles(chosen) if not _has_happened(circle, rows, root) for old in circle
        }
        if not blocked:
            return chosen
        chosen = {old: new for old, new in chosen.items() if old not in blocked}


def _circles(moves: Mapping[str, str]) -> list[dict[str, str]]:
    """Files that change places with each other."""
    circles = []
    seen: set[str] = set()
    for start in moves:
        path: list[str] = []
        here = start
        while here in moves and here not in seen:
            seen.add(here)
            path.append(here)
            here = moves[here]
        if here in path:
            circles.append({old: moves[old] for old in path[path.index(here) :]})
    return circles


def _has_happened(circle: Mapping[str, str], rows: Mapping[str, SidFile], root: str) -> bool:
    """Only bytes can tell whether files that change places have done so already: then each is where it shall be."""
    return all(_md5(root, new) == rows[old].md5 for old, new in circle.items())


def _md5(root: str, path: str) -> str:
    try:
        data = read_below(root, path, limit=LONGEST_SID_FILE)
    except OSError:
        return ""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
