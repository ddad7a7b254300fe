"""What does `availability/streams.json` say, which lists every rendered file for programs that do not ask the site?

One object, `{"assets": [...], "version": 1}`, an asset a line, in order of collection, path, song, format and recipe.  It follows from the
rows alone: the same rows give the same bytes.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from core.configuration import configuration
from core.exporting import canonical
from core.files import replace_changed
from playback.catalogue.models import Collection
from playback.rendering.models import RenderedAsset

_FILE: Final = "availability/streams.json"
_VERSION: Final = 1
_ORDER: Final = (
    "track__album__sid_file__path",
    "track__position",
    "format",
    "recipe",
)
CODECS: Final = {"wav": "pcm_s16le", "flac": "flac", "m4a": "mp4a.40.2", "hls": "mp4a.40.2"}


def place() -> Path:
    """Where it is."""
    return configuration().availability.manifest_path or Path(settings.DATA_DIR) / _FILE


def write(path: Path | None = None) -> bool:
    """Writes it as the rows are now; False where it was so already."""
    path = path or place()
    path.parent.mkdir(parents=True, exist_ok=True)
    return replace_changed(path, _pieces())


def _pieces() -> Iterator[bytes]:
    yield b'{"assets":['
    between = b"\n"
    # Databases differ in how they sort names; Python does not.
    for name, pk in sorted(Collection.objects.values_list("name", "pk")):
        rows = RenderedAsset.objects.filter(track__album__sid_file__collection=pk)
        rows = rows.select_related("track__album__sid_file").order_by(*_ORDER)
        for asset in rows.iterator(chunk_size=1000):
            yield between + canonical(_document(asset, name)).rstrip(b"\n")
            between = b",\n"
    yield f'\n],"version":{_VERSION}}}\n'.encode()


def _document(asset: RenderedAsset, collection: str) -> dict[str, Any]:
    file = asset.track.album.sid_file
    return {
        "collection": collection,
        "relativeSidPath": file.path,
        "songIndex": asset.track.position,
        "trackId": str(asset.track.public_id),
        "format": asset.format,
        "codec": CODECS[asset.format],
        "engine": asset.engine,
        "recipe": asset.recipe,
        "sidMd5": asset.file_md5,
        "durationMs": asset.duration_ms,
        "sampleRate": asset.sample_rate_hz,
        "channels": asset.channels,
        "sizeBytes": asset.size_bytes,
        "bitrateBps": asset.bitrate_bps,
        "loudnessLufs": asset.loudness_lufs,
        "storagePath": asset.path,
        "sha256": asset.sha256,
        "renderedAt": time_of(asset.rendered_at),
    }


def time_of(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
