"""Do rows follow the files: first import, again, edits, moves, removals, broken files?"""

import os
import uuid
from pathlib import Path
from typing import Any

import pytest

from playback.catalogue.folders import NoMusicError
from playback.catalogue.importing import Report, import_sids
from playback.models import Album, Artist, Collection, SidFile, Track
from tests.playback.made_up_sids import put, sid_bytes

pytestmark = pytest.mark.django_db


def run(path: Path, name: str | None = None) -> Report:
    [report] = import_sids(path, name=name)
    return report


def counts(report: Report) -> tuple[int, int, int, int, int]:
    return report.added, report.changed, report.moved, report.unchanged, report.missing


def ids() -> dict[tuple[str, int], uuid.UUID]:
    return {
        (track.album.sid_file.path, track.position): track.public_id
        for track in Track.objects.present().with_file()
    }


def test_a_first_import_makes_collection_albums_artists_files_and_tracks(hvsc: Path) -> None:
    report = run(hvsc)
    assert counts(report) == (4, 0, 0, 0, 0)
    assert (report.collection.name, report.collection.kind, report.collection.version) == (
        "HVSC",
        "hvsc",
        "83",
    )
    assert Artist.objects.get().name == "Ada Example"
    assert Album.objects.count() == 4
    zulu = SidFile.objects.get(path="GAMES/S-Z/Zulu.sid")
    assert (zulu.songs, zulu.start_song, zulu.format, zulu.fault) == (3, 2, "PSID", "")
    assert [track.position for track in zulu.album.tracks.order_by("position")] == [1, 2, 3]
    echo = SidFile.objects.get(path="MUSICIANS/E/Example_Ada/Echo.sid")
    assert [(chip.model, chip.address) for chip in echo.chips] == [("8580", 0xD400), ("8580", 0xD420)]
    assert Collection.objects.get().imported_at is not None


def test_a_second_import_changes_nothing(hvsc: Path) -> None:
    run(hvsc)

    def rows() -> tuple[object, ...]:
        # `changed_ns` appears when a file is old enough, which says nothing about the tune.
        files = [values | {"changed_ns": None} for values in SidFile.objects.in_order().values()]
        return ids(), files, list(Album.objects.order_by("id").values())

    before = rows()
    assert counts(run(hvsc)) == (0, 0, 0, 4, 0)
    assert rows() == before


def test_an_edited_file_keeps_its_tracks_ids(hvsc: Path) -> None:
    run(hvsc)
    before = ids()
    put(hvsc, "DEMOS/A-F/Alpha.sid", title="Better title", author="Bo Example", songs=2)
    assert counts(run(hvsc)) == (0, 1, 0, 3, 0)
    file = SidFile.objects.select_related("album__artist").get(path="DEMOS/A-F/Alpha.sid")
    assert (file.album.title, file.album.artist and file.album.artist.name) == ("Better title", "Bo Example")
    after = ids()
    assert after["DEMOS/A-F/Alpha.sid", 1] == before["DEMOS/A-F/Alpha.sid", 1]
    assert ("DEMOS/A-F/Alpha.sid", 2) in after


def test_songs_that_an_edit_takes_away_come_back_with_their_ids(hvsc: Path) -> None:
    run(hvsc)
    before = ids()
    put(hvsc, "GAMES/S-Z/Zulu.sid", songs=1)
    run(hvsc)
    assert ("GAMES/S-Z/Zulu.sid", 3) not in ids()
    put(hvsc, "GAMES/S-Z/Zulu.sid", songs=3, start_song=2)
    run(hvsc)
    assert ids() == before


def test_a_removed_file_is_missing_and_not_deleted(hvsc: Path) -> None:
    run(hvsc)
    before = ids()
    file = hvsc / "GAMES/S-Z/Zulu.sid"
    data = file.read_bytes()
    file.unlink()
    assert counts(run(hvsc)) == (0, 0, 0, 3, 1)
    row = SidFile.objects.missing().get()
    assert row.path == "GAMES/S-Z/Zulu.sid"
    assert counts(run(hvsc)) == (0, 0, 0, 3, 0)
    assert SidFile.objects.missing().get().missing_since == row.missing_since
    file.write_bytes(data)
    assert counts(run(hvsc)) == (0, 1, 0, 3, 0)
    assert ids() == before


def test_a_moved_file_keeps_its_tracks_ids(hvsc: Path) -> None:
    run(hvsc)
    before = ids()
    (hvsc / "MUSICIANS/Z").mkdir()
    (hvsc / "GAMES/S-Z/Zulu.sid").rename(hvsc / "MUSICIANS/Z/Zulu_v2.sid")
    assert counts(run(hvsc)) == (0, 0, 1, 3, 0)
    after = ids()
    assert [after["MUSICIANS/Z/Zulu_v2.sid", song] for song in (1, 2, 3)] == [
        before["GAMES/S-Z/Zulu.sid", song] for song in (1, 2, 3)
    ]
    assert SidFile.objects.count() == 4


