"""Which tunes of our own do the browser tests play? Written here byte by byte, so that what must be heard is known.

The rising tune goes up once a second, so its pitch tells where in the song the ear is: song s begins at $10 + $20 * (s - 1) in
the oscillator's high byte, and every 50 play calls add one.
"""

import struct
from pathlib import Path
from typing import Final

PAL_CYCLES_PER_SECOND: Final = 985_248
PAL_CALLS_PER_SECOND: Final = 985_248 / 19_656
LOAD: Final = 0x1000

_RISING_INIT: Final = bytes.fromhex(
    "0a0a0a0a0a 186910 85fc 8d01d4 a900 85fb 8d00d4 8d05d4 a90f 8d18d4 a9f0 8d06d4 a911 8d04d4 60".replace(
        " ", ""
    )
)
_RISING_PLAY: Final = bytes.fromhex("e6fb a5fb c932 d00b a900 85fb e6fc a5fc 8d01d4 60".replace(" ", ""))
# Voice 1 holds $1000, voice 2 four times that, for ever; voice 3 is silent.
_DUET: Final = bytes.fromhex(
    "a910 8d01d4 a940 8d08d4 a9f0 8d06d4 8d0dd4 a90f 8d18d4 a911 8d04d4 8d0bd4 60 60".replace(" ", "")
)
DUET_HZ: Final = tuple(high * 256 * PAL_CYCLES_PER_SECOND / 2**24 for high in (0x10, 0x40))
_JAM_AFTER_50_CALLS: Final = bytes.fromhex("e6fb a5fb c932 d001 02 60".replace(" ", ""))
_SILENT_AFTER_50_CALLS: Final = bytes.fromhex("e6fb a5fb c932 d005 a900 8d18d4 60".replace(" ", ""))
# More than a page of the list holds, with names as long and as different as real ones.
_MANY: Final = 120
_WORDS: Final = (
    "Monty", "Commando", "Sanxion", "Delta", "Thrust", "Wizball", "Parallax", "Cybernoid", "Zoids", "Lightforce",
)  # fmt: skip
_NEVER_RETURNS: Final = bytes.fromhex("4c0010")


def rising_hz(song: int, seconds: float) -> float:
    """What the rising tune sounds like so long after its beginning."""
    steps = int(seconds * PAL_CALLS_PER_SECOND / 50)
    high = (0x10 + 0x20 * (song - 1) + steps) & 0xFF
    return high * 256 * PAL_CYCLES_PER_SECOND / 2**24


def rising_between(song: int, before: float, after: float) -> list[float]:
    """What it may sound like between two positions of the player's; they are told a little later than it is heard."""
    return [rising_hz(song, before - 0.5 + 0.1 * step) for step in range(int((after - before + 2) * 10))]


def psid(title: str, *, program: bytes, play: int, songs: int = 1) -> bytes:
    """A PSID v2 of one 6581 at PAL, loaded to $1000 with init there; play 0 stands for an empty routine."""
    header = b"PSID" + struct.pack(">7H", 2, 0x7C, LOAD, LOAD, play, songs, 1) + b"\0\0\0\0"
    texts = b"".join(text.encode("cp1252").ljust(32, b"\0") for text in (title, "Test", "2026"))
    return header + texts + struct.pack(">HBBBB", 0b01_01_00, 0, 0, 0, 0) + program


def write_rising(file: Path, title: str) -> bytes:
    """Puts the rising tune under another name into a file; answers what is in it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    tune = psid(title, program=_RISING_INIT + _RISING_PLAY, play=LOAD + len(_RISING_INIT))
    file.write_bytes(tune)
    return tune


def falls_silent() -> bytes:
    """A tune that holds a tone for a second and then is silent for ever."""
    program = _RISING_INIT + _SILENT_AFTER_50_CALLS
    return psid("Falls silent", program=program, play=LOAD + len(_RISING_INIT))


def write_tunes(folder: Path) -> None:
    """Puts all of them into a folder; their file names give their order in the list."""
    folder.mkdir(parents=True)
    rising = psid("Rising", program=_RISING_INIT + _RISING_PLAY, play=LOAD + len(_RISING_INIT), songs=3)
    jams = psid("Jams", program=_RISING_INIT + _JAM_AFTER_50_CALLS, play=LOAD + len(_RISING_INIT))
    endless = psid("Never returns", program=_NEVER_RETURNS, play=LOAD)
    after = psid("After the broken ones", program=_RISING_INIT + _RISING_PLAY, play=LOAD + len(_RISING_INIT))
    files = {
        "a_rising.sid": rising,
        "b_never_returns.sid": endless,
        "c_cut_off.sid": rising[:100],
        "d_after.sid": after,
        "dd_duet.sid": psid("Duet", program=_DUET, play=LOAD + len(_DUET) - 1),
        "e_jams.sid": jams,
        "f_last.sid": psid("Last", program=_RISING_INIT + _RISING_PLAY, play=LOAD + len(_RISING_INIT)),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)


def write_many_tunes(folder: Path) -> None:
    """Puts tunes into a folder, all different, with titles like real ones."""
    folder.mkdir()
    for number in range(_MANY):
        title = f"{_WORDS[number % 10]} {_WORDS[number // 10 % 10]} {number}"
        program = bytes([0x60, number])
        tune = psid(title, program=program, play=0, songs=1 + number % 3)
        (folder / f"{title.replace(' ', '_')}.sid").write_bytes(tune)
