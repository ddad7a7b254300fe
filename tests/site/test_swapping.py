"""Is a site the old or the new one, wherever a restore was killed?"""

from pathlib import Path
from typing import Any

import pytest

from sidflow_site.backups.swapping import Move, commit, finish, staging
from sidflow_site.checks import restore_is_whole
from sidflow_site.site_lock import Taken, restoring, serving

OLD = {"database": "old", "database-wal": "old", "audit/log": "old", "kept/tune": "kept"}
NEW = {"database": "new", "audit/log": "new", "roms/one": "new", "kept/tune": "kept"}


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours is run behind it."""


def put(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="ascii")


def live(folder: Path) -> dict[str, str]:
    """What the site sees: nothing that was put aside, no locks."""
    return {
        str(path.relative_to(folder)): path.read_text(encoding="ascii")
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] not in (".restore", "aside", ".restore-lock")
    }


def moves(folder: Path) -> list[Move]:
    new = {"database": True, "database-wal": False, "audit": True, "roms": True}
    return [
        Move(
            str(staging(folder) / name) if is_new else None, str(folder / name), str(folder / "aside" / name)
        )
        for name, is_new in new.items()
    ]


@pytest.mark.parametrize("steps", range(12))
def test_a_kill_at_any_step_leaves_the_old_or_the_new_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    put(tmp_path, OLD)
    put(staging(tmp_path), {name: text for name, text in NEW.items() if text == "new"})
    rename, left = Path.rename, [steps]

    def rename_until_killed(self: Path, target: Path) -> Path:
        if not left[0]:
            raise Killed
        left[0] -= 1
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", rename_until_killed)
    killed = False
    try:
        commit(tmp_path, moves(tmp_path))
    except Killed:
        killed = True
    monkeypatch.setattr(Path, "rename", rename)
    finish(tmp_path)  # what the next start does
    assert live(tmp_path) == (OLD if steps == 0 else NEW)
    assert killed == (steps < 7)
    if steps:
        assert (tmp_path / "aside" / "database").read_text(encoding="ascii") == "old"
        assert not staging(tmp_path).exists()
    finish(tmp_path)
    assert live(tmp_path) == (OLD if steps == 0 else NEW)


def test_a_restore_that_ended_inside_of_postgresql_keeps_the_site_from_starting(
    tmp_path: Path, settings: Any
) -> None:
    settings.DATA_DIR = tmp_path
    assert restore_is_whole() == []
    put(staging(tmp_path), {"database-under-way": ""})
    (message,) = restore_is_whole()
    assert (message.id, message.is_serious()) == ("site.E001", True)


def test_who_serves_and_who_restores_keep_each_other_out(tmp_path: Path) -> None:
    with serving(tmp_path), serving(tmp_path), pytest.raises(Taken), restoring(tmp_path):
        pass
    with restoring(tmp_path):
        with pytest.raises(Taken), serving(tmp_path):
            pass
        with pytest.raises(Taken), restoring(tmp_path):
            pass
    with serving(tmp_path):
        pass
