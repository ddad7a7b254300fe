"""Which rows say what has been rendered, and what is played how often?"""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from playback.catalogue.models import Track


class RenderedAsset(models.Model):
    """One song in one format, made by one recipe (engine, its version, and all settings that change a sample).

    A row stands for a whole file (for HLS: a folder) that is there: it is written after the file got its name.
    """

    class Format(models.TextChoices):
        WAV = "wav", "WAV"
        FLAC = "flac", "FLAC"
        M4A = "m4a", "M4A (AAC)"
        HLS = "hls", "HLS"

    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="rendered")
    format = models.CharField(max_length=4, choices=Format)
    recipe = models.CharField(max_length=64)
    engine = models.CharField(max_length=32, help_text="`sidflow`, `sidplayfp-cli` or `ultimate64`.")
    file_md5 = models.CharField(max_length=32, help_text="Of the SID file that was rendered.")
    path = models.CharField(
        max_length=255, unique=True, help_text="Below the asset folder; for HLS its playlist."
    )
    size_bytes = models.PositiveBigIntegerField()
    duration_ms = models.PositiveIntegerField()
    sample_rate_hz = models.PositiveIntegerField()
    channels = models.PositiveSmallIntegerField()
    bitrate_bps = models.PositiveIntegerField(null=True, blank=True, help_text="Of compressed formats.")
    loudness_lufs = models.FloatField(
        null=True, blank=True, help_text="EBU R128, measured before it was evened out."
    )
    sha256 = models.CharField(max_length=64)
    rendered_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        # A song is found by its bytes: a copy in another collection shares the file.
        indexes = [models.Index(name="rendered_song", fields=["file_md5", "format"])]
        constraints = [
            models.UniqueConstraint(name="rendered_once", fields=["track", "format", "recipe"]),
            models.CheckConstraint(
                name="rendered_path_is_relative", condition=~Q(path="") & ~Q(path__startswith="/")
            ),
        ]

    def __str__(self) -> str:
        return self.path


class EngineOrder(models.Model):
    """The engines in order as staff want them, in place of the configuration's `render.preferredEngines`: one row, or none."""

    engines = models.JSONField(help_text='Like `["sidplayfp-cli", "wasm"]`.')
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "engine order"
        constraints = [models.CheckConstraint(name="engine_order_once", condition=Q(pk=1))]

    def __str__(self) -> str:
        return ", ".join(self.engines)


class TrackPlays(models.Model):
    """How often a song was asked for: a count, of nobody in particular."""

    track = models.OneToOneField(Track, on_delete=models.CASCADE, related_name="plays")
    plays = models.PositiveBigIntegerField(default=0, db_index=True)
    played_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "track plays"

    def __str__(self) -> str:
        return f"{self.track_id}: {self.plays}"
