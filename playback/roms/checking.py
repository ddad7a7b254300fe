"""Is a file the ROM that it is said to be?  Pure: bytes in, a SHA-256 or a sentence out."""

import hashlib
import re
from typing import Final

# Bytes of each ROM of a C64, and its name for people.
ROM_SIZES: Final[dict[str, int]] = {"kernal": 8192, "basic": 8192, "chargen": 4096}
ROM_NAMES: Final[dict[str, str]] = {"kernal": "KERNAL", "basic": "BASIC", "chargen": "character"}

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class RomError(ValueError):
    """The file is not that ROM; the argument says why, to a person."""


def wrong_size(kind: str, size: int) -> str:
    """Why `size` bytes cannot be this ROM; empty where they can."""
    wanted = ROM_SIZES[kind]
    if size == wanted:
        return ""
    hint = " Its first two bytes are probably a load address: remove them." if size == wanted + 2 else ""
    return f"The {ROM_NAMES[kind]} ROM has {wanted} bytes; this file has {size}.{hint}"


def is_sha256(text: str) -> bool:
    """Is it 64 hexadecimal digits in lower case?"""
    return bool(_SHA256.fullmatch(text))


def checked_rom(kind: str, data: bytes, *, expected_sha256: str = "") -> str:
    """The SHA-256 (64 hexadecimal digits) of a ROM's bytes.

    `expected_sha256` is what somebody says it must be, in any case; empty: nobody says.  Raises RomError.
    """
    if complaint := wrong_size(kind, len(data)):
        raise RomError(complaint)
    sha256 = hashlib.sha256(data).hexdigest()
    if expected_sha256 and expected_sha256.strip().lower() != sha256:
        raise RomError(
            f"The {ROM_NAMES[kind]} ROM's SHA-256 is {sha256}, and {expected_sha256.strip().lower()} was expected."
        )
    return sha256
