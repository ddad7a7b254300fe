"""Are updates' scripts read, planned and executed as the HVSC's own tool does it, and do hostile ones do no harm?"""

import struct
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playback.hvsc.header_edits import edited
from playback.hvsc.update_plan import Plan, Planned, moves_of
from playback.hvsc.update_script import LINES, Script, ScriptError, parse_script
from playback.sidfile import parse
from tests.playback.made_up_sids import sid_bytes

HEAD = "# Resulting Version: 84\r\n#  Previous   Version : 83\r\n\r\n"


def script(*lines: str) -> Script:
    return parse_script((HEAD + "\r\n".join(lines) + "\r\n").encode("latin-1"))


def after(paths: list[str], *lines: str, update: tuple[str, ...] = ()) -> dict[str, str]:
    """Where each file of the new tree comes from."""
    plan = Plan(paths)
    plan.execute(script(*lines), 84, [*update, "update/Update84.hvs"])
    files = {file.path: file.source for file in plan.files}
    assert files.pop("DOCUMENTS/Update84.hvs") == "update/Update84.hvs"
    return files


def test_a_script_s_releases_and_commands() -> None:
    read = script(
        "move", "/A/x.sid", "\\B\\y.sid", "# between", "", "/A/z.sid", "/B/", "TITLE", "  /A/b.sid", " # 1"
    )
    assert (read.previous, read.resulting) == (83, 84)
    assert [(one.keyword, one.path.path, one.line) for one in read.commands] == [
        ("MOVE", "A/x.sid", 5),
        ("MOVE", "A/z.sid", 9),
        ("TITLE", "A/b.sid", 12),
    ]
    assert [one.target and (one.target.path, one.target.is_folder) for one in read.commands] == [
        ("B/y.sid", False),
        ("B", True),
        None,
    ]
    assert read.commands[2].values == (" # 1",), (
        "a header's text is kept as it is, even where it looks like a comment"
    )


@pytest.mark.parametrize(
    "lines",
    [
        ("/A/x.sid",),
        ("MOVE", "/A/x.sid"),
        ("CREDITS", "/A/x.sid", "1", "", "3"),
        ("DELETE", "/../x.sid"),
        ("DELETE", "/A/../../x.sid"),
        ("DELETE", "/A/./x.sid"),
        ("DELETE", "/A//x.sid"),
        ("DELETE", "/A/.. /x.sid"),
        ("DELETE", "/A/x\x01.sid"),
        ("DELETE", "/"),
        ("MOVE", "/A/x.sid", "\\..\\y.sid"),
        ("MOVE", "/A/x.sid", "DELETE", "/A/x.sid"),
        ("DELETE", "/" + "a" * 2000),
    ],
)
def test_nonsense_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(ScriptError):
        script(*lines)


@given(st.binary(max_size=300))
def test_no_bytes_surprise_the_parser(data: bytes) -> None:
    for text in (data, b"MOVE\n" + data, b"CREDITS\n/a\n" + data):
        try:
            parse_script(text)
        except ScriptError:
            continue


TREE = ["D/a.sid", "D/b.sid", "D/In/c.sid", "G/a.sid"]


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (("DELETE", "/d/A.SID"), {"D/b.sid": "D/b.sid"}),
        (("MOVE", "/D/a.sid", "/G/New.sid"), {"G/New.sid": "D/a.sid"}),
        (("MOVE", "/D/B.sid", "/g/"), {"G/B.sid": "D/b.sid"}),
        (("MOVE", "/D/b.sid", "/G"), {"G/b.sid": "D/b.sid"}),
        (("MOVE", "/D/b.sid", "/G/Made/"), {"G/Made/b.sid": "D/b.sid"}),
        (("MOVE", "/D/a.sid", "/D/A.sid"), {"D/A.sid": "D/a.sid"}),
        (
            ("MOVE", "/D/", "/New/"),
            {"New/a.sid": "D/a.sid", "New/b.sid": "D/b.sid", "D/In/c.sid": "D/In/c.sid"},
        ),
        (("REPLACE", "/D/", "/G/"), {"G/a.sid": "D/a.sid", "G/b.sid": "D/b.sid"}),
        (("REPLACE", "/D/b.sid", "/G/A.sid"), {"G/A.sid": "D/b.sid"}),
        (("REPLACE", "/update/new/X.sid", "/D/"), {"D/X.sid": "update/new/x.sid"}),
        (("REPLACE", "/update/new/x.sid", "/D/A.SID"), {"D/A.SID": "update/new/x.sid"}),
        (("MOVE", "/update/new/", "/D/In/Deep/"), {"D/In/Deep/x.sid": "update/new/x.sid"}),
        (("MKDIR", "/G/Q/", "MOVE", "/D/a.sid", "/G/Q/z.sid"), {"G/Q/z.sid": "D/a.sid"}),
        (("DELETE", "/G/a.sid", "DELETE", "/G/", "MKDIR", "/g"), {"D/a.sid": "D/a.sid"}),
    ],
)
def test_what_the_keywords_do_to_names(lines: tuple[str, ...], wanted: dict[str, str]) -> None:
    files = after(TREE, *lines, update=("update/new/x.sid", "update/tool.exe"))
    assert {path: files.get(path) for path in wanted} == wanted
    gone = {source for source in TREE if source not in files.values()}
    assert not any(path.startswith("update") for path in files)
    keyword = lines[0]
    if keyword == "MOVE":
        assert not gone


