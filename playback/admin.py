"""What may staff see and change of the music's rows?  Files and headers are evidence: they are looked at, not edited."""

from django.contrib import admin

from core.evidence_admin import Evidence
from playback.catalogue.models import Album, Artist, Collection, Folder, FolderNote, SidFile, Track
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
