"""Are the songs that are found really the nearest, in an order that is the same everywhere, and said to be alike for a reason?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from playback.analysis.calibration import TERMS, Calibration, calibrate
from playback.analysis.feature_names import WORDS
from playback.analysis.features.specs import FEATURES
from playback.analysis.likeness import GROUPS, TRUST, Metric, Neighbours, diverse
from playback.analysis.reference import USUAL
from tests.playback.analysis.made_vectors import NAMES, made_vectors

SONGS = made_vectors(1500)
METRIC = Metric(Calibration(calibrate(SONGS, NAMES), NAMES))
POINTS = METRIC.points(SONGS)
IDS = np.arange(len(SONGS), dtype=np.int64)
NEIGHBOURS = Neighbours(POINTS, IDS)


def by_definition(song: int) -> NDArray[np.float64]:
    """Distances as the docstring of the metric has them."""
    places = METRIC.places(SONGS)
    distances: NDArray[np.float64] = np.sqrt((METRIC.weights * (places - places[song]) ** 2).sum(axis=1))
    return distances


@settings(max_examples=25, deadline=None)
@given(song=st.integers(0, len(SONGS) - 1))
def test_the_nearest_are_the_nearest_by_the_definition(song: int) -> None:
    found = NEIGHBOURS.nearest(POINTS[song], 26)
    distances = by_definition(song)
    assert found[0].row == song
    assert found[0].likeness == 1
    assert [one.likeness for one in found] == pytest.approx(1 - np.sort(distances)[:26], abs=2e-4)
    assert [one.likeness for one in found] == sorted((one.likeness for one in found), reverse=True)


def test_weights_sum_to_one_and_groups_have_theirs() -> None:
    assert sum(group.weight for group in GROUPS) == pytest.approx(1)
    assert METRIC.weights.sum() == pytest.approx(1)
    assert {name for group in GROUPS for name in group.features} == set(METRIC.names)
    weight = dict(zip(METRIC.names, METRIC.weights.tolist(), strict=True))
    for group in GROUPS:
        assert sum(weight[name] for name in group.features) == pytest.approx(group.weight)


def test_a_transposed_song_is_the_same_song() -> None:
    transposed = SONGS[3].copy()
    transposed[NAMES.index("keyRoot")] = (transposed[NAMES.index("keyRoot")] + 5) % 12
    point = METRIC.points(transposed[np.newaxis, :])[0]
    assert NEIGHBOURS.nearest(point, 1)[0].likeness == 1


def test_one_player_routine_does_not_make_songs_alike() -> None:
    """All of the driver's features the same against all of the notes' features the same."""
    chance = np.random.default_rng(3)
    driver = next(group for group in GROUPS if group.name == "driver").features
    notes = next(group for group in GROUPS if group.name == "notes").features
    base, other = SONGS[0], SONGS[chance.permutation(len(SONGS))][:400]
    mean = []
    for names in (driver, notes):
        same = other.copy()
        for name in (*names, "keyConfidence"):
            same[:, NAMES.index(name)] = base[NAMES.index(name)]
        apart = METRIC.points(same) - METRIC.points(base[np.newaxis, :])
        mean.append(float(np.linalg.norm(apart, axis=1).mean()))
    assert mean[0] > mean[1]


def test_equally_near_songs_come_in_the_order_of_their_ids_whatever_their_place_in_memory() -> None:
    points = np.vstack([POINTS[:50], np.repeat(POINTS[7:8], 40, axis=0)])
    ids = np.arange(1000, 1090, dtype=np.int64)
    chance = np.random.default_rng(5)
    wanted = [1007, *range(1050, 1069)]
    for _ in range(5):
        order = chance.permutation(len(points))
        mixed = Neighbours(points[order], ids[order])
        assert [int(mixed.ids[one.row]) for one in mixed.nearest(POINTS[7], 20)] == wanted


def test_fewer_songs_than_asked_for_are_all_there_are() -> None:
    assert len(Neighbours(POINTS[:3], IDS[:3]).nearest(POINTS[0], 25)) == 3
    assert Neighbours(POINTS[:0], IDS[:0]).nearest(POINTS[0], 25) == []


def test_one_song_of_a_file_and_few_of_an_author() -> None:
    found = NEIGHBOURS.nearest(POINTS[0], 12)
    files, authors = np.zeros(len(SONGS), dtype=np.int64), np.zeros(len(SONGS), dtype=np.int64)
    for at, one in enumerate(found):
        files[one.row] = at // 2
        authors[one.row] = 0 if at >= 8 else 9
    chosen = list(diverse(found, files, authors, most_per_author=2))
    # Two of author 9, and then those of whom no author is known; of each pair the nearer one.
    assert chosen == [found[0], found[2], found[8], found[10]]


def test_why_tells_what_both_have_and_few_others() -> None:
    one, other = np.median(SONGS, axis=0), np.median(SONGS, axis=0)
    for name, first, second in (
        ("arpeggioActivity", 0.97, 0.98),
        ("filterUse", 0.02, 0.03),
        ("noteRate", 0.5, 19.5),
        ("repeatedNotes", 0.98, 0.98),
    ):
        one[NAMES.index(name)], other[NAMES.index(name)] = first, second
    words = METRIC.words(one, other)
    assert words[0] in (WORDS["arpeggioActivity"].high, WORDS["repeatedNotes"].high)
    assert words[1:] == [WORDS["filterUse"].low]
    assert METRIC.words(np.median(SONGS, axis=0), one) == []


def test_what_is_rated_compared_and_spoken_of_is_measured() -> None:
    measured = {spec.name for spec in FEATURES}
    compared = {name for group in GROUPS for name in group.features}
    rated = {
        name for terms in TERMS.values() for term in terms for name in (term.feature, term.trust) if name
    }
    assert compared | rated | set(WORDS) | set(USUAL) | set(TRUST) | set(TRUST.values()) <= measured
    assert tuple(spec.name for spec in FEATURES) == NAMES
