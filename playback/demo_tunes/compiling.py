"""How does a written piece become a SID file? Voices become streams, instruments tables, and the player goes in front."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hardware.assembler import assemble
from playback.demo_tunes.instruments import INSTRUMENTS, JUMP
from playback.demo_tunes.notation import HIGHEST, Line, length

ORIGIN: Final = 0x1000
AUTHOR: Final = "SIDFlow"
RELEASED: Final = "2026 CC0"
PAL_HZ, NTSC_HZ = 985248, 1022727
PAL_FRAMES_PER_SECOND: Final = PAL_HZ / (312 * 63)
NTSC_FRAMES_PER_SECOND: Final = NTSC_HZ / (263 * 65)
_REST, _HOLD, _RETURN, _CALL, _GO = 0x60, 0x61, 0xFC, 0xFD, 0xFF
_LONGEST: Final = 64  # beats in one command
_PLAYER: Final = Path(__file__).with_name("player.s")


class ScoreError(ValueError):
    """The piece cannot be played; the argument says what is wrong with it."""


@dataclass(frozen=True, kw_only=True)
class Song:
    """One song: sections of one line a voice, the order in which they are played, and how fast.

    frames: video frames a beat. voices: each voice's own instrument. filtered: bits of the first chip's voices that go
    through the filter; mode: 1 low-pass, 2 band-pass, 4 high-pass; sweep: (frames, change of the cutoff a frame).
    """

    title: str
    frames: int
    voices: tuple[str, ...]
    sections: dict[str, tuple[Line, ...]]
    order: str
    filtered: int = 0
    resonance: int = 8
    mode: int = 1
    sweep: tuple[tuple[int, int], ...] = ((1, 0),)
    listen_for: str = ""

    @property
    def beats(self) -> int:
        """Of one time through."""
        return sum(length(self.sections[name][0]) for name in self.order)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A SID file: one or several songs for the same chips."""

    title: str
    songs: tuple[Song, ...]
    comment: str = ""
    is_8580: bool = False
    is_ntsc: bool = False
    is_stereo: bool = False  # two chips, the second at $D420

    @property
    def file_name(self) -> str:
        """As the HVSC names files."""
        return "".join(c if c.isalnum() else "_" for c in self.title) + ".sid"

    def length_ms(self, song: Song) -> int:
        """Once through, and again where that takes less than a minute."""
        rate = NTSC_FRAMES_PER_SECOND if self.is_ntsc else PAL_FRAMES_PER_SECOND
        once = song.beats * song.frames / rate
        return round(once * (2 if once < 60 else 1) * 1000)


@dataclass
class _Data:
    """What lies behind the player: lines of source, and which patterns are there already."""

    source: list[str] = field(default_factory=list)
    patterns: dict[bytes, str] = field(default_factory=dict)

    def table(self, name: str, values: Sequence[int]) -> None:
        self.source.append(f"{name}:")
        for at in range(0, len(values), 16):
            row = ", ".join(f"${value & 0xFF:02x}" for value in values[at : at + 16])
            self.source.append(f"        .byte {row}")

    def pattern(self, stream: bytes) -> str:
        """The label under which the stream lies; equal ones share one."""
        if stream not in self.patterns:
            self.patterns[stream] = f"pattern_{len(self.patterns)}"
            self.table(self.patterns[stream], stream)
        return self.patterns[stream]


def sid_file(piece: Piece) -> bytes:
    """The PSID file. Raises ScoreError."""
    for song in piece.songs:
        _check(piece, song)
    data = _Data()
    _add_pitches(data, piece)
    _add_instruments(data)
    _add_songs(data, piece)
    voices, second = (6, "$d420") if piece.is_stereo else (3, "$d400")
    symbols = f"* = ${ORIGIN:04x}\nvoices = {voices}\nsecond_chip = {second}\n"
    program = assemble(symbols + _PLAYER.read_text() + "\n".join(data.source))
    return _header(piece) + struct.pack("<H", program.origin) + program.code


def _check(piece: Piece, song: Song) -> None:
    for name, lines in song.sections.items():
        if len(lines) != (6 if piece.is_stereo else 3) or len(song.voices) != len(lines):
            raise ScoreError(f"{song.title}, section {name}: {len(lines)} voices")
        if len({length(line) for line in lines}) != 1:
            raise ScoreError(f"{song.title}, section {name}: {[length(line) for line in lines]} beats")


