"""Does the parser read every field of a SID header, and refuse what the format's rules refuse?"""

import hashlib
import pickle
from pathlib import Path
from typing import Any

import pytest

from playback.sidfile import FAULTS, Chip, ChipModel, Clock, SidFileError, Speed, parse, sentence_for
from tests.playback.made_up_sids import PROGRAM, sid_bytes

RSID: dict[str, Any] = {"magic": b"RSID", "init": 0x1000}


def fault_of(data: bytes) -> str:
    with pytest.raises(SidFileError) as caught:
        parse(data)
    return caught.value.code


def test_fields_are_read() -> None:
    data = sid_bytes(
        version=4,
        load=0x0900,
        init=0x0903,
        play=0x0906,
        songs=7,
        start_song=3,
        speed=0b101,
        title="Träume",
        author="Ada Example",
        released="1988 Example",
        flags=0b10_01_10_01_00,
        start_page=4,
        pages=60,
        second=0x42,
        third=0xFE,
    )
    header = parse(data)
    assert (header.magic, header.version, header.data_offset) == ("PSID", 4, 0x7C)
    assert (header.load_address, header.init_address, header.play_address) == (0x0900, 0x0903, 0x0906)
    assert (header.songs, header.start_song, header.speed_bits) == (7, 3, 0b101)
    assert (header.title, header.author, header.released) == ("Träume", "Ada Example", "1988 Example")
    assert header.clock is Clock.PAL
    assert header.chips == (
        Chip(ChipModel.MOS8580, 0xD400),
        Chip(ChipModel.MOS6581, 0xD420),
        Chip(ChipModel.MOS8580, 0xDFE0),
    )
    assert (header.second_sid_address, header.third_sid_address) == (0xD420, 0xDFE0)
    assert (header.relocation_start_page, header.relocation_pages) == (4, 60)
    assert (header.program_offset, header.program_size) == (0x7C, len(PROGRAM))
    assert header.md5 == hashlib.md5(data).hexdigest()


def test_load_address_of_zero_is_found_in_the_program_in_little_endian() -> None:
    header = parse(sid_bytes(load=0, program=b"\x34\x12" + b"\x60"))
    assert (header.load_address, header.program_offset, header.program_size) == (0x1234, 0x7E, 1)


def test_init_of_zero_is_the_load_address() -> None:
    assert parse(sid_bytes(init=0)).init_address == 0x1000


@pytest.mark.parametrize(("start_song", "expected"), [(0, 1), (1, 1), (5, 5), (6, 1), (65535, 1)])
def test_a_start_song_outside_the_songs_is_the_first(start_song: int, expected: int) -> None:
    assert parse(sid_bytes(songs=5, start_song=start_song)).start_song == expected


@pytest.mark.parametrize(
    ("bits", "clock"), list(enumerate([Clock.UNKNOWN, Clock.PAL, Clock.NTSC, Clock.BOTH]))
)
def test_clock(bits: int, clock: Clock) -> None:
    assert parse(sid_bytes(flags=bits << 2)).clock is clock


@pytest.mark.parametrize(
    ("bits", "model"),
    list(enumerate([ChipModel.UNKNOWN, ChipModel.MOS6581, ChipModel.MOS8580, ChipModel.BOTH])),
)
def test_model(bits: int, model: ChipModel) -> None:
    assert parse(sid_bytes(flags=bits << 4)).chips == (Chip(model, 0xD400),)


def test_a_second_chip_without_a_model_is_like_the_first() -> None:
    header = parse(sid_bytes(version=4, second=0x44, third=0x46, flags=0b01_00_10_0000))
    assert [chip.model for chip in header.chips] == ["8580", "8580", "6581"]


def test_version_1_has_no_flags() -> None:
    header = parse(sid_bytes(version=1, program=b"\x00\x10\xff\xff\xff\xff\xff\xff\xff\xff"))
    assert (header.clock, header.flags, header.program_offset) == (Clock.UNKNOWN, 0, 0x78)
    assert header.chips == (Chip(ChipModel.UNKNOWN, 0xD400),)


@pytest.mark.parametrize("second", [0x00, 0x40, 0x41, 0x43, 0x7F, 0x80, 0xC0, 0xDE, 0xDF, 0xE1, 0xFF])
def test_an_odd_or_impossible_second_address_is_no_chip(second: int) -> None:
    header = parse(sid_bytes(version=4, second=second, third=0x50))
    assert header.second_sid_address is None
    assert [chip.address for chip in header.chips] == [0xD400, 0xD500]


@pytest.mark.parametrize(
    ("second", "address"), [(0x42, 0xD420), (0x7E, 0xD7E0), (0xE0, 0xDE00), (0xFE, 0xDFE0)]
)
def test_a_second_address_within_the_ranges(second: int, address: int) -> None:
    assert parse(sid_bytes(version=3, second=second)).second_sid_address == address


