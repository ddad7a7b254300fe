"""Are the notes of scales, chords and arpeggios counted as they were written?"""

from __future__ import annotations

from math import log2

import numpy as np
import pytest

from playback.analysis.features.frames import frame_tables
from playback.analysis.features.notes import entropy, key, note_features
from tests.playback.analysis.made_signals import (
    FRAME_HZ,
    GATE,
    NOISE,
    TRIANGLE,
    Writes,
    frequency,
    melody,
    note,
    silence_before,
    trace_of,
)

C_MAJOR = [60, 62, 64, 65, 67, 69, 71, 72, 67, 64, 60, 60]
A_MINOR = [57, 59, 60, 62, 64, 65, 68, 69, 64, 60, 57, 57]


def notes(writes: Writes, *, length_s: float = 10, chips: int = 1) -> dict[str, float]:
    """Features of the group "notes"."""
    return note_features(frame_tables(trace_of(writes, length_s=length_s, chips=chips)))


def held(pitches: list[float], *, frames: int = 400) -> Writes:
    """One gate, the pitch changing with each frame in turn."""
    writes = silence_before() + note(0, pitches[0], frames=frames)
    for frame in range(1, frames):
        writes += frequency(frame, pitches[frame % len(pitches)])
    return writes


@pytest.mark.parametrize(("scale", "root", "is_minor"), [(C_MAJOR, 0, False), (A_MINOR, 9, True)])
@pytest.mark.parametrize("higher", [0, 1, 5, 10])
def test_a_scale_has_its_key_wherever_it_begins(
    scale: list[int], root: int, is_minor: bool, higher: int
) -> None:
    figures = notes(melody([pitch + higher for pitch in scale]))
    assert figures["keyRoot"] == (root + higher) % 12
    assert (figures["minorness"] > 0) is is_minor
    assert figures["keyConfidence"] > 0.7


def test_a_melody_has_its_notes_and_pitches() -> None:
    figures = notes(melody(C_MAJOR, frames=25, sounding=25), length_s=12 * 25 / FRAME_HZ)
    assert figures["noteRate"] == pytest.approx(FRAME_HZ / 25, rel=0.01)
    assert figures["noteDuration"] == pytest.approx(25 / FRAME_HZ, rel=0.01)
    assert figures["pitchMean"] == pytest.approx(np.mean(C_MAJOR), abs=0.1)
    assert figures["pitchRange"] == pytest.approx(np.percentile(C_MAJOR, 95) - 60, abs=1)
    assert figures["polyphony"] == 1
    assert figures["arpeggioActivity"] == 0
    assert figures["repeatedNotes"] == pytest.approx(1 / 12)


def test_notes_are_counted_per_second_up_to_the_last_sound() -> None:
    short, long = (notes(melody(C_MAJOR), length_s=length_s) for length_s in (6, 60))
    assert short["noteRate"] == pytest.approx(long["noteRate"])


@pytest.mark.parametrize("sounding", [5, 12, 20])
def test_a_note_lasts_until_its_gate_goes_off(sounding: int) -> None:
    figures = notes(melody(C_MAJOR, frames=25, sounding=sounding))
    assert figures["noteDuration"] == pytest.approx(sounding / FRAME_HZ, rel=0.01)


def test_a_note_that_decays_to_nothing_ends_before_its_gate() -> None:
    # Attack 2 ms, decay 300 ms (8), sustain 0.
    figures = notes(silence_before() + note(0, 60, frames=400, attack_decay=0x08, sustain_release=0x00))
    assert figures["noteDuration"] == pytest.approx(0.3, abs=0.03)


def test_the_median_note_counts() -> None:
    writes = silence_before() + note(0, 60, frames=5) + note(50, 62, frames=5) + note(100, 64, frames=300)
    assert notes(writes)["noteDuration"] == pytest.approx(5 / FRAME_HZ)


def test_a_chord_has_three_voices() -> None:
    writes = silence_before()
    for voice, pitch in enumerate((60, 64, 67)):
        writes += note(0, pitch, frames=300, voice=voice)
    figures = notes(writes)
    assert figures["polyphony"] == 3
    assert figures["pitchClassEntropy"] == pytest.approx(log2(3))
    assert notes(silence_before() + note(0, 60, frames=300))["pitchClassEntropy"] == 0


