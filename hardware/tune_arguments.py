"""Which arguments do the commands about one tune share, and what do they refuse?"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import Final

from django.core.management.base import CommandError

from hardware.engine import Status, TunePlayer, status_error

# The longest file that can hold a tune is 64 KiB and a header; more is read only to say that it is too long.
_READ_AT_MOST: Final = 1 << 18
_LONGEST_S: Final = 24 * 3600.0


def add_tune_arguments(parser: argparse.ArgumentParser, *, seconds: float) -> None:
    """FILE, --song and --seconds."""
    parser.add_argument("file", metavar="FILE", help="a PSID or RSID file; - reads it from standard input")
    parser.add_argument("--song", type=int, metavar="N", help="1 or higher (default: the tune's start song)")
    parser.add_argument(
        "--seconds", type=duration, default=seconds, metavar="S", help=f"how long (default: {seconds:g})"
    )


def duration(text: str) -> float:
    """A number of seconds, 0 to a day."""
    try:
        value = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not a number of seconds: {text}") from error
    if not math.isfinite(value) or not 0 <= value <= _LONGEST_S:
        raise argparse.ArgumentTypeError(f"seconds are 0 to {_LONGEST_S:g}, not {text}")
    return value


def open_tune(name: str) -> TunePlayer:
    """A player for the named file; CommandError when it cannot be read, EngineError when it is no tune."""
    try:
        if name == "-":
            return TunePlayer(sys.stdin.buffer.read(_READ_AT_MOST))
        with Path(name).open("rb") as file:
            return TunePlayer(file.read(_READ_AT_MOST))
    except OSError as error:
        raise CommandError(f"Cannot read {name}: {error.strerror}.") from error


def song_number(song: int | None) -> int:
    """What the engine calls the wanted song: 0 is for "none named", so nobody else may say 0."""
    if song is None:
        return 0
    if song < 1:
        raise status_error(Status.SONG_RANGE)
    return song