@pytest.mark.parametrize("third", [0x43, 0x80, 0x00])
def test_an_odd_or_impossible_third_address_is_no_chip(third: int) -> None:
    assert parse(sid_bytes(version=4, second=0x42, third=third)).third_sid_address is None


def test_a_third_address_like_the_second_is_no_chip() -> None:
    assert len(parse(sid_bytes(version=4, second=0x42, third=0x42)).chips) == 2


@pytest.mark.parametrize(("version", "chips"), [(2, 1), (3, 2), (4, 3)])
def test_addresses_count_only_in_the_versions_that_have_them(version: int, chips: int) -> None:
    assert len(parse(sid_bytes(version=version, second=0x42, third=0x44)).chips) == chips


@pytest.mark.parametrize(
    ("start_page", "pages", "expected"),
    [(0, 7, (0, 0)), (0xFF, 7, (0xFF, 0)), (4, 0, (0, 0)), (4, 7, (4, 7))],
)
def test_relocation_pages_count_only_with_a_start_page(
    start_page: int, pages: int, expected: tuple[int, int]
) -> None:
    header = parse(sid_bytes(start_page=start_page, pages=pages))
    assert (header.relocation_start_page, header.relocation_pages) == expected


@pytest.mark.parametrize(
    ("fields", "song", "speed"),
    [
        ({}, 1, Speed.VBI),
        ({"speed": 1}, 1, Speed.CIA),
        ({"speed": 1 << 31}, 32, Speed.CIA),
        # PSID v2NG: the last bit serves all songs behind it.
        ({"speed": 1 << 31}, 33, Speed.CIA),
        ({"speed": 1}, 33, Speed.VBI),
        # PlaySID, as version 1 and by its flag: the bits begin again.
        ({"speed": 1, "version": 1}, 33, Speed.CIA),
        ({"speed": 1 << 31, "version": 1}, 33, Speed.VBI),
        ({"speed": 1, "flags": 2}, 65, Speed.CIA),
    ],
)
def test_speed_of_a_song(fields: dict[str, Any], song: int, speed: Speed) -> None:
    assert parse(sid_bytes(songs=70, **fields)).speed_of(song) is speed


@pytest.mark.parametrize("song", [0, 3])
def test_a_song_that_the_tune_has_not_has_no_speed(song: int) -> None:
    with pytest.raises(ValueError, match="of 2"):
        parse(sid_bytes(songs=2)).speed_of(song)


def test_a_text_may_fill_its_field_without_a_terminator() -> None:
    header = parse(sid_bytes(title=b"T" * 32, author=b"A" * 32, released=b"R" * 32))
    assert (header.title, header.author, header.released) == ("T" * 32, "A" * 32, "R" * 32)


def test_text_is_windows_1252_and_ends_at_its_first_nul() -> None:
    assert parse(sid_bytes(title=b"Caf\xe9 \x80\x92\0rubbish")).title == "Café €’"


@pytest.mark.parametrize("byte", [0x81, 0x8D, 0x8F, 0x90, 0x9D, 0x07, 0x1B, 0x7F])
def test_a_byte_that_is_no_character_shows_as_a_replacement(byte: int) -> None:
    assert parse(sid_bytes(title=b"a" + bytes([byte]) + b"b")).title == "a�b"


def test_basic_flag_means_roms_on_an_rsid_only() -> None:
    basic = parse(sid_bytes(magic=b"RSID", init=0, flags=2, program=b"\x01\x08" + bytes(9)))
    assert (basic.needs_basic, basic.needs_kernal, basic.init_address) == (True, True, 0)
    playsid = parse(sid_bytes(flags=2))
    assert (playsid.needs_basic, playsid.needs_kernal, playsid.is_playsid_specific) == (False, False, True)


def test_mus_flag() -> None:
    assert parse(sid_bytes(flags=1)).is_mus
    assert not parse(sid_bytes(**RSID, flags=1)).is_mus
    assert not parse(sid_bytes()).is_mus


@pytest.mark.parametrize("size", [0, 1, 4, 5, 6, 0x75])
def test_a_file_shorter_than_a_header_is_truncated(size: int) -> None:
    assert fault_of(sid_bytes(version=1)[:size]) == "truncated"


def test_a_file_shorter_than_its_version_s_header_is_truncated() -> None:
    assert fault_of(sid_bytes()[:0x7B]) == "truncated"


def test_half_a_load_address_is_truncated() -> None:
    assert fault_of(sid_bytes(load=0, program=b"\x00")) == "truncated"


