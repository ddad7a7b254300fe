"""How is a PSID/RSID header read, and which rules make a file refusable?

Source of the rules: the HVSC's SID_file_format.txt (DOCUMENTS/), and libsidplayfp's tests where it is silent.  All
header fields are big-endian; the load address inside the program is little-endian, as on the C64's own disks.
"""

import hashlib
import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from playback.sidfile.errors import SidFileError
from playback.sidfile.text import decode_text

V1_SIZE: Final = 0x76
V2_SIZE: Final = 0x7C
C64_MEMORY: Final = 0x10000
# Header, load address, and no more than the C64's memory.
LONGEST_SID_FILE: Final = V2_SIZE + 2 + C64_MEMORY
FIRST_SID_ADDRESS: Final = 0xD400
MOST_SONGS: Final = 256
# Below it the screen and the system's variables are in the way of a program that a real C64 loads.
LOWEST_RSID_ADDRESS: Final = 0x07E8

_V1: Final = struct.Struct(">4s7HI32s32s32s")
_V2: Final = struct.Struct(">H4B")
_MAGICS: Final = (b"PSID", b"RSID")

_FLAG_MUS: Final = 0b01
_FLAG_PLAYSID_OR_BASIC: Final = 0b10


class ChipModel(StrEnum):
    """Which SID a tune was made for, in the two bits' order."""

    UNKNOWN = "unknown"
    MOS6581 = "6581"
    MOS8580 = "8580"
    BOTH = "both"


class Clock(StrEnum):
    """Which television standard sets the machine's pace, in the two bits' order."""

    UNKNOWN = "unknown"
    PAL = "PAL"
    NTSC = "NTSC"
    BOTH = "both"


class Speed(StrEnum):
    """What calls the play routine: the screen's frame, or a timer of CIA 1 (60 Hz unless the tune sets it)."""

    VBI = "vbi"
    CIA = "cia"


_MODELS: Final = tuple(ChipModel)
_CLOCKS: Final = tuple(Clock)


@dataclass(frozen=True, slots=True)
class Chip:
    """One SID: its model (a later chip without one of its own has the first chip's) and its address."""

    model: ChipModel
    address: int


@dataclass(frozen=True, slots=True)
class SidHeader:
    """All that a valid SID file says about itself; addresses are resolved, texts are Unicode.

    `load_address` is the real one, `init_address` never 0 but for a BASIC tune, `play_address` 0 where init installs its
    own interrupt.  `start_song` is within 1..songs.  `second_sid_address` and `third_sid_address` are None where the
    header has none or an invalid one.  `md5` is that of the whole file, the key of Songlengths.md5 since HVSC 68.
    """

    magic: Literal["PSID", "RSID"]
    version: int
    data_offset: int
    load_address: int
    init_address: int
    play_address: int
    songs: int
    start_song: int
    speed_bits: int
    title: str
    author: str
    released: str
    flags: int
    clock: Clock
    chips: tuple[Chip, ...]
    second_sid_address: int | None
    third_sid_address: int | None
    relocation_start_page: int
    relocation_pages: int
    program_offset: int
    program_size: int
    md5: str

    @property
    def is_rsid(self) -> bool:
        return self.magic == "RSID"

    @property
    def is_mus(self) -> bool:
        """The program is Compute!'s Sidplayer data; its player is not in the file."""
        return not self.is_rsid and bool(self.flags & _FLAG_MUS)

    @property
    def is_playsid_specific(self) -> bool:
        return not self.is_rsid and bool(self.flags & _FLAG_PLAYSID_OR_BASIC)

    @property
    def needs_basic(self) -> bool:
        return self.is_rsid and bool(self.flags & _FLAG_PLAYSID_OR_BASIC)

    @property
    def needs_kernal(self) -> bool:
        """BASIC cannot run without it; every other tune is served by the engine's own stub."""
        return self.needs_basic

    def speed_of(self, song: int) -> Speed:
        """What calls play in song 1..songs.  Raises ValueError for a song that the tune has not."""
        if not 1 <= song <= self.songs:
            raise ValueError(f"song {song} of {self.songs}")
        if self.is_rsid:
            return Speed.CIA  # it has no speed bits and sets up the machine, in which CIA 1 runs, itself
        wraps = self.version == 1 or self.is_playsid_specific
        bit = (song - 1) % 32 if wraps else min(song - 1, 31)
        return Speed.CIA if self.speed_bits >> bit & 1 else Speed.VBI


