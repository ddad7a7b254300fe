"""Which columns does a SID file on disk give to its row?"""

import hashlib
from dataclasses import dataclass
from typing import Any

from playback.catalogue.folders import FoundFile
from playback.catalogue.paths import NotAFileError, OutsideError, read_below
from playback.sidfile import LONGEST_SID_FILE, Clock, SidFileError, SidHeader, parse


class UnreadableError(Exception):
    """The disk does not give the file; the argument is the fault's code."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file of the inventory: its canonical path, and the columns read from it; None: it is as it was."""

    path: str
    columns: dict[str, Any] | None


def read_file(root: str, found: FoundFile) -> ReadFile:
    """The file's columns, a broken one's with its fault.  Raises UnreadableError."""
    try:
        data = read_below(root, found.disk_path, limit=LONGEST_SID_FILE)
    except OSError as error:
        codes = {OutsideError: "outside", NotAFileError: "not_a_file"}
        raise UnreadableError(codes.get(type(error), "unreadable")) from None
    # A file too long to be one is not read to its end, so it has no md5.
    is_whole = len(data) <= LONGEST_SID_FILE
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest() if is_whole else ""
    size = len(data) if is_whole else found.size_bytes
    columns = {"md5": md5, "size_bytes": size, "changed_ns": found.changed_ns, "missing_since": None}
    try:
        columns |= _header_columns(parse(data))
    except SidFileError as error:
        columns |= _columns_without_header(error.code)
    return ReadFile(found.path, columns)


def _header_columns(header: SidHeader) -> dict[str, Any]:
    models = [chip.model.value for chip in header.chips]
    second, third = header.second_sid_address, header.third_sid_address
    return {
        "fault": "mus_data" if header.is_mus else "",
        "format": header.magic,
        "version": header.version,
        "load_address": header.load_address,
        "init_address": header.init_address,
        "play_address": header.play_address,
        "songs": header.songs,
        "start_song": header.start_song,
        "speed_bits": header.speed_bits,
        "flags": header.flags,
        "title": header.title,
        "author": header.author,
        "released": header.released,
        "clock": header.clock.value,
        "first_model": models[0],
        "second_model": models[1] if second is not None else "",
        "third_model": models[-1] if third is not None else "",
        "second_address": second,
        "third_address": third,
        "sids": len(models),
        "needs_basic": header.needs_basic,
        "needs_kernal": header.needs_kernal,
    }


def _columns_without_header(code: str) -> dict[str, Any]:
    """A broken file keeps one song, so that it is listed with its reason and its track's id survives its repair."""
    nothing: dict[str, Any] = dict.fromkeys(("version", "load_address", "init_address", "play_address"))
    nothing |= dict.fromkeys(("second_address", "third_address"))
    nothing |= dict.fromkeys(("format", "title", "author", "released"), "")
    nothing |= dict.fromkeys(("first_model", "second_model", "third_model"), "")
    nothing |= {
        "songs": 1,
        "start_song": 1,
        "speed_bits": 0,
        "flags": 0,
        "sids": 0,
        "clock": Clock.UNKNOWN.value,
    }
    return nothing | {"fault": code, "needs_basic": False, "needs_kernal": False}
