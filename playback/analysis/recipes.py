"""What do a song's features depend on beside the song? The recipe: engine, synth, rate, window rule, list of features."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from hardware.engine import LIBRARY_PATH, EngineMissingError
from hardware.engine_mark import engine_mark
from playback.analysis.features.specs import FEATURES

# Goes up when the rule of the window or what is done around the features changes.
SCHEMA: Final = 1
_HASH_LENGTH: Final = 16


@dataclass(frozen=True, kw_only=True)
class AnalysisSettings:
    """How songs are analysed: seconds, Hz, and how many machine cycles one song may cost in all."""

    sample_rate_hz: int = 11025
    window_s: float = 15.0
    intro_skip_s: float = 15.0
    trace_s: float = 60.0
    cycle_limit: int = 200_000_000

    def __post_init__(self) -> None:
        """Refuses what cannot be analysed with: ValueError."""
        if not 8000 <= self.sample_rate_hz <= 192_000:
            raise ValueError("the sample rate lies between 8,000 and 192,000 Hz")
        # What is longer than the trace is as long as the trace.
        if not (self.window_s > 0 and 0 < self.trace_s <= 600 and self.intro_skip_s >= 0):
            raise ValueError("a window lasts more than nothing, and a trace up to ten minutes")
        if self.cycle_limit < 1:
            raise ValueError("the cycle limit is positive")


def _engine(library: Path = LIBRARY_PATH) -> str:
    """Its mark, not the library's bytes: hosts whose compilers differ make one recipe."""
    if not library.is_file():
        raise EngineMissingError("The engine is not built")
    return engine_mark()


def made_of(settings: AnalysisSettings) -> dict[str, Any]:
    """Everything that a vector depends on beside the tune, for people and for the version's hash.

    Raises EngineMissingError without an engine.
    """
    return {
        "schema": SCHEMA,
        "engine": _engine(),
        "synth": "fast",
        "window": "first part that sounds behind the intro, within the song",
        "settings": asdict(settings),
        "features": {spec.name: spec.version for spec in FEATURES},
    }


def recipe_version(settings: AnalysisSettings) -> str:
    """A short name for all of it, like `1-0123456789abcdef`: the schema's number and a hash of `made_of`."""
    text = json.dumps(made_of(settings), sort_keys=True, separators=(",", ":"))
    return f"{SCHEMA}-{hashlib.sha256(text.encode()).hexdigest()[:_HASH_LENGTH]}"
