"""How does a song use the chip: waveforms, pulse width, filter, envelopes, samples?"""

from __future__ import annotations

from typing import Final

import numpy as np

from playback.analysis.features.frames import ATTACK_MS, VOICES, FrameTables

_PULSE, _TRIANGLE = 4, 1
_SYNC, _RING = 2, 4
_TEST: Final = 8
_PLUCK_MS: Final = 100.0
_CUTOFFS: Final = 2048
_HIGHEST_CUTOFF: Final = 2047


def synthesis_features(tables: FrameTables) -> dict[str, float]:
    """pulseWidthActivity, filterUse, -Motion, -Resonance and -Cutoff, wave..., digiActivity, volumeMean, envelopePluck,
    ringSyncUse."""
    sounding = max(1, int(np.count_nonzero(tables.sounding)))
    pulse = tables.sounding[:, 1:] & ((tables.waveform[:, 1:] & _PULSE) != 0)
    moved = pulse & (tables.pulse_width[:, 1:] != tables.pulse_width[:, :-1])
    ring = ((tables.control & _RING) != 0) & ((tables.waveform & _TRIANGLE) != 0)
    special = tables.sounding & (((tables.control & _SYNC) != 0) | ring)
    heard = tables.sounding.any(axis=0)
    return {
        "pulseWidthActivity": np.count_nonzero(moved) / max(1, int(np.count_nonzero(pulse))),
        **_filter(tables, sounding),
        **_waves(tables),
        "digiActivity": float(tables.digi.mean()),
        "volumeMean": float(tables.volume[:, heard].mean() / 15) if heard.any() else 0.0,
        "envelopePluck": _pluck(tables),
        "ringSyncUse": np.count_nonzero(special) / sounding,
    }


def _filter(tables: FrameTables, sounding: int) -> dict[str, float]:
    routed = tables.sounding & tables.filtered
    used = routed[0::VOICES] | routed[1::VOICES] | routed[2::VOICES]
    frames = int(np.count_nonzero(used))
    if not frames:
        return dict.fromkeys(("filterUse", "filterMotion", "filterResonance", "filterCutoff"), 0.0)
    way = np.abs(np.diff(tables.cutoff.astype(np.intp), axis=1))[used[:, 1:] & used[:, :-1]].sum()
    return {
        "filterUse": np.count_nonzero(routed) / sounding,
        "filterMotion": float(way) / _CUTOFFS / frames * tables.rate_hz,
        "filterResonance": float(tables.resonance[used].mean() / 15),
        "filterCutoff": float(tables.cutoff[used].mean() / _HIGHEST_CUTOFF),
    }


def _waves(tables: FrameTables) -> dict[str, float]:
    # A set test bit holds the oscillator: then no waveform is to be heard.
    held = (tables.control & _TEST) != 0
    counted = tables.sounding | (tables.gate & np.logical_not(held))
    wave = np.extract(counted, np.where(held, 0, tables.waveform))
    count = np.bincount(wave, minlength=16).astype(np.float64)
    total = max(1.0, float(count.sum()))
    single = {
        "waveTriangle": count[1],
        "waveSawtooth": count[2],
        "wavePulse": count[4],
        "waveNoise": count[8],
    }
    shares = {name: float(value) / total for name, value in single.items()}
    shares["waveMixed"] = float(count[1:].sum() - sum(single.values())) / total
    shares["waveNone"] = float(count[0]) / total if count.any() else 1.0
    return shares


def _pluck(tables: FrameTables) -> float:
    if not len(tables.note_frame):
        return 0.0
    at = tables.note_voice, np.minimum(tables.note_frame + 1, tables.frames - 1)
    sustain = (tables.sustain_release[at] >> 4).astype(np.float64)
    attack_ms = ATTACK_MS[tables.attack_decay[at] >> 4].astype(np.float64)
    return float(((1 - sustain / 15) / (1 + attack_ms / _PLUCK_MS)).mean())
