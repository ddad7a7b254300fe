"""Which SID files do the tests make up?  Headers by the format's rules, written independently of the parser."""

import struct
from pathlib import Path
from typing import Any

# Load at $1000: init and play are both an RTS.
PROGRAM = b"\x00\x10" + b"\x60" * 6


def sid_bytes(**fields: Any) -> bytes:
    """A SID file: PSID v2, one song, program at $1000, unless `fields` says otherwise.

    Fields: magic, version, data_offset, load, init, play, songs, start_song, speed, title, author, released, flags,
    start_page, pages, second, third, program.  Texts are bytes or str; they fill 32 bytes with NULs.
    """
    value: dict[str, Any] = {
        "magic": b"PSID",
        "version": 2,
        "load": 0,
        "init": 0x1000,
        "play": 0x1003,
        "songs": 1,
    } | fields
    if value["magic"] == b"RSID":
        value = value | {"play": 0} | fields
    header = value["magic"] + struct.pack(
        ">7HI",
        value["version"],
        value.get("data_offset", 0x76 if value["version"] == 1 else 0x7C),
        value["load"],
        value["init"],
        value["play"],
        value["songs"],
        value.get("start_song", 1),
        value.get("speed", 0),
    )
    for name in ("title", "author", "released"):
        text = value.get(name, b"")
        header += (text.encode("windows-1252") if isinstance(text, str) else text).ljust(32, b"\0")[:32]
    if value["version"] != 1:
        small = [value.get(name, 0) for name in ("start_page", "pages", "second", "third")]
        header += struct.pack(">H4B", value.get("flags", 0), *small)
    return bytes(header + value.get("program", PROGRAM))


def put(folder: Path, path: str, data: bytes | None = None, **fields: Any) -> Path:
    """Writes a SID file (of `fields`, titled like its file, or these bytes) below a folder."""
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(sid_bytes(**{"title": file.stem[:32], **fields}) if data is None else data)
    return file