def test_a_file_that_was_moved_and_edited_is_told_by_its_header(tmp_path: Path) -> None:
    for name in ("one", "two"):
        put(tmp_path, f"old/{name}.sid", title=f"Tune {name}", author="Ada", songs=2)
    run(tmp_path)
    before = ids()
    (tmp_path / "old/one.sid").unlink()
    put(tmp_path, "new/first.sid", title="Tune one", author="Ada", songs=2, program=b"\x00\x10" + bytes(99))
    assert counts(run(tmp_path)) == (0, 0, 1, 1, 0)
    assert ids() == {("new/first.sid", song): before["old/one.sid", song] for song in (1, 2)} | {
        ("old/two.sid", song): before["old/two.sid", song] for song in (1, 2)
    }


def test_bytes_tell_more_than_a_header(tmp_path: Path) -> None:
    original = put(tmp_path, "b.sid", title="Tune", author="Ada").read_bytes()
    run(tmp_path)
    before = ids()["b.sid", 1]
    (tmp_path / "b.sid").unlink()
    put(tmp_path, "a.sid", title="Tune", author="Ada", program=b"\x00\x10" + bytes(99))
    (tmp_path / "z.sid").write_bytes(original)
    assert counts(run(tmp_path)) == (1, 0, 1, 0, 0)
    assert ids()["z.sid", 1] == before
    assert ids()["a.sid", 1] != before


@pytest.mark.parametrize("header", [{"title": "Tune", "author": "<?>"}, {"title": "", "author": "Ada"}])
def test_a_header_that_says_nothing_tells_nothing(tmp_path: Path, header: dict[str, Any]) -> None:
    put(tmp_path, "a.sid", **header)
    run(tmp_path)
    (tmp_path / "a.sid").unlink()
    put(tmp_path, "b.sid", program=b"\x00\x10" + bytes(99), **header)
    assert counts(run(tmp_path)) == (1, 0, 0, 0, 1)


def test_a_header_that_two_have_tells_nothing(tmp_path: Path) -> None:
    for name in ("a", "b"):
        put(tmp_path, f"{name}.sid", title="Tune", author="Ada", program=name.encode() * 90)
    run(tmp_path)
    for name in ("a", "b"):
        (tmp_path / f"{name}.sid").unlink()
    put(tmp_path, "c.sid", title="Tune", author="Ada", program=b"c" * 90)
    assert counts(run(tmp_path)) == (1, 0, 0, 0, 2)


def test_a_copy_is_another_file(hvsc: Path) -> None:
    run(hvsc)
    (hvsc / "GAMES/S-Z/Copy.sid").write_bytes((hvsc / "GAMES/S-Z/Zulu.sid").read_bytes())
    assert counts(run(hvsc)) == (1, 0, 0, 4, 0)
    assert len(set(ids().values())) == 9


def test_broken_files_are_reported_listed_and_do_not_stop_the_rest(tmp_path: Path) -> None:
    put(tmp_path, "a.sid", b"PSID")
    put(tmp_path, "b.sid")
    put(tmp_path, "c.sid", b"not a tune at all")
    put(tmp_path, "d.sid", b"")
    put(tmp_path, "e.sid", sid_bytes(program=bytes(70_000)))
    report = run(tmp_path)
    assert report.broken == [
        ("a.sid", "truncated"),
        ("c.sid", "bad_magic"),
        ("d.sid", "truncated"),
        ("e.sid", "load_range"),
    ]
    assert [file.path for file in SidFile.objects.playable()] == ["b.sid"]
    broken = SidFile.objects.get(path="a.sid")
    assert broken.obstacle
    assert broken.obstacle.code == "truncated"
    assert (broken.album.title, broken.songs, broken.chips) == ("a", 1, ())
    assert counts(run(tmp_path)) == (0, 0, 0, 5, 0)


def test_a_repaired_file_keeps_its_track_id(tmp_path: Path) -> None:
    put(tmp_path, "a.sid", b"PSID")
    run(tmp_path)
    before = ids()["a.sid", 1]
    put(tmp_path, "a.sid", songs=2)
    assert counts(run(tmp_path)) == (0, 1, 0, 0, 0)
    assert ids()["a.sid", 1] == before
    assert SidFile.objects.get().fault == ""


