"""What can be wrong with a SID file, as a code for programs and a sentence for people?

The codes are those of the engine (engine/include/sidflow_engine.h, enum sf_status, lower case without SF_), so that
the page says the same whoever noticed; tests/playback compares them.  The last group is the importer's own.
"""

from typing import Final

FAULTS: Final[dict[str, str]] = {
    "truncated": "The file ends before its header does.",
    "bad_magic": "This is not a SID file: it begins with neither PSID nor RSID.",
    "bad_version": "The header's version is not one that exists (PSID has 1 to 4, RSID has 2 to 4).",
    "bad_data_offset": "The header says that the program begins where no SID file has it.",
    "no_data": "The file has a header and no program.",
    "bad_song_count": "The header promises no song at all, or more than 256.",
    "rsid_load": "An RSID names its load address in the program, at $07E8 or above; this one does not.",
    "rsid_play": "An RSID has no play address; this one has.",
    "rsid_speed": "An RSID has no speed bits; this one has.",
    "rsid_init": "This RSID starts where a ROM or the I/O chips are, or below $07E8, or starts BASIC at an address.",
    "load_range": "The program would run past the end of the C64's memory.",
    "mus_data": "The file holds Compute!'s Sidplayer data and not the player that it needs.",
    "needs_roms": "This tune is a BASIC program: it needs the BASIC and KERNAL ROMs.",
    # What only an importer can meet.
    "unreadable": "The server may not read this file.",
    "outside": "This link leads out of the collection's folder.",
    "not_a_file": "This is not a regular file.",
    "bad_name": "The file's name holds a backslash, a control character or bytes that are not UTF-8.",
    "same_name": "Another file here has the same name, written with other Unicode characters.",
}


class SidFileError(Exception):
    """The bytes are not a playable SID file; `code` is a key of FAULTS, `sentence` says it to a person."""

    def __init__(self, code: str) -> None:
        super().__init__(FAULTS[code])
        self.code = code
        self.sentence = FAULTS[code]

    def __reduce__(self) -> tuple[type["SidFileError"], tuple[str]]:
        return type(self), (self.code,)  # the default would rebuild it from the sentence


def sentence_for(code: str) -> str:
    """What a stored fault code means; a code of a later version still gets a sentence."""
    return FAULTS.get(code, f"This tune cannot be played ({code}).")
