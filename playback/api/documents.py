"""How do tracks and sessions look as JSON?  Plain dicts, made by hand: this runs for every play.

`schema` describes the same shapes; a test compares the two.
"""

from typing import Any

from django.urls import reverse

from playback.catalogue.models import Obstacle, Track
from playback.delivery.addresses import sid_address
from playback.delivery.sessions import Session
from playback.delivery.streams import Assets, offered
from playback.roms.bundles import obstacle_given
from playback.roms.checking import ROM_SIZES
from playback.roms.models import RomBundle


def track_document(track: Track, bundle: RomBundle | None) -> dict[str, Any]:
    """A track that was fetched `with_file()`, as it is with this bundle of ROMs (None: there is none)."""
    file = track.album.sid_file
    obstacle = obstacle_given(file, bundle)
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


def session_document(
    session: Session, track: Track, bundle: RomBundle | None, present: Assets
) -> dict[str, Any]:
    """What a client needs to play; the maps are empty where the server has nothing of the kind.

    `present` is the track's audio that is there (`streams.rendered`).
    """
    token = session.token()
    return {
        "id": token,
        "expiresAt": session.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "sidUrl": sid_address(track.album.sid_file, token),
        "romUrls": _rom_urls(token, bundle) if bundle and track.album.sid_file.needs_basic else {},
        **offered(track, token, present),
    }


def _rom_urls(token: str, bundle: RomBundle) -> dict[str, str]:
    return {kind: reverse("playback-rom", args=[token, kind]) for kind in bundle.roms}


def manifest_document(bundle: RomBundle | None) -> dict[str, Any]:
    """Which ROMs browsers get, with what proves them."""
    return {"bundles": [_bundle_document(bundle)] if bundle else []}


def _bundle_document(bundle: RomBundle) -> dict[str, Any]:
    roms = {kind: {"sha256": sha256, "sizeBytes": ROM_SIZES[kind]} for kind, sha256 in bundle.roms.items()}
    return {"id": str(bundle.pk), "name": bundle.name, "roms": roms}
