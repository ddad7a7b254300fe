"""Which models does Django find in this app?"""

from playback.analysis.models import Features, Prediction, Recipe
from playback.catalogue.models import Album, Artist, Collection, Folder, FolderNote, SidFile, Track
from playback.rendering.models import EngineOrder, RenderedAsset, TrackPlays
from playback.roms.models import RomBundle
from playback.search.models import SearchVariant, SearchWord

__all__ = [
    "Album",
    "Artist",
    "Collection",
    "EngineOrder",
    "Features",
    "Folder",
    "FolderNote",
    "Prediction",
    "Recipe",
    "RenderedAsset",
    "RomBundle",
    "SearchVariant",
    "SearchWord",
    "SidFile",
    "Track",
    "TrackPlays",
]
