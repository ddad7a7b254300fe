"""What does an update's script (`UpdateNN.hvs`) say?

    # Resulting Version: 84
    #  Previous Version: 83
    MOVE                                    a keyword chooses what the blocks of lines after it mean
    /DEMOS/A-F/Old.sid                      a block: as many lines as the keyword takes
    /GAMES/A-F/
    /DEMOS/A-F/Other.sid                    another block of the same keyword
    /DEMOS/G-L/Other_Name.sid

Comments (# or ;) and empty lines stand between blocks only.  Text is Windows-1252; texts for headers are kept as bytes (Latin-1
here, one character a byte).  (Grammar: HVS_file_format.txt and HVSC_Update.txt of the HVSC's update tool.)
"""

import re
from dataclasses import dataclass
from typing import Final

# How many lines a block has, the path among them.
LINES: Final = {
    "TITLE": 2,
    "AUTHOR": 2,
    "COPYRIGHT": 2,
    "RELEASED": 2,
    "CREDITS": 4,
    "SPEED": 2,
    "SONGS": 2,
    "INITPLAY": 2,
    "MUSPLAYER": 2,
    "PLAYSID": 2,
    "VIDEO": 2,
    "CLOCK": 2,
    "SIDCHIP": 2,
    "SIDMODEL": 2,
    "FREEPAGES": 2,
    "FLAGS": 5,
    "FIXLOAD": 1,
    "MKDIR": 1,
    "DELETE": 1,
    "MOVE": 2,
    "REPLACE": 2,
}
_SAME: Final = {"VIDEO": "CLOCK", "SIDCHIP": "SIDMODEL", "RELEASED": "COPYRIGHT"}
_TWO_PATHS: Final = ("MOVE", "REPLACE")
_TEXTS: Final = ("TITLE", "AUTHOR", "COPYRIGHT", "CREDITS")
_VERSION: Final = re.compile(r"#\s*(Resulting|Previous)\s+Version\s*:\s*(\d{1,3})\s*", re.IGNORECASE)
_VERSION_LINES: Final = 30
MOST_COMMANDS: Final = 200_000
LONGEST_PATH: Final = 1024


class ScriptError(ValueError):
    """A script, or what it wants, is wrong; the argument says it to a person."""


@dataclass(frozen=True, slots=True)
class ScriptPath:
    """A path in a script, from the root on; `is_folder`: it ends with a slash."""

    path: str
    is_folder: bool


@dataclass(frozen=True, slots=True)
class Command:
    """A block: its keyword, its first path, the second one of MOVE and REPLACE, the other lines, and where it stands."""

    keyword: str
    path: ScriptPath
    target: ScriptPath | None
    values: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Script:
    """What a script does, in order, and between which releases (None: it does not say)."""

    previous: int | None
    resulting: int | None
    commands: tuple[Command, ...]


def parse_script(data: bytes) -> Script:
    """The script.  Raises ScriptError, and nothing else, whatever the bytes are."""
    lines = [line.rstrip() for line in data.decode("latin-1").split("\n")]
    versions = {
        match[1].lower(): int(match[2])
        for line in lines[:_VERSION_LINES]
        if (match := _VERSION.fullmatch(line.strip()))
    }
    commands: list[Command] = []
    keyword = ""
    at = 0
    while at < len(lines):
        word = lines[at].strip()
        if not word or word[0] in "#;":
            at += 1
        elif word.upper() in LINES:
            keyword = word.upper()
            at += 1
        else:
            count = LINES.get(keyword)
            if count is None:
                raise ScriptError(f"Line {at + 1}: no keyword stands before it.")
            commands.append(_command(keyword, lines[at : at + count], at + 1))
            at += count
        if len(commands) > MOST_COMMANDS:
            raise ScriptError(f"It has more than {MOST_COMMANDS} commands.")
    return Script(versions.get("previous"), versions.get("resulting"), tuple(commands))


def _command(keyword: str, block: list[str], line: int) -> Command:
    if len(block) < LINES[keyword] or not all(text.strip() for text in block):
        raise ScriptError(f"Line {line}: {keyword} takes {LINES[keyword]} lines.")
    path = script_path(block[0], line)
    keyword = _SAME.get(keyword, keyword)
    if keyword in _TWO_PATHS:
        return Command(keyword, path, script_path(block[1], line + 1), (), line)
    values = tuple(text if keyword in _TEXTS else text.strip() for text in block[1:])
    return Command(keyword, path, None, values, line)


def script_path(text: str, line: int) -> ScriptPath:
    """The path in a line of a script.  Raises ScriptError for one that leaves the root, or could not be a name."""
    written = text.strip().encode("latin-1", errors="replace").decode("windows-1252", errors="replace")
    slashed = written.replace("\\", "/")
    path = slashed.strip("/")
    parts = path.split("/")
    if not path or len(path) > LONGEST_PATH or any(part.strip() in ("", ".", "..") for part in parts):
        raise ScriptError(f"Line {line}: that is no path below the root.")
    if not path.isprintable() or path.upper() in LINES:
        raise ScriptError(f"Line {line}: that is no path.")
    return ScriptPath(path, slashed.endswith("/"))
