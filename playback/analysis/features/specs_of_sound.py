"""Which features are measured on the sound of the window (and, for the tempo, on the trace's note beginnings too)?

Words of the table: a frame is 46 ms (the power of two of samples nearest to that), every half frame, under a Hann window; P its power
spectrum from 60 to 5,000 Hz; frames more than 40 dB below the loudest are quiet and take no part, unless the
text says "all frames". The mean of the window is taken off first. Full scale is 1.
"""

from __future__ import annotations

from typing import Final

from playback.analysis.features.spec import FeatureSpec

_MFCC: Final = "Davis & Mermelstein 1980"
_PEETERS: Final = "Peeters, CUIDADO 2004"
_CONTRAST: Final = "after Jiang et al. 2002 (mean for the valley)"
_FLUX: Final = "after Dixon 2006"
_COEFFICIENT: Final = "Coefficient {n} of the orthonormal DCT-II of the natural logarithm of 24 mel bands (60 to 5,000 Hz), {what} over frames."

SOUND_SPECS: Final[tuple[FeatureSpec, ...]] = (
    FeatureSpec(
        "energy", "full scale²", 0, 1, "sound", "Mean of the squared samples over all frames.", _PEETERS
    ),
    FeatureSpec(
        "rms",
        "full scale",
        0,
        1,
        "sound",
        "Root of the mean squared sample of the frames that sound.",
        _PEETERS,
    ),
    FeatureSpec(
        "spectralCentroid",
        "Hz",
        60,
        5000,
        "sound",
        "Sum of frequency times √P over sum of √P, over all bins and frames.",
        _PEETERS,
    ),
    FeatureSpec(
        "spectralRolloff",
        "Hz",
        60,
        5000,
        "sound",
        "Frequency below which 85 % of P's sum over frames lies.",
        _PEETERS,
    ),
    FeatureSpec(
        "zeroCrossingRate",
        "1/s",
        0,
        100_000,
        "sound",
        "Changes of sign per second among samples beyond 5 % of the loudest, in frames that sound.",
        _PEETERS,
    ),
    FeatureSpec(
        "bpm",
        "1/min",
        50,
        200,
        "sound",
        "The beat period T for which the autocorrelations of note beginnings (trace) and of flux (sound) are highest at T, 2T, 3T, "
        "4T, weighted by a log-normal preference for 115 with a width of 0.9 octaves; 120 where there is no beat.",
        "after Scheirer 1998, Ellis 2007",
    ),
    FeatureSpec(
        "confidence",
        "share",
        0,
        1,
        "sound",
        "The normalised autocorrelation at that T: how sure bpm is.",
        "Ellis 2007",
    ),
    FeatureSpec(
        "duration",
        "s",
        0,
        36_000,
        "sound",
        "The song's length; where it is unknown, up to the last sound of its trace (60 s at most).",
    ),
    *(
        FeatureSpec(f"mfccMean{n}", "ln", -200, 200, "timbre", _COEFFICIENT.format(n=n, what="mean"), _MFCC)
        for n in range(1, 13)
    ),
    *(
        FeatureSpec(
            f"mfccStd{n}", "ln", 0, 200, "timbre", _COEFFICIENT.format(n=n, what="standard deviation"), _MFCC
        )
        for n in range(1, 7)
    ),
    FeatureSpec(
        "spectralFlatness",
        "share",
        0,
        1,
        "timbre",
        "Geometric mean of P over its mean; mean over frames. Noise: 0.56.",
        _PEETERS,
    ),
    FeatureSpec(
        "spectralFlux",
        "dB",
        0,
        60,
        "timbre",
        "Rise of the mel bands (dB, floor 60 dB below the loudest) against the frame before, falls counting 0; mean over bands and "
        "frames.",
        _FLUX,
    ),
    FeatureSpec(
        "spectralContrastLow",
        "dB",
        0,
        100,
        "timbre",
        "Peak of P over its geometric mean, 60 to 400 Hz; mean over frames.",
        _CONTRAST,
    ),
    FeatureSpec("spectralContrastMid", "dB", 0, 100, "timbre", "The same from 400 to 1,600 Hz.", _CONTRAST),
    FeatureSpec(
        "spectralContrastHigh", "dB", 0, 100, "timbre", "The same from 1,600 to 5,000 Hz.", _CONTRAST
    ),
    FeatureSpec(
        "dynamicRange",
        "dB",
        0,
        40,
        "dynamics",
        "Level of the frames that sound: 95th less 10th percentile.",
        "EBU Tech 3342, adapted",
    ),
    FeatureSpec("crestFactor", "dB", 0, 60, "dynamics", "The largest sample over the rms."),
    FeatureSpec("quietShare", "share", 0, 1, "dynamics", "Share of all frames that are quiet."),
    FeatureSpec(
        "onsetRate",
        "1/s",
        0,
        50,
        "rhythm",
        "Peaks of the flux, above its mean of the half second around by half its standard deviation and 1 dB, those where P's sum falls by half left out, per second of the "
        "window; sound without a peak counts as one.",
        _FLUX,
    ),
    FeatureSpec(
        "onsetRegularity",
        "share",
        0,
        1,
        "rhythm",
        "1 / (1 + standard deviation / mean) of the times between onsets; 0 below three onsets.",
    ),
    FeatureSpec(
        "syncopation",
        "share",
        0,
        1,
        "rhythm",
        "Share of onsets (notes of the trace's window; of the sound where there are none) more than a sixteenth of a beat away from each "
        "half beat of the grid that fits best, with none of the same voice where the next half beat falls.",
        "after Longuet-Higgins & Lee 1984",
    ),
)