def test_voices_that_play_half_the_time_count_half() -> None:
    writes = silence_before() + note(0, 60, frames=400) + note(0, 64, frames=200, voice=1)
    assert notes(writes)["polyphony"] == pytest.approx(1.5, abs=0.01)


@pytest.mark.parametrize("frames_each", [1, 2, 3])
def test_a_broken_chord_is_an_arpeggio(frames_each: int) -> None:
    chord: list[float] = [60, 64, 67] if frames_each == 1 else [60, 67]
    figures = notes(held([pitch for pitch in chord for _ in range(frames_each)]))
    assert figures["arpeggioActivity"] > 0.97


def test_half_an_arpeggio_counts_half() -> None:
    writes = held([60, 64, 67], frames=200) + note(200, 60, frames=200)
    assert notes(writes)["arpeggioActivity"] == pytest.approx(0.5, abs=0.03)


def test_vibrato_slides_and_quick_notes_are_no_arpeggio() -> None:
    assert notes(held([60, 60.5, 61, 60.5]))["arpeggioActivity"] == 0
    assert notes(held([40 + step / 10 for step in range(300)]))["arpeggioActivity"] == 0
    trill = silence_before()
    for frame in range(0, 300, 2):
        trill += note(frame, 60 + 7 * (frame % 4 // 2), frames=1)
    assert notes(trill)["arpeggioActivity"] == 0


def test_one_tone_again_and_again_is_repeated() -> None:
    assert notes(melody([60] * 10))["repeatedNotes"] == pytest.approx(0.9)
    assert notes(melody([60, 62] * 5))["repeatedNotes"] == 0


def test_the_other_voices_notes_do_not_count_as_before() -> None:
    writes = silence_before()
    for voice in (0, 1, 2):
        writes += note(voice, 60, frames=50, voice=voice)
    assert notes(writes)["repeatedNotes"] == 0


def test_noise_has_no_pitch() -> None:
    figures = notes(silence_before() + note(0, 60, frames=200, wave=NOISE))
    assert figures["polyphony"] == 1
    assert (figures["pitchMean"], figures["keyConfidence"], figures["pitchRange"]) == (0, 0, 0)
    assert figures["noteRate"] > 0


def test_what_cannot_be_heard_is_no_voice() -> None:
    quiet = note(0, 60, frames=200)
    assert notes([*silence_before(volume=0), *quiet])["polyphony"] == 0
    assert notes(silence_before() + note(0, 60, frames=200, wave=0))["polyphony"] == 0
    third_off = [*silence_before(volume=0x8F), *note(0, 60, frames=200, voice=2)]
    assert notes(third_off)["polyphony"] == 0
    # Where it goes through the filter, it is heard all the same.
    assert notes([*third_off, (0, 23, 4), (0, 24, 0x9F)])["polyphony"] == 1


def test_a_release_sounds_on() -> None:
    # Release 8: 300 ms.
    figures = notes(silence_before() + note(0, 60, frames=10, sustain_release=0xF8))
    assert figures["noteRate"] == pytest.approx(FRAME_HZ / (10 + round(0.3 * FRAME_HZ)), rel=0.1)


def test_a_second_chip_has_voices_of_its_own() -> None:
    trace = trace_of(silence_before() + note(0, 60, frames=200), length_s=5, chips=2, chip=1)
    assert note_features(frame_tables(trace))["polyphony"] == 1


def test_a_gate_pulsed_within_a_frame_is_a_note() -> None:
    writes = [
        *silence_before(),
        *frequency(0, 60),
        (0, 6, 0xF9),
        (5.2, 4, TRIANGLE | GATE),
        (5.6, 4, TRIANGLE),
    ]
    figures = notes(writes)
    assert figures["noteRate"] > 0
    assert figures["polyphony"] == 1


def test_without_notes_every_figure_is_nought() -> None:
    assert set(notes(silence_before()).values()) == {0.0}


def test_entropy_and_key_of_nothing_and_of_everything() -> None:
    assert entropy(np.zeros(12, int)) == 0
    assert entropy(np.ones(12, int)) == pytest.approx(log2(12))
    assert key(np.zeros(12, int)) == (0, 0.0, 0.0)
    assert key(np.full(12, 7)) == (0, 0.0, 0.0)