def test_tunes_that_are_sound_and_cannot_play_here_say_why(tmp_path: Path) -> None:
    put(tmp_path, "basic.sid", magic=b"RSID", init=0, flags=2, program=b"\x01\x08" + bytes(20))
    put(tmp_path, "mus.sid", flags=1)
    put(tmp_path, "plain.sid")
    report = run(tmp_path)
    assert (report.broken, report.unplayable) == ([], [("basic.sid", "needs_roms"), ("mus.sid", "mus_data")])
    assert [track.album.sid_file.path for track in Track.objects.playable().with_file()] == ["plain.sid"]
    assert SidFile.objects.get(path="basic.sid").needs_roms == ["basic", "kernal"]


def test_links_out_of_the_folder_and_things_that_are_no_files(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put(root, "a.sid")
    put(tmp_path, "secret.sid")
    (root / "link.sid").symlink_to(tmp_path / "secret.sid")
    os.mkfifo(root / "pipe.sid")
    report = run(root)
    assert report.broken == [("link.sid", "outside"), ("pipe.sid", "not_a_file")]
    assert [file.path for file in SidFile.objects.all()] == ["a.sid"]


def test_a_part_of_a_collection_leaves_the_rest_alone(hvsc: Path) -> None:
    run(hvsc)
    (hvsc / "DEMOS/A-F/Alpha.sid").unlink()
    (hvsc / "GAMES/S-Z/Zulu.sid").unlink()
    put(hvsc, "GAMES/S-Z/New.sid")
    assert counts(run(hvsc / "GAMES")) == (1, 0, 0, 0, 1)
    assert [file.path for file in SidFile.objects.missing()] == ["GAMES/S-Z/Zulu.sid"]


def test_a_folder_that_cannot_be_read_does_not_lose_its_files(
    hvsc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(hvsc)
    real = os.scandir

    def scandir(folder: str) -> object:
        if folder.endswith("MUSICIANS/E"):
            raise PermissionError(folder)
        return real(folder)

    # root may read everything, so the refusal is the operating system's part to play, not our module's.
    monkeypatch.setattr(os, "scandir", scandir)
    report = run(hvsc)
    assert report.broken == [("MUSICIANS/E", "unreadable")]
    assert report.missing == 0


def test_an_empty_folder_changes_nothing(hvsc: Path, tmp_path: Path) -> None:
    run(hvsc)
    for file in hvsc.rglob("*.sid"):
        file.unlink()
    with pytest.raises(NoMusicError, match=r"no \.sid file"):
        import_sids(hvsc)
    assert SidFile.objects.missing().count() == 0


def test_a_named_collection_moves_to_a_new_folder_with_its_tracks(hvsc: Path, tmp_path: Path) -> None:
    run(hvsc, name="Mine")
    before = ids()
    elsewhere = hvsc.rename(tmp_path / "HVSC-84")
    assert counts(run(elsewhere, name="Mine")) == (0, 0, 0, 4, 0)
    assert ids() == before
    assert Collection.objects.get().root == str(elsewhere)


def test_a_folder_is_one_collection_only(hvsc: Path) -> None:
    run(hvsc)
    with pytest.raises(NoMusicError, match="HVSC"):
        import_sids(hvsc, name="Other")


def test_two_hvscs_get_two_names(hvsc: Path, tmp_path: Path) -> None:
    run(hvsc)
    other = tmp_path / "other" / "C64Music"
    put(other, "DEMOS/a.sid")
    assert run(other).collection.name == "HVSC 2"


def test_the_hvsc_and_what_lies_beside_it_are_two_collections(hvsc: Path) -> None:
    put(hvsc.parent, "own.sid")
    reports = import_sids(hvsc.parent)
    assert [report.collection.kind for report in reports] == ["hvsc", "sids"]
    assert [report.added for report in reports] == [4, 1]


def test_the_unknown_author_of_the_hvsc_is_nobody(tmp_path: Path) -> None:
    put(tmp_path, "a.sid", author="<?>")
    put(tmp_path, "b.sid", title="")
    run(tmp_path)
    assert Artist.objects.count() == 0
    assert Album.objects.get(sid_file__path="b.sid").title == "b"


def test_progress_is_told_to_its_end(hvsc: Path) -> None:
    steps: list[tuple[int, int]] = []
    import_sids(hvsc, progress=lambda done, total: steps.append((done, total)))
    assert steps[-1] == (4, 4)


def test_writes_come_in_batches(tmp_path: Path, django_assert_max_num_queries: object) -> None:
    for number in range(1100):
        put(tmp_path, f"{number:04}.sid", author=f"Author {number % 7}")
    with django_assert_max_num_queries(150):  # type: ignore[operator]
        assert run(tmp_path).added == 1100
    assert Track.objects.count() == 1100


def test_the_corpus_is_imported_whole(corpus: Path) -> None:
    hvsc_report, rest = import_sids(corpus)
    assert (hvsc_report.added, hvsc_report.songs, hvsc_report.broken) == (9, 67, [])
    assert (rest.added, rest.songs) == (1, 1)
    assert Track.objects.playable().count() == 68
