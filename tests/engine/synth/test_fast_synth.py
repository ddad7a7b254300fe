"""Is the fast synth in tune, clean, steady at any setting, and the same however its rendering is cut?"""

from __future__ import annotations

import subprocess

import numpy as np
import numpy.typing as npt
import pytest

from tests.engine.comparing import spectral_correlation
from tests.engine.synth.chips import (
    HERE,
    MODELS,
    OUR_SOURCES,
    PAL_HZ,
    Samples,
    Script,
    Setup,
    compiled,
    fast,
    fast_taps,
    loudness,
    pitch_hz,
    probe,
    residfp,
    script,
    tone,
)

TRIANGLE, SAW, PULSE, NOISE = 0x11, 0x21, 0x41, 0x81


def spectrum_db(samples: Samples) -> npt.NDArray[np.float64]:
    """Power of a 2^16-point Blackman window, in dB of full scale; bin k is k * rate / 65536."""
    cut = samples[-65536:].astype(np.float64)
    power = np.abs(np.fft.rfft((cut - cut.mean()) * np.blackman(65536))) / (65536 * 0.42 / 2)
    return 20 * np.log10(power / 32768 + 1e-9)


def measured_hz(samples: Samples, near_hz: float, rate_hz: int = 44100) -> float:
    """The strongest line within 3 % of `near_hz`, between bins by a parabola."""
    line = spectrum_db(samples)
    low, high = int(near_hz * 0.97 * 65536 / rate_hz), int(near_hz * 1.03 * 65536 / rate_hz) + 2
    peak = low + int(np.argmax(line[low:high]))
    left, middle, right = line[peak - 1 : peak + 2]
    return float((peak + (left - right) / (2 * (left - 2 * middle + right))) * rate_hz / 65536)


def busy_script(seed: int, *, steps: int = 600, every: int = 3000, pure_noise: bool = False) -> Script:
    """Any value to any register, with volume and envelopes up now and then so that much is heard."""
    chance = np.random.default_rng(seed)
    lines: list[tuple[float, int, int]] = [(500, 0x18, 15)]
    for voice in range(3):
        lines += tone(0x11 << voice, voice=voice, frequency=0x1000 * (voice + 1))
    for at in range(steps):
        register, value = (int(number) for number in chance.integers(0, [25, 256]))
        if pure_noise and register % 7 == 4 and value >> 4 > 8:
            value &= 0x8F
        lines.append((2000 + at * every + int(chance.integers(0, every)), register, value))
    return script(*lines)


@pytest.mark.parametrize("waveform", [TRIANGLE, SAW, PULSE, 0x15])
@pytest.mark.parametrize("frequency", [0x0230, 0x0743, 0x1CD6, 0x5A11, 0xE000])
@pytest.mark.parametrize("rate_hz", [22050, 44100])
def test_pitch_is_within_a_cent(waveform: int, frequency: int, rate_hz: int) -> None:
    setup = Setup(sample_rate_hz=rate_hz, model=8580)
    sound = fast(script(*tone(waveform, frequency=frequency)), seconds=1 + 65536 / rate_hz, setup=setup)
    expected = pitch_hz(frequency)
    assert abs(1200 * np.log2(measured_hz(sound, expected, rate_hz) / expected)) < 1


def test_a_synced_voice_takes_its_sources_pitch() -> None:
    steps = script(*tone(0x10, frequency=0x1234, voice=0), *tone(SAW | 2, frequency=0x2A77, voice=1))
    sound = fast(steps, seconds=3)
    expected = pitch_hz(0x1234)
    assert abs(1200 * np.log2(measured_hz(sound, expected) / expected)) < 1


def test_ring_modulation_gives_sum_and_difference() -> None:
    steps = script(*tone(0x10, frequency=0x0C00, voice=0), *tone(TRIANGLE | 4, frequency=0x3100, voice=1))
    line = spectrum_db(fast(steps, seconds=3))
    carrier, other = pitch_hz(0x3100), pitch_hz(0x0C00)
    for hertz in (carrier - other, carrier + other):
        place = round(hertz * 65536 / 44100)
        assert line[place - 3 : place + 4].max() > -35
    assert line[round(carrier * 65536 / 44100)] < -70, "the carrier itself is suppressed"


