"""How does each instrument of the demo tunes sound? Envelope, pulse width, and a table of waveform and pitch a frame."""

from dataclasses import dataclass
from typing import Final

TRIANGLE, SAW, PULSE, NOISE = 0x11, 0x21, 0x41, 0x81
_GATE_OFF: Final = 0xFE
JUMP: Final = 0xFF


@dataclass(frozen=True, slots=True)
class Instrument:
    """attack: the envelope's attack and decay, sustain: its sustain and release, as the chip's registers take them.

    table: (waveform, pitch) a frame: pitch is added to the note, or with bit 7 stands for itself; (JUMP, place) goes on
    at that place of the table. pulse: upper four bits of the pulse width, 0: as it was; step: what is added to the width
    each frame. tremble 1 to 3: vibrato, the wider.
    """

    attack: int
    sustain: int
    table: tuple[tuple[int, int], ...]
    pulse: int = 0
    step: int = 0
    tremble: int = 0


def _held(waveform: int) -> tuple[tuple[int, int], ...]:
    return ((waveform, 0), (JUMP, 0))


def _arpeggio(waveform: int, *steps: int, frames: int = 1) -> tuple[tuple[int, int], ...]:
    return (*((waveform, step) for step in steps for _ in range(frames)), (JUMP, 0))


_CHORDS: Final = {
    "major": (0, 4, 7),
    "minor": (0, 3, 7),
    "seventh": (0, 4, 10),
    "suspended": (0, 5, 7),
    "diminished": (0, 3, 6),
}

INSTRUMENTS: Final[dict[str, Instrument]] = {
    "lead": Instrument(0x08, 0xA9, _held(PULSE), pulse=6, step=24, tremble=2),
    "soft": Instrument(0x3A, 0x8A, _held(TRIANGLE), tremble=1),
    "brass": Instrument(0x28, 0x98, ((NOISE, 0), (SAW, 0), (JUMP, 1)), tremble=2),
    "flute": Instrument(0x29, 0xA8, ((NOISE, 24), (TRIANGLE, 0), (JUMP, 1)), tremble=2),
    "pluck": Instrument(0x09, 0x00, ((PULSE, 12), (PULSE, 0), (JUMP, 1)), pulse=4, step=40),
    "bell": Instrument(0x0A, 0x09, ((TRIANGLE, 24), (TRIANGLE, 12), (TRIANGLE, 0), (JUMP, 2))),
    "organ": Instrument(0x03, 0xC5, ((PULSE, 0), (PULSE, 12), (JUMP, 0)), pulse=8),
    "bass": Instrument(0x08, 0x66, ((SAW, 12), (PULSE, 0), (JUMP, 1)), pulse=5, step=16),
    "deep": Instrument(0x09, 0x97, ((TRIANGLE, 0), (JUMP, 0))),
    "growl": Instrument(0x07, 0x86, ((SAW, 0), (PULSE, 0), (JUMP, 0)), pulse=3, step=60),
    "drone": Instrument(0xAB, 0xCC, ((SAW, 0), (SAW, 0), (PULSE, 7), (PULSE, 7), (JUMP, 0)), pulse=8, step=9),
    "wind": Instrument(0xCB, 0x4C, ((NOISE, 0), (NOISE, 1), (NOISE, 2), (NOISE, 1), (JUMP, 0))),
    "kick": Instrument(
        0x05,
        0x05,
        ((NOISE, 0xB4), (PULSE, 0xA4), (PULSE, 0x9E), (PULSE, 0x98), (PULSE & _GATE_OFF, 0x92), (JUMP, 4)),
        pulse=8,
    ),
    "snare": Instrument(
        0x06,
        0x06,
        ((NOISE, 0xC6), (PULSE, 0xAE), (NOISE, 0xC2), (NOISE & _GATE_OFF, 0xC0), (JUMP, 3)),
        pulse=8,
    ),
    "hat": Instrument(0x02, 0x02, ((NOISE, 0xDE), (NOISE & _GATE_OFF, 0xDC), (JUMP, 1))),
    **{
        f"arp-{kind}": Instrument(0x09, 0x58, _arpeggio(PULSE, *steps), pulse=7, step=12)
        for kind, steps in _CHORDS.items()
    },
    **{
        f"pad-{kind}": Instrument(0x6A, 0x79, _arpeggio(TRIANGLE, *steps, frames=2))
        for kind, steps in _CHORDS.items()
    },
    **{f"stab-{kind}": Instrument(0x07, 0x07, _arpeggio(SAW, *steps)) for kind, steps in _CHORDS.items()},
}
