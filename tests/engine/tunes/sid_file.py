"""Which bytes does a PSID or RSID file with these header fields have? (Format: facts/sid-and-hvsc.md, section 2.1.)"""

from __future__ import annotations

import struct
from dataclasses import dataclass

UNKNOWN, PAL, NTSC, BOTH = range(4)
MUS, SPECIFIC = 1, 2


@dataclass(kw_only=True)
class SidFile:
    """A SID file in the making; every field may be made wrong on purpose. Addresses are C64 addresses.

    `load` None puts the address in front of the data, as RSID asks; `init` None is the data's own address.
    `second_sid`/`third_sid` are the header's bytes (0x42 is $D420).
    """

    code: bytes
    origin: int = 0x1000
    magic: bytes = b"PSID"
    version: int = 2
    data_offset: int | None = None
    load: int | None = None
    init: int | None = None
    play: int = 0
    songs: int = 1
    start_song: int = 1
    speed: int = 0
    name: str = "Test"
    flags: int = PAL << 2 | 1 << 4
    start_page: int = 0
    page_length: int = 0
    second_sid: int = 0
    third_sid: int = 0

    def to_bytes(self) -> bytes:
        """The file as it stands on a disk."""
        offset = self.data_offset if self.data_offset is not None else 0x76 if self.version == 1 else 0x7C
        header = struct.pack(
            ">4sHHHHHHHI32s32s32s",
            self.magic,
            self.version,
            offset,
            self.load or 0,
            self.origin if self.init is None else self.init,
            self.play,
            self.songs,
            self.start_song,
            self.speed,
            self.name.encode("cp1252"),
            b"SIDFlow tests",
            b"2026",
        )
        if self.version > 1:
            tail = (self.flags, self.start_page, self.page_length, self.second_sid, self.third_sid)
            header += struct.pack(">HBBBB", *tail)
        address = b"" if self.load else struct.pack("<H", self.origin)
        return header + address + self.code
