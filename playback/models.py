"""Which models does Django find in this app?"""

from playback.catalogue.models import Album, Artist, Collection, Folder, FolderNote, SidFile, Track
from playback.roms.models import RomBundle
from playback.search.models import SearchVariant, SearchWord

__all__ = [
    "Album",
    "Artist",
    "Collection",
    "Folder",
    "FolderNote",
    "RomBundle",
    "SearchVariant",
    "SearchWord",
    "SidFile",
    "Track",
]
