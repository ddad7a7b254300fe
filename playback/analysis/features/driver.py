"""Which shape has the player program of a song? What it writes, when within a call, and in which order."""

from __future__ import annotations

from typing import Final

import numpy as np

from playback.analysis.arrays import Flags, Reals, Whole
from playback.analysis.features.frames import frame_of_writes
from playback.analysis.tracing import REGISTERS, Trace

PAUSE_CYCLES: Final = 1000
_VOLUME: Final = 24
# The group of each of the 25 registers.
_GROUPS: Final = (
    "writeShareFrequency",
    "writeSharePulseWidth",
    "writeShareControl",
    "writeShareEnvelope",
    "writeShareFilter",
    "writeShareVolume",
)
_GROUP_OF: Final = np.array([0, 0, 1, 1, 2, 3, 3] * 3 + [4, 4, 4, 5])


def driver_features(trace: Trace) -> dict[str, float]:
    """writesPerFrame, callsPerFrame, writeShare..., redundantWrites, framePosition..., registerCoverage, registerOrderEntropy,
    silentFrames, voiceShare1..3, sids. The trace has writes."""
    writes = len(trace.cycle)
    registers = np.bincount(trace.reg, minlength=REGISTERS)
    groups = np.bincount(_GROUP_OF, weights=registers, minlength=len(_GROUPS)) / writes
    voices = registers[:21].reshape(3, 7).sum(axis=1)
    voice_share = voices / voices.sum() if voices.any() else np.full(3, 1 / 3)
    slot = trace.chip.astype(np.intp) * REGISTERS + trace.reg
    begins = _begins_call(trace.cycle)
    place = _place_in_call(trace.cycle, begins) / trace.frame_cycles
    np.minimum(place, 1.0, out=place)
    without_volume = trace.cycle[trace.reg != _VOLUME]
    return {
        "writesPerFrame": writes / trace.frames,
        "callsPerFrame": np.count_nonzero(_begins_call(without_volume)) / trace.frames,
        **dict(zip(_GROUPS, groups.tolist(), strict=True)),
        "redundantWrites": _redundant(slot, trace.value, trace.initial.ravel()),
        "framePositionMean": float(place.mean()),
        "framePositionSpread": float(place.std()),
        "registerCoverage": np.count_nonzero(np.bincount(slot)) / (REGISTERS * trace.chips),
        "registerOrderEntropy": _order_entropy(slot, begins),
        "silentFrames": 1 - np.count_nonzero(np.bincount(frame_of_writes(trace))) / trace.frames,
        **{f"voiceShare{voice}": float(share) for voice, share in enumerate(voice_share, 1)},
        "sids": float(trace.chips),
    }


def _begins_call(cycle: Reals) -> Flags:
    begins = np.ones(len(cycle), bool)
    begins[1:] = np.diff(cycle) > PAUSE_CYCLES
    return begins


def _place_in_call(cycle: Reals, begins: Flags) -> Reals:
    """Cycles of each write since the first of its call."""
    first = cycle[begins]
    return np.asarray(cycle - first[np.cumsum(begins) - 1])


def _redundant(slot: Whole, value: Whole, initial: Whole) -> float:
    """Share of writes that change nothing of what was written, or `initial`ly there, before."""
    order = np.argsort(slot.astype(np.uint8), kind="stable")
    slot, value = slot[order], value[order]
    before = initial[slot]
    same = slot[1:] == slot[:-1]
    before[1:][same] = value[:-1][same]
    return float(np.count_nonzero(value == before) / len(value))


def _order_entropy(slot: Whole, begins: Flags) -> float:
    """Entropy of pairs of neighbours within calls, less that of their first members, in bits."""
    within = ~begins[1:]
    if not within.any():
        return 0.0
    slots = int(slot.max()) + 1
    pairs = np.bincount(slot[:-1][within] * slots + slot[1:][within], minlength=slots * slots)
    table = pairs.reshape(slots, slots)
    total = table.sum()

    def bits(counts: Whole) -> float:
        share = counts[counts > 0] / total
        return float(-(share * np.log2(share)).sum())

    return max(0.0, bits(table.ravel()) - bits(table.sum(axis=1)))
