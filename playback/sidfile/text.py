"""How do the header's 32-byte text fields become Unicode?"""

from typing import Final

UNDEFINED_CHARACTER: Final = "\N{REPLACEMENT CHARACTER}"


def _character(byte: int) -> str:
    character = bytes([byte]).decode("windows-1252", errors="replace")
    return character if character.isprintable() or character == "\N{NO-BREAK SPACE}" else UNDEFINED_CHARACTER


# Five bytes are undefined in Windows-1252 (81 8D 8F 90 9D) and the control characters mean nothing in a title, but
# could move a terminal's cursor: each becomes U+FFFD, so that the reader sees that something stood there.  One byte
# is always one character, so 32 bytes never outgrow their column.
_CHARACTERS: Final = [_character(byte) for byte in range(256)]


def decode_text(field: bytes) -> str:
    """A text field (Windows-1252, ended by a NUL or by its own length) as text without outer spaces."""
    text, _, _ = field.partition(b"\0")
    return "".join(_CHARACTERS[byte] for byte in text).strip()
