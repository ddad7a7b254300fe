"""How does a new tree come from the old one and updates' archives?

The scripts are worked out in names first (`playback.hvsc.update_plan`).  Then the new tree is built beside the old: files that stay as
they are become hard links, all others new files, so the old tree is never written to.
"""

import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from playback.catalogue.documents import LARGEST_DOCUMENT
from playback.catalogue.paths import read_below
from playback.fetching.places import Places
from playback.fetching.problems import UpdateRefused
from playback.hvsc.header_edits import edited
from playback.hvsc.update_plan import UPDATE_FOLDER, Plan, Planned
from playback.hvsc.update_script import Script, ScriptError, parse_script

_STEP_S: Final = 0.7


def folder_of(where: Places, version: int) -> Path:
    """Where an update's archive is unpacked."""
    return where.stage / f"update-{version}"


def build(where: Places, versions: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Builds the new tree; yields (files done, files in all).  Goes on with what is there.  Raises UpdateRefused, OSError."""
    files = _planned(where, versions)
    told_at = time.monotonic()
    for done, file in enumerate(files):
        _build_one(where, file)
        if time.monotonic() - told_at >= _STEP_S:
            yield done, len(files)
            told_at = time.monotonic()


def _planned(where: Places, versions: Sequence[int]) -> list[Planned]:
    try:
        plan = Plan(files_below(where.tree))
        for version in versions:
            folder = folder_of(where, version)
            script = _script_of(folder, version)
            plan.execute(script, version, files_below(folder))
    except ScriptError as error:
        raise UpdateRefused(f"{error} The complete archive needs no update.") from None
    return plan.files


def _script_of(folder: Path, version: int) -> Script:
    """The update's script.  Raises UpdateRefused where it is for other releases."""
    found = [
        path for path in files_below(folder) if path.lower() == f"{UPDATE_FOLDER}/update{version:02}.hvs"
    ]
    if not found:
        raise UpdateRefused(f"The archive of update {version} has no script Update{version:02}.hvs.")
    script = parse_script(read_below(str(folder), found[0], limit=LARGEST_DOCUMENT))
    if (script.previous, script.resulting) != (version - 1, version):
        raise UpdateRefused(
            f"The script of update {version} makes release {script.resulting} of release {script.previous}."
        )
    return script


def files_below(folder: Path) -> list[str]:
    """The paths of the regular files in a folder and below it."""
    paths: list[str] = []
    waiting = [""]
    while waiting:
        below = waiting.pop()
        with os.scandir(folder / below) as entries:
            for entry in entries:
                path = f"{below}/{entry.name}" if below else entry.name
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(path)
                elif entry.is_file(follow_symlinks=False):
                    paths.append(path)
    return sorted(paths)


def _build_one(where: Places, file: Planned) -> None:
    place = where.new / file.path
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    source = where.tree if file.update is None else folder_of(where, file.update)
    if file.edits:
        data = read_below(str(source), file.source, limit=LARGEST_DOCUMENT)
        try:
            for keyword, values in file.edits:
                data = edited(data, keyword, values)
        except ScriptError as error:
            raise UpdateRefused(f"{file.path}: {error} The complete archive needs no update.") from None
        _write(place, data)
    elif file.update is None:
        _link(source / file.source, place)
    else:
        _copy(source / file.source, place)


def _write(place: Path, data: bytes) -> None:
    """The file is whole or not there: a kill in between leaves another name."""
    beside = place.with_name(place.name + ".~new")
    beside.write_bytes(data)
    beside.rename(place)


def _link(source: Path, place: Path) -> None:
    try:
        os.link(source, place, follow_symlinks=False)
    except OSError:
        _copy(source, place)  # a file system without hard links


def _copy(source: Path, place: Path) -> None:
    beside = place.with_name(place.name + ".~new")
    shutil.copyfile(source, beside, follow_symlinks=False)
    beside.rename(place)


def scripts_in(tree: Path, versions: range) -> Mapping[int, Script]:
    """The updates' scripts that a tree keeps in DOCUMENTS; those that are not there, or not sound, are left out."""
    scripts = {}
    for version in versions:
        try:
            data = read_below(str(tree), f"DOCUMENTS/Update{version:02}.hvs", limit=LARGEST_DOCUMENT)
            scripts[version] = parse_script(data)
        except (OSError, ScriptError):
            continue
    return scripts
