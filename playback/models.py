"""Which models does Django find in this app?"""

from playback.catalogue.models import Album, Artist, Collection, FolderNote, SidFile, Track
from playback.roms.models import RomBundle

__all__ = ["Album", "Artist", "Collection", "FolderNote", "RomBundle", "SidFile", "Track"]