@pytest.mark.parametrize(
    "lines",
    [
        ("DELETE", "/D/none.sid"),
        ("DELETE", "/D/"),
        ("MOVE", "/D/none.sid", "/G/"),
        ("MOVE", "/D/a.sid", "/G/a.sid"),
        ("MOVE", "/D/a.sid", "/None/x.sid"),
        ("MOVE", "/D/a.sid", "/None/Deep/"),
        ("MOVE", "/D/a.sid", "/D/b.sid/"),
        ("MOVE", "/D/", "/None"),
        ("MKDIR", "/None/Deep/"),
        ("MKDIR", "/D/a.sid"),
        ("TITLE", "/D/none.sid", "x"),
    ],
)
def test_what_cannot_be_done_names_its_line(lines: tuple[str, ...]) -> None:
    with pytest.raises(ScriptError, match=r"^Line 5, "):
        after(TREE, *lines)


def test_two_names_that_differ_in_case_are_no_tree() -> None:
    with pytest.raises(ScriptError):
        Plan(["D/a.sid", "d/A.sid"])


def test_a_tune_keeps_its_identity_through_moves_replacements_and_new_tunes_in_its_place() -> None:
    lines = (
        "MOVE", "/D/a.sid", "/G/moved.sid", "/D/b.sid", "/D/a.sid",
        "REPLACE", "/update/fix/better.sid", "/G/moved.sid", "/update/new/b.sid", "/D/",
        "TITLE", "/G/moved.sid", "Better",
    )  # fmt: skip
    plan = Plan(TREE)
    plan.execute(script(*lines), 84, ["update/fix/better.sid", "update/new/b.sid"])
    assert plan.moves == {"D/a.sid": "G/moved.sid", "D/b.sid": "D/a.sid"}
    by_path = {file.path: file for file in plan.files}
    better = Planned("G/moved.sid", "update/fix/better.sid", 84, (("TITLE", ("Better",)),), "D/a.sid")
    assert by_path["G/moved.sid"] == better
    assert by_path["D/b.sid"].was is None
    assert moves_of(TREE, [(84, script(*lines))]) == plan.moves, "also without the archive"


names = st.sampled_from(
    ["/D/a.sid", "/D/b.sid", "/G/", "/G/a.sid", "/D/", "/D/In/", "/New/", "/update/x.sid", "/D/c.sid"]
)


@given(
    st.lists(st.tuples(st.sampled_from(["MOVE", "REPLACE", "DELETE", "MKDIR"]), names, names), max_size=12)
)
def test_whatever_a_script_does_no_file_comes_from_nowhere_or_twice(
    commands: list[tuple[str, str, str]],
) -> None:
    lines = [
        line for word, one, two in commands for line in (word, one, *([two] if LINES[word] == 2 else []))
    ]
    plan = Plan(TREE)
    with suppress(ScriptError):
        plan.execute(script(*lines), 84, ["update/x.sid"])
    sources = [(file.update, file.source) for file in plan.files]
    assert len(sources) == len(set(sources))
    assert set(sources) <= {(None, path) for path in TREE} | {(84, "update/x.sid")}
    assert len({file.path.lower() for file in plan.files}) == len(plan.files)
    was = [file.was for file in plan.files if file.was]
    assert len(was) == len(set(was))