@pytest.mark.parametrize("program", [b"", b"\x00\x10"])
def test_a_header_without_a_program(program: bytes) -> None:
    assert fault_of(sid_bytes(load=0, program=program)) == "no_data"


@pytest.mark.parametrize("data", [b"psid" + bytes(200), b"MZ", b"XSID" + bytes(200)])
def test_wrong_magic(data: bytes) -> None:
    assert fault_of(data) == "bad_magic"


@pytest.mark.parametrize(
    "fields", [{"version": 0}, {"version": 5}, {"version": 0x4E}, {**RSID, "version": 1}]
)
def test_versions_that_do_not_exist(fields: dict[str, Any]) -> None:
    assert fault_of(sid_bytes(**fields)) == "bad_version"


@pytest.mark.parametrize(("version", "offset"), [(1, 0x7C), (2, 0x76), (2, 0), (4, 0x80), (2, 0xFFFF)])
def test_wrong_data_offset(version: int, offset: int) -> None:
    assert fault_of(sid_bytes(version=version, data_offset=offset)) == "bad_data_offset"


@pytest.mark.parametrize("songs", [0, 257, 65535])
def test_wrong_song_count(songs: int) -> None:
    assert fault_of(sid_bytes(songs=songs)) == "bad_song_count"


def test_256_songs_are_allowed() -> None:
    assert parse(sid_bytes(songs=256)).songs == 256


def test_a_program_may_reach_the_end_of_memory_and_not_past_it() -> None:
    assert parse(sid_bytes(load=0xFFFE, program=bytes(2))).program_size == 2
    assert fault_of(sid_bytes(load=0xFFFE, program=bytes(3))) == "load_range"


def test_an_rsid_has_no_load_address_in_its_header() -> None:
    assert fault_of(sid_bytes(**RSID, load=0x1000)) == "rsid_load"


def test_an_rsid_loads_at_07e8_or_above() -> None:
    assert parse(sid_bytes(magic=b"RSID", init=0x07E8, program=b"\xe8\x07" + bytes(9))).is_rsid
    assert fault_of(sid_bytes(magic=b"RSID", init=0x07E8, program=b"\xe7\x07" + bytes(9))) == "rsid_load"


def test_an_rsid_has_no_play_address() -> None:
    assert fault_of(sid_bytes(**RSID, play=0x1003)) == "rsid_play"


def test_an_rsid_has_no_speed_bits() -> None:
    assert fault_of(sid_bytes(**RSID, speed=1)) == "rsid_speed"


@pytest.mark.parametrize("init", [0x0001, 0x07E7, 0xA000, 0xBFFF, 0xD000, 0xE000, 0xFFFF])
def test_an_rsid_does_not_start_in_a_rom_or_io_or_low_memory(init: int) -> None:
    assert fault_of(sid_bytes(magic=b"RSID", init=init)) == "rsid_init"


@pytest.mark.parametrize("init", [0x07E8, 0x9FFF, 0xC000, 0xCFFF])
def test_an_rsid_starts_at_the_edges_of_what_is_allowed(init: int) -> None:
    assert parse(sid_bytes(magic=b"RSID", init=init)).init_address == init


def test_an_rsid_whose_init_is_its_load_address_keeps_the_rule() -> None:
    assert fault_of(sid_bytes(magic=b"RSID", init=0, program=b"\x00\xa0" + bytes(9))) == "rsid_init"


def test_a_basic_rsid_has_no_init_address() -> None:
    assert fault_of(sid_bytes(**RSID, flags=2)) == "rsid_init"


def test_a_psid_may_start_anywhere() -> None:
    assert parse(sid_bytes(init=0xE000, load=0x0400, program=bytes(9))).init_address == 0xE000


def test_an_rsid_says_cia() -> None:
    assert parse(sid_bytes(**RSID)).speed_of(1) is Speed.CIA


def test_every_fault_has_a_sentence_and_survives_a_process_border() -> None:
    for code, sentence in FAULTS.items():
        assert sentence.endswith(".")
        copy = pickle.loads(pickle.dumps(SidFileError(code)))
        assert (copy.code, copy.sentence) == (code, sentence)
    assert "future_code" in sentence_for("future_code")


def test_real_tunes_parse(corpus: Path) -> None:
    headers = {file.name: parse(file.read_bytes()) for file in corpus.rglob("*.sid")}
    giana = headers["Great_Giana_Sisters.sid"]
    assert (giana.author, giana.songs, giana.is_rsid) == ("Chris Hülsbeck", 23, True)
    assert [chip.address for chip in headers["Waterfall_3SID.sid"].chips] == [0xD400, 0xD420, 0xD440]
    assert headers["Foreign_Carols.sid"].clock is Clock.NTSC
    assert headers["Super_Mario_Bros_64_2SID.sid"].songs == 37
