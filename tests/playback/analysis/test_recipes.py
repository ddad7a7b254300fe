"""Has every recipe its own name, and every feature its place?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from playback.analysis import recipes
from playback.analysis.features.spec import GROUPS
from playback.analysis.features.specs import FEATURES, NAMES
from playback.analysis.recipes import AnalysisSettings, made_of, recipe_version

SETTINGS = AnalysisSettings()
EIGHT = "energy rms spectralCentroid spectralRolloff zeroCrossingRate bpm confidence duration"


def test_the_seeds_eight_come_first_and_every_name_once() -> None:
    assert NAMES[:8] == tuple(EIGHT.split())
    assert len(set(NAMES)) == len(NAMES)


def test_groups_stand_together_in_their_order() -> None:
    seen = list(dict.fromkeys(spec.group for spec in FEATURES))
    assert seen == list(GROUPS)
    assert [spec.group for spec in FEATURES] == sorted((spec.group for spec in FEATURES), key=GROUPS.index)


def test_a_feature_says_all_about_itself() -> None:
    bad = [spec.name for spec in FEATURES if not (spec.low < spec.high and spec.unit and spec.source)]
    assert bad == []
    assert [spec.name for spec in FEATURES if not spec.meaning.endswith(".")] == []


@pytest.mark.parametrize(
    "other",
    [
        replace(SETTINGS, sample_rate_hz=22050),
        replace(SETTINGS, window_s=10),
        replace(SETTINGS, intro_skip_s=5),
        replace(SETTINGS, trace_s=30),
        replace(SETTINGS, cycle_limit=1_000_000_000),
    ],
    ids=str,
)
def test_other_settings_are_another_recipe(other: AnalysisSettings) -> None:
    assert recipe_version(SETTINGS) == recipe_version(AnalysisSettings())
    assert recipe_version(other) != recipe_version(SETTINGS)


def test_a_version_is_short_and_begins_with_the_schema() -> None:
    assert recipe_version(SETTINGS).startswith(f"{recipes.SCHEMA}-")
    assert len(recipe_version(SETTINGS)) <= 40


def test_a_recipe_names_engine_synth_and_features() -> None:
    said = made_of(SETTINGS)
    assert len(said["engine"]) == 16
    assert said["synth"] == "fast"
    assert list(said["features"]) == list(NAMES)
    assert said["settings"]["sample_rate_hz"] == SETTINGS.sample_rate_hz


@pytest.mark.parametrize(
    "wrong",
    [{"sample_rate_hz": 4000}, {"window_s": 0}, {"trace_s": -1}, {"intro_skip_s": -1}, {"cycle_limit": 0}],
    ids=str,
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        replace(SETTINGS, **wrong)  # type: ignore[arg-type]
