"""How does a new release of the HVSC come into the catalogue, so that at every moment there is a whole one?

    finish what an earlier fetch left ─► find ─► download ─► unpack ─► verify ─► swap ─► import ─► clean

Each phase begins with a checkpoint and may be begun again.  The disk tells how far it is within a phase: bytes that have come are not
fetched again, a half unpacked tree is thrown away, the swap reads off the folders whether it has happened.  Until the swap the
old tree is not touched.
"""

import errno
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import Field

from core.configuration import configuration
from core.problems import DomainError
from jobs.kinds import Checkpoint, Parameters, Steps
from jobs.work import Work
from playback.catalogue.folders import NoMusicError
from playback.catalogue.importing import Import, Report
from playback.catalogue.models import Collection
from playback.fetching import archives, downloading, swapping
from playback.fetching.addresses import Rules
from playback.fetching.places import (
    TREE_NAME,
    Places,
    in_mb,
    only_one,
    places,
    prepare,
    remove_tree,
)
from playback.fetching.problems import ArchiveRefused, CollectionIncomplete, FolderUnusable, NoRoom
from playback.fetching.releases import NEWEST_POSSIBLE, Newest, complete_name, find_newest
from playback.fetching.verifying import Verification, verify
from playback.fetching.web import Web

_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# Of a thousand steps of the whole, where each phase begins and ends.
_SHARES: Final = {
    "finish": (0, 5),
    "find": (5, 10),
    "download": (10, 350),
    "unpack": (350, 500),
    "verify": (500, 600),
    "swap": (600, 610),
    "import": (610, 970),
    "clean": (970, 1000),
}
_PHASES: Final = tuple(_SHARES)


class FetchHvsc(Parameters):
    """`force`: also what is here already.  `version`: that release, not the newest."""

    force: bool = False
    version: int | None = Field(default=None, ge=1, le=NEWEST_POSSIBLE)


def fetch(work: Work) -> Steps:
    """The work of the kind `fetch`."""
    where = places()
    try:
        prepare(where)
        return (yield from _one_at_a_time(work, where, _Fetch(work, where).steps()))
    except OSError as error:
        raise _disk_problem(error, where) from error


def _one_at_a_time(work: Work, where: Places, steps: Steps) -> Steps:
    """The steps, each of them alone in the stage."""
    try:
        while True:
            with only_one(where, work.still_wanted):
                try:
                    checkpoint = next(steps)
                except StopIteration as stop:
                    result: dict[str, Any] | None = stop.value
                    return result
            yield checkpoint
    finally:
        steps.close()


def _disk_problem(error: OSError, where: Places) -> DomainError:
    said = f"{error.filename or where.tree}: {error.strerror or error}."
    if error.errno in _NO_ROOM:
        return NoRoom(f"{said} What was downloaded is kept; make room and try again.")
    return FolderUnusable(said)


