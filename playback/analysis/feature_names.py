"""Which features do ratings and likeness speak of, and how are high and low values of them said in words?

The names are those of `playback.analysis.features`; a name that is not here is measured and never spoken of.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Words:
    """`high` and `low` fit behind "because of"; `value` formats the number, "" where the number tells people nothing."""

    high: str
    low: str
    value: str = ""


def _many(what: str, value: str = "") -> Words:
    return Words(f"many {what}", f"few {what}", value)


def _much(what: str, value: str = "") -> Words:
    return Words(f"much {what}", f"little {what}", value)


WORDS: Final[dict[str, Words]] = {
    "energy": Words("loud sound", "soft sound"),
    "rms": Words("loud sound", "soft sound"),
    "spectralCentroid": Words("a bright sound", "a dull sound", "{:.0f} Hz"),
    "spectralRolloff": Words("much treble", "little treble"),
    "zeroCrossingRate": Words("a hissing sound", "a smooth sound"),
    "bpm": Words("a fast beat", "a slow beat", "{:.0f} a minute"),
    "confidence": Words("a clear beat", "no clear beat"),
    "spectralFlatness": Words("a noisy sound", "a pure sound"),
    "spectralFlux": Words("a sound that changes all the time", "a steady sound"),
    "spectralContrastLow": Words("a clear bass", "a blurred bass"),
    "spectralContrastMid": Words("clear middle tones", "blurred middle tones"),
    "spectralContrastHigh": Words("clear high tones", "blurred high tones"),
    "dynamicRange": Words("loud and quiet parts", "an even loudness", "{:.0f} dB"),
    "crestFactor": Words("sharp peaks", "few peaks", "{:.0f} dB"),
    "quietShare": _much("silence"),
    "onsetRate": Words(
        "many beats and notes that begin", "few beats and notes that begin", "{:.1f} a second"
    ),
    "onsetRegularity": Words("a steady pulse", "a free pulse"),
    "syncopation": Words("notes off the beat", "notes on the beat"),
    "noteRate": _many("notes a second", "{:.1f}"),
    "noteDuration": Words("long notes", "short notes", "{:.2f} s"),
    "pitchMean": Words("high notes", "low notes"),
    "pitchRange": Words("a wide range of notes", "a narrow range of notes", "{:.0f} semitones"),
    "keyConfidence": Words("a clear key", "no clear key"),
    "minorness": Words("a key that leans to minor", "a key that leans to major"),
    "polyphony": Words("several voices at once", "few voices at once", "{:.1f} on average"),
    "arpeggioActivity": Words("many arpeggios", "few arpeggios"),
    "repeatedNotes": _many("repeated notes"),
    "pitchClassEntropy": _many("different notes"),
    "pulseWidthActivity": Words("moving pulse widths", "still pulse widths"),
    "filterUse": _much("use of the filter"),
    "filterMotion": Words("a filter that moves", "a filter that stands still"),
    "filterResonance": Words("a resonant filter", "a filter without resonance"),
    "filterCutoff": Words("an open filter", "a closed filter"),
    "waveTriangle": Words("much of the triangle wave", "little of the triangle wave"),
    "waveSawtooth": Words("much of the sawtooth wave", "little of the sawtooth wave"),
    "wavePulse": Words("much of the pulse wave", "little of the pulse wave"),
    "waveNoise": Words("much noise, as drums have it", "little noise"),
    "waveMixed": Words("mixed waves", "unmixed waves"),
    "digiActivity": Words("played samples", "no played samples"),
    "volumeMean": Words("a high master volume", "a low master volume"),
    "envelopePluck": Words("plucked notes", "sustained notes"),
    "ringSyncUse": Words("ring modulation or sync", "no ring modulation"),
    "writesPerFrame": Words("a busy player routine", "a sparing player routine"),
    "callsPerFrame": Words("a player called often", "a player called seldom"),
    "registerOrderEntropy": Words("a changeful player routine", "a player routine that repeats itself"),
    "sids": Words("several SID chips", "one SID chip", "{:.0f}"),
}
