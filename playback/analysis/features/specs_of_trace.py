"""Which features are counted in the register trace of the song's first minute?

Words of the table: a frame is one picture of the machine (PAL 19,656 cycles, NTSC 17,095) counted from the song's first write; a voice's state is that
at the frame's end. A voice sounds while its waveform and frequency are not 0, its chip's volume is not 0, and its envelope by the chip's times has
not come down to 0. A tonal voice sounds with a waveform other than noise between MIDI 12 and 120. A note begins with the gate.
A call is a run of writes without a pause of 1,000 cycles.
"""

from __future__ import annotations

from typing import Final

from playback.analysis.features.spec import FeatureSpec

_KRUMHANSL: Final = "Krumhansl 1990, Krumhansl-Kessler profiles"
_FORERUNNER: Final = "idea: sidflow 0.8"
_CALL: Final = "of all writes, those that change nothing among them"


def _share(name: str, group: str, meaning: str, source: str = _FORERUNNER) -> FeatureSpec:
    return FeatureSpec(name, "share", 0, 1, group, meaning, source)


def _wave(name: str, which: str) -> FeatureSpec:
    return _share(
        name,
        "synthesis",
        f"Frames of voices that sound or have their gate on, with {which}, over all such frames.",
    )


def _writes(name: str, which: str) -> FeatureSpec:
    return _share(name, "driver", f"Share of writes to {which}, {_CALL}.")


TRACE_SPECS: Final[tuple[FeatureSpec, ...]] = (
    FeatureSpec(
        "noteRate",
        "1/s",
        0,
        200,
        "notes",
        "Notes of all voices per second between the first and the last sound.",
    ),
    FeatureSpec(
        "noteDuration",
        "s",
        0,
        60,
        "notes",
        "Median time from gate on to gate off, to the end of a decay to 0, or to the voice's next note.",
    ),
    FeatureSpec(
        "pitchMean",
        "MIDI",
        0,
        120,
        "notes",
        "Mean pitch of tonal voices, 69 + 12·log2(Fn·clock/2²⁴/440); 0: none.",
    ),
    FeatureSpec("pitchRange", "semitones", 0, 120, "notes", "95th less 5th percentile of the same."),
    FeatureSpec(
        "keyRoot",
        "0..11",
        0,
        11,
        "notes",
        "Root (0 = C) of the key whose profile correlates best with pitch classes.",
        _KRUMHANSL,
    ),
    FeatureSpec(
        "keyConfidence", "share", 0, 1, "notes", "That correlation; 0 without tonal voices.", _KRUMHANSL
    ),
    FeatureSpec(
        "minorness",
        "-1..1",
        -1,
        1,
        "notes",
        "Best minor key's correlation less the best major key's.",
        _KRUMHANSL,
    ),
    FeatureSpec(
        "polyphony",
        "voices",
        0,
        9,
        "notes",
        "Mean number of voices that sound, over frames in which one does.",
    ),
    _share(
        "arpeggioActivity",
        "notes",
        "Share of tonal voice frames within two leaps of more than 1.5 semitones, no note between, that return within 8 frames to the "
        "semitone they left.",
    ),
    _share("repeatedNotes", "notes", "Share of tonal notes with the semitone of the voice's note before."),
    FeatureSpec(
        "pitchClassEntropy",
        "bit",
        0,
        3.585,
        "notes",
        "Shannon's entropy of the pitch classes of tonal voice frames.",
        "Shannon 1948",
    ),
    _share(
        "pulseWidthActivity",
        "synthesis",
        "Share of frames of sounding pulse voices in which the pulse width is another.",
    ),
    _share(
        "filterUse",
        "synthesis",
        "Share of sounding voice frames that go through a filter with a mode chosen.",
    ),
    FeatureSpec(
        "filterMotion",
        "ranges/s",
        0,
        60,
        "synthesis",
        "Cutoff's way per second, in ranges of 2,048, while the filter is used.",
    ),
    _share("filterResonance", "synthesis", "Mean resonance / 15 while the filter is used; 0: never."),
    _share("filterCutoff", "synthesis", "Mean cutoff / 2,047 while the filter is used; 0: never."),
    _wave("waveTriangle", "triangle alone"),
    _wave("waveSawtooth", "sawtooth alone"),
    _wave("wavePulse", "pulse alone"),
    _wave("waveNoise", "noise alone"),
    _wave("waveMixed", "more than one waveform"),
    FeatureSpec(
        "waveNone",
        "share",
        0,
        1,
        "synthesis",
        "The rest of them: no waveform. 1 where there are no such frames, so that the six always sum to 1.",
        _FORERUNNER,
    ),
    _share(
        "digiActivity",
        "synthesis",
        "Share of frames with 8 or more volumes, or 16 or more writes to one other register.",
    ),
    _share("volumeMean", "synthesis", "Mean volume / 15 over frames in which a voice sounds."),
    _share(
        "envelopePluck",
        "synthesis",
        "Mean over notes of (1 - sustain / 15) / (1 + attack time / 100 ms): 1 plucked, 0 held.",
    ),
    _share(
        "ringSyncUse",
        "synthesis",
        "Share of sounding voice frames with hard sync, or a triangle with ring modulation.",
    ),
    FeatureSpec("writesPerFrame", "1", 0, 5000, "driver", "Writes per frame.", _FORERUNNER),
    FeatureSpec(
        "callsPerFrame", "1", 0, 20, "driver", "Calls per frame, writes to the volume left out.", _FORERUNNER
    ),
    _writes("writeShareFrequency", "frequencies"),
    _writes("writeSharePulseWidth", "pulse widths"),
    _writes("writeShareControl", "control registers"),
    _writes("writeShareEnvelope", "envelopes"),
    _writes("writeShareFilter", "cutoff, resonance and routing"),
    _writes("writeShareVolume", "volume and filter mode ($18)"),
    _share("redundantWrites", "driver", "Share of writes of the value that the register has already."),
    FeatureSpec(
        "framePositionMean",
        "frames",
        0,
        1,
        "driver",
        "Mean time of a write since its call's first write.",
        _FORERUNNER,
    ),
    FeatureSpec(
        "framePositionSpread", "frames", 0, 1, "driver", "Standard deviation of the same.", _FORERUNNER
    ),
    _share("registerCoverage", "driver", "Share of the chips' 25 registers that are written at all."),
    FeatureSpec(
        "registerOrderEntropy",
        "bit",
        0,
        5,
        "driver",
        "Entropy of the next register given this one, within calls: 0 is always the same order.",
        "Shannon 1948",
    ),
    _share("silentFrames", "driver", "Share of frames without any write."),
    _share(
        "voiceShare1",
        "driver",
        "First voices' share of the writes to voices; the three sum to 1 (a third each: none).",
    ),
    _share("voiceShare2", "driver", "Second voices' share."),
    _share("voiceShare3", "driver", "Third voices' share."),
    FeatureSpec("sids", "chips", 1, 3, "driver", "Number of SIDs."),
)