def parse(file: bytes) -> SidHeader:
    """The header of a whole SID file.  Raises SidFileError, and nothing else, whatever the bytes are."""
    size = _header_size(file)
    (magic, version, data_offset, load, init, play, songs, start_song, speed_bits, *texts) = _V1.unpack_from(
        file
    )
    flags, start_page, pages, second, third = _V2.unpack_from(file, V1_SIZE) if size == V2_SIZE else (0,) * 5
    if not 1 <= songs <= MOST_SONGS:
        raise SidFileError("bad_song_count")
    is_rsid = magic == b"RSID"
    is_basic = is_rsid and bool(flags & _FLAG_PLAYSID_OR_BASIC)
    program_offset, load_address = _find_program(file, size, load)
    init_address = init if is_basic else init or load_address
    if is_rsid:
        _check_reserved_fields(load=load, real_load=load_address, play=play, speed_bits=speed_bits)
        _check_init(init_address, is_basic=is_basic)
    if load_address + len(file) - program_offset > C64_MEMORY:
        raise SidFileError("load_range")
    second_address = _extra_sid_address(second) if version >= 3 else None
    third_address = _extra_sid_address(third) if version >= 4 and third != second else None
    has_room = start_page not in (0, 0xFF) and pages > 0
    return SidHeader(
        magic="RSID" if is_rsid else "PSID",
        version=version,
        data_offset=data_offset,
        load_address=load_address,
        init_address=init_address,
        play_address=play,
        songs=songs,
        start_song=start_song if 1 <= start_song <= songs else 1,
        speed_bits=speed_bits,
        title=decode_text(texts[0]),
        author=decode_text(texts[1]),
        released=decode_text(texts[2]),
        flags=flags,
        clock=_CLOCKS[flags >> 2 & 3],
        chips=_chips(flags, second_address, third_address),
        second_sid_address=second_address,
        third_sid_address=third_address,
        relocation_start_page=start_page if has_room or start_page in (0, 0xFF) else 0,
        relocation_pages=pages if has_room else 0,
        program_offset=program_offset,
        program_size=len(file) - program_offset,
        md5=hashlib.md5(file, usedforsecurity=False).hexdigest(),
    )


def _header_size(file: bytes) -> int:
    """The size of the header by its version, once magic, version, length and data offset agree."""
    magic = bytes(file[:4])
    if not any(known.startswith(magic) for known in _MAGICS):
        raise SidFileError("bad_magic")
    if len(file) < 6:
        raise SidFileError("truncated")
    version = struct.unpack_from(">H", file, 4)[0]
    if not (2 if magic == b"RSID" else 1) <= version <= 4:
        raise SidFileError("bad_version")
    size = V1_SIZE if version == 1 else V2_SIZE
    if len(file) < size:
        raise SidFileError("truncated")
    if struct.unpack_from(">H", file, 6)[0] != size:
        raise SidFileError("bad_data_offset")
    return size


def _find_program(file: bytes, data_offset: int, load: int) -> tuple[int, int]:
    """Where the program begins in the file and where in memory: load 0 means that its first two bytes say it."""
    if load == 0 and len(file) == data_offset + 1:
        raise SidFileError("truncated")
    offset = data_offset if load else data_offset + 2
    if offset >= len(file):
        raise SidFileError("no_data")
    return offset, load or int(file[data_offset]) | int(file[data_offset + 1]) << 8


def _check_reserved_fields(*, load: int, real_load: int, play: int, speed_bits: int) -> None:
    """An RSID must hold zeroes in these fields, and the format demands that others are refused."""
    if load or real_load < LOWEST_RSID_ADDRESS:
        raise SidFileError("rsid_load")
    if play:
        raise SidFileError("rsid_play")
    if speed_bits:
        raise SidFileError("rsid_speed")


def _check_init(init: int, *, is_basic: bool) -> None:
    """An RSID begins in memory that a real C64 would show there: not under BASIC, KERNAL or I/O."""
    if is_basic:
        if init:
            raise SidFileError("rsid_init")
    elif init < LOWEST_RSID_ADDRESS or 0xA000 <= init <= 0xBFFF or init >= 0xD000:
        raise SidFileError("rsid_init")


def _extra_sid_address(byte: int) -> int | None:
    """$Dxx0 for the byte xx: even, $42..$7E or $E0..$FE; everything else means that there is no such chip."""
    is_valid = byte % 2 == 0 and (0x42 <= byte <= 0x7E or 0xE0 <= byte <= 0xFE)
    return 0xD000 | byte << 4 if is_valid else None


def _chips(flags: int, second: int | None, third: int | None) -> tuple[Chip, ...]:
    first = Chip(_MODELS[flags >> 4 & 3], FIRST_SID_ADDRESS)
    chips = [first]
    for address, bits in ((second, flags >> 6 & 3), (third, flags >> 8 & 3)):
        if address is not None:
            chips.append(Chip(_MODELS[bits] if bits else first.model, address))
    return tuple(chips)
