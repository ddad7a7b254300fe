"""Is a collection's root found wherever the path points, and is every .sid file there seen once?"""

import os
import unicodedata
from pathlib import Path

import pytest

from playback.catalogue.folders import NoMusicError, Source, find_sources, hvsc_release, take_inventory
from tests.playback.made_up_sids import put


def paths_in(source: Source) -> list[str]:
    return [file.path for file in take_inventory(source).files]


def test_the_hvsc_itself(hvsc: Path) -> None:
    assert find_sources(hvsc) == [Source(str(hvsc), is_hvsc=True)]


def test_the_hvsc_one_level_below_and_what_lies_beside_it(hvsc: Path) -> None:
    assert find_sources(hvsc.parent) == [Source(str(hvsc), is_hvsc=True)]
    put(hvsc.parent, "mine/own.sid")
    below, rest = find_sources(hvsc.parent)
    assert below == Source(str(hvsc), is_hvsc=True)
    assert (rest.root, paths_in(rest)) == (str(hvsc.parent), ["mine/own.sid"])


def test_a_part_of_the_hvsc_keeps_its_canonical_paths(hvsc: Path) -> None:
    [source] = find_sources(hvsc / "MUSICIANS" / "E")
    assert source.root == str(hvsc)
    assert paths_in(source) == ["MUSICIANS/E/Example_Ada/Echo.sid", "MUSICIANS/E/Example_Ada/foxtrot.sid"]


def test_a_single_file_of_the_hvsc(hvsc: Path) -> None:
    [source] = find_sources(hvsc / "DEMOS" / "A-F" / "Alpha.sid")
    assert (source.root, paths_in(source)) == (str(hvsc), ["DEMOS/A-F/Alpha.sid"])


def test_a_single_file_anywhere(tmp_path: Path) -> None:
    put(tmp_path, "a.sid")
    put(tmp_path, "b.sid")
    [source] = find_sources(tmp_path / "a.sid")
    assert (source.root, source.is_hvsc, paths_in(source)) == (str(tmp_path), False, ["a.sid"])


def test_any_other_folder_is_its_own_root(tmp_path: Path) -> None:
    put(tmp_path, "GAMES/a.sid")
    [source] = find_sources(tmp_path)
    assert (source.root, source.is_hvsc, paths_in(source)) == (str(tmp_path), False, ["GAMES/a.sid"])


def test_what_does_not_exist_or_is_no_tune(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(NoMusicError, match="does not exist"):
        find_sources(tmp_path / "none")
    with pytest.raises(NoMusicError, match=r"neither a folder nor a \.sid"):
        find_sources(tmp_path / "notes.txt")


def test_order_is_bytewise(tmp_path: Path) -> None:
    for name in ("b.sid", "B.sid", "a/x.sid", "a.sid", "é.sid", "z.SID", "_.sid", "ﬀ.sid", "𝄞.sid"):
        put(tmp_path, name, b"x")
    paths = paths_in(find_sources(tmp_path)[0])
    assert paths == sorted(paths, key=str.encode)
    assert len(paths) == 9


def test_hidden_files_and_other_files_are_not_tunes(tmp_path: Path) -> None:
    for name in ("._a.sid", ".hidden/b.sid", "readme.txt", "c.sid.bak"):
        put(tmp_path, name, b"x")
    assert paths_in(find_sources(tmp_path)[0]) == []


def test_linked_folders_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "a/x.sid")
    (tmp_path / "again").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "circle").symlink_to(tmp_path)
    (tmp_path / "folder.sid").symlink_to(tmp_path / "a")
    inventory = take_inventory(find_sources(tmp_path)[0])
    assert ([file.path for file in inventory.files], inventory.faults) == (["a/x.sid"], [])


def test_names_that_no_address_can_hold_are_listed(tmp_path: Path) -> None:
    (tmp_path / "back\\slash.sid").write_bytes(b"x")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/latin\xe9.sid")).write_bytes(b"x")
    (tmp_path / "esc\x1b[2J.sid").write_bytes(b"x")
    inventory = take_inventory(find_sources(tmp_path)[0])
    assert inventory.files == []
    assert [code for _, code in inventory.faults] == ["bad_name"] * 3
    assert all(name.isprintable() for name, _ in inventory.faults)


def test_one_name_in_two_unicode_forms_counts_once(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        put(tmp_path, unicodedata.normalize(form, "é.sid"), b"x")
    inventory = take_inventory(find_sources(tmp_path)[0])
    assert ([file.path for file in inventory.files], inventory.faults) == (
        ["é.sid"],
        [("é.sid", "same_name")],
    )


def test_pipes_and_dangling_links_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.sid")
    (tmp_path / "dangling.sid").symlink_to(tmp_path / "none.sid")
    inventory = take_inventory(find_sources(tmp_path)[0])
    assert inventory.faults == [("dangling.sid", "not_a_file"), ("pipe.sid", "not_a_file")]


@pytest.mark.parametrize(
    ("text", "release"),
    [(b"HVSC Release 83\r\n", "83"), (b"(release #9)", "9"), (b"nothing", ""), (b"\xff\x00", "")],
)
def test_the_release_is_read_from_its_document(tmp_path: Path, text: bytes, release: str) -> None:
    (tmp_path / "DOCUMENTS").mkdir()
    (tmp_path / "DOCUMENTS" / "HVSC.txt").write_bytes(text)
    assert hvsc_release(str(tmp_path)) == release


def test_without_the_document_there_is_no_release(tmp_path: Path) -> None:
    assert hvsc_release(str(tmp_path)) == ""
