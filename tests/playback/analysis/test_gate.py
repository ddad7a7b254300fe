"""Does the gate see that ratings or features say nothing, and let good ones pass?"""

import numpy as np

from playback.analysis.calibration import Calibration, calibrate
from playback.analysis.gate import judge_features, judge_ratings
from tests.playback.analysis.made_vectors import NAMES, made_vectors

GOOD = made_vectors(3000)
RATINGS = Calibration(calibrate(GOOD, NAMES), NAMES).rate_all(GOOD)


def test_what_differs_passes_with_its_figures() -> None:
    verdict = judge_features(GOOD, NAMES) & judge_ratings(RATINGS)
    assert verdict.is_good
    assert verdict.figures["distinct"] > 2900
    assert verdict.figures["ratings"]["mood"]["entropyBits"] > 2.3


def test_the_data_set_that_nobody_looked_at_is_refused() -> None:
    """87,073 songs, of which 91.4 % had the same ratings."""
    chance = np.random.default_rng(1)
    ratings = np.round(chance.uniform(1, 5, (87_073, 3)), 2)
    ratings[: round(0.914 * len(ratings))] = 3
    verdict = judge_ratings(ratings)
    assert not verdict.is_good
    assert verdict.reasons[0] == "91.4 % of the 87073 songs have the same three ratings."
    assert verdict.figures["commonestShare"] == 0.914
    assert any("energy is the same for 91.4 %" in reason for reason in verdict.reasons)


def test_ratings_of_three_levels_are_refused_by_their_entropy() -> None:
    """Another of the forerunner's: 94 % of all songs had mood 3."""
    ratings = RATINGS.copy()
    chance = np.random.default_rng(1)
    ratings[:, 1] = np.round(np.clip(3 + 0.24 * chance.normal(size=len(ratings)), 1, 5), 2)
    (reason,) = judge_ratings(ratings).reasons
    assert reason.startswith("mood tells 0.")
    assert reason.endswith("bits of the 2.32 that five levels could.")


def test_few_different_ratings_are_refused() -> None:
    verdict = judge_ratings(RATINGS[np.arange(3000) % 60])
    assert verdict.reasons == ("There are only 60 different ratings of 3000 songs.",)


def test_numbers_that_are_none_and_ratings_beyond_the_scale_are_refused() -> None:
    features, ratings = GOOD.copy(), RATINGS.copy()
    features[7, NAMES.index("bpm")] = np.nan
    features[8, NAMES.index("bpm")] = np.inf
    assert judge_features(features, NAMES).reasons == ("bpm is no number in 2 of 3000 songs.",)
    ratings[0, 0], ratings[1, 1] = np.nan, 5.2
    assert "2 ratings are not from 1 to 5." in judge_ratings(ratings).reasons


def test_features_that_measured_nothing_are_refused() -> None:
    features = GOOD.copy()
    features[:, 20:60] = 0
    (reason,) = judge_features(features, NAMES).reasons
    assert reason.startswith(f"40 of {len(NAMES)} features are the same in all songs: ")
    assert judge_features(features[:0], NAMES).reasons == ("There are no songs with features.",)


def test_a_handful_of_songs_passes_unless_most_are_alike() -> None:
    assert judge_ratings(RATINGS[:14]).is_good
    assert judge_ratings(RATINGS[:1]).is_good
    alike = RATINGS[:14].copy()
    alike[:8] = 3
    assert judge_ratings(alike).reasons == ("57.1 % of the 14 songs have the same three ratings.",)
