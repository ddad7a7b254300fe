"""In which ways can a listener hear a tune from this site just now, and what is missing for the others?

Said without the names of folders and without words of staff: everybody may read it.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

from core.configuration import configuration
from hardware.versions import version_of

_LOOK_EVERY_S: Final = 10.0
_WASM_FILE: Final = "dist/engine.wasm"
# Not asked of hardware.engine: its module brings numpy along.
_LIBRARY: Final = Path(settings.BASE_DIR) / "engine" / "build" / "libsidflow_engine.so"
_OFF: Final = "This site does not offer it."


@dataclass(frozen=True, slots=True)
class Adapter:
    """A way to hear tunes; `reason` says why there is none."""

    reason: str = ""
    formats: tuple[str, ...] = ()

    @property
    def available(self) -> bool:
        return not self.reason

    def document(self) -> dict[str, Any]:
        return {
            "available": self.available,
            "reason": self.reason or None,
            "formats": list(self.formats) if self.available else [],
        }


_looked_at = 0.0
_found: dict[str, Adapter] = {}


def adapters() -> dict[str, Adapter]:
    """By name: wasm (the browser itself), stream (rendered here), cli (rendered here by sidplayfp), ultimate64."""
    global _looked_at, _found
    now = time.monotonic()
    if not _found or now - _looked_at > _LOOK_EVERY_S:
        _found, _looked_at = look(), now
    return _found


def look() -> dict[str, Adapter]:
    """As it is at this moment."""
    return {
        "wasm": Adapter("" if staticfiles_storage.exists(_WASM_FILE) else "The engine is missing.", ("sid",)),
        "stream": Adapter(_why_no_stream(), _formats()),
        "cli": Adapter(_why_no_cli(), ("m4a",)),
        "ultimate64": Adapter("No device is configured."),
    }


def can_render(name: str) -> bool:
    """Can the server make audio in that way ("stream" or "cli") just now?"""
    return adapters()[name].available


def _why_no_stream() -> str:
    if not configuration().render.on_demand:
        return "Tunes are not rendered on request; those that were rendered before can be had."
    if not _LIBRARY.exists():
        return "The server has no engine."
    return "" if version_of("ffmpeg") else "The server has no encoder."


def _why_no_cli() -> str:
    chosen = configuration()
    if not chosen.render.allow_cli:
        return _OFF
    if not version_of("sidplayfp", chosen.sidplay_path):
        return "The server has no sidplayfp."
    return "" if version_of("ffmpeg") else "The server has no encoder."


def _formats() -> tuple[str, ...]:
    made = configuration().render.on_demand_formats
    return (*made, "hls") if "m4a" in made else tuple(made)
