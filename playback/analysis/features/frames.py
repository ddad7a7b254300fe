"""In which state are the chips' voices, frame by frame? Tables made from a trace without a loop over frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from playback.analysis.arrays import Flags, Reals, Whole
from playback.analysis.tracing import REGISTERS, Trace

VOICES: Final = 3
# Attack times of the SID's data sheet in ms; decay and release take three times as long.
ATTACK_MS: Final = np.array(
    [2, 8, 16, 24, 38, 56, 68, 80, 100, 250, 500, 800, 1000, 3000, 5000, 8000], np.float32
)
_FALL_MS: Final = ATTACK_MS * 3
_LONG_AGO: Final = -(1 << 20)
DIGI_VOLUMES: Final = 8
DIGI_WRITES: Final = 16
_TONAL_LOW, _TONAL_HIGH = 12.0, 120.0
_VOLUME: Final = 24


@dataclass(frozen=True, eq=False)
class FrameTables:
    """The state at the end of each frame. V voices (three a chip) by F frames, or C chips by F frames.

    `note_voice`, `note_frame`, `note_s`: where a gate goes on, sorted by voice, then time; seconds since the trace's
    beginning.
    """

    rate_hz: float
    frequency_hz: Reals  # V, F
    pulse_width: Whole  # V, F
    control: Whole  # V, F
    attack_decay: Whole  # V, F
    sustain_release: Whole  # V, F
    volume: Whole  # C, F
    cutoff: Whole  # C, F
    resonance: Whole  # C, F
    filtered: Flags  # V, F: through a filter with a mode
    alive: Flags  # V, F: the envelope has not come down to 0
    sounding: Flags  # V, F
    tonal: Flags  # V, F
    pitch: Reals  # V, F; MIDI, 0 where not tonal
    digi: Flags  # F
    note_voice: Whole
    note_frame: Whole
    note_s: Reals

    @property
    def frames(self) -> int:
        """F."""
        return int(self.digi.shape[0])

    @property
    def gate(self) -> Flags:
        """Where a gate is on, V by F."""
        return np.asarray((self.control & 1) != 0)

    @property
    def waveform(self) -> Whole:
        """Bits 1 triangle, 2 sawtooth, 4 pulse, 8 noise; V by F."""
        return self.control >> 4

    @property
    def active(self) -> Flags:
        """Frames in which anything is to be heard."""
        return self.sounding.any(axis=0) | self.digi


def frame_tables(trace: Trace) -> FrameTables:
    """The tables of a trace."""
    frame = frame_of_writes(trace)
    state, written = _registers(trace, frame)
    chips, frames = trace.chips, trace.frames
    voices = state[:, :21].reshape(chips * VOICES, 7, frames)
    frequency = (voices[:, 0].astype(np.uint16) | voices[:, 1].astype(np.uint16) << 8).astype(np.float32)
    frequency *= np.float32(trace.clock_hz / (1 << 24))
    control, attack_decay, sustain_release = voices[:, 4], voices[:, 5], voices[:, 6]
    mode, routing = state[:, 24], state[:, 23]
    volume = mode & 15
    route = np.stack([routing & 1, routing & 2, routing & 4], axis=1) != 0
    filtered = (route & ((mode & 0x70) != 0)[:, None]).reshape(-1, frames)
    note_voice, note_frame, note_s = _notes(trace, frame)
    began = np.zeros((chips * VOICES, frames), bool)
    began[note_voice, note_frame] = True
    alive = _envelope_is_up(control, attack_decay, sustain_release, began, trace.frame_rate_hz)
    audible = alive & ((control & 0xF0) != 0) & (frequency > 0) & np.repeat(volume > 0, VOICES, axis=0)
    # The third voice can be taken off where it is not filtered.
    audible[2::VOICES] &= ((mode & 0x80) == 0) | filtered[2::VOICES]
    pitch = 69 + 12 * np.log2(np.maximum(frequency, np.float32(1)) / np.float32(440))
    tonal = audible & ((control & 0x80) == 0) & (pitch >= _TONAL_LOW) & (pitch <= _TONAL_HIGH)
    return FrameTables(
        rate_hz=trace.frame_rate_hz,
        frequency_hz=frequency,
        pulse_width=voices[:, 2].astype(np.uint16) | (voices[:, 3] & 15).astype(np.uint16) << 8,
        control=control,
        attack_decay=attack_decay,
        sustain_release=sustain_release,
        volume=volume,
        cutoff=(state[:, 21] & 7).astype(np.uint16) | state[:, 22].astype(np.uint16) << 3,
        resonance=routing >> 4,
        filtered=filtered,
        alive=alive,
        sounding=audible,
        tonal=tonal,
        pitch=np.where(tonal, pitch, np.float32(0)),
        digi=_digi_frames(written),
        note_voice=note_voice,
        note_frame=note_frame,
        note_s=note_s,
    )


def frame_of_writes(trace: Trace) -> Whole:
    """In which frame each write falls."""
    since = trace.cycle - trace.begin_s * trace.clock_hz
    frame = (since * (1.0 / trace.frame_cycles) + 1e-9).astype(np.intp)
    return np.clip(frame, 0, trace.frames - 1, out=frame)


def _registers(trace: Trace, frame: Whole) -> tuple[Whole, Whole]:
    """What each register holds at each frame's end, and how often it was written in it: chips, registers, frames."""
    shape = (trace.chips, REGISTERS, trace.frames)
    slot = (trace.chip.astype(np.intp) * REGISTERS + trace.reg) * trace.frames + frame
    count = np.bincount(slot, minlength=shape[0] * shape[1] * shape[2])
    value = np.zeros(count.size, np.uint8)
    value[slot] = trace.value  # the last of several counts
    last = np.where(count > 0, np.arange(count.size), -1).reshape(shape)
    np.maximum.accumulate(last, axis=2, out=last)
    return np.where(last >= 0, value[last], trace.initial[:, :, None]), count.reshape(shape)


