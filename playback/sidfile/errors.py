"""What can be wrong with a SID file, as a code for programs and a sentence for people?

Codes and sentences are the engine's (engine/src/status_text.cpp), so that the page says the same whoever noticed; a test
compares them.  The last group is the importer's own.
"""

from typing import Final

FAULTS: Final[dict[str, str]] = {
    "truncated": "The file ends before its header or its data does.",
    "bad_magic": "This is not a SID file: it begins neither with PSID nor with RSID.",
    "bad_version": "The file has a version of the SID format that does not exist (PSID 1 to 4, RSID 2 to 4).",
    "bad_data_offset": "The header's data offset does not fit the file's version.",
    "no_data": "The file has a header and no program behind it.",
    "bad_song_count": "The header's number of songs is not between 1 and 256.",
    "rsid_load": "An RSID tune must take its load address from the data, and load at $07E8 or above.",
    "rsid_play": "An RSID tune must have no play address.",
    "rsid_speed": "An RSID tune must have no speed bits.",
    "rsid_init": "An RSID tune's init address must lie in plain RAM at $07E8 or above (and be 0 for a BASIC tune).",
    "load_range": "The tune's program would run past the end of memory at $FFFF.",
    "mus_data": "The file holds Compute!'s Sidplayer data (MUS), which needs a player that is not in the file.",
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
