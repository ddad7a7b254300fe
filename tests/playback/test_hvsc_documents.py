"""What is read from Songlengths.md5, STIL.txt and BUGlist.txt, and does nonsense in them do no harm?"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playback.catalogue.documents import Documents
from playback.hvsc.songlengths import length_ms, parse_song_lengths
from playback.hvsc.stil import FIELDS, Note, parse_stil

MD5 = "8bcbf05c4ffe5ba9c1bf7dbc9bb0c2bd"


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("5:07", 307_000),
        ("0:48.5", 48_500),
        ("1:02.25", 62_250),
        ("1:02.125", 62_125),
        ("0:07(G)", 7_000),
        ("100:00", 6_000_000),
        ("0:00", None),
        ("1:60", None),
        ("1:02.1234", None),
        ("-1:02", None),
        ("", None),
        ("٣:٧", None),
    ],
)
def test_a_length_is_minutes_and_seconds(text: str, ms: int | None) -> None:
    assert length_ms(text) == ms


def test_one_length_a_song_by_the_file_s_md5() -> None:
    text = f"[Database]\r\n; /MUSICIANS/X.sid\r\n{MD5.upper()}=1:00 nonsense 0:30.5\r\nnot an entry\r\n"
    assert parse_song_lengths(text.splitlines()) == {MD5: [60_000, None, 30_500]}


@given(st.lists(st.tuples(st.integers(0, 9999), st.integers(0, 59), st.integers(0, 999)), max_size=300))
def test_written_lengths_are_read_back(lengths: list[tuple[int, int, int]]) -> None:
    line = f"{MD5}=" + " ".join(f"{m}:{s:02}.{f:03}" for m, s, f in lengths)
    wanted = [(m * 60 + s) * 1000 + f or None for m, s, f in lengths[:256]]
    assert parse_song_lengths([line]) == {MD5: wanted}


@given(st.lists(st.text()))
def test_any_text_is_survived(lines: list[str]) -> None:
    parse_song_lengths(lines)
    for path, entry in parse_stil(lines).items():
        assert path == entry.path
        assert not path.startswith("/")


@given(st.binary(max_size=2000), st.binary(max_size=2000))
def test_any_bytes_are_survived_and_fit_a_database(lengths: bytes, stil: bytes) -> None:
    with tempfile.TemporaryDirectory() as root:
        (Path(root) / "DOCUMENTS").mkdir()
        (Path(root) / "DOCUMENTS" / "Songlengths.md5").write_bytes(lengths)
        (Path(root) / "DOCUMENTS" / "STIL.txt").write_bytes(b"/A/b.sid\r\nCOMMENT: x" + stil)
        documents = Documents.of(root)
    for note in documents.notes("A/b.sid"):
        assert "\0" not in str(note["text"])
    assert "" not in documents.folder_notes()


def test_a_song_that_cannot_be_is_nobody_s() -> None:
    entry = parse_stil(["/A/b.sid", "(#0)", "COMMENT: a", "(#257)", "COMMENT: b", "(#256)", "COMMENT: c"])[
        "A/b.sid"
    ]
    assert (entry.notes, entry.songs) == ([], {256: [Note("COMMENT", "c")]})


STIL = """\
#  The SID Tune Information List
/MUSICIANS/H/Hubbard_Rob/
COMMENT: About all of
         them.

/MUSICIANS/H/Hubbard_Rob/Commando.sid\r
COMMENT: About the file.
(#1)
   NAME: First
  TITLE: Something [from Elsewhere] (0:00-1:20)
 ARTIST: Somebody
(#2)
COMMENT: Two lines
         of it.
    BUG: Stops early.
"""


def test_entries_hold_notes_about_the_file_and_its_songs() -> None:
    entries = parse_stil(STIL.splitlines(keepends=True))
    assert list(entries) == ["MUSICIANS/H/Hubbard_Rob/", "MUSICIANS/H/Hubbard_Rob/Commando.sid"]
    assert entries["MUSICIANS/H/Hubbard_Rob/"].notes == [Note("COMMENT", "About all of them.")]
    tune = entries["MUSICIANS/H/Hubbard_Rob/Commando.sid"]
    assert tune.notes == [Note("COMMENT", "About the file.")]
    assert tune.songs == {
        1: [
            Note("NAME", "First"),
            Note("TITLE", "Something [from Elsewhere] (0:00-1:20)"),
            Note("ARTIST", "Somebody"),
        ],
        2: [Note("COMMENT", "Two lines of it."), Note("BUG", "Stops early.")],
    }


@given(
    st.lists(st.tuples(st.sampled_from(FIELDS), st.text("abc XYZ.,[]()0123456789", max_size=60)), max_size=20)
)
def test_written_notes_are_read_back(notes: list[tuple[str, str]]) -> None:
    lines = ["/A/b.sid", "(#3)"] + [f"{name:>7}: {text}" for name, text in notes]
    entry = parse_stil(lines)["A/b.sid"]
    assert entry.songs.get(3, []) == [Note(name, text.strip()) for name, text in notes]


def test_an_endless_entry_is_cut() -> None:
    entry = parse_stil(["/A/b.sid", "COMMENT: x"] + ["y" * 100] * 10_000)["A/b.sid"]
    assert len(entry.notes[0].text) < 60_000
