"""What may staff see and change of the music's rows?  Files and headers are evidence: they are looked at, not edited."""

from django.contrib import admin
from django.http import HttpRequest

from playback.catalogue.models import Album, Artist, Collection, FolderNote, SidFile, Track
from playback.roms.admin import RomBundleAdmin

__all__ = ["RomBundleAdmin"]  # its own room; Django's admin finds it by this import


class _EvidenceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that an import writes: open to view, closed to change."""

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: object = None) -> bool:
        return False


@admin.register(Collection)
class CollectionAdmin(_EvidenceAdmin):
    list_display = ["name", "kind", "version", "imported_at"]


@admin.register(FolderNote)
class FolderNoteAdmin(_EvidenceAdmin):
    list_display = ["path", "collection"]
    list_select_related = ["collection"]
    search_fields = ["path", "text"]


@admin.register(Artist)
class ArtistAdmin(_EvidenceAdmin):
    list_display = ["name", "tunes"]
    search_fields = ["name"]


@admin.register(Album)
class AlbumAdmin(_EvidenceAdmin):
    list_display = ["title", "artist", "released"]
    list_select_related = ["artist"]
    search_fields = ["title", "artist__name"]


@admin.register(Track)
class TrackAdmin(_EvidenceAdmin):
    list_display = ["public_id", "album", "position", "length_ms"]
    list_select_related = ["album"]
    search_fields = ["public_id", "album__title"]


@admin.register(SidFile)
class SidFileAdmin(_EvidenceAdmin):
    list_display = ["path", "collection", "format", "songs", "fault", "missing_since"]
    list_select_related = ["collection"]
    list_filter = ["collection", "format", "fault", "clock"]
    search_fields = ["path", "md5", "title", "author"]
