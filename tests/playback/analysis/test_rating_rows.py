"""Do ratings come into the database whole or not at all, whoever is killed, and does what is shown never move by itself?"""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from playback.analysis import rating_rows
from playback.analysis.calibration import Calibration
from playback.analysis.models import Features, Prediction, Recipe
from playback.analysis.rating_rows import (
    CalibratedMeanwhile,
    RatingsRefused,
    calibrate,
    needs_calibration,
    rate_new,
)
from playback.catalogue.models import SidFile, Track
from tests.playback.analysis.analysed import analyse, made_catalogue, made_recipe
from tests.playback.analysis.made_vectors import NAMES, made_vectors

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What happens to a process at any moment."""


def shown(recipe: Recipe) -> dict[int, tuple[float, float, float]]:
    """What visitors see of it: the predictions that its calibration names."""
    recipe.refresh_from_db()
    source = recipe.calibration["source"] if recipe.calibration else "none"
    rows = Prediction.objects.filter(source=source).values_list("track_id", "e", "m", "c")
    return {track: (e, m, c) for track, e, m, c in rows}


def test_all_songs_get_the_ratings_of_the_calibration_that_is_kept() -> None:
    recipe, tracks = made_recipe(), made_catalogue(700)
    vectors = analyse(recipe, tracks)
    told: list[tuple[int, int, str]] = []
    done = calibrate(recipe, progress=lambda *step: told.append(step))
    assert (done.songs, done.provisional) == (700, False)
    assert recipe == Recipe.serving()
    recipe.refresh_from_db()
    wanted = Calibration(recipe.calibration or {}, NAMES).rate_all(vectors)
    assert list(shown(recipe).values()) == [tuple(row) for row in wanted.tolist()]
    assert [message for *_, message in told][-1] == "removing the ratings before"
    assert (700, 700, "writing ratings") in told
    assert recipe.calibration
    assert recipe.calibration["gate"]["songs"] == 700


def test_few_songs_are_rated_provisionally_until_there_are_more() -> None:
    recipe, tracks = made_recipe(), made_catalogue(60)
    analyse(recipe, tracks[:14])
    assert needs_calibration(recipe)
    assert calibrate(recipe).provisional
    assert not needs_calibration(recipe)
    assert len(shown(recipe)) == 14
    analyse(recipe, tracks[14:], made_vectors(46, seed=2))
    assert needs_calibration(recipe)
    assert not calibrate(recipe).provisional
    assert not needs_calibration(recipe)
    assert len(shown(recipe)) == 60


@pytest.mark.parametrize("moment", range(5))
def test_whoever_is_killed_leaves_the_old_ratings_whole_and_the_next_one_cleans_up(
    moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rating_rows, "_BATCH", 50)
    recipe, tracks = made_recipe(), made_catalogue(160)
    analyse(recipe, tracks)
    calibrate(recipe)
    before = shown(recipe)
    Features.objects.filter(recipe=recipe).delete()
    analyse(recipe, tracks, made_vectors(160, seed=9))
    steps = iter(range(100))

    def kill(done: int, total: int, message: str) -> None:
        if next(steps) == moment:
            raise Killed

    with pytest.raises(Killed):
        calibrate(recipe, progress=kill)
    assert shown(recipe) == before
    left = Prediction.objects.count() - 160
    Prediction.objects.update(made_at=timezone.now() - timedelta(days=1))
    calibrate(Recipe.objects.get())
    after = shown(recipe)
    assert len(after) == Prediction.objects.count() == 160
    assert after != before
    # Killed before the ratings were written, after each fifty of them, and at their end.
    assert left == min(moment * 50, 160)


def test_killed_behind_the_switch_the_new_ratings_are_whole() -> None:
    recipe, tracks = made_recipe(), made_catalogue(100)
    analyse(recipe, tracks)
    calibrate(recipe)
    before = shown(recipe)
    Features.objects.filter(recipe=recipe).delete()
    analyse(recipe, tracks, made_vectors(100, seed=9))

    def kill(done: int, total: int, message: str) -> None:
        if message.startswith("removing"):
            raise Killed

    with pytest.raises(Killed):
        calibrate(recipe, progress=kill)
    assert len(shown(recipe)) == 100
    assert shown(recipe) != before
    assert Prediction.objects.count() == 200


def test_songs_that_come_later_are_rated_by_the_kept_calibration_and_move_nobody() -> None:
    recipe, tracks = made_recipe(), made_catalogue(120)
    analyse(recipe, tracks[:100])
    calibrate(recipe)
    before, kept = shown(recipe), recipe.calibration
    late = made_vectors(20, seed=3)
    late[:, NAMES.index("noteRate")] = 50
    analyse(recipe, tracks[100:], late)
    assert rate_new(recipe) == 20
    after = shown(recipe)
    assert recipe.calibration == kept
    assert {track: after[track] for track in before} == before
    assert len(after) == 120
    assert rate_new(recipe) == 0


def test_a_song_that_was_analysed_again_is_rated_again_and_one_that_fails_now_has_no_ratings() -> None:
    recipe, tracks = made_recipe(), made_catalogue(60)
    analyse(recipe, tracks)
    calibrate(recipe)
    before = shown(recipe)
    again, fails = Features.objects.order_by("track_id")[:2]
    again.vector = made_vectors(1, seed=99).astype("<f4").tobytes()
    again.analysed_at = timezone.now()
    again.save()
    Features.objects.filter(pk=fails.pk).update(vector=b"", failure="silent", analysed_at=timezone.now())
    assert rate_new(recipe) == 1
    after = shown(recipe)
    assert after[again.track_id] != before[again.track_id]
    assert fails.track_id not in after
    assert len(after) == 59
    # The same, told which rows they are.
    again.vector = made_vectors(1, seed=98).astype("<f4").tobytes()
    assert rate_new(recipe, [again]) == 1
    assert shown(recipe)[again.track_id] != after[again.track_id]


def test_nothing_is_rated_by_a_recipe_without_a_calibration() -> None:
    recipe, tracks = made_recipe(), made_catalogue(3)
    analyse(recipe, tracks)
    assert rate_new(recipe) == 0
    assert not Prediction.objects.exists()
    assert Recipe.serving() is None


def test_what_says_nothing_is_refused_with_figures_and_the_old_ratings_stay() -> None:
    recipe, tracks = made_recipe(), made_catalogue(200)
    analyse(recipe, tracks)
    calibrate(recipe)
    before, kept = shown(recipe), recipe.calibration
    Features.objects.filter(recipe=recipe).delete()
    vectors = made_vectors(200, seed=2)
    vectors[:183] = vectors[0]
    analyse(recipe, tracks, vectors)
    with pytest.raises(RatingsRefused, match=r"91\.5 % of the 200 songs") as refused:
        calibrate(recipe)
    assert refused.value.members["figures"]["commonestShare"] == 0.915
    assert (shown(recipe), recipe.calibration) == (before, kept)
    assert Prediction.objects.count() == 200


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda vectors: vectors[:, :-1], "features, not the recipe's"),
        (lambda vectors: np.where(vectors == vectors[3, 5], np.nan, vectors), "is no number in"),
        (lambda vectors: vectors[:0], "There are no songs with features."),
    ],
)
def test_features_that_nobody_can_rate_are_told(damage: Any, sentence: str) -> None:
    recipe, tracks = made_recipe(), made_catalogue(60)
    vectors = damage(made_vectors(60))
    analyse(recipe, tracks[: len(vectors)], vectors.astype(np.float32))
    with pytest.raises(RatingsRefused, match=sentence):
        calibrate(recipe)
    assert Recipe.serving() is None


def test_of_two_at_once_the_first_that_is_done_is_shown_and_nothing_is_mixed() -> None:
    recipe, tracks = made_recipe(), made_catalogue(60)
    analyse(recipe, tracks)
    other = Recipe.objects.get()

    def meanwhile(done: int, total: int, message: str) -> None:
        if message == "writing ratings" and other.calibrated_at is None:
            calibrate(other)

    with pytest.raises(CalibratedMeanwhile):
        calibrate(recipe, progress=meanwhile)
    assert len(shown(recipe)) == Prediction.objects.count() == 60
    assert other.calibration == recipe.calibration


def test_songs_that_are_gone_or_whose_file_changed_are_left_out() -> None:
    recipe, tracks = made_recipe(), made_catalogue(60)
    analyse(recipe, tracks)
    SidFile.objects.filter(path__endswith="1.sid").update(missing_since=timezone.now())
    SidFile.objects.filter(path__endswith="2.sid").update(md5="f" * 32)
    assert calibrate(recipe).songs == len(shown(recipe)) == 48


def test_a_song_that_is_deleted_meanwhile_stops_nobody() -> None:
    recipe, tracks = made_recipe(), made_catalogue(60)
    analyse(recipe, tracks)

    def delete(done: int, total: int, message: str) -> None:
        if message.startswith("comparing"):
            Track.objects.filter(pk=tracks[7].pk).delete()

    calibrate(recipe, progress=delete)
    assert len(shown(recipe)) == 59
