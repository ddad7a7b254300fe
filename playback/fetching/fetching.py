"""How does a new release of the HVSC come into the catalogue, so that at every moment there is a whole one?

    finish what an earlier fetch left ─► find ─► download ─► unpack ─► verify ─► swap ─► import ─► clean

Each phase begins with a checkpoint and may be begun again.  The disk tells how far it is within a phase: bytes that have come are not
fetched again, a half unpacked tree is thrown away, the swap reads off the folders whether it has happened.  Until the swap the
old tree is not touched.
"""

import errno
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from core.configuration import configuration
from core.problems import DomainError
from jobs.kinds import Checkpoint, Steps
from jobs.work import Work
from playback.catalogue.folders import NoMusicError
from playback.catalogue.importing import Import
from playback.fetching import archives, downloading, swapping, updating
from playback.fetching.addresses import Rules
from playback.fetching.arriving import collection_at, is_in_catalogue, moves_between, told_of
from playback.fetching.choosing import Archive, FetchHvsc, archives_to, urls_of
from playback.fetching.places import (
    TREE_NAME,
    Places,
    in_mb,
    only_one,
    places,
    prepare,
    remove_tree,
)
from playback.fetching.problems import (
    ArchiveRefused,
    CollectionIncomplete,
    FolderUnusable,
    NoRoom,
    UpdateRefused,
)
from playback.fetching.releases import Newest, complete_name, find_newest
from playback.fetching.verifying import Verification, verify
from playback.fetching.web import Web
from playback.hvsc.update_plan import UPDATE_FOLDER

_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# Of a thousand steps of the whole, where each phase begins and ends, and what it says before it knows more.
_SHARES: Final = {
    "finish": (0, 5, "Looking at what is here"),
    "find": (5, 10, "Asking for the newest release"),
    "download": (10, 350, "Downloading"),
    "unpack": (350, 500, "Unpacking"),
    "verify": (500, 600, "Comparing with Songlengths.md5"),
    "swap": (600, 610, "Putting the new collection in its place"),
    "import": (610, 970, "Importing"),
    "clean": (970, 1000, "Removing what is not needed any more"),
}
_PHASES: Final = tuple(_SHARES)


