"""Is a tree the whole HVSC, as its own Songlengths.md5 lists it?

Every path listed there must be there with the listed md5.  One file in a thousand may miss or differ (the list's own small mistakes;
of fewer than a thousand: none), and the list must not be much shorter than that of the tree that is to be replaced: a cut
list beside a cut tree would else agree with each other.
"""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playback.catalogue.documents import LARGEST_DOCUMENT
from playback.catalogue.folders import hvsc_release, is_hvsc_root
from playback.catalogue.paths import PathError, canonical_path, read_below
from playback.fetching.problems import CollectionIncomplete
from playback.hvsc.songlengths import listed_files
from playback.sidfile import LONGEST_SID_FILE

LIST: Final = "DOCUMENTS/Songlengths.md5"
# Wrong are at most one in so many.
TOLERATED_ONE_IN: Final = 1000
# Of what the old tree lists, the new one lists at least so many per cent.
KEPT_PERCENT: Final = 90
_NAMED: Final = 5
_STEP_S: Final = 0.7


@dataclass(slots=True)
class Verification:
    """How far a tree is verified; `as_json` is a checkpoint from which `verify` goes on."""

    done: int = 0
    listed: int = 0
    missing: int = 0
    different: int = 0
    examples: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__slots__}

    def as_sentence(self) -> str:
        said = f"{self.listed} files are listed, {self.missing} of them missing, {self.different} different."
        return said + (f" Among them: {', '.join(self.examples)}." if self.examples else "")


def verify(tree: Path, version: int, old: Path | None, so_far: Verification) -> Iterator[Verification]:
    """Verifies the tree as release `version`; yields how far it is.  Raises CollectionIncomplete."""
    if not is_hvsc_root(tree):
        raise CollectionIncomplete("The archive does not hold the folders DEMOS, GAMES and MUSICIANS.")
    found = hvsc_release(str(tree))
    if found != str(version):
        raise CollectionIncomplete(
            f"DOCUMENTS/HVSC.txt says release {found or 'nothing'}, and not {version}."
        )
    listed = listing_of(tree)
    before = listing_of(old) if old else []
    if not listed or len(listed) * 100 < len(before) * KEPT_PERCENT:
        raise CollectionIncomplete(
            f"{LIST} lists {len(listed)} files; the collection that is here lists {len(before)}."
        )
    so_far.listed = len(listed)
    told_at = time.monotonic()
    while so_far.done < len(listed):
        _compare(tree, *listed[so_far.done], so_far)
        so_far.done += 1
        if time.monotonic() - told_at >= _STEP_S:
            yield so_far
            told_at = time.monotonic()
    if so_far.missing + so_far.different > len(listed) // TOLERATED_ONE_IN:
        raise CollectionIncomplete(so_far.as_sentence())


def listing_of(tree: Path) -> list[tuple[str, str]]:
    """(path, md5) of what the tree's own list names."""
    try:
        data = read_below(str(tree), LIST, limit=LARGEST_DOCUMENT)
    except OSError:
        return []
    return listed_files(data.decode("windows-1252", errors="replace").splitlines())


def _compare(tree: Path, path: str, md5: str, so_far: Verification) -> None:
    try:
        data = read_below(str(tree), canonical_path(path), limit=LONGEST_SID_FILE)
    except (OSError, PathError):
        so_far.missing += 1
    else:
        if hashlib.md5(data, usedforsecurity=False).hexdigest() == md5:
            return
        so_far.different += 1
    if len(so_far.examples) < _NAMED:
        so_far.examples.append(path[:100])
