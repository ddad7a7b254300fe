"""What does a PSID or RSID file say about itself?  Pure: bytes in, dataclasses out, no Django.

The door of the package; nobody imports the modules behind it.  The format's rules and their sources stand in `header`.
"""

from playback.sidfile.errors import FAULTS, SidFileError, sentence_for
from playback.sidfile.header import (
    FIRST_SID_ADDRESS,
    LONGEST_SID_FILE,
    Chip,
    ChipModel,
    Clock,
    SidHeader,
    Speed,
    parse,
)
from playback.sidfile.text import UNDEFINED_CHARACTER, decode_text

__all__ = [
    "FAULTS",
    "FIRST_SID_ADDRESS",
    "LONGEST_SID_FILE",
    "UNDEFINED_CHARACTER",
    "Chip",
    "ChipModel",
    "Clock",
    "SidFileError",
    "SidHeader",
    "Speed",
    "decode_text",
    "parse",
    "sentence_for",
]