@pytest.mark.parametrize(("waveform", "bound_db"), [(TRIANGLE, -62), (SAW, -50), (PULSE, -50)])
@pytest.mark.parametrize("frequency", [0x2F11, 0x6B3D])
def test_aliases_stay_far_below_the_tone(waveform: int, bound_db: int, frequency: int) -> None:
    """Below 11 kHz, all that is no harmonic. A single 8580 voice is quiet: rounding to 16 bits is part of it."""
    sound = fast(
        script(*tone(waveform, frequency=frequency, pulse_width=0x5A3)), seconds=3, setup=Setup(model=8580)
    )
    line = spectrum_db(sound)[:16384]
    top = line.max()
    hertz = pitch_hz(frequency)
    for harmonic in range(40):
        place = round(harmonic * hertz * 65536 / 44100)
        line[max(place - 6, 0) : place + 7] = -200
    assert line.max() - top < bound_db


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("waveform", [TRIANGLE, SAW, PULSE, NOISE, 0x51])
def test_levels_are_residfps(model: int, waveform: int) -> None:
    steps, setup = script(*tone(waveform)), Setup(model=model)
    ours, theirs = fast(steps, seconds=2, setup=setup), residfp(steps, seconds=2, setup=setup)
    assert abs(20 * np.log10(loudness(ours[22050:]) / loudness(theirs[22050:]))) < 1


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("volume", [1, 5, 11])
def test_volumes_are_residfps(model: int, volume: int) -> None:
    steps, setup = script(*tone(SAW, volume=volume)), Setup(model=model)
    ours, theirs = fast(steps, seconds=2, setup=setup), residfp(steps, seconds=2, setup=setup)
    assert abs(20 * np.log10(loudness(ours[22050:]) / loudness(theirs[22050:]))) < 1


def filtered(model: int, cutoff: int, *, mode: int, resonance: int = 0, seconds: float = 2.0) -> Script:
    """Noise through the filter."""
    return script(
        *tone(NOISE, frequency=0xFFFF),
        (1080, 0x15, cutoff & 7),
        (1090, 0x16, cutoff >> 3),
        (1100, 0x17, resonance << 4 | 1),
        (1110, 0x18, mode << 4 | 15),
    )


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("mode", [1, 2, 4, 3, 5])
@pytest.mark.parametrize("cutoff", [0x080, 0x200, 0x380, 0x600])
def test_filter_bands_are_near_residfps(model: int, mode: int, cutoff: int) -> None:
    """Mean power in octaves from 60 Hz to 15 kHz, down to 20 dB below the strongest."""
    steps, setup = filtered(model, cutoff, mode=mode), Setup(model=model)
    bands = 60 * 2.0 ** np.arange(9)
    ours, theirs = (
        [np.mean(power[int(low * 65536 / 44100) : int(2 * low * 65536 / 44100)]) for low in bands[:-1]]
        for power in (
            10 ** (spectrum_db(render(steps, seconds=2, setup=setup)) / 10) for render in (fast, residfp)
        )
    )
    for band, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
        if other > 0.01 * max(theirs):
            assert abs(10 * np.log10(mine / other)) < (6 if model == 6581 else 2), (
                f"octave from {bands[band]:.0f} Hz"
            )


def brightness_hz(samples: Samples) -> float:
    """The mean frequency of its power."""
    power = 10 ** (spectrum_db(samples) / 10)
    return float(np.sum(power * np.arange(len(power))) / np.sum(power) * 44100 / 65536)


def test_cutoff_is_straight_on_the_8580_and_kinked_on_the_6581() -> None:
    bright = {
        model: [
            brightness_hz(fast(filtered(model, at, mode=1), seconds=2, setup=Setup(model=model)))
            for at in cutoffs
        ]
        for model in MODELS
        for cutoffs in [(0x000, 0x080, 0x100, 0x200, 0x400)]
    }
    for values in bright.values():
        assert values == sorted(values)
    assert bright[6581][1] < bright[6581][0] * 1.5, "the lowest settings hardly differ on a 6581"
    assert bright[8580][2] > bright[8580][1] * 1.5


def test_resonance_raises_the_band_at_the_cutoff() -> None:
    for model in MODELS:
        flat, sharp = (
            spectrum_db(
                fast(filtered(model, 0x200, mode=1, resonance=at), seconds=2, setup=Setup(model=model))
            )
            for at in (0, 15)
        )
        assert np.max(np.convolve(sharp - flat, np.ones(200) / 200, "same")[1500:10000]) > 3


@pytest.mark.parametrize("rate_hz", [8000, 22050, 44100])
@pytest.mark.parametrize("cutoff", [0x080, 0x140, 0x1C0])
def test_loud_noise_at_full_resonance_does_not_run_away(rate_hz: int, cutoff: int) -> None:
    """The 6581's worst: resistors that open with loudness, and hardly any damping."""
    steps = script(
        *tone(NOISE, frequency=0xFFFF),
        *tone(NOISE, frequency=0xCFFF, voice=1),
        *[(1080, 0x15, cutoff & 7), (1090, 0x16, cutoff >> 3), (1100, 0x17, 0xF3), (1110, 0x18, 0x1F)],
    )
    setup = Setup(sample_rate_hz=rate_hz)
    ours, theirs = (render(steps, seconds=2, setup=setup)[rate_hz:] for render in (fast, residfp))
    assert abs(20 * np.log10(loudness(ours) / loudness(theirs))) < 7