def _digi_frames(written: Whole) -> Flags:
    volumes = written[:, _VOLUME].max(axis=0) >= DIGI_VOLUMES
    others = written[:, :_VOLUME].max(axis=(0, 1)) >= DIGI_WRITES
    return np.asarray(volumes | others)


def _notes(trace: Trace, frame: Whole) -> tuple[Whole, Whole, Reals]:
    """Voice, frame and time of every gate that goes on; of several in a frame the first."""
    at = np.flatnonzero((trace.reg % 7 == 4) & (trace.reg < 21))
    voice = trace.chip[at].astype(np.intp) * VOICES + trace.reg[at] // 7
    order = np.argsort(voice, kind="stable")
    at, voice = at[order], voice[order]
    gate = (trace.value[at] & 1) != 0
    before = np.concatenate([[False], gate[:-1] & (voice[1:] == voice[:-1])]) if len(at) else gate
    on = gate & ~before
    at, voice = at[on], voice[on]
    same = np.zeros(len(at), bool)
    same[1:] = (voice[1:] == voice[:-1]) & (frame[at][1:] == frame[at][:-1])
    at, voice = at[~same], voice[~same]
    return voice, frame[at], trace.cycle[at] / trace.clock_hz - trace.begin_s


def _envelope_is_up(
    control: Whole,
    attack_decay: Whole,
    sustain_release: Whole,
    began: Flags,
    rate_hz: float,
) -> Flags:
    """Where an envelope has not come down to 0, by the times of the data sheet; all V by F."""
    frames = np.arange(control.shape[1])
    gate = ((control & 1) != 0) | began
    age = frames - _latest(began, frames)
    rise_and_fall = ATTACK_MS[attack_decay >> 4] + _FALL_MS[attack_decay & 15]
    up = gate & ((sustain_release >= 16) | (age * (1000 / rate_hz) <= rise_and_fall))
    end = _latest(gate, frames)
    was_up = np.take_along_axis(up, np.maximum(end, 0), axis=1) & (end >= 0)
    fading = ~gate & was_up & ((frames - end) * (1000 / rate_hz) <= _FALL_MS[sustain_release & 15])
    return np.asarray(up | fading)


def _latest(where: Flags, frames: Whole) -> Whole:
    """The last frame at or before each one that is marked; long ago where there is none."""
    return np.maximum.accumulate(np.where(where, frames, _LONG_AGO), axis=1)
