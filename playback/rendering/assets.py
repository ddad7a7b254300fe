"""Which rendered file of a song is there and sounds as it would sound if it were made now?"""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.db.models import Q
from django.utils import timezone

from core.configuration import configuration
from playback.catalogue.models import Track
from playback.rendering import storage
from playback.rendering.models import RenderedAsset
from playback.rendering.settings import (
    Engine,
    RenderSettings,
    asset_recipe,
    length_of,
    settings_for,
    sound_recipe,
)

__all__ = [
    "asset_path",
    "asset_recipe",
    "current_asset",
    "current_assets",
    "current_recipes",
    "is_there",
    "made_asset",
    "place_of",
    "touch",
]

_TOUCHED_EVERY: Final = timedelta(minutes=1)
_ENGINES: Final[tuple[Engine, ...]] = ("wasm", "sidplayfp-cli")


def current_asset(track: Track, format: str, *, engine: Engine | None = None) -> RenderedAsset | None:  # noqa: A002
    """The whole song in that format: of this file, of today's engine (or the one named), with its file there; the newest.

    `track` was fetched `with_file()`.  A copy of the same file in another collection shares it.
    """
    return current_assets([track], formats=[format], engine=engine).get((track.pk, format))


def current_assets(
    tracks: Iterable[Track], *, formats: Iterable[str] | None = None, engine: Engine | None = None
) -> dict[tuple[int, str], RenderedAsset]:
    """The same for many, by track and format, in one query."""
    wanted = {(track.album.sid_file.md5, track.position): track for track in tracks}
    rows = RenderedAsset.objects.filter(file_md5__in={md5 for md5, _ in wanted})
    if formats is not None:
        rows = rows.filter(format__in=list(formats))
    found: dict[tuple[str, int, str], RenderedAsset] = {}
    recipes = current_recipes(engine)
    for asset in rows.select_related("track").order_by("rendered_at"):
        song = (asset.file_md5, asset.track.position)
        track = wanted.get(song)
        if (
            track
            and asset.recipe.startswith(recipes)
            and asset.duration_ms == length_of(track)
            and is_there(asset)
        ):
            found[(*song, asset.format)] = asset
    answer = {}
    for track in tracks:
        for name in RenderedAsset.Format.values:
            one = found.get((track.album.sid_file.md5, track.position, name))
            if one:
                answer[track.pk, name] = one
    return answer


def current_recipes(engine: Engine | None = None) -> tuple[str, ...]:
    """With one of these begins the recipe of every file that is current."""
    chip = settings_for().chip
    return tuple(sound_recipe(one, chip) for one in ([engine] if engine else _ENGINES))


def made_asset(track: Track, format: str, settings: RenderSettings) -> RenderedAsset | None:  # noqa: A002
    """The file of exactly these settings, if it is there."""
    rows = RenderedAsset.objects.filter(
        file_md5=track.album.sid_file.md5,
        track__position=track.position,
        format=format,
        recipe=asset_recipe(settings),
        duration_ms=settings.duration_for(track),
    )
    return next((asset for asset in rows if is_there(asset)), None)


def asset_path(asset: RenderedAsset) -> Path:
    """Where its file is on this server, absolute; for HLS its playlist."""
    return storage.root() / asset.path


def is_there(asset: RenderedAsset) -> bool:
    """One look at the disk."""
    return asset_path(asset).is_file()


def touch(asset: RenderedAsset) -> None:
    """It was used: what was used last is evicted last.  Written once a minute at most."""
    now = timezone.now()
    if now - asset.used_at < _TOUCHED_EVERY:
        return
    RenderedAsset.objects.filter(pk=asset.pk, used_at__lt=now - _TOUCHED_EVERY).update(used_at=now)
    asset.used_at = now


def place_of(track: Track, format: str, settings: RenderSettings) -> str:  # noqa: A002
    """The path of a file, by what is in it: recipe, file's MD5, song and length; for HLS its playlist's."""
    md5 = track.album.sid_file.md5
    name = f"{track.position}-{settings.duration_for(track)}"
    end = "hls/index.m3u8" if format == RenderedAsset.Format.HLS else ""
    tail = f"{name}.{end}" if end else f"{name}.{format}"
    return f"{asset_recipe(settings)}/{md5[:2]}/{md5}/{tail}"


def of_song(track: Track) -> Q:
    """Every row that stands for this song of this file."""
    return Q(file_md5=track.album.sid_file.md5, track__position=track.position)


def configured_formats() -> list[str]:
    """What is rendered when no format is named."""
    return list(configuration().render.default_formats)