@pytest.mark.parametrize("rate_hz", [8000, 22050, 44100, 96000])
@pytest.mark.parametrize("model", MODELS)
def test_extreme_sweeps_stay_bounded_and_come_to_rest(model: int, rate_hz: int) -> None:
    """Cutoff, resonance and modes jump at audio rate under three full voices; then everything is turned off."""
    chance = np.random.default_rng(7)
    lines = [line for voice in range(3) for line in tone(PULSE, voice=voice, frequency=0x900 * (voice + 1))]
    lines += [(2000 + at * 200, 0x15 + at % 4, int(chance.integers(0, 256))) for at in range(4000)]
    quiet = 2000 + 4000 * 200
    lines += [(quiet + at, 4 + 7 * voice, 0) for at, voice in enumerate(range(3))]
    lines += [(quiet + 10, 0x17, 0), (quiet + 20, 0x18, 0)]
    sound = fast(script(*lines), seconds=3, setup=Setup(model=model, sample_rate_hz=rate_hz))
    assert np.all(np.abs(sound[-rate_hz // 4 :]) <= 1)
    assert np.mean(np.abs(sound) >= 32767) < 0.2


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("block_cycles", [1, 23, 1000, 91_000])
def test_the_size_of_blocks_changes_no_sample(model: int, block_cycles: int) -> None:
    steps = busy_script(3)
    whole = fast(steps, seconds=1, setup=Setup(model=model))
    assert np.array_equal(whole, fast(steps, seconds=1, setup=Setup(model=model, block_cycles=block_cycles)))


def test_samples_fall_due_when_the_interface_says() -> None:
    for rate, clock in ((44100, PAL_HZ), (22050, 1022727.0), (48000, 1022727.14)):
        for seconds in (0.1, 1 / 3, 2.0):
            setup = Setup(sample_rate_hz=rate, clock_hz=clock)
            end = int(seconds * clock)
            expected = sum(1 for n in range(int(seconds * rate) + 2) if int((n + 1) * clock / rate) < end)
            assert len(fast(script(*tone(SAW)), seconds=seconds, setup=setup)) == expected


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed", range(3))
def test_after_resuming_it_sounds_as_if_never_interrupted(model: int, seed: int) -> None:
    """All but noise combined with others: how that empties the noise register is approximate on both sides."""
    steps, cut = busy_script(seed, pure_noise=True), int(0.7 * PAL_HZ)
    setup = Setup(model=model)
    whole = fast(steps, seconds=2, setup=setup)
    resumed = fast(steps, seconds=2, setup=setup, resume_cycle=cut)
    skipped = int(0.05 * 44100)
    tail = whole[len(whole) - len(resumed) :]
    assert spectral_correlation(resumed[skipped:], tail[skipped:]) > 0.995


def test_muted_voices_are_silent_and_do_not_change_the_others() -> None:
    both = script(*tone(SAW, frequency=0x1000), *tone(SAW, frequency=0x2345, voice=1))
    alone = fast(script(*tone(SAW, frequency=0x1000)), seconds=2, setup=Setup(model=8580))
    muted = fast(both, seconds=2, setup=Setup(model=8580, muted=2))
    assert spectral_correlation(alone, muted) > 0.999
    assert loudness(fast(both, seconds=2, setup=Setup(model=8580, muted=3))[22050:]) < 1


def digi(hertz: float = 500) -> Script:
    """A sine in four bits on the volume register, written at 8 kHz."""
    steps = int(PAL_HZ / 8000)
    wave = np.round(7.5 + 7.5 * np.sin(2 * np.pi * hertz * np.arange(16000) * steps / PAL_HZ)).astype(int)
    return script(*((1000 + at * steps, 0x18, int(value)) for at, value in enumerate(wave)))


def test_volume_digis_are_loud_on_the_6581_and_faint_on_the_8580() -> None:
    """Measured after a second: reSIDfp's output begins with a step that fades slowly."""
    loud, faint = (fast(digi(), seconds=1.9, setup=Setup(model=model))[44100:] for model in MODELS)
    assert loudness(loud) > 4 * loudness(faint) > 40
    for model, ours in zip(MODELS, (loud, faint), strict=True):
        theirs = residfp(digi(), seconds=1.9, setup=Setup(model=model))[44100:]
        assert abs(20 * np.log10(loudness(ours) / loudness(theirs))) < 1
    assert loudness(fast(digi(), seconds=1.9, setup=Setup(muted=8))[44100:]) < 5


def test_taps_show_voices_before_filter_and_muting() -> None:
    steps = script(*tone(SAW), *tone(TRIANGLE, voice=1, frequency=0x3000), (1200, 0x17, 3))
    taps = fast_taps(steps, seconds=1, setup=Setup(muted=7))
    assert [loudness(tap[4410:]) > 3000 for tap in taps] == [True, True, False]
    assert np.array_equal(taps, fast_taps(steps, seconds=1, alone=True))
    assert np.array_equal(taps, fast_taps(steps, seconds=1, setup=Setup(block_cycles=17)))
    assert abs(measured_hz(np.tile(taps[0][4410:], 2), pitch_hz(0x1CD6)) - pitch_hz(0x1CD6)) < 1


def test_a_chip_is_small() -> None:
    assert probe().fast_synth_size() < 65536


def test_sanitizers_find_nothing_in_random_scripts() -> None:
    flags = ["-O1", "-g", "-fsanitize=address,undefined,float-cast-overflow", "-fno-sanitize-recover=all"]
    program = compiled(HERE / "stress.cpp", flags=flags, parts=OUR_SOURCES)
    subprocess.run([str(program), "12"], check=True, timeout=300)
