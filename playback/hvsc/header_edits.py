"""What becomes of a SID file when an update's script edits its header?

As the HVSC's tool does it, so that the result has the MD5 that the new Songlengths.md5 lists: a file that is edited is always written as
version 2 or later, its load address in front of the program, with reserved bits cleared.  (facts: HVSC_Update.txt; the
SID file format's text.)
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from playback.hvsc.update_script import ScriptError

_HEAD: Final = struct.Struct(">4s7HI32s32s32sHBBH")
_V1_SIZE: Final = 0x76
_TEXT: Final = 32
_MOST_SONGS: Final = 256
_SPEED_BITS: Final = 32
_NO_PAGES: Final = 0xFF

_MUS, _SPECIFIC = 1, 2
_CLOCK, _FIRST_MODEL, _SECOND_MODEL, _THIRD_MODEL = 0x0C, 0x30, 0xC0, 0x300
_CLOCKS: Final = {"UNKNOWN": 0, "PAL": 1, "NTSC": 2, "ANY": 3, "EITHER": 3}
_MODELS: Final = {"UNKNOWN": 0, "6581": 1, "8580": 2, "ANY": 3, "EITHER": 3}


@dataclass(slots=True)
class _Tune:
    """A file in its parts; `specific` is bit 1 of the flags: PlaySID's own (PSID) or BASIC (RSID)."""

    is_rsid: bool
    version: int
    load: int
    init: int
    play: int
    songs: int
    start_song: int
    speed: int
    texts: list[bytes]
    is_mus: bool
    specific: bool
    clock: int
    models: int
    start_page: int
    pages: int
    extra: int
    program: bytes


def edited(file: bytes, keyword: str, values: tuple[str, ...]) -> bytes:
    """The file after one command.  Raises ScriptError where the file, or the command on it, is not valid."""
    tune = _read(file)
    try:
        _EDITS[keyword](tune, *values)
    except (ValueError, KeyError, TypeError):
        raise ScriptError(f"{keyword} does not take {' | '.join(values)[:100]}") from None
    _check(tune)
    return _written(tune)


def _read(file: bytes) -> _Tune:
    if len(file) < _HEAD.size + 2 or file[:4] not in (b"PSID", b"RSID"):
        raise ScriptError("the file is no SID file.")
    (magic, version, offset, load, init, play, songs, start, speed, *texts, flags, page, pages, extra) = (
        _HEAD.unpack_from(file)
    )
    is_rsid = magic == b"RSID"
    if not (2 if is_rsid else 1) <= version <= 4 or not _V1_SIZE <= offset < len(file) - 2:
        raise ScriptError("the file's header is not valid.")
    if version == 1:
        flags = page = pages = extra = 0
    if is_rsid and (load or play or speed):
        raise ScriptError("the file's header is not valid.")
    if load == 0:
        load = file[offset] | file[offset + 1] << 8
        offset += 2
    specific = bool(flags & _SPECIFIC)
    songs = min(max(songs, 1), _MOST_SONGS)
    models = flags & _FIRST_MODEL | (flags & _SECOND_MODEL if version >= 3 else 0)
    models |= flags & _THIRD_MODEL if version >= 4 else 0
    tune = _Tune(
        is_rsid=is_rsid,
        version=max(version, 2),
        load=load,
        init=init if init or (is_rsid and specific) else load,
        play=play,
        songs=songs,
        start_song=start if 1 <= start <= songs else 1,
        speed=speed & _mask(songs),
        texts=texts,
        is_mus=bool(flags & _MUS),
        specific=specific,
        clock=3 if flags & _MUS else (flags & _CLOCK) >> 2,
        models=models >> 4,
        start_page=page,
        pages=pages,
        extra=extra if version >= 3 else 0,
        program=file[offset:],
    )
    _check(tune)
    return tune


def _mask(songs: int) -> int:
    return (1 << min(songs, _SPEED_BITS)) - 1


def _check(tune: _Tune) -> None:
    """What the tool refuses to read or to write."""
    end = tune.load + len(tune.program) - 1
    if tune.is_rsid:
        in_rom = tune.init >> 12 in (0xA, 0xB, 0xD, 0xE, 0xF)
        wrong = tune.init != 0 if tune.specific else in_rom or not tune.load <= tune.init <= end
        if wrong or tune.load < 0x07E8 or tune.play:
            raise ScriptError("these addresses are not allowed in an RSID.")
    if tune.start_page == _NO_PAGES:
        tune.pages = 0
    elif tune.pages == 0:
        tune.start_page = 0
    else:
        _check_pages(tune.start_page, tune.start_page + tune.pages - 1, tune.load >> 8, end >> 8)