def fetch(work: Work) -> Steps:
    """The work of the kind `fetch`."""
    where = places()
    archives.seven_zip()  # without it, nothing need be loaded
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
        phases: dict[str, Callable[[], Iterable[None]]] = {
            "finish": self._finish_earlier,
            "find": self._find,
            "download": self._download,
            "unpack": self._unpack,
            "verify": self._verify,
            "swap": self._swap,
            "import": self._import,
            "clean": self._clean,
        }
        begun = self.state["phase"]
        while (phase := self.state["phase"]) in phases:
            self._tell(0, "")
            if phase != begun:  # where it begins at a checkpoint, the first step is one that brings something
                yield dict(self.state)
            for _ in phases[phase]():
                yield dict(self.state)
            if self.state["phase"] == phase:
                self.state["phase"] = ([*_PHASES, "done"])[_PHASES.index(phase) + 1]
        return dict(self.state.get("result", {}))

    def _tell(self, part: float, message: str) -> None:
        """How far this phase is, 0 to 1."""
        begin, end, said = _SHARES[self.state["phase"]]
        self.work.progress(round(begin + (end - begin) * min(part, 1)), 1000, message or said)

    # The phases.  Each yields where a checkpoint may be: where the state, or the disk, is further than it was at the last one.

    def _finish_earlier(self) -> Iterator[None]:
        """A tree that was swapped and not imported yet is; one that was not swapped is thrown away."""
        ready = swapping.what_is_ready(self.where)
        if ready and swapping.is_swapped(self.where, ready):
            self.work.say(f"An earlier fetch brought HVSC {ready.version}; its import is finished first.")
            yield from self._import()
        yield from self._clear(keep_archives=True)

    def _find(self) -> Iterable[None]:
        newest = Newest(self.told.version) if self.told.version else self._ask_for_newest()
        here = self.where.installed()
        is_old = here is None or here < newest.version or (self.told.version not in (None, here))
        if not is_old and not self.told.force:
            self._nothing_newer(here or 0, newest.version)
            return ()
        self.state |= {
            "version": newest.version,
            "before": here,
            "archives": archives_to(newest, here, self.told),
        }
        self.state["updates"] = self.state["archives"][0]["name"] != complete_name(newest.version)
        if self.told.update and not self.state["updates"]:
            self.work.say("Updates do not lead there from what is here: the complete archive is taken.")
        said = f"HVSC {here} is here." if here else "No HVSC is here yet."
        self.work.say(f"HVSC {newest.version} is to be fetched. {said}")
        return ()

    def _ask_for_newest(self) -> Newest:
        return find_newest(self.web, self.version_url, self.mirrors)

    def _nothing_newer(self, here: int, newest: int) -> None:
        """Done at once; where the collection is on disk and not in the catalogue, it comes in."""
        if self.told.version:
            sentence = f"HVSC {here} is here already."
        elif here == newest:
            sentence = f"HVSC {here} is the newest."
        else:
            sentence = f"HVSC {here} is here; the newest to be had is {newest}."
        self.work.say(sentence)
        self.state["result"] = {"version": here, "message": sentence}
        self.state["phase"] = "clean" if is_in_catalogue(self.where.tree, here) else "import"

    def _download(self) -> Iterator[None]:
        for archive in self.state["archives"]:
            place = self._place_of(archive)
            began = time.monotonic()
            for here, total in downloading.download(self.web, urls_of(archive, self.mirrors), place):
                of = f" of {in_mb(total)}" if total else ""
                self._tell(here / total if total else 0, f"Downloading {archive['name']}: {in_mb(here)}{of}")
                yield
            said = f"{archive['name']} is here: {in_mb(place.stat().st_size)}"
            self.work.say(f"{said}, {time.monotonic() - began:.0f} s.")

    def _unpack(self) -> Iterator[None]:
        unpacked: list[int] = self.state.setdefault("unpacked", [])
        waiting = [archive for archive in self.state["archives"] if archive["version"] not in unpacked]
        if not all(self._place_of(archive).exists() for archive in waiting):
            return self._go_back()
        if not unpacked:
            yield from self._clear(keep_archives=True)
        for archive in waiting:
            is_update = self.state["updates"]
            folder = updating.folder_of(self.where, archive["version"]) if is_update else self.where.unpacked
            _remove(folder)
            self._unpack_one(self._place_of(archive), folder, UPDATE_FOLDER if is_update else TREE_NAME)
            unpacked.append(archive["version"])
            yield
        if self.state["updates"]:
            yield from self._build(unpacked)
        return None

    def _go_back(self) -> None:
        """What an earlier try threw away is fetched again."""
        self.state.pop("unpacked", None)
        self.state.pop("verified", None)
        self.state["phase"] = "download"

    def _build(self, versions: list[int]) -> Iterator[None]:
        """The new tree from the old one and the updates."""
        try:
            for done, total in updating.build(self.where, versions):
                self._tell(0.9, f"Building the new tree: {done:,} of {total:,} files")
                yield
        except UpdateRefused:
            self._throw_away()
            raise
        except OSError:
            _remove(self.where.unpacked)
            raise

    def _throw_away(self) -> None:
        """What was fetched is of no use; another try begins anew."""
        for archive in self.state["archives"]:
            downloading.forget(self._place_of(archive))
            _remove(updating.folder_of(self.where, archive["version"]))
        _remove(self.where.unpacked)

    def _unpack_one(self, place: Path, folder: Path, root: str) -> None:
        """Unpacks one archive; one that cannot be used is not kept, so that another try fetches it anew."""
        try:
            self._tell(0, f"Reading the list of {place.name}")
            contents = archives.look_into(self.work, place, root)
            folder.mkdir(parents=True)

            def told(size: int, files: int) -> None:
                said = f"{files:,} of {contents.files:,} files, {in_mb(size)} of {in_mb(contents.size_bytes)}"
                self._tell(0.9 * size / max(contents.size_bytes, 1), f"Unpacking: {said}")

            archives.unpack(self.work, place, folder, contents, told)
            for files in archives.check_unpacked(folder, contents, root):
                self.work.still_wanted()
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
        if not self.where.new.exists():
            return self._go_back()
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
            self._throw_away()
            raise
        self.state["verified"] = so_far.as_json()
        self.work.say(f"Verified: {so_far.as_sentence()}")
        return None

    def _swap(self) -> Iterator[None]:
        ready = swapping.what_is_ready(self.where)
        if ready is None or ready.version != self.state["version"]:
            # Else a power cut after the swap could leave empty files.
            self.work.run(["sync", "-f", str(self.where.stage)])
            before, version = self.state["before"], self.state["version"]
            moves = moves_between(collection_at(self.where.tree), before, self.where.new, version)
            ready = swapping.declare_ready(self.where, version, before, moves)
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

    def _import(self) -> Iterator[None]:
        collection = collection_at(self.where.tree)
        if collection and collection.root != str(self.where.tree):
            said = f"The collection “{collection.name}” moves here from {collection.root}; its tunes keep their ids."
            self.work.say(said)
        ready = swapping.what_is_ready(self.where)
        moves = ready.moves if ready else {}
        name = collection.name if collection else None
        begin, counts = self.state.get("imported", (0, {}))
        steps = Import(self.where.tree, name=name, moves=moves, begin=begin, counts=counts)
        try:
            for done, total in steps:
                if done > begin:
                    self._tell(done / total, f"Importing: {done:,} of {total:,} files")
                    self.state["imported"] = (done, steps.counts)
                    yield
        except NoMusicError as error:
            raise FolderUnusable(str(error)) from None
        self.state.pop("imported", None)
        self.state.setdefault("result", {})["collections"] = [told_of(report) for report in steps.reports]
        for report in steps.reports:
            for path, code in report.broken[:100]:
                self.work.say(f"broken: {path}: {code}", "warning")

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

    def _place_of(self, archive: Archive) -> Path:
        return self.where.stage / str(archive["name"])


def _remove(folder: Path) -> None:
    for _ in remove_tree(folder):
        pass