def _header(piece: Piece) -> bytes:
    flags = (2 if piece.is_ntsc else 1) << 2 | (2 if piece.is_8580 else 1) << 4
    flags |= flags << 2 & 0xC0 if piece.is_stereo else 0
    head = b"PSID" + struct.pack(
        ">7HI", 3 if piece.is_stereo else 2, 0x7C, 0, ORIGIN, ORIGIN + 3, len(piece.songs), 1, 0
    )
    texts = b"".join(text.encode("windows-1252").ljust(32, b"\0") for text in (piece.title, AUTHOR, RELEASED))
    return head + texts + struct.pack(">HBBBB", flags, 0, 0, 0x42 if piece.is_stereo else 0, 0)


def _add_pitches(data: _Data, piece: Piece) -> None:
    """Equal temperament, A4 = 440 Hz; the chip adds register / 2^24 of a turn a cycle."""
    clock = NTSC_HZ if piece.is_ntsc else PAL_HZ
    steps = [
        min(round(440 * 2 ** ((note - 57) / 12) * 2**24 / clock), 0xFFFF) for note in range(HIGHEST + 33)
    ]
    data.table("pitch_lo", steps)
    data.table("pitch_hi", [step >> 8 for step in steps])
    wave = (0, 1, 2, 1, 0, -1, -2, -1)
    tremble = [depth * 14 * value for depth in range(4) for value in wave]
    data.table("tremble_lo", tremble)
    data.table("tremble_hi", [value >> 8 for value in tremble])


def _add_instruments(data: _Data) -> None:
    waves: list[int] = []
    notes: list[int] = []
    starts = []
    for instrument in INSTRUMENTS.values():
        starts.append(len(waves))
        for wave, note in instrument.table:
            waves.append(wave)
            notes.append(note + starts[-1] if wave == JUMP else note)
    data.table("table_wave", waves)
    data.table("table_note", notes)
    all_of_them = list(INSTRUMENTS.values())
    data.table("instrument_table", starts)
    data.table("instrument_attack", [one.attack for one in all_of_them])
    data.table("instrument_sustain", [one.sustain for one in all_of_them])
    data.table("instrument_pulse", [one.pulse for one in all_of_them])
    data.table("instrument_step", [one.step for one in all_of_them])
    data.table("instrument_tremble", [one.tremble * 8 for one in all_of_them])


def _add_songs(data: _Data, piece: Piece) -> None:
    records = []
    frames: list[int] = []
    changes: list[int] = []
    for number, song in enumerate(piece.songs):
        start = len(frames)
        for count, change in song.sweep:
            frames.append(count)
            changes.append(change)
        frames.append(0)
        changes.append(start)
        names = [_add_voice(data, song, number, voice) for voice in range(len(song.voices))]
        volume = 0x0F | (song.mode << 4 if song.filtered else 0)
        head = f"{song.frames}, {(start - 1) & 0xFF}, {song.resonance << 4 | song.filtered}, {volume}"
        words = names + ["0"] * (6 - len(names))
        records.append(f"        .byte {head}\n        .word {', '.join(words)}")
    data.table("filter_frames", frames)
    data.table("filter_change", changes)
    data.source += ["songs:", *records]


def _add_voice(data: _Data, song: Song, number: int, voice: int) -> str:
    labels = [data.pattern(_pattern(song.sections[name][voice], song.voices[voice])) for name in song.order]
    name = f"song_{number}_voice_{voice}"
    data.source.append(f"{name}:")
    data.source += [f"        .byte ${_CALL:02x}, <{label}, >{label}" for label in labels]
    data.source.append(f"        .byte ${_GO:02x}, <{name}, >{name}")
    return name


def _pattern(line: Line, own: str) -> bytes:
    """The stream of a section's line."""
    stream = bytearray()
    numbers = {name: number for number, name in enumerate(INSTRUMENTS)}
    beats = instrument = None
    for note in line:
        chosen = numbers[note.instrument or own]
        if note.pitch is not None and chosen != instrument:
            stream.append(0xC0 | chosen)
            instrument = chosen
        left = note.beats
        while left > 0:
            step = min(left, _LONGEST)
            if step != beats:
                stream.append(0x80 | step - 1)
                beats = step
            first = left == note.beats
            stream.append(_HOLD if not first else _REST if note.pitch is None else note.pitch)
            left -= step
    return bytes(stream + bytes([_RETURN]))
