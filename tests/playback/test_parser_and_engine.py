"""Do the Python parser and the C++ engine read and refuse the same files, with the same words?"""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.engine import EngineError, TunePlayer, library
from playback.sidfile import FAULTS, SidFileError, SidHeader, parse
from tests.playback.made_up_sids import sid_bytes

OWN_FAULTS = {"unreadable", "outside", "not_a_file", "bad_name", "same_name"}


def python_says(data: bytes) -> SidHeader | str:
    try:
        header = parse(data)
    except SidFileError as error:
        return error.code
    return "mus_data" if header.is_mus else header


def engine_says(data: bytes) -> str | None:
    """The code of its refusal to load, or None."""
    try:
        TunePlayer(data).close()
    except EngineError as error:
        return error.code
    return None


def test_the_words_are_the_same() -> None:
    engine = {
        library().sf_status_code(status).decode(): library().sf_status_message(status).decode()
        for status in range(22)
    }
    assert {code: engine.get(code) for code in FAULTS if code not in OWN_FAULTS} == {
        code: sentence for code, sentence in FAULTS.items() if code not in OWN_FAULTS
    }


@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda data: b"PSID\0\2\0\x7c" + data))
def test_any_bytes_are_judged_alike(data: bytes) -> None:
    ours = python_says(data)
    theirs = engine_says(data)
    # MUS data is refused by the engine before it looks for a program; its load address need not be one.
    assert theirs == (None if isinstance(ours, SidHeader) else ours) or theirs == "mus_data"


word = st.sampled_from([0, 1, 0x07E7, 0x07E8, 0x1000, 0x9FFF, 0xA000, 0xBFFF, 0xC000, 0xCFFF, 0xD000, 0xFFFF])
edge_headers = st.fixed_dictionaries(
    {
        "magic": st.sampled_from([b"PSID", b"RSID"]),
        "version": st.integers(0, 5),
        "load": word,
        "init": word,
        "play": st.sampled_from([0, 0x1003]),
        "songs": st.sampled_from([0, 1, 2, 33, 256, 257]),
        "start_song": st.integers(0, 3),
        "speed": st.sampled_from([0, 1, 1 << 31]),
        "flags": st.integers(0, 0x3FF).map(lambda flags: flags & ~1),
        "second": st.sampled_from([0, 0x41, 0x42, 0x7E, 0x80, 0xE0, 0xFE, 0xFF]),
        "third": st.sampled_from([0, 0x42, 0x43, 0x50, 0xDE, 0xE0]),
        "program": st.sampled_from(
            [b"", b"\0", b"\0\x10", b"\0\x10\x60", b"\xe7\x07\x60", b"\xfe\xff\x60\x60\x60", b"\0\xa0\x60"]
        ),
    }
)


@settings(max_examples=400)
@given(edge_headers)
def test_headers_at_the_edges_are_judged_alike(fields: dict[str, Any]) -> None:
    data = sid_bytes(**fields)
    ours = python_says(data)
    assert engine_says(data) == (None if isinstance(ours, SidHeader) else ours)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"version": 3, "second": 0x42, "flags": 0b10_01_0100},
        {"version": 4, "second": 0x43, "third": 0xE0, "flags": 0b10_00_10_1000},
        {"songs": 3, "start_song": 2},
        {"songs": 3, "start_song": 9},
        {"magic": b"RSID", "init": 0x1000},
    ],
)
def test_facts_are_the_same(fields: dict[str, Any]) -> None:
    header = parse(sid_bytes(**fields))
    with TunePlayer(sid_bytes(**fields)) as player:
        tune = player.start()
    assert (tune.songs, tune.start_song, tune.is_rsid) == (header.songs, header.start_song, header.is_rsid)
    assert list(tune.addresses) == [chip.address for chip in header.chips]
    assert [str(model) for model in tune.models] == [
        chip.model.value if chip.model.value.isdigit() else "6581" for chip in header.chips
    ]
    assert tune.is_ntsc == (header.clock == "NTSC")


def test_a_basic_tune_loads_and_does_not_start() -> None:
    data = sid_bytes(magic=b"RSID", init=0, flags=2, program=b"\x01\x08" + bytes(20))
    assert parse(data).needs_basic
    with TunePlayer(data) as player, pytest.raises(EngineError) as caught:
        player.start()
    assert caught.value.code == "needs_roms"


def test_real_tunes_are_judged_alike(corpus: Path) -> None:
    for file in corpus.rglob("*.sid"):
        assert engine_says(file.read_bytes()) is None
