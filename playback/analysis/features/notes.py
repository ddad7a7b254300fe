"""Which notes does a song play: how many, how long, in which key, in how many voices?"""

from __future__ import annotations

from typing import Final

import numpy as np

from playback.analysis.arrays import Reals, Whole
from playback.analysis.features.frames import FrameTables

# Krumhansl & Kessler's probe-tone ratings, from the root upwards.
MAJOR: Final = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR: Final = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
_LEAP: Final = 1.5
_RETURN_FRAMES: Final = 8
# A note's pitch is looked at here: its first frames are often a drum's.
_SETTLED_FRAMES: Final = 2


def note_features(tables: FrameTables) -> dict[str, float]:
    """noteRate, noteDuration, pitchMean, pitchRange, keyRoot, keyConfidence, minorness, polyphony, arpeggioActivity, repeatedNotes,
    pitchClassEntropy."""
    sounds = np.flatnonzero(tables.active)
    seconds = (int(sounds[-1] - sounds[0]) + 1 if len(sounds) else tables.frames) / tables.rate_hz
    semitone = np.round(tables.pitch).astype(np.intp)
    pitches = tables.pitch[tables.tonal].astype(np.float64)
    classes = np.bincount(semitone[tables.tonal] % 12, minlength=12)
    high, low = np.percentile(pitches, [95, 5]) if len(pitches) else (0.0, 0.0)
    root, confidence, minorness = key(classes)
    voices = tables.sounding.sum(axis=0)
    return {
        "noteRate": len(tables.note_s) / seconds,
        "noteDuration": _duration(tables),
        "pitchMean": float(pitches.mean()) if len(pitches) else 0.0,
        "pitchRange": float(high - low),
        "keyRoot": float(root),
        "keyConfidence": confidence,
        "minorness": minorness,
        "polyphony": float(voices[voices > 0].mean()) if voices.any() else 0.0,
        "arpeggioActivity": _arpeggio(tables, semitone),
        "repeatedNotes": _repeated(tables, semitone),
        "pitchClassEntropy": entropy(classes),
    }


def key(classes: Whole) -> tuple[int, float, float]:
    """Root 0..11, its correlation 0..1, and minor less major -1..1, of how often each of 12 pitch classes is heard."""
    if not classes.any() or (classes == classes[0]).all():
        return 0, 0.0, 0.0
    # Weighted by roots: an accompaniment's one long note must not stand for the key.
    heard = _standard(np.sqrt(classes.astype(np.float64)))
    turned = np.stack([np.roll(heard, -root) for root in range(12)])
    major = (turned * _standard(np.array(MAJOR))).mean(axis=1)
    minor = (turned * _standard(np.array(MINOR))).mean(axis=1)
    both = np.round(np.maximum(major, minor), 9)
    minorness = float(np.clip(minor.max() - major.max(), -1, 1))
    return int(np.argmax(both)), float(np.clip(both.max(), 0, 1)), minorness


def entropy(counts: Whole) -> float:
    """Shannon's entropy of counts, in bits; 0 for none."""
    share = counts[counts > 0] / max(1, counts.sum())
    return float(max(0.0, -(share * np.log2(share)).sum()))


def _standard(values: Reals) -> Reals:
    return np.asarray((values - values.mean()) / values.std())


def _next_note(tables: FrameTables) -> Whole:
    """The frame of the same voice's next note; the number of frames for its last one."""
    following = np.full(len(tables.note_frame), tables.frames)
    same = tables.note_voice[1:] == tables.note_voice[:-1]
    following[:-1][same] = tables.note_frame[1:][same]
    return following


def _duration(tables: FrameTables) -> float:
    if not len(tables.note_frame):
        return 0.0
    frames = np.arange(tables.frames)
    closed = np.where(tables.gate & tables.alive, tables.frames, frames)
    next_off = np.minimum.accumulate(closed[:, ::-1], axis=1)[:, ::-1]
    off = next_off[tables.note_voice, tables.note_frame]
    lasting = np.minimum(off, _next_note(tables)) - tables.note_frame
    return float(np.median(np.maximum(lasting, 1)) / tables.rate_hz)


def _repeated(tables: FrameTables, semitone: Whole) -> float:
    at = np.minimum(tables.note_frame + _SETTLED_FRAMES, _next_note(tables) - 1)
    at = np.maximum(at, tables.note_frame)
    good = tables.tonal[tables.note_voice, at]
    voice, pitch = tables.note_voice[good], semitone[tables.note_voice, at][good]
    if not len(voice):
        return 0.0
    return float(np.count_nonzero((voice[1:] == voice[:-1]) & (pitch[1:] == pitch[:-1])) / len(voice))


def _arpeggio(tables: FrameTables, semitone: Whole) -> float:
    """See specs: leaps that come back within a few frames, under one gate."""
    if not tables.tonal.any():
        return 0.0
    voices, frames = tables.pitch.shape
    leaps = np.zeros((voices, frames), np.intp)
    both = tables.tonal[:, 1:] & tables.tonal[:, :-1]
    leaps[:, 1:] = (np.abs(np.diff(tables.pitch, axis=1)) > _LEAP) & both
    began = np.zeros((voices, frames), np.intp)
    began[tables.note_voice, tables.note_frame] = 1
    leaps_so_far, notes_so_far = np.cumsum(leaps, axis=1), np.cumsum(began, axis=1)
    # +1 where a stretch from leap to return begins, -1 behind its end: summed up they say how many cover a frame.
    marks = np.zeros((voices, frames + 1), np.intp)
    for back in range(2, min(_RETURN_FRAMES, frames - 1) + 1):
        returned = (
            (semitone[:, back:] == semitone[:, :-back])
            & (leaps_so_far[:, back:] - leaps_so_far[:, :-back] >= 2)
            & (notes_so_far[:, back:] == notes_so_far[:, :-back])
            & tables.tonal[:, back:]
        )
        marks[:, : frames - back] += returned
        marks[:, back + 1 :] -= returned
    inside = np.cumsum(marks[:, :-1], axis=1) > 0
    return float(np.count_nonzero(inside & tables.tonal) / np.count_nonzero(tables.tonal))
