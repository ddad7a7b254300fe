"""What may staff see and change of the music's rows?  Files and headers are evidence: they are looked at, not edited."""

from django.contrib import admin

from core.evidence_admin import Evidence
from playback.analysis.models import Features, Prediction, Recipe
from playback.catalogue.models import Album, Artist, Collection, Folder, FolderNote, SidFile, Track
from playback.rendering.models import RenderedAsset, TrackPlays
from playback.roms.admin import RomBundleAdmin

__all__ = ["RomBundleAdmin"]  # its own room; Django's admin finds it by this import


@admin.register(Collection)
class CollectionAdmin(Evidence, admin.ModelAdmin[Collection]):
    list_display = ["name", "kind", "version", "imported_at"]
    list_filter = ["kind"]
    search_fields = ["name", "root"]


@admin.register(Folder)
class FolderAdmin(Evidence, admin.ModelAdmin[Folder]):
    list_display = ["path", "collection", "tunes"]
    list_select_related = ["collection"]
    list_filter = ["collection"]
    search_fields = ["path"]


@admin.register(FolderNote)
class FolderNoteAdmin(Evidence, admin.ModelAdmin[FolderNote]):
    list_display = ["path", "collection"]
    list_select_related = ["collection"]
    list_filter = ["collection"]
    search_fields = ["path", "text"]


@admin.register(Artist)
class ArtistAdmin(Evidence, admin.ModelAdmin[Artist]):
    list_display = ["name", "tunes"]
    search_fields = ["name"]


@admin.register(Album)
class AlbumAdmin(Evidence, admin.ModelAdmin[Album]):
    list_display = ["title", "artist", "released"]
    list_select_related = ["artist"]
    search_fields = ["title", "artist__name"]


@admin.register(Track)
class TrackAdmin(Evidence, admin.ModelAdmin[Track]):
    list_display = ["public_id", "album", "position", "length_ms"]
    list_select_related = ["album"]
    search_fields = ["public_id", "album__title"]


@admin.register(SidFile)
class SidFileAdmin(Evidence, admin.ModelAdmin[SidFile]):
    list_display = ["path", "collection", "format", "songs", "fault", "missing_since"]
    list_select_related = ["collection"]
    list_filter = ["collection", "format", "fault", "clock"]
    search_fields = ["path", "md5", "title", "author"]


@admin.register(Recipe)
class RecipeAdmin(Evidence, admin.ModelAdmin[Recipe]):
    list_display = ["version", "created_at", "calibrated_at", "revision"]
    search_fields = ["version"]


@admin.register(Features)
class FeaturesAdmin(Evidence, admin.ModelAdmin[Features]):
    list_display = [
        "track",
        "recipe",
        "window_start_ms",
        "window_ms",
        "failure",
        "analysed_at",
        "stale_since",
    ]
    list_select_related = ["track__album", "recipe"]
    list_filter = ["recipe", "failure"]
    search_fields = ["track__public_id"]
    exclude = ["vector"]


@admin.register(Prediction)
class PredictionAdmin(Evidence, admin.ModelAdmin[Prediction]):
    list_display = ["track", "source", "e", "m", "c"]
    list_select_related = ["track__album"]
    list_filter = ["source"]
    search_fields = ["track__public_id"]


@admin.register(RenderedAsset)
class RenderedAssetAdmin(Evidence, admin.ModelAdmin[RenderedAsset]):
    list_display = ["path", "format", "engine", "size_bytes", "duration_ms", "rendered_at", "used_at"]
    list_filter = ["format", "engine"]
    search_fields = ["path", "track__public_id"]


@admin.register(TrackPlays)
class TrackPlaysAdmin(Evidence, admin.ModelAdmin[TrackPlays]):
    list_display = ["track", "plays", "played_at"]
    list_select_related = ["track__album"]
