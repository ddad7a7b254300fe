"""Are tempo and onsets of clicks and of notes those that they were made with?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from playback.analysis.features.frames import frame_tables
from playback.analysis.features.rhythm import onsets_s, regularity, rhythm_features, syncopation
from playback.analysis.features.spectrum import spectrum_of
from playback.analysis.features.tempo import tempo
from playback.analysis.features.timbre import flux
from tests.playback.analysis.made_signals import (
    FRAME_HZ,
    RATE_HZ,
    Writes,
    clicks,
    noise,
    note,
    pcm,
    silence_before,
    sine,
    trace_of,
)

WINDOW_S = 15.0
NO_NOTES = silence_before()


def rhythm(sound: NDArray[Any], writes: Writes = NO_NOTES) -> dict[str, float]:
    """Features of the group "rhythm", bpm and confidence."""
    spectrum = spectrum_of(pcm(sound), rate_hz=RATE_HZ)
    tables = frame_tables(trace_of(writes, length_s=60))
    return rhythm_features(spectrum, flux(spectrum), tables, window_at_s=0, window_s=WINDOW_S)


def beats(bpm: float) -> NDArray[Any]:
    """The times of the beats of a window."""
    return np.arange(0.25, WINDOW_S - 0.1, 60 / bpm)


def drums(bpm: float, *, steps: int = 1) -> Writes:
    """A minute of notes, `steps` to a beat."""
    writes = silence_before()
    for frame in np.arange(5, 60 * FRAME_HZ - 10, 60 / bpm / steps * FRAME_HZ):
        writes += note(float(frame), 48, frames=3)
    return writes


@pytest.mark.parametrize("bpm", [70, 90, 120, 150])
def test_clicks_have_their_tempo(bpm: float) -> None:
    figures = rhythm(clicks(beats(bpm), length_s=WINDOW_S))
    assert figures["bpm"] == pytest.approx(bpm, rel=0.01)
    assert figures["confidence"] > 0.6
    assert figures["onsetRate"] == pytest.approx(len(beats(bpm)) / WINDOW_S, abs=0.01)
    assert figures["onsetRegularity"] > 0.9
    assert figures["syncopation"] == 0


@pytest.mark.parametrize("bpm", [75, 100, 125, 140])
def test_notes_have_their_tempo_although_the_sound_says_nothing(bpm: float) -> None:
    figures = rhythm(sine(440, length_s=WINDOW_S), drums(bpm))
    assert figures["bpm"] == pytest.approx(bpm, rel=0.005)
    assert figures["confidence"] > 0.4


def test_sixteenths_are_heard_as_parts_of_a_beat() -> None:
    figures = rhythm(clicks(beats(120), length_s=WINDOW_S), drums(120, steps=4))
    assert figures["bpm"] == pytest.approx(120, rel=0.005)


def test_a_held_tone_has_one_onset_and_no_tempo() -> None:
    figures = rhythm(sine(440, length_s=WINDOW_S))
    assert figures["onsetRate"] == pytest.approx(1 / WINDOW_S)
    assert (figures["bpm"], figures["confidence"]) == (120, 0)
    assert figures["onsetRegularity"] == 0


def test_noise_has_little_confidence() -> None:
    assert rhythm(noise(length_s=WINDOW_S))["confidence"] < 0.2


def test_onsets_stand_where_the_flux_rises() -> None:
    curve = np.zeros(200, np.float32)
    curve[[20, 60, 61, 140]] = [10, 12, 5, 8]
    level = np.ones(200)
    assert onsets_s(curve, level, 50.0).tolist() == [0.4, 1.2, 2.8]
    level[61:] = 0.4
    assert onsets_s(curve, level, 50.0).tolist() == [0.4, 2.8]
    assert onsets_s(np.full(50, 3, np.float32), np.ones(50), 50.0).tolist() == []


def test_regularity_of_two_kinds_of_distance() -> None:
    # Distances 1 and 3 in turn: their standard deviation is half their mean.
    assert regularity(np.array([0.0, 1, 4, 5, 8])) == pytest.approx(1 / 1.5)
    assert regularity(np.array([0.0, 1.0])) == 0


def syncopation_of(*voices: NDArray[Any]) -> float:
    """At 120 beats a minute."""
    number = np.repeat(np.arange(len(voices)), [len(onsets) for onsets in voices])
    return syncopation(np.concatenate(voices), number, 120)


def test_syncopation_is_the_share_of_onsets_that_are_held_over_a_half_beat() -> None:
    beat_s = 0.5
    straight = np.arange(0, 32) * beat_s
    sixteenths = np.arange(0, 128) * beat_s / 4
    assert syncopation_of(straight) == 0
    assert syncopation_of(straight + 0.2) == 0
    # But for the last one, behind which nothing comes.
    assert syncopation_of(sixteenths) == pytest.approx(1 / 128)
    # One of four comes a sixteenth early, and nothing on the beat that it anticipates.
    early = straight.copy()
    early[3::4] -= beat_s / 4
    assert syncopation_of(early) == pytest.approx(0.25)
    # Another voice that goes on in time takes nothing away from that.
    assert syncopation_of(early, straight) == pytest.approx(0.125)


def test_a_tempo_needs_something_that_begins() -> None:
    assert tempo([]) == (120, 0)
    assert tempo([(np.zeros(500), 50.0)]) == (120, 0)
    assert tempo([(np.ones(500), 50.0)]) == (120, 0)
    assert tempo([(np.ones(1), 50.0)]) == (120, 0)
