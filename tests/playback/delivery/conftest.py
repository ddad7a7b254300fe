"""What do the tests of delivery share?  Two tunes that sound, and a folder of rendered files that is theirs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import caches
from django.utils import timezone

from core.configuration import load
from core.settings_schema import SidflowSettings
from jobs.models import Worker
from playback.catalogue.importing import import_sids
from playback.delivery import adapters, file_response, on_demand, streams
from playback.models import RenderedAsset, Track
from playback.rendering import settings as render_settings
from playback.rendering import storage
from tests.browser.tunes import write_tunes

SECONDS = 2


@dataclass(frozen=True)
class Music:
    """Where the tunes are, and a way to configure the site."""

    folder: Path
    configure: Callable[..., SidflowSettings]

    def track(self, name: str = "a_rising.sid") -> Track:
        return Track.objects.with_file().get(album__sid_file__path=name, position=1)

    def has(self, what: str, data: bytes, *, name: str = "a_rising.sid", **columns: Any) -> RenderedAsset:
        """A rendered file, as if it had been made before."""
        track = self.track(name)
        engine = columns.get("engine", "sidflow")
        told = render_settings.settings_for("sidplayfp-cli" if engine == "sidplayfp-cli" else "wasm")
        recipe = render_settings.asset_recipe(told)
        place = f"{recipe}/{track.pk}." + ("hls/index.m3u8" if what == "hls" else what)
        path = storage.root() / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        values = {
            "engine": engine,
            "file_md5": track.album.sid_file.md5,
            "path": place,
            "size_bytes": len(data),
            "duration_ms": render_settings.length_of(track),
            "sample_rate_hz": 44100,
            "channels": 1,
            "sha256": "ab" * 32,
        }
        return RenderedAsset.objects.create(track=track, format=what, recipe=recipe, **values | columns)


@pytest.fixture
def music(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[Music]:
    def configure(**chosen: str) -> SidflowSettings:
        told = load(
            {f"SIDFLOW_{name}": value for name, value in chosen.items()}
            | {"SIDFLOW_RENDER__UNKNOWN_LENGTH_SEC": str(SECONDS)}
        ).settings
        for module in (adapters, file_response, on_demand, streams, render_settings):
            if hasattr(module, "configuration"):
                monkeypatch.setattr(module, "configuration", lambda: told)
        monkeypatch.setattr(adapters, "_found", {})
        return told

    monkeypatch.setattr(django_settings, "DATA_DIR", tmp_path / "data")
    write_tunes(tmp_path / "made")
    import_sids(tmp_path / "made")
    configure()
    caches["rates"].clear()
    Worker.objects.create(host="here", pid=1, started_at=timezone.now(), heartbeat_at=timezone.now())
    yield Music(tmp_path / "made", configure)
    caches["rates"].clear()
