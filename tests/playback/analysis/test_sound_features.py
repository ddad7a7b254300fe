"""Are the figures of tones, noise and steps those that arithmetic says?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from playback.analysis.features.sound import sound_features
from playback.analysis.features.spectrum import HIGH_HZ, LOW_HZ, MEL_BANDS, Spectrum, spectrum_of
from playback.analysis.features.timbre import flux, timbre_features
from tests.playback.analysis.made_signals import RATE_HZ, noise, pcm, sine


def sound(samples: NDArray[Any], *, rate_hz: int = RATE_HZ) -> dict[str, float]:
    """Features of the group "sound" and "dynamics"."""
    return sound_features(spectrum_of(pcm(samples), rate_hz=rate_hz))


def timbre(samples: NDArray[Any]) -> dict[str, float]:
    """Features of the group "timbre"."""
    spectrum = spectrum_of(pcm(samples), rate_hz=RATE_HZ)
    return timbre_features(spectrum, flux(spectrum))


def made_spectrum(*, power: NDArray[Any] | None = None, mel: NDArray[Any] | None = None) -> Spectrum:
    """A spectrum with those rows; the other kind is flat."""
    frames = len(mel if mel is not None else power if power is not None else [])
    power = np.ones((frames, 200)) if power is None else power
    return Spectrum(
        samples=np.zeros(1, np.float32),
        power=power.astype(np.float32),
        loud=np.ones(frames, bool),
        level=power.sum(axis=1),
        frequency_hz=np.linspace(60, 4999, power.shape[1], dtype=np.float32),
        mel=(np.ones((frames, MEL_BANDS)) if mel is None else mel).astype(np.float32),
        hop=256,
        rate_hz=RATE_HZ,
    )


def test_a_sine_of_440_hz() -> None:
    figures = sound(sine(440, amplitude=0.5))
    assert figures["energy"] == pytest.approx(0.125, rel=0.001)
    assert figures["rms"] == pytest.approx(0.5 / 2**0.5, rel=0.001)
    assert figures["spectralCentroid"] == pytest.approx(440, abs=3)
    assert figures["spectralRolloff"] == pytest.approx(440, abs=22)
    assert figures["zeroCrossingRate"] == pytest.approx(880, abs=2)
    assert figures["crestFactor"] == pytest.approx(3.01, abs=0.05)
    assert figures["dynamicRange"] < 0.1
    assert figures["quietShare"] == 0


def test_white_noise_fills_the_band() -> None:
    figures = sound(noise())
    assert figures["spectralCentroid"] == pytest.approx((LOW_HZ + HIGH_HZ) / 2, rel=0.02)
    assert figures["spectralRolloff"] == pytest.approx(LOW_HZ + 0.85 * (HIGH_HZ - LOW_HZ), rel=0.02)
    assert timbre(noise())["spectralFlatness"] == pytest.approx(np.exp(-np.euler_gamma), abs=0.02)


def test_a_tone_is_not_flat_and_does_not_rise() -> None:
    figures = timbre(sine(440))
    assert figures["spectralFlatness"] < 0.001
    assert figures["spectralFlux"] < 0.05
    assert figures["spectralContrastMid"] > 40


@pytest.mark.parametrize("rate_hz", [8000, 11025, 22050, 44100])
def test_a_tone_has_its_pitch_at_every_rate(rate_hz: int) -> None:
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(4 * rate_hz) / rate_hz)
    figures = sound(tone, rate_hz=rate_hz)
    assert figures["spectralCentroid"] == pytest.approx(1000, abs=5)
    assert figures["zeroCrossingRate"] == pytest.approx(2000, rel=0.002)


def test_a_constant_below_the_sound_changes_nothing() -> None:
    plain, shifted = sound(sine(440)), sound(sine(440) + 0.3)
    assert shifted == pytest.approx(plain, rel=0.001, abs=0.001)


def test_silence_around_the_sound_changes_only_how_much_is_quiet() -> None:
    tone = sine(440, length_s=4)
    padded = np.concatenate([tone, np.zeros(4 * RATE_HZ)])
    plain, half = sound(tone), sound(padded)
    assert half["quietShare"] == pytest.approx(0.5, abs=0.01)
    assert half["energy"] == pytest.approx(plain["energy"] / 2, rel=0.01)
    for name in ("rms", "spectralCentroid", "spectralRolloff", "zeroCrossingRate", "crestFactor"):
        assert half[name] == pytest.approx(plain[name], rel=0.02), name
    # The one frame with the cut through the tone in it is heard, but moves no mean far.
    of_tone, of_both = timbre(tone), timbre(padded)
    for name in ("mfccMean1", "mfccMean7", "spectralFlatness", "spectralFlux", "spectralContrastMid"):
        assert of_both[name] == pytest.approx(of_tone[name], abs=1.0), name


def test_the_dynamic_range_is_that_of_the_levels() -> None:
    steps = np.concatenate([sine(440, amplitude=0.5), sine(440, amplitude=0.05)])
    assert sound(steps)["dynamicRange"] == pytest.approx(20, abs=0.2)


def test_what_is_40_db_below_the_loudest_is_quiet() -> None:
    above = np.concatenate([sine(440, amplitude=0.5), sine(440, amplitude=0.5 / 10 ** (38 / 20))])
    below = np.concatenate([sine(440, amplitude=0.5), sine(440, amplitude=0.5 / 10 ** (42 / 20))])
    assert sound(above)["quietShare"] == 0
    assert sound(below)["quietShare"] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("number", range(1, 13))
def test_a_ripple_in_the_spectrum_is_one_cepstral_coefficient(number: int) -> None:
    ripple = np.cos(np.pi * number * (np.arange(MEL_BANDS) + 0.5) / MEL_BANDS)
    mel = np.exp(np.stack([2.0 * ripple, 1.0 * ripple]))
    figures = timbre_features(made_spectrum(mel=mel), np.zeros(2))
    # The cosine's own norm: the root of half the bands.
    norm = (MEL_BANDS / 2) ** 0.5
    means = [figures[f"mfccMean{n}"] for n in range(1, 13)]
    assert means == pytest.approx([1.5 * norm * (n == number) for n in range(1, 13)], abs=1e-5)
    spread = [figures[f"mfccStd{n}"] for n in range(1, 7)]
    assert spread == pytest.approx([0.5 * norm * (n == number) for n in range(1, 7)], abs=1e-5)


def test_flux_counts_rises_in_decibels_and_no_falls() -> None:
    mel = np.ones((4, MEL_BANDS))
    mel[1, : MEL_BANDS // 2] = 100  # half the bands rise by 20 dB
    assert flux(made_spectrum(mel=mel)) == pytest.approx([0, 10, 0, 0], abs=1e-4)
    figures = timbre_features(made_spectrum(mel=mel), flux(made_spectrum(mel=mel)))
    assert figures["spectralFlux"] == pytest.approx(2.5, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "hz"),
    [("spectralContrastLow", 200), ("spectralContrastMid", 800), ("spectralContrastHigh", 3000)],
)
def test_a_peak_gives_contrast_to_its_own_band(name: str, hz: float) -> None:
    power = np.ones((3, 495))  # a bin every 10 Hz
    frequency = np.linspace(60, 4999, 495)
    power[:, int(np.argmin(np.abs(frequency - hz)))] = 1e4
    figures = timbre_features(made_spectrum(power=power), np.zeros(3))
    edges = {
        "spectralContrastLow": (60, 400),
        "spectralContrastMid": (400, 1600),
        "spectralContrastHigh": (1600, 5000),
    }
    low, high = edges[name]
    bins = np.count_nonzero((frequency >= low) & (frequency < high))
    others = {key: figures[key] for key in edges if key != name}
    assert figures[name] == pytest.approx(40 * (1 - 1 / bins), abs=0.01)
    assert others == pytest.approx(dict.fromkeys(others, 0), abs=1e-4)


def test_mel_bands_share_out_all_power_between_their_edges() -> None:
    spectrum = spectrum_of(pcm(noise()), rate_hz=RATE_HZ)
    inside = (spectrum.frequency_hz > 200) & (spectrum.frequency_hz < 4000)
    # The triangles sum to 1, so that all power but the outer bands' slopes is found again.
    assert spectrum.mel.sum() == pytest.approx(spectrum.power.sum(), rel=0.12)
    assert spectrum.mel.sum() > spectrum.power[:, inside].sum()


def test_less_than_a_frame_is_measured_too() -> None:
    assert sound(sine(440, length_s=0.03))["spectralRolloff"] == pytest.approx(440, abs=60)


def test_buffers_of_another_length_do_not_leak_into_a_window() -> None:
    short = sine(880, length_s=1)
    alone = sound(short)
    sound(noise(length_s=9))
    assert sound(short) == alone
