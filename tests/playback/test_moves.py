"""Do rows follow files of which somebody has written down where they went, once, however often it is read?"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from playback.catalogue.importing import Import, Report
from playback.models import SidFile, Track
from tests.playback.made_up_sids import put

pytestmark = pytest.mark.django_db


def run(root: Path, moves: Mapping[str, str] | None = None) -> Report:
    steps = Import(root, moves=moves)
    for _ in steps:
        pass
    [report] = steps.reports
    return report


def ids() -> dict[str, str]:
    tracks = Track.objects.present().with_file().filter(position=1)
    return {track.album.sid_file.path: str(track.public_id) for track in tracks}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An HVSC of three tunes that have nothing in common."""
    for name in ("a", "b", "c"):
        put(tmp_path, f"DEMOS/{name}.sid", title=f"Tune {name}", author="Ada")
    put(tmp_path, "GAMES/g.sid", title="Game", author="Ada")
    run(tmp_path)
    return tmp_path


def other(root: Path, path: str) -> None:
    """Another tune is at that path now, which no header or byte would tell."""
    put(root, path, title=f"Another at {path}", author="Bo", program=b"\x00\x10" + b"\x60" * 20)


def test_a_file_that_was_moved_and_edited_beyond_recognition(root: Path) -> None:
    before = ids()
    (root / "DEMOS/a.sid").unlink()
    other(root, "GAMES/new.sid")
    for moved in (1, 0):
        report = run(root, {"DEMOS/a.sid": "GAMES/new.sid"})
        assert ids()["GAMES/new.sid"] == before["DEMOS/a.sid"]
        assert (report.moved, report.missing) == (moved, 0)
    assert not SidFile.objects.missing().exists()


def test_a_row_of_files_that_each_take_the_next_one_s_place(root: Path) -> None:
    before = ids()
    for path in ("DEMOS/b.sid", "DEMOS/c.sid", "DEMOS/d.sid"):
        other(root, path)
    (root / "DEMOS/a.sid").unlink()
    moves = {"DEMOS/a.sid": "DEMOS/b.sid", "DEMOS/b.sid": "DEMOS/c.sid", "DEMOS/c.sid": "DEMOS/d.sid"}
    for _ in range(2):
        run(root, moves)
        assert {path: ids()[path] for path in moves.values()} == {
            new: before[old] for old, new in moves.items()
        }


def test_files_that_change_places_do_so_once(root: Path) -> None:
    before = ids()
    a, b = root / "DEMOS/a.sid", root / "DEMOS/b.sid"
    data = a.read_bytes(), b.read_bytes()
    a.write_bytes(data[1])
    b.write_bytes(data[0])
    moves = {"DEMOS/a.sid": "DEMOS/b.sid", "DEMOS/b.sid": "DEMOS/a.sid"}
    for _ in range(3):
        run(root, moves)
        after = ids()
        assert (after["DEMOS/a.sid"], after["DEMOS/b.sid"]) == (before["DEMOS/b.sid"], before["DEMOS/a.sid"])


@pytest.mark.parametrize(
    "moves",
    [
        {"DEMOS/a.sid": "DEMOS/b.sid"},
        {"DEMOS/a.sid": "DEMOS/none.sid"},
        {"DEMOS/none.sid": "DEMOS/b.sid"},
        {"DEMOS/a.sid": "../../etc/passwd"},
        {"DEMOS/a.sid": "/etc/passwd"},
        {"DEMOS/a.sid": ""},
        {"DEMOS/a.sid": "DEMOS/b.sid", "DEMOS/b.sid": "DEMOS/c.sid"},
        {"DEMOS/a.sid": "DEMOS/b.sid", "DEMOS/b.sid": "DEMOS/a.sid"},
    ],
)
def test_moves_that_nothing_on_disk_confirms_are_none(root: Path, moves: dict[str, str]) -> None:
    before = ids()
    report = run(root, moves)
    assert (report.moved, report.missing) == (0, 0)
    assert ids() == before


def test_a_move_is_found_by_the_search_at_once(root: Path) -> None:
    from django.test import Client

    (root / "DEMOS/a.sid").rename(root / "GAMES/elsewhere.sid")
    run(root, {"DEMOS/a.sid": "GAMES/elsewhere.sid"})
    found = Client().get("/api/tunes", {"q": "elsewhere"}).json()["items"]
    assert [item["tracks"][0]["path"] for item in found] == ["GAMES/elsewhere.sid"]
