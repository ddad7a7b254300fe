"""Do ratings keep what they promise: monotone, from 1 to 5, all five levels filled, and unmoved by songs that come later?"""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from playback.analysis.calibration import AXES, TERMS, Calibration, Rating, calibrate, rate
from playback.analysis.explanations import explain
from playback.analysis.feature_names import WORDS
from playback.analysis.reference import reference_calibration
from tests.playback.analysis.made_vectors import NAMES, made_vectors

SONGS = made_vectors(2000)
STORED = json.loads(json.dumps(calibrate(SONGS, NAMES)))
KEPT = Calibration(STORED, NAMES)
FEW = Calibration(reference_calibration(made_vectors(14), NAMES), NAMES)
TERMS_ONCE = [(axis, term) for axis in AXES for term in TERMS[axis]]


def changed(song: int, **values: float) -> NDArray[np.float32]:
    """A song of the made-up ones with some features set."""
    vector: NDArray[np.float32] = SONGS[song].copy()
    for name, value in values.items():
        vector[NAMES.index(name)] = value
    return vector


@pytest.mark.parametrize("axis", AXES)
def test_the_weights_of_a_rating_are_shares_of_one(axis: Any) -> None:
    assert sum(abs(term.weight) for term in TERMS[axis]) == pytest.approx(1)
    assert {term.feature for term in TERMS[axis]} <= set(NAMES) & set(WORDS)


@settings(max_examples=150, deadline=None)
@given(
    song=st.integers(0, len(SONGS) - 1),
    which=st.sampled_from(TERMS_ONCE),
    more=st.floats(0, 1e4, width=32),
    calibration=st.sampled_from([KEPT, FEW]),
)
def test_more_of_what_adds_to_a_rating_never_lowers_it(
    song: int, which: Any, more: float, calibration: Calibration
) -> None:
    axis, term = which
    value = float(SONGS[song][NAMES.index(term.feature)])
    before = getattr(rate(SONGS[song], calibration), axis)
    after = getattr(rate(changed(song, **{term.feature: value + more}), calibration), axis)
    assert (after - before) * term.weight >= 0


@settings(max_examples=100, deadline=None)
@given(values=st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=len(NAMES), max_size=len(NAMES)))
def test_ratings_are_from_one_to_five_whatever_is_measured(values: list[float]) -> None:
    for calibration in (KEPT, FEW):
        rating = rate(np.array(values, dtype=np.float32), calibration)
        assert all(1 <= getattr(rating, axis) <= 5 for axis in AXES)
        assert all(1 <= level <= 5 for level in rating.levels.values())


def test_each_level_is_a_fifth_of_the_collection() -> None:
    levels = np.floor(KEPT.rate_all(SONGS) + 0.5)
    for column in range(3):
        _, counts = np.unique(levels[:, column], return_counts=True)
        assert len(counts) == 5
        assert np.all(np.abs(counts / len(SONGS) - 0.2) < 0.03)


def test_a_song_alone_is_rated_as_among_others_and_twice_the_same() -> None:
    together = KEPT.rate_all(SONGS)
    for song in range(0, len(SONGS), 97):
        assert rate(SONGS[song], KEPT) == Rating(*together[song].tolist())
    assert calibrate(SONGS, NAMES) == STORED
    # The order of the songs is nobody's business.
    assert calibrate(SONGS[::-1], NAMES) == STORED


def test_songs_that_come_later_move_a_new_calibration_and_not_the_kept_one() -> None:
    loud = made_vectors(500, seed=2)
    loud[:, NAMES.index("noteRate")] += 10
    more = Calibration(calibrate(np.vstack([SONGS, loud]), NAMES), NAMES)
    song = int(np.argsort(SONGS[:, NAMES.index("noteRate")])[1500])
    before = rate(SONGS[song], KEPT)
    assert rate(SONGS[song], Calibration(STORED, NAMES)) == before
    assert rate(SONGS[song], more).e < before.e


def test_a_beat_or_key_that_nobody_is_sure_of_counts_for_nothing() -> None:
    for trust, feature, low, high in (("confidence", "bpm", 50, 200), ("keyConfidence", "minorness", -1, 1)):
        unsure = [rate(changed(5, **{trust: 0, feature: value}), KEPT) for value in (low, high)]
        assert unsure[0] == unsure[1]
        sure = [rate(changed(5, **{trust: 1, feature: value}), KEPT) for value in (low, high)]
        assert sure[0] != sure[1]


def test_a_feature_that_all_songs_share_moves_nothing() -> None:
    same = SONGS.copy()
    same[:, NAMES.index("waveNoise")] = 0.25
    calibration = Calibration(calibrate(same, NAMES), NAMES)
    one, other = same[0].copy(), same[0].copy()
    one[NAMES.index("waveNoise")], other[NAMES.index("waveNoise")] = 0, 1
    assert rate(one, calibration) == rate(other, calibration)


def test_a_calibration_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks newFeature"):
        Calibration(STORED, [*NAMES, "newFeature"])
    with pytest.raises(ValueError, match="schema 7"):
        Calibration(STORED | {"schema": 7}, NAMES)
    with pytest.raises(ValueError, match="need the features bpm, minorness"):
        names = [name for name in NAMES if name not in ("bpm", "minorness")]
        calibrate(made_vectors(10, names=names), names)


def test_few_songs_are_rated_by_what_is_usual_and_that_is_said() -> None:
    assert FEW.provisional
    assert not KEPT.provisional
    names = ("noteRate", "onsetRate", "polyphony", "pitchClassEntropy")
    calm, busy = changed(0, **dict.fromkeys(names, 0)), changed(0, **dict.fromkeys(names, 20))
    assert rate(calm, FEW).e + 1 < rate(busy, FEW).e
    assert rate(calm, FEW).c + 1 < rate(busy, FEW).c


def test_reasons_are_what_moves_the_rating_with_figures() -> None:
    song = changed(3, rms=0.99, noteRate=19, onsetRate=14.5, bpm=120, confidence=0.1)
    energy, mood, complexity = explain(song, KEPT, rate(song, KEPT))
    assert (energy.name, energy.word) == ("Energy", "intense")
    assert [reason.feature for reason in energy.reasons] == ["rms", "onsetRate", "noteRate"]
    assert "because of loud sound (more than 99 % of songs), many beats" in energy.text
    assert "many notes a second (19.0, more than 9" in energy.text
    assert {mood.axis, complexity.axis} == {"m", "c"}


def test_what_pulls_the_other_way_is_told_too() -> None:
    loud_and_slow = changed(3, rms=1, onsetRate=12, noteRate=18, bpm=50, confidence=1, spectralCentroid=4000)
    (energy, *_) = explain(loud_and_slow, KEPT, rate(loud_and_slow, KEPT))
    assert [reason.feature for reason in energy.against] == ["bpm"]
    assert energy.text.endswith(", in spite of a slow beat (50 a minute, less than 99 % of songs)")


def test_songs_with_the_same_value_are_not_counted_as_less_or_more() -> None:
    halves = SONGS.copy()
    halves[:1200, NAMES.index("waveNoise")] = 0
    calibration = Calibration(calibrate(halves, NAMES), NAMES)
    less, more = calibration.others(NAMES.index("waveNoise"), 0)
    assert less == 0
    assert more == pytest.approx(0.4, abs=0.015)


def test_a_song_of_the_middle_in_everything_has_no_reasons_and_a_word() -> None:
    middle = np.median(SONGS, axis=0)
    for explanation in explain(middle, KEPT, Rating(3, 3, 3)):
        assert explanation.reasons == explanation.against == ()
        assert explanation.text == explanation.word