class _Fetch:
    """A fetch under way.  `state` is its checkpoint: the phase, and what the phases before found out."""

    def __init__(self, work: Work, where: Places) -> None:
        told = work.parameters
        assert isinstance(told, FetchHvsc)  # noqa: S101 - the kind says so
        self.work, self.where, self.told = work, where, told
        self.state: Checkpoint = dict(work.checkpoint) or {"phase": _PHASES[0]}
        chosen = configuration().hvsc
        self.mirrors, self.version_url = chosen.mirrors, chosen.version_url
        rules = Rules(allow_http=chosen.allow_http, allow_private=chosen.allow_private_addresses)
        self.web = Web(rules, work.still_wanted)

    def steps(self) -> Steps:
        phases: dict[str, Callable[[], Iterator[None]]] = {
            "finish": self._finish_earlier,
            "find": self._find,
            "download": self._download,
            "unpack": self._unpack,
            "verify": self._verify,
            "swap": self._swap,
            "import": self._import,
            "clean": self._clean,
        }
        while (phase := self.state["phase"]) in phases:
            self._tell(0, "")
            yield dict(self.state)
            for _ in phases[phase]():
                yield dict(self.state)
            if self.state["phase"] == phase:
                self.state["phase"] = ([*_PHASES, "done"])[_PHASES.index(phase) + 1]
        return dict(self.state.get("result", {}))

    def _tell(self, part: float, message: str) -> None:
        """How far this phase is, 0 to 1."""
        begin, end = _SHARES[self.state["phase"]]
        self.work.progress(
            round(begin + (end - begin) * min(part, 1)), 1000, message or self.state["phase"].title()
        )

    # The phases.  Each yields where a checkpoint may be.

    def _finish_earlier(self) -> Iterator[None]:
        """A tree that was swapped and not imported yet is; one that was not swapped is thrown away."""
        ready = swapping.what_is_ready(self.where)
        if ready and swapping.is_swapped(self.where, ready):
            self.work.say(f"An earlier fetch brought HVSC {ready.version}; its import is finished first.")
            yield from self._import()
        yield from self._clear(keep_archives=True)

    def _find(self) -> Iterator[None]:
        newest = Newest(self.told.version) if self.told.version else self._ask_for_newest()
        here = self.where.installed()
        is_old = here is None or here < newest.version or (self.told.version not in (None, here))
        if not is_old and not self.told.force:
            yield from self._nothing_newer(here or 0, newest.version)
            return
        urls = [f"{mirror}/{complete_name(newest.version)}" for mirror in self.mirrors]
        if newest.complete_url and newest.complete_url not in urls:
            urls.append(newest.complete_url)
        name = complete_name(newest.version)
        self.state |= {
            "version": newest.version,
            "before": here,
            "archives": [{"name": name, "urls": urls, "version": newest.version}],
        }
        said = f"HVSC {here} is here." if here else "No HVSC is here yet."
        self.work.say(f"HVSC {newest.version} is to be fetched. {said}")
        yield

    def _ask_for_newest(self) -> Newest:
        return find_newest(self.web, self.version_url, self.mirrors)

    def _nothing_newer(self, here: int, newest: int) -> Iterator[None]:
        """Done at once; where the collection is on disk and not in the catalogue, it comes in."""
        sentence = (
            f"HVSC {here} is the newest."
            if here == newest
            else f"HVSC {here} is here, {newest} the newest to be had."
        )
        self.work.say(sentence)
        self.state["result"] = {"version": here, "message": sentence}
        known = Collection.objects.filter(root=str(self.where.tree), version=str(here))
        if not known.exclude(imported_at=None).exists():
            self.state["phase"] = "import"
        else:
            self.state["phase"] = "done"
            self.work.progress(1000, 1000, sentence)
        yield

    def _download(self) -> Iterator[None]:
        for archive in self.state["archives"]:
            place = self._place_of(archive)
            began = time.monotonic()
            for here, total in downloading.download(self.web, archive["urls"], place):
                of = f" of {in_mb(total)}" if total else ""
                self._tell(here / total if total else 0, f"Downloading {archive['name']}: {in_mb(here)}{of}")
                yield
            said = f"{archive['name']} is here: {in_mb(place.stat().st_size)}"
            self.work.say(f"{said}, {time.monotonic() - began:.0f} s.")

    def _unpack(self) -> Iterator[None]:
        [archive] = self.state["archives"]
        yield from self._clear(keep_archives=True)
        yield from self._unpack_one(self._place_of(archive), self.where.unpacked, TREE_NAME)

    def _unpack_one(self, place: Path, folder: Path, root: str) -> Iterator[None]:
        """Unpacks one archive; one that cannot be used is not kept, so that another try fetches it anew."""
        try:
            self._tell(0, f"Reading the list of {place.name}")
            contents = archives.look_into(self.work, place, root)
            yield
            folder.mkdir(parents=True)

            def told(size: int, files: int) -> None:
                said = f"{files:,} of {contents.files:,} files, {in_mb(size)} of {in_mb(contents.size_bytes)}"
                self._tell(0.9 * size / max(contents.size_bytes, 1), f"Unpacking: {said}")

            archives.unpack(self.work, place, folder, contents, told)
            for files in archives.check_unpacked(folder, contents, root):
                self._tell(0.95, f"Looking through what came: {files:,} of {contents.files:,} files")
        except ArchiveRefused:
            downloading.forget(place)
            _remove(folder)
            raise
        except OSError:
            _remove(folder)
            raise
        self.work.say(f"Unpacked: {contents.files:,} files, {in_mb(contents.size_bytes)}.")

    def _verify(self) -> Iterator[None]:
        so_far = Verification(**self.state.get("verified", {}))  # goes on where the checkpoint is
        old = self.where.tree if self.where.tree.exists() else None
        try:
            for _ in verify(self.where.new, self.state["version"], old, so_far):
                self.state["verified"] = so_far.as_json()
                self._tell(
                    so_far.done / so_far.listed, f"Comparing: {so_far.done:,} of {so_far.listed:,} files"
                )
                yield
        except CollectionIncomplete:
            for archive in self.state["archives"]:
                downloading.forget(self._place_of(archive))
            _remove(self.where.unpacked)
            raise
        self.work.say(f"Verified: {so_far.as_sentence()}")

    def _swap(self) -> Iterator[None]:
        ready = swapping.what_is_ready(self.where)
        if ready is None or ready.version != self.state["version"]:
            ready = swapping.declare_ready(self.where, self.state["version"], self.state["before"], {})
            yield
        swapping.swap(self.where, ready)
        self.work.say(f"HVSC {ready.version} is in its place: {self.where.tree}")
        self.state["result"] = {
            "version": ready.version,
            "before": ready.before,
            "message": f"HVSC {ready.version} is in the catalogue.",
            "listed": self.state["verified"]["listed"],
            "missing": self.state["verified"]["missing"],
            "different": self.state["verified"]["different"],
        }
        yield

    def _import(self) -> Iterator[None]:
        steps = Import(self.where.tree, name=self._name_of_collection())
        try:
            for done, total in steps:
                self._tell(done / total, f"Importing: {done:,} of {total:,} files")
                yield
        except NoMusicError as error:
            raise FolderUnusable(str(error)) from None
        self.state.setdefault("result", {})["collections"] = [_told_of(report) for report in steps.reports]
        for report in steps.reports:
            for path, code in report.broken[:100]:
                self.work.say(f"broken: {path}: {code}", "warning")

    def _name_of_collection(self) -> str | None:
        """None where the folder is a collection already, or will be a new one; else the HVSC that moves here."""
        if Collection.objects.filter(root=str(self.where.tree)).exists():
            return None
        other = Collection.objects.filter(kind=Collection.Kind.HVSC).first()
        if other is None:
            return None
        self.work.say(
            f"The collection “{other.name}” moves here from {other.root}; its tunes keep their ids."
        )
        return other.name

    def _clean(self) -> Iterator[None]:
        yield from self._clear(keep_archives=False)
        self._tell(1, self.state.get("result", {}).get("message", "Done"))

    def _clear(self, *, keep_archives: bool) -> Iterator[None]:
        """Removes what is not needed any more; the notes about a ready tree last, since they say what is to be removed."""
        ready = swapping.what_is_ready(self.where)
        if ready is None or not swapping.is_swapped(self.where, ready):
            swapping.undo(self.where)
        stage = self.where.stage
        kept = {"lock", self.where.ready.name}
        for path in sorted(stage.iterdir()):
            if path.name in kept or (keep_archives and path.name.startswith("HVSC_")):
                continue
            for gone in remove_tree(path):
                self._tell(0.5, f"Removing what is not needed any more: {gone:,} files")
                yield
        self.where.ready.unlink(missing_ok=True)

    def _place_of(self, archive: dict[str, Any]) -> Path:
        return self.where.stage / str(archive["name"])


def _remove(folder: Path) -> None:
    for _ in remove_tree(folder):
        pass


def _told_of(report: Report) -> dict[str, Any]:
    return {
        "name": report.collection.name,
        "added": report.added,
        "changed": report.changed,
        "moved": report.moved,
        "unchanged": report.unchanged,
        "missing": report.missing,
        "songs": report.songs,
        "broken": len(report.broken),
    }
