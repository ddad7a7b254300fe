"""Is there one form of a path, and does no path lead out of a collection's root?"""

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playback.catalogue.paths import NotAFileError, OutsideError, PathError, canonical_path, read_below

NOT_BELOW_A_ROOT = [
    "",
    "/",
    "/etc/passwd",
    "//etc/passwd",
    "..",
    "../secret.sid",
    "a/../../secret.sid",
    "a/..",
    "./a.sid",
    "a/./b.sid",
    "a//b.sid",
    "a/",
    "..\\secret.sid",
    "a\\b.sid",
    "C:\\a.sid",
    "a\0.sid",
    "a\n.sid",
    "a\x7f.sid",
    "a\ud800.sid",
    "a" * 1025,
]


@pytest.mark.parametrize("text", NOT_BELOW_A_ROOT)
def test_no_path_below_a_root(text: str) -> None:
    with pytest.raises(PathError):
        canonical_path(text)


def test_decomposed_characters_are_composed() -> None:
    assert canonical_path(unicodedata.normalize("NFD", "Hülsbeck/é.sid")) == "Hülsbeck/é.sid"


@given(st.text(max_size=30))
def test_a_canonical_path_is_its_own_canonical_form_and_stays_below(text: str) -> None:
    try:
        path = canonical_path(text)
    except PathError:
        return
    assert canonical_path(path) == path
    assert os.path.normpath("/root/" + path).startswith("/root/")
    path.encode()


def test_reads_a_file_and_one_byte_more_than_the_limit(tmp_path: Path) -> None:
    (tmp_path / "a.sid").write_bytes(b"123456")
    assert read_below(str(tmp_path), "a.sid", limit=6) == b"123456"
    assert read_below(str(tmp_path), "a.sid", limit=3) == b"1234"


def test_finds_a_file_whose_name_is_decomposed_on_disk(tmp_path: Path) -> None:
    folder = tmp_path / unicodedata.normalize("NFD", "Hülsbeck")
    folder.mkdir()
    (folder / unicodedata.normalize("NFD", "é.sid")).write_bytes(b"x")
    assert read_below(str(tmp_path), "Hülsbeck/é.sid", limit=9) == b"x"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_below(str(tmp_path), "none/a.sid", limit=9)


@pytest.mark.parametrize("path", ["../secret.sid", "link.sid", "folder/secret.sid"])
def test_nothing_outside_the_root_is_read(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.sid").write_bytes(b"secret")
    root = tmp_path / "root"
    root.mkdir()
    (root / "link.sid").symlink_to(tmp_path / "secret.sid")
    (root / "folder").symlink_to(tmp_path)
    with pytest.raises(OutsideError):
        read_below(str(root), path, limit=9)


def test_an_absolute_path_does_not_replace_the_root(tmp_path: Path) -> None:
    (tmp_path / "secret.sid").write_bytes(b"secret")
    (tmp_path / "root").mkdir()
    with pytest.raises(OutsideError):
        read_below(str(tmp_path / "root"), str(tmp_path / "secret.sid"), limit=9)


def test_a_neighbour_folder_whose_name_begins_alike_is_outside(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root2").mkdir()
    (tmp_path / "root2" / "a.sid").write_bytes(b"x")
    with pytest.raises(OutsideError):
        read_below(str(tmp_path / "root"), "../root2/a.sid", limit=9)


def test_a_link_within_the_root_is_followed_and_a_circle_is_not(tmp_path: Path) -> None:
    (tmp_path / "a.sid").write_bytes(b"x")
    (tmp_path / "b.sid").symlink_to("a.sid")
    assert read_below(str(tmp_path), "b.sid", limit=9) == b"x"
    (tmp_path / "circle.sid").symlink_to("circle.sid")
    with pytest.raises(OSError, match=r"circle\.sid"):
        read_below(str(tmp_path), "circle.sid", limit=9)


def test_a_pipe_or_a_folder_is_no_file_and_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.sid")
    (tmp_path / "folder.sid").mkdir()
    for name in ("pipe.sid", "folder.sid"):
        with pytest.raises(NotAFileError):
            read_below(str(tmp_path), name, limit=9)
