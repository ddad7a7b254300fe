"""How do features get into the database, and which recipe is the one in force?"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.configuration import configuration
from hardware.engine import EngineMissingError
from playback.analysis.analysers import Outcome
from playback.analysis.features.specs import FEATURES
from playback.analysis.models import Features, Recipe
from playback.analysis.problems import AnalysisImpossible
from playback.analysis.recipes import AnalysisSettings, made_of, recipe_version

_WRITTEN = [
    "vector",
    "file_md5",
    "window_start_ms",
    "window_ms",
    "failure",
    "failure_detail",
    "stale_since",
    "analysed_at",
]


def settings_in_force() -> AnalysisSettings:
    """What the configuration says about analysing."""
    chosen = configuration()
    return AnalysisSettings(
        sample_rate_hz=chosen.analysis_sample_rate,
        window_s=min(chosen.max_classify_sec, chosen.max_render_sec),
        intro_skip_s=chosen.intro_skip_sec,
    )


def recipe_in_force() -> Recipe:
    """The row of the recipe that this version of the site makes under this configuration; it is made where it is not there.

    Raises AnalysisImpossible without an engine.
    """
    settings = settings_in_force()
    try:
        version, described = recipe_version(settings), made_of(settings)
    except EngineMissingError as error:
        raise AnalysisImpossible(error.message) from None
    recipe, _ = Recipe.objects.get_or_create(
        version=version,
        defaults={"features": [spec.name for spec in FEATURES], "made_of": described},
    )
    return recipe


def write(recipe: Recipe, outcomes: Iterable[Outcome]) -> list[Features]:
    """Puts them in the place of what was there.  Answers the rows; to be called in a transaction."""
    now = timezone.now()
    rows = [
        Features(
            track_id=one.track,
            recipe=recipe,
            vector=one.vector,
            file_md5=one.md5,
            window_start_ms=one.start_ms,
            window_ms=one.ms,
            failure=one.failure[:32],
            failure_detail=one.detail[:300],
            stale_since=None,
            analysed_at=now,
        )
        for one in outcomes
    ]
    Features.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["track", "recipe"], update_fields=_WRITTEN, batch_size=500
    )
    Recipe.objects.filter(pk=recipe.pk).update(revision=F("revision") + 1)
    return rows


def mark_stale(tracks: Iterable[int]) -> int:
    """Features of these songs are to be made again by the next classification; answers how many rows that are."""
    with transaction.atomic():
        return Features.objects.filter(track__in=tracks, stale_since=None).update(stale_since=timezone.now())