def header(data: bytes) -> dict[str, Any]:
    read = parse(data)
    return {name: getattr(read, name) for name in read.__dataclass_fields__}


@pytest.mark.parametrize(
    ("keyword", "values", "wanted"),
    [
        ("TITLE", ("New",), {"title": "New"}),
        ("AUTHOR", ("J\xfcrgen",), {"author": "Jürgen"}),
        ("COPYRIGHT", ("x" * 32,), {"released": "x" * 32}),
        ("CREDITS", ("T", "*", "R"), {"title": "T", "author": "Ada", "released": "R"}),
        ("SPEED", ("FF",), {"speed_bits": 7}),
        ("SONGS", ("2,2",), {"songs": 2, "start_song": 2}),
        ("INITPLAY", ("1001,0",), {"init_address": 0x1001, "play_address": 0}),
        ("FREEPAGES", ("20,10",), {"relocation_start_page": 0x20, "relocation_pages": 0x10}),
        ("MUSPLAYER", ("1",), {"flags": 0b010101}),
        ("PLAYSID", ("1",), {"flags": 0b010110}),
        ("CLOCK", ("NTSC",), {"flags": 0b011000}),
        ("SIDMODEL", ("EITHER",), {"flags": 0b110100}),
        ("FLAGS", ("*", "1", "*", "8580"), {"flags": 0b100110}),
        ("FIXLOAD", (), {"load_address": 0x1002, "program_size": 4}),
    ],
)
def test_what_the_keywords_do_to_headers(
    keyword: str, values: tuple[str, ...], wanted: dict[str, Any]
) -> None:
    file = sid_bytes(title="Old", author="Ada", released="1988", songs=3, speed=1, flags=0b010100)
    before, after_it = header(file), header(edited(file, keyword, values))
    for changing in ("md5", "clock", "chips", "start_song", "program_size", "load_address", *wanted):
        before.pop(changing, None)
    assert {name: after_it[name] for name in wanted} == wanted
    assert {name: after_it[name] for name in before} == before


def test_an_edited_file_of_version_1_becomes_version_2_with_its_address_before_the_program() -> None:
    old = sid_bytes(version=1, load=0x1000, init=0, title="Old", program=b"\x60" * 20)
    new = edited(old, "TITLE", ("New",))
    read = parse(new)
    assert (read.version, read.load_address, read.init_address, read.title) == (2, 0x1000, 0x1000, "New")
    assert struct.unpack_from(">H", new, 8) == (0,)
    assert new[0x7C:] == b"\x00\x10" + b"\x60" * 20


@pytest.mark.parametrize(
    ("fields", "keyword", "values"),
    [
        ({}, "TITLE", ("x" * 33,)),
        ({}, "SPEED", ("1FFFFFFFF",)),
        ({}, "SPEED", ("fast",)),
        ({}, "SONGS", ("2",)),
        ({}, "SONGS", ("0,0",)),
        ({}, "SONGS", ("2,3",)),
        ({}, "INITPLAY", ("10000,0",)),
        ({}, "CLOCK", ("pal",)),
        ({}, "FREEPAGES", ("10,2",)),
        ({"magic": b"RSID"}, "INITPLAY", ("A000,0",)),
        ({"magic": b"RSID"}, "SPEED", ("1",)),
        ({"magic": b"RSID"}, "PLAYSID", ("1",)),
    ],
)
def test_edits_that_no_header_takes(fields: dict[str, Any], keyword: str, values: tuple[str, ...]) -> None:
    with pytest.raises(ScriptError):
        edited(sid_bytes(**fields), keyword, values)


@given(st.binary(max_size=200), st.sampled_from(sorted(LINES)), st.lists(st.text(max_size=8), max_size=4))
def test_no_file_surprises_an_edit(data: bytes, keyword: str, values: list[str]) -> None:
    for file in (data, sid_bytes()[: 0x7C - 4] + data):
        try:
            result = edited(file, keyword, tuple(values))
        except ScriptError:
            continue
        assert result[:4] in (b"PSID", b"RSID")
