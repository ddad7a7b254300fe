"""Which rows say what a song sounds like?

    Recipe ── Features (one for each track that was analysed)          Track ── Prediction (e, m, c by a source)

A recipe is all that features depend on beside the tune: engine, synth, rate, window, list of features.  Features of two recipes are
never compared.  Ratings come from a recipe's features by its calibration, or from a published model.
"""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from playback.catalogue.models import Track


class Recipe(models.Model):
    """How features are made.  `version` is a name for all of it: another engine, rate or list is another recipe."""

    version = models.CharField(max_length=40, unique=True)
    features = models.JSONField(help_text="Their names, in the order of the vectors.")
    made_of = models.JSONField(help_text="Engine, synth, rate, window rule.")
    # {"ratings": {"e": {...}, ...}, "songs": n, ...} of `playback.analysis.calibration`; null: not calibrated.
    calibration = models.JSONField(null=True, blank=True)
    calibrated_at = models.DateTimeField(null=True, blank=True)
    # Goes up whenever features of it are written: who holds them in memory sees that they are old.
    revision = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="recipe_calibration_has_date",
                condition=Q(calibration=None, calibrated_at=None)
                | (~Q(calibration=None) & ~Q(calibrated_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.version

    @classmethod
    def serving(cls) -> "Recipe | None":
        """The one whose ratings and likeness are shown: that which was calibrated last."""
        return cls.objects.exclude(calibrated_at=None).order_by("-calibrated_at", "-id").first()


class FeaturesQuerySet(models.QuerySet["Features"]):
    """Adjectives for features."""

    def sound(self) -> Self:
        """That have a vector."""
        return self.filter(failure="")

    def failed(self) -> Self:
        return self.exclude(failure="")

    def fresh(self) -> Self:
        """Of the file as it is now, and not marked stale by staff."""
        return self.filter(stale_since=None, file_md5=F("track__album__sid_file__md5"))


class Features(models.Model):
    """What was measured of one song by one recipe, or why it could not be."""

    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="features")
    recipe = models.ForeignKey(Recipe, on_delete=models.CASCADE, related_name="rows")
    # float32, little-endian, one for each of the recipe's features; empty where it failed.
    vector = models.BinaryField(blank=True)
    file_md5 = models.CharField(max_length=32, help_text="Of the file that was analysed.")
    window_start_ms = models.PositiveIntegerField(default=0)
    window_ms = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=32, blank=True, help_text="A code word; empty: it is analysed.")
    failure_detail = models.CharField(max_length=300, blank=True)
    stale_since = models.DateTimeField(null=True, blank=True, help_text="Marked by staff: to be made again.")
    analysed_at = models.DateTimeField(default=timezone.now)

    objects = FeaturesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "features"
        constraints = [
            models.UniqueConstraint(name="features_once_a_recipe", fields=["track", "recipe"]),
            models.CheckConstraint(
                name="features_have_vector_or_failure",
                condition=(Q(failure="") & ~Q(vector=b"")) | (~Q(failure="") & Q(vector=b"")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.track_id} by {self.recipe_id}"


class Prediction(models.Model):
    """What a song is like, each from 1 to 5: energy quiet to intense, mood dark to bright, complexity simple to dense."""

    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="predictions")
    source = models.CharField(
        max_length=64, help_text="`derived:` and a recipe's version, or a model's version."
    )
    e = models.FloatField()
    m = models.FloatField()
    c = models.FloatField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="prediction_once_a_source", fields=["track", "source"]),
            models.CheckConstraint(
                name="prediction_from_1_to_5",
                condition=Q(e__gte=1, e__lte=5, m__gte=1, m__lte=5, c__gte=1, c__lte=5),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.track_id} by {self.source}"