def _check_pages(first: int, last: int, load: int, end: int) -> None:
    is_used = first <= load <= last or first <= end <= last
    is_system = first < 0x04 or first >= 0xD0 or 0xA0 <= first <= 0xBF or last >= 0xD0 or 0xA0 <= last <= 0xBF
    if last > 0xFF or is_used or is_system:
        raise ScriptError("these pages are not free.")


def _written(tune: _Tune) -> bytes:
    flags = tune.is_mus * _MUS | tune.specific * _SPECIFIC | tune.clock << 2 | tune.models << 4
    speed = 0 if tune.is_rsid else tune.speed & _mask(tune.songs)
    magic = b"RSID" if tune.is_rsid else b"PSID"
    head = _HEAD.pack(
        magic, tune.version, _HEAD.size, 0, tune.init, tune.play, tune.songs, tune.start_song, speed, *tune.texts,
        flags, tune.start_page, tune.pages, tune.extra,
    )  # fmt: skip
    return head + struct.pack("<H", tune.load) + tune.program


# The commands.  A value that they cannot take raises ValueError or KeyError.


def _text(number: int) -> Callable[[_Tune, str], None]:
    def put(tune: _Tune, value: str) -> None:
        tune.texts[number] = _header_text(value)

    return put


def _header_text(value: str) -> bytes:
    if len(value) > _TEXT:
        raise ValueError(value)
    return value.encode("latin-1").ljust(_TEXT, b"\0")


def _credits(tune: _Tune, *values: str) -> None:
    for number, value in enumerate(values):
        if not value.startswith("*"):
            tune.texts[number] = _header_text(value)


def _speed(tune: _Tune, value: str) -> None:
    if tune.is_rsid and not tune.specific:
        raise ValueError(value)
    tune.speed = _hexadecimal(value, 32) & _mask(tune.songs)


def _songs(tune: _Tune, value: str) -> None:
    songs, start = (int(part) for part in value.split(","))
    if not 1 <= start <= songs <= _MOST_SONGS - 1:
        raise ValueError(value)
    tune.songs, tune.start_song = songs, start


def _init_play(tune: _Tune, value: str) -> None:
    init, play = value.split(",")
    tune.init, tune.play = _hexadecimal(init, 16), _hexadecimal(play, 16)


def _free_pages(tune: _Tune, value: str) -> None:
    first, pages = value.split(",")
    tune.start_page, tune.pages = _hexadecimal(first, 8), _hexadecimal(pages, 8)


def _mus_player(tune: _Tune, value: str) -> None:
    tune.is_mus = {"0": False, "1": True}[value]


def _play_sid(tune: _Tune, value: str) -> None:
    if tune.is_rsid:
        raise ValueError(value)
    tune.specific = {"0": False, "1": True}[value]


def _clock(tune: _Tune, value: str) -> None:
    tune.clock = _CLOCKS[value]


def _model(tune: _Tune, value: str) -> None:
    tune.models = _MODELS[value]  # the tool forgets the other chips' models, and so do the MD5s of its files


def _flags(tune: _Tune, *values: str) -> None:
    for put, value in zip((_mus_player, _play_sid, _clock, _model), values, strict=True):
        if not value.startswith("*"):
            put(tune, value)


def _fix_load(tune: _Tune) -> None:
    if tune.load + 2 > 0xFFFF or len(tune.program) <= 2:
        raise ValueError(tune.load)
    tune.load += 2
    tune.program = tune.program[2:]


def _hexadecimal(text: str, bits: int) -> int:
    value = int(text, 16)
    if not 0 <= value < 1 << bits:
        raise ValueError(text)
    return value


_EDITS: Final[dict[str, Callable[..., None]]] = {
    "TITLE": _text(0),
    "AUTHOR": _text(1),
    "COPYRIGHT": _text(2),
    "CREDITS": _credits,
    "SPEED": _speed,
    "SONGS": _songs,
    "INITPLAY": _init_play,
    "FREEPAGES": _free_pages,
    "MUSPLAYER": _mus_player,
    "PLAYSID": _play_sid,
    "CLOCK": _clock,
    "SIDMODEL": _model,
    "FLAGS": _flags,
    "FIXLOAD": _fix_load,
}
