"""How do tracks and sessions look as JSON?  Plain dicts, made by hand: this runs for every play.

`schema` describes the same shapes; a test compares the two.
"""

from typing import Any

from django.urls import reverse

from playback.catalogue.models import Obstacle, Track
from playback.delivery.sessions import Session


def track_document(track: Track) -> dict[str, Any]:
    """A track that was fetched `with_file()`."""
    file = track.album.sid_file
    obstacle = file.obstacle
    artist = track.album.artist
    return {
        "id": str(track.public_id),
        "title": track.display_title,
        "author": artist.name if artist else "",
        "released": track.album.released,
        "year": track.album.year,
        "song": track.position,
        "songs": file.songs,
        "chips": [{"model": chip.model.value, "address": chip.address} for chip in file.chips],
        "clock": file.clock,
        "lengthMs": track.length_ms,
        "path": file.path,
        "collection": file.collection.name,
        "format": file.format,
        "needsRoms": file.needs_roms,
        "playable": obstacle is None,
        "reason": _obstacle_document(obstacle),
        "notes": file.notes,
    }


def _obstacle_document(obstacle: Obstacle | None) -> dict[str, str] | None:
    return {"code": obstacle.code, "message": obstacle.message} if obstacle else None


def session_document(session: Session) -> dict[str, Any]:
    """What a client needs to play; the maps are empty where the server has nothing of the kind."""
    token = session.token()
    return {
        "id": token,
        "expiresAt": session.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "sidUrl": reverse("playback-sid", args=[token]),
        "romUrls": {},
        "streamUrls": {},
        "fallbackHlsUrl": None,
    }
