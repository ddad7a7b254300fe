"""Which audio of some tracks is there or can be made, and under which addresses does a session have it?

"what" is a format (m4a, flac, wav), "hls", or "cli": the M4A that the sidplayfp program made.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from core.configuration import configuration
from playback.catalogue.models import Track
from playback.delivery.on_demand import is_made
from playback.rendering.assets import is_there
from playback.rendering.models import RenderedAsset
from playback.rendering.settings import ENGINE_NAMES, Engine, length_of, settings_for, sound_recipe

FILES: Final = ("m4a", "flac", "wav")
WHATS: Final = (*FILES, "hls", "cli")
PLAYLIST: Final = "index.m3u8"
CONTENT_TYPES: Final = {
    "m4a": "audio/mp4",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "m3u8": "application/vnd.apple.mpegurl",
    "mp4": "audio/mp4",
    "m4s": "audio/mp4",
}
HASH_SHOWN: Final = 16
_NAMES: Final = {form: f"stream.{form}" for form in FILES} | {"hls": f"hls/{PLAYLIST}", "cli": "cli.m4a"}
_OWN: Final = ENGINE_NAMES["wasm"]
_CLI: Final = ENGINE_NAMES["sidplayfp-cli"]
_LOOK_EVERY_S: Final = 10.0
# Written out: for every play, building the same by the ORM would cost three times what the database takes.
_OF_FILES: Final = (
    f"SELECT asset.*, track.position AS song FROM {RenderedAsset._meta.db_table} asset "  # noqa: S608  our own names
    f"JOIN {Track._meta.db_table} track ON track.id = asset.track_id WHERE asset.file_md5 IN ({{}})"
)
_ENGINES: Final[tuple[Engine, ...]] = ("wasm", "sidplayfp-cli")

Assets = Mapping[str, RenderedAsset]


def rendered(tracks: Sequence[Track]) -> dict[int, dict[str, RenderedAsset]]:
    """The current audio of each of the tracks (fetched with their files), by its number and "what": one query.

    That the files are there is not looked at: an address may answer that it is being made again.
    """
    songs: dict[tuple[str, int], list[Track]] = {}
    for track in tracks:
        songs.setdefault((track.album.sid_file.md5, track.position), []).append(track)
    md5s = sorted({md5 for md5, _ in songs})
    if not md5s:
        return {}
    rows = RenderedAsset.objects.raw(_OF_FILES.format(", ".join(["%s"] * len(md5s))), md5s)
    found: dict[int, dict[str, RenderedAsset]] = {}
    for asset in sorted(rows, key=_later_is_better):
        for track in songs.get((asset.file_md5, asset.song), []):  # type: ignore[attr-defined]  # is selected
            if asset.duration_ms == length_of(track) and asset.recipe.startswith(_recipes()):
                found.setdefault(track.pk, {})[_use(asset)] = asset
    return found


def _later_is_better(asset: RenderedAsset) -> tuple[Any, ...]:
    """Our own engine's audio, where there is some; else that of sidplayfp, which staff have chosen to have."""
    return asset.engine == _OWN, asset.rendered_at


def _use(asset: RenderedAsset) -> str:
    """Where listeners may choose between our engine and sidplayfp, what the latter made is no answer to who wants the former."""
    is_choice = asset.engine == _CLI and asset.format == "m4a" and configuration().render.allow_cli
    return "cli" if is_choice else asset.format


_recipes_at = 0.0
_recipes_now: tuple[str, ...] = ()


def _recipes() -> tuple[str, ...]:
    """With what current recipes begin.  To find them out means to look for programs: not for every play."""
    global _recipes_at, _recipes_now
    if not _recipes_now or time.monotonic() - _recipes_at > _LOOK_EVERY_S:
        chip = settings_for().chip
        _recipes_now = tuple(sound_recipe(engine, chip) for engine in _ENGINES)
        _recipes_at = time.monotonic()
    return _recipes_now


def current(track: Track, what: str) -> RenderedAsset | None:
    """The audio of the track as it is now, its file there; None where it is not, or is not offered."""
    asset = rendered([track]).get(track.pk, {}).get(what)
    return asset if asset and is_there(asset) else None


def offered(track: Track, token: str, present: Assets) -> dict[str, Any]:
    """The part of a session's document that is about audio made by the server."""
    whats = [what for what in WHATS if what in present or is_made(what, track)]
    urls = {what: _address(what, token, present.get(what)) for what in whats}
    return {"fallbackHlsUrl": urls.pop("hls", None), "streamUrls": urls}


def _address(what: str, token: str, asset: RenderedAsset | None) -> str:
    """By content on the CDN where there is one and the audio is there, else by the session's token."""
    if asset and settings.PUBLIC_BASE_URL:
        # The content's hash is in the address, so that other content has another.
        path = reverse("public-asset", args=[asset.sha256[:HASH_SHOWN], asset.path])
        return f"{settings.PUBLIC_BASE_URL}{path}"
    return session_address(what, token)


def session_address(what: str, token: str) -> str:
    """Where a session has it, or learns that it is being made."""
    # One reverse for all of them: a batch of plays has hundreds.
    return reverse("playback-sid", args=[token]).removesuffix("sid") + _NAMES[what]
