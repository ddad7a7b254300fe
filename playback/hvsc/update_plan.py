"""What does a tree become when updates' scripts are executed on it?  Worked out in names only; nothing is touched here.

A `Plan` begins with the names of a tree.  Each script moves, replaces, deletes and edits; in the end every file of the new tree has its
source (a file of the old tree, or of an update's archive) and the header edits to be made on a copy of it.  Names are looked
up whatever their case, as the HVSC's own tool does, and written as the script spells them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from playback.hvsc.update_script import Command, Script, ScriptError, ScriptPath

UPDATE_FOLDER: Final = "update"
Edit = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Planned:
    """A file of the new tree: its path, and where its bytes come from: `update` None: the old tree; else that update's archive.

    `was` is the path that the tune had in the old tree: its identity, which survives moves, edits and replacements.
    """

    path: str
    source: str
    update: int | None = None
    edits: tuple[Edit, ...] = ()
    was: str | None = None


class Plan:
    """Files and folders by their names in lower case."""

    def __init__(self, paths: Iterable[str], folders: Iterable[str] = ()) -> None:
        """Raises ScriptError where two names differ only in case."""
        self._files: dict[str, Planned] = {}
        self._folders: dict[str, str] = {"": ""}
        self._inside: dict[str, set[str]] = {"": set()}
        for folder in folders:
            self._make_folders(folder)
        for path in sorted(paths):
            self._add(Planned(path, path, was=path))

    @property
    def files(self) -> list[Planned]:
        """The new tree's files, in order of their paths."""
        return sorted(self._files.values(), key=lambda file: file.path)

    @property
    def moves(self) -> dict[str, str]:
        """Where each tune of the old tree that is not at its path any more is now."""
        return {file.was: file.path for file in self._files.values() if file.was not in (None, file.path)}

    def execute(self, script: Script, number: int, update_paths: Iterable[str]) -> None:
        """Executes update `number`; `update_paths` are its archive's files, all below `update/`.

        Raises ScriptError at the first command that cannot be done.
        """
        for path in sorted(update_paths):
            self._add(Planned(path, path, update=number))
        for command in script.commands:
            self._do(command)
        name = f"{UPDATE_FOLDER}/Update{number:02}.hvs"
        kept = self._files.get(name.lower())
        for key in [key for key in self._files if key.startswith(f"{UPDATE_FOLDER}/")]:
            self._remove(key)
        self._forget_folder(UPDATE_FOLDER)
        if kept:
            self._make_folders("DOCUMENTS")
            self._put(replace(kept, path=f"{self._folders['documents']}/{kept.path.rpartition('/')[2]}"))

    def follow(self, script: Script, number: int) -> None:
        """Executes what concerns names, without the update's archive; what cannot be done is passed over."""
        for command in script.commands:
            key = command.path.path.lower()
            if key.startswith(f"{UPDATE_FOLDER}/") and not command.path.is_folder and key not in self._files:
                self._put_new(Planned(command.path.path, command.path.path, update=number))
            try:
                self._do(command)
            except ScriptError:
                continue

    def _do(self, command: Command) -> None:
        try:
            if command.target is not None:
                self._move(command.path, command.target, replaces=command.keyword == "REPLACE")
            elif command.keyword == "MKDIR":
                self._make_folder(command.path.path)
            elif command.keyword == "DELETE":
                self._delete(command.path.path)
            else:
                self._edit(command)
        except ScriptError as error:
            raise ScriptError(
                f"Line {command.line}, {command.keyword} {command.path.path}: {error}"
            ) from None

    # What the keywords do.

    def _edit(self, command: Command) -> None:
        key = command.path.path.lower()
        if key not in self._files:
            raise ScriptError("there is no such file.")
        file = self._files[key]
        self._files[key] = replace(file, edits=(*file.edits, (command.keyword, command.values)))

    def _delete(self, path: str) -> None:
        key = path.lower()
        if key in self._files:
            self._remove(key)
        elif key not in self._folders:
            raise ScriptError("there is no such file or folder.")
        elif self._inside[key]:
            raise ScriptError("the folder is not empty.")
        else:
            self._forget_folder(key)

    def _move(self, source: ScriptPath, target: ScriptPath, *, replaces: bool) -> None:
        key = source.path.lower()
        if key in self._files:
            self._move_file(key, self._destination(source, target), replaces=replaces)
        elif key in self._folders:
            if target.path.lower() not in self._folders and not target.is_folder:
                raise ScriptError("its target is no folder.")
            folder = self._make_folder(target.path)
            for inner in sorted(self._inside[key] & self._files.keys()):
                name = self._files[inner].path.rpartition("/")[2]
                self._move_file(inner, _join(folder, name), replaces=replaces)
        else:
            raise ScriptError("there is no such file or folder.")

    def _destination(self, source: ScriptPath, target: ScriptPath) -> str:
        """The path of a file that is moved, spelled by the target's name, else by the source's."""
        if target.is_folder or target.path.lower() in self._folders:
            return _join(self._make_folder(target.path), source.path.rpartition("/")[2])
        above, _, name = target.path.rpartition("/")
        if above.lower() not in self._folders:
            raise ScriptError("there is no folder for its target.")
        return _join(self._folders[above.lower()], name)

    def _move_file(self, key: str, path: str, *, replaces: bool) -> None:
        target = path.lower()
        if target in self._folders:
            raise ScriptError("its target is a folder.")
        there = self._files.get(target) if target != key else None
        if there and not replaces:
            raise ScriptError("its target is there already.")
        file = self._files[key]
        self._remove(key)
        if there:
            self._remove(target)
        was = file.was if file.was is not None or there is None else there.was
        self._put(replace(file, path=path, was=was))

    # Names.

    def _add(self, file: Planned) -> None:
        self._make_folders(file.path.rpartition("/")[0])
        if file.path.lower() in self._files or file.path.lower() in self._folders:
            raise ScriptError(f"Two names differ only in case: {file.path}.")
        self._put(file)

    def _put_new(self, file: Planned) -> None:
        self._make_folders(file.path.rpartition("/")[0])
        self._put(file)

    def _put(self, file: Planned) -> None:
        key = file.path.lower()
        self._files[key] = file
        self._inside[key.rpartition("/")[0]].add(key)

    def _remove(self, key: str) -> None:
        del self._files[key]
        self._inside[key.rpartition("/")[0]].discard(key)

    def _make_folder(self, path: str) -> str:
        """The folder as it is spelled here; made where only its last name is new."""
        key = path.lower()
        if key not in self._folders:
            above, _, name = path.rpartition("/")
            if above.lower() not in self._folders:
                raise ScriptError("the folder above it is not there.")
            if key in self._files:
                raise ScriptError("there is a file of that name.")
            self._folders[key] = _join(self._folders[above.lower()], name)
            self._inside[key] = set()
            self._inside[above.lower()].add(key)
        return self._folders[key]

    def _make_folders(self, path: str) -> None:
        above = path.rpartition("/")[0]
        if path and path.lower() not in self._folders:
            self._make_folders(above)
            self._make_folder(path)

    def _forget_folder(self, key: str) -> None:
        """The folder and the folders in it, of which none has a file any more."""
        for inner in list(self._inside.get(key, ())):
            self._forget_folder(inner)
        if self._folders.pop(key, None) is not None:
            del self._inside[key]
            self._inside[key.rpartition("/")[0]].discard(key)


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def moves_of(paths: Iterable[str], scripts: Sequence[tuple[int, Script]]) -> Mapping[str, str]:
    """Where the tunes at these paths are after the scripts, as far as names tell: old path → new path.

    {} where the names could not be followed.
    """
    try:
        plan = Plan(paths)
    except ScriptError:
        return {}
    for number, script in scripts:
        plan.follow(script, number)
    moves = plan.moves
    return {old: new for old, new in moves.items() if not new.lower().startswith(f"{UPDATE_FOLDER}/")}
