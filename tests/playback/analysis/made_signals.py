"""Which sounds and traces have features that anybody can work out? Sines, clicks, noise; scales, arpeggios, sweeps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from playback.analysis.tracing import PAL_FRAME_CYCLES, REGISTERS, Trace

RATE_HZ: Final = 11025
PAL_HZ: Final = 985248.0
FRAME_HZ: Final = PAL_HZ / PAL_FRAME_CYCLES
GATE, SYNC, RING, TEST = 1, 2, 4, 8
TRIANGLE, SAWTOOTH, PULSE, NOISE = 16, 32, 64, 128
Writes = list[tuple[float, int, int]]


def pcm(sound: NDArray[Any]) -> NDArray[np.int16]:
    """Samples of full scale 1 in 16 bits."""
    return np.round(sound * 32767).astype(np.int16)


def seconds(length_s: float) -> NDArray[np.float64]:
    """The time of each sample."""
    return np.arange(round(length_s * RATE_HZ)) / RATE_HZ


def sine(hz: float, *, amplitude: float = 0.5, length_s: float = 6.0) -> NDArray[np.float64]:
    """A pure tone."""
    return np.asarray(amplitude * np.sin(2 * np.pi * hz * seconds(length_s)))


def noise(*, amplitude: float = 0.2, length_s: float = 6.0) -> NDArray[np.float64]:
    """White noise, the same each time."""
    return np.random.default_rng(64).normal(0, amplitude, round(length_s * RATE_HZ)).clip(-1, 1)


def clicks(times_s: Iterable[float], *, length_s: float) -> NDArray[np.float64]:
    """Short bursts that decay within 30 ms, at those times."""
    sound = np.zeros(round(length_s * RATE_HZ))
    burst = noise(amplitude=0.3, length_s=0.03) * np.exp(
        -np.arange(round(0.03 * RATE_HZ)) / (0.006 * RATE_HZ)
    )
    for time_s in times_s:
        at = round(time_s * RATE_HZ)
        part = sound[at : at + len(burst)]
        part += burst[: len(part)]
    return sound


def trace_of(writes: Writes, *, length_s: float, chips: int = 1, chip: int = 0) -> Trace:
    """The trace of writes (frame, register, value) on a PAL machine; a frame may be broken."""
    rows = sorted(writes, key=lambda write: write[0])
    return Trace(
        cycle=np.array([frame * PAL_FRAME_CYCLES for frame, _, _ in rows]),
        chip=np.full(len(rows), chip, np.uint8),
        reg=np.array([reg for _, reg, _ in rows], np.uint8),
        value=np.array([value for _, _, value in rows], np.uint8),
        initial=np.zeros((chips, REGISTERS), np.uint8),
        clock_hz=PAL_HZ,
        frame_cycles=PAL_FRAME_CYCLES,
        chips=chips,
        begin_s=0.0,
        end_s=length_s,
    )


def frequency(frame: float, midi: float, *, voice: int = 0) -> Writes:
    """The writes that give a voice a pitch."""
    number = round(440 * 2 ** ((midi - 69) / 12) * (1 << 24) / PAL_HZ)
    return [(frame, voice * 7, number & 255), (frame, voice * 7 + 1, number >> 8)]


def silence_before(*, volume: int = 15) -> Writes:
    """What a player writes first: the volume."""
    return [(0, 24, volume)]


def note(
    frame: float,
    midi: float,
    *,
    frames: float,
    voice: int = 0,
    wave: int = TRIANGLE,
    attack_decay: int = 0x00,
    sustain_release: int = 0xF0,
) -> Writes:
    """A note: pitch and envelope, gate on, and off after so many frames."""
    base = voice * 7
    return [
        *frequency(frame, midi, voice=voice),
        (frame, base + 5, attack_decay),
        (frame, base + 6, sustain_release),
        (frame, base + 4, wave | GATE),
        (frame + frames, base + 4, wave),
    ]


def melody(pitches: Iterable[float], *, frames: int = 25, sounding: int = 20, voice: int = 0) -> Writes:
    """Notes one after the other, each `frames` long and held for `sounding` of them."""
    writes = silence_before()
    for place, midi in enumerate(pitches):
        writes += note(place * frames, midi, frames=sounding, voice=voice)
    return writes
