"""How do vectors look that could be those of songs?  Made up of a few hidden traits, so features depend on each other."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NAMES: tuple[str, ...] = (
    *(
        "energy",
        "rms",
        "spectralCentroid",
        "spectralRolloff",
        "zeroCrossingRate",
        "bpm",
        "confidence",
        "duration",
    ),
    *(f"mfccMean{number}" for number in range(1, 13)),
    *(f"mfccStd{number}" for number in range(1, 7)),
    *(
        "spectralFlatness",
        "spectralFlux",
        "spectralContrastLow",
        "spectralContrastMid",
        "spectralContrastHigh",
    ),
    *("dynamicRange", "crestFactor", "quietShare"),
    *("onsetRate", "onsetRegularity", "syncopation"),
    *(
        "noteRate",
        "noteDuration",
        "pitchMean",
        "pitchRange",
        "keyRoot",
        "keyConfidence",
        "minorness",
        "polyphony",
    ),
    *("arpeggioActivity", "repeatedNotes", "pitchClassEntropy"),
    *("pulseWidthActivity", "filterUse", "filterMotion", "filterResonance", "filterCutoff"),
    *("waveTriangle", "waveSawtooth", "wavePulse", "waveNoise", "waveMixed", "waveNone"),
    *("digiActivity", "volumeMean", "envelopePluck", "ringSyncUse"),
    *("writesPerFrame", "callsPerFrame", "writeShareFrequency", "writeSharePulseWidth", "writeShareControl"),
    *("writeShareEnvelope", "writeShareFilter", "writeShareVolume", "redundantWrites", "framePositionMean"),
    *("framePositionSpread", "registerCoverage", "registerOrderEntropy", "silentFrames"),
    *("voiceShare1", "voiceShare2", "voiceShare3", "sids"),
)

# Low and high; what is not here is from 0 to 1.
RANGES: dict[str, tuple[float, float]] = {
    "spectralCentroid": (200, 4000),
    "spectralRolloff": (400, 5500),
    "bpm": (50, 200),
    "duration": (1, 600),
    "dynamicRange": (0, 40),
    "crestFactor": (3, 25),
    "onsetRate": (0, 15),
    "noteRate": (0, 20),
    "noteDuration": (0.02, 3),
    "pitchMean": (30, 90),
    "pitchRange": (0, 70),
    "keyRoot": (0, 11),
    "minorness": (-1, 1),
    "polyphony": (0, 3),
    "pitchClassEntropy": (0, 3.58),
    "writesPerFrame": (0, 60),
    "callsPerFrame": (0.5, 8),
    "registerOrderEntropy": (0, 6),
}
# Which hidden trait moves a feature, and to which side; others are moved by one that their name chooses.
_TRAITS = {
    "rms": 0,
    "energy": 0,
    "onsetRate": 0,
    "noteRate": 0,
    "bpm": 0,
    "spectralCentroid": 1,
    "spectralRolloff": 1,
    "pitchMean": 1,
    "minorness": 2,
    "polyphony": 3,
    "pitchClassEntropy": 3,
    "arpeggioActivity": 3,
}


def made_vectors(songs: int, *, seed: int = 1, names: Sequence[str] = NAMES) -> NDArray[np.float32]:
    """(songs, features) values in the features' ranges."""
    chance = np.random.default_rng(seed)
    traits = chance.normal(size=(songs, 8))
    vectors = np.empty((songs, len(names)), dtype=np.float32)
    for column, name in enumerate(names):
        low, high = RANGES.get(name, (0.0, 1.0))
        trait = traits[:, _TRAITS.get(name, 4 + sum(name.encode()) % 4)]
        share = 1 / (1 + np.exp(-(1.2 * trait + 0.8 * chance.normal(size=songs))))
        vectors[:, column] = low + (high - low) * share
    for name, most in (("keyRoot", 11), ("sids", 3)):
        if name in names:
            values = chance.integers(0, 12, songs) if most == 11 else 1 + (chance.random(songs) > 0.95)
            vectors[:, list(names).index(name)] = values
    return vectors
