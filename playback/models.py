"""Which models does Django find in this app?"""

from playback.catalogue.models import Album, Artist, Collection, FolderNote, SidFile, Track

__all__ = ["Album", "Artist", "Collection", "FolderNote", "SidFile", "Track"]
