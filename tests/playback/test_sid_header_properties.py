"""Does the parser hold for any bytes at all, and give back whatever a header was made of?"""

from hypothesis import example, given
from hypothesis import strategies as st

from playback.sidfile import FAULTS, UNDEFINED_CHARACTER, SidFileError, SidHeader, decode_text, parse
from tests.playback.made_up_sids import sid_bytes


def header_or_fault(data: bytes) -> SidHeader | str:
    try:
        return parse(data)
    except SidFileError as error:
        return error.code


@given(st.binary(max_size=300))
@example(b"PSID")
@example(b"RSID\x00\x02")
def test_any_bytes_parse_or_are_refused(data: bytes) -> None:
    header = header_or_fault(data)
    assert isinstance(header, SidHeader) or header in FAULTS
    if isinstance(header, SidHeader):
        assert header.program_offset + header.program_size == len(data)


@given(
    magic=st.sampled_from([b"PSID", b"RSID"]),
    version=st.integers(1, 4),
    words=st.lists(st.integers(0, 0xFFFF), min_size=6, max_size=6),
    songs=st.integers(0, 300),
    extra=st.lists(st.integers(0, 255), min_size=4, max_size=4),
    speed=st.integers(0, 2**32 - 1),
    texts=st.lists(st.binary(max_size=32), min_size=3, max_size=3),
    program=st.binary(max_size=40),
)
def test_any_header_parses_or_is_refused(
    magic: bytes,
    version: int,
    words: list[int],
    songs: int,
    extra: list[int],
    speed: int,
    texts: list[bytes],
    program: bytes,
) -> None:
    load, init, play, start_song, flags, _ = words
    data = sid_bytes(
        magic=magic,
        version=version,
        load=load,
        init=init,
        play=play,
        songs=songs,
        start_song=start_song,
        speed=speed,
        flags=flags,
        title=texts[0],
        author=texts[1],
        released=texts[2],
        start_page=extra[0],
        pages=extra[1],
        second=extra[2],
        third=extra[3],
        program=program,
    )
    header = header_or_fault(data)
    if not isinstance(header, SidHeader):
        assert header in FAULTS
        return
    assert 1 <= header.start_song <= header.songs <= 256
    assert len({chip.address for chip in header.chips}) == len(header.chips) <= 3
    assert header.load_address + header.program_size <= 0x10000
    for song in (1, header.songs):
        header.speed_of(song)
    for text in (header.title, header.author, header.released):
        assert len(text) <= 32
        assert "\0" not in text
        text.encode()


PRINTABLE = st.text(
    st.characters(codec="windows-1252", exclude_categories=["Cc"], exclude_characters="\xad"), max_size=32
).map(str.strip)


@given(
    load=st.integers(0x0400, 0xF000),
    init=st.integers(1, 0xFFFF),
    play=st.integers(0, 0xFFFF),
    songs=st.integers(1, 256),
    speed=st.integers(0, 2**32 - 1),
    title=PRINTABLE,
    author=PRINTABLE,
    released=PRINTABLE,
    program=st.binary(min_size=1, max_size=64),
    data=st.data(),
)
def test_a_valid_header_comes_back_as_it_was_made(
    load: int,
    init: int,
    play: int,
    songs: int,
    speed: int,
    title: str,
    author: str,
    released: str,
    program: bytes,
    data: st.DataObject,
) -> None:
    start_song = data.draw(st.integers(1, songs))
    header = parse(
        sid_bytes(
            load=load,
            init=init,
            play=play,
            songs=songs,
            start_song=start_song,
            speed=speed,
            title=title,
            author=author,
            released=released,
            program=program,
        )
    )
    assert (header.load_address, header.init_address, header.play_address) == (load, init, play)
    assert (header.songs, header.start_song, header.speed_bits) == (songs, start_song, speed)
    assert (header.title, header.author, header.released) == (title, author, released)
    assert header.program_size == len(program)


@given(st.binary(max_size=32))
def test_decoded_text_is_storable_and_shows_nothing_that_a_terminal_obeys(field: bytes) -> None:
    text = decode_text(field)
    assert all(character.isprintable() or character in (" ", "\xa0") for character in text)
    assert len(text) <= len(field)
    assert decode_text(b"\x81") == UNDEFINED_CHARACTER
