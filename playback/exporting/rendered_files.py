"""How does the list of rendered files come back into rows?  Those whose files still lie in their places."""

import json
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from core.exporting import BATCH, Counts, DataFileError, Progress, lines_of, telling
from playback.catalogue.models import Track
from playback.rendering import manifest, storage
from playback.rendering.models import RenderedAsset

_COLUMNS: Final = {
    "format": "format",
    "recipe": "recipe",
    "engine": "engine",
    "sidMd5": "file_md5",
    "storagePath": "path",
    "sizeBytes": "size_bytes",
    "durationMs": "duration_ms",
    "sampleRate": "sample_rate_hz",
    "channels": "channels",
    "bitrateBps": "bitrate_bps",
    "loudnessLufs": "loudness_lufs",
    "sha256": "sha256",
}


class RenderedFiles:
    """The manifest as an export: written as the job writes it, and read back after the tunes."""

    path = "availability/streams.json"

    def write(self, folder: Path, progress: Progress) -> bool:
        del progress
        return manifest.write(folder / self.path)

    def read(self, folder: Path, progress: Progress, *, replace: bool) -> Counts | None:
        """`replace` changes nothing: a row stands for a file, and files that are here are not removed for a list."""
        del replace
        place = folder / self.path
        if not place.exists():
            return None
        counts = Counts()
        lines = (line for line in enumerate(lines_of(place), start=1) if line[1].startswith(b'{"bitrateBps"'))
        while batch := list(islice(lines, BATCH)):
            documents = [_parsed(number, line) for number, line in batch]
            with telling(f"{self.path}, lines {batch[0][0]} to {batch[-1][0]}"):
                _take(documents, counts)
        progress(1)
        return counts


def _parsed(number: int, line: bytes) -> dict[str, Any]:
    where = f"{RenderedFiles.path}, line {number}"
    try:
        document = json.loads(line.rstrip(b",\n"))
        document["renderedAt"] = datetime.fromisoformat(document["renderedAt"])
        missing = [name for name in (*_COLUMNS, "trackId") if name not in document]
    except (ValueError, KeyError, TypeError) as error:
        raise DataFileError(f"{where} cannot be read: {error}.") from None
    if missing:
        raise DataFileError(f"{where} has no {missing[0]}.")
    return dict(document)


def _take(documents: list[dict[str, Any]], counts: Counts) -> None:
    ids = {document["trackId"] for document in documents}
    tracks = {str(track.public_id): track for track in Track.objects.filter(public_id__in=ids)}
    paths = [document["storagePath"] for document in documents]
    known = set(RenderedAsset.objects.filter(path__in=paths).values_list("path", flat=True))
    for document in documents:
        path = document["storagePath"]
        track = tracks.get(document["trackId"])
        if path in known:
            counts.unchanged += 1
        elif track and storage.is_ours(path) and (storage.root() / path).is_file():
            values = {column: document[name] for name, column in _COLUMNS.items()}
            _, made = RenderedAsset.objects.get_or_create(
                track=track,
                format=values["format"],
                recipe=values["recipe"],
                defaults={**values, "rendered_at": document["renderedAt"], "used_at": document["renderedAt"]},
            )
            counts.added += made
