"""What can a rendering job be told, and what does that mean: which songs, formats, engines and settings?

The administration guide's document is taken as it is (`{"sidPath", "mode": {...}, "options": {...}}`), and so are the same names flat.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

from pydantic import Field, model_validator

from core.problems import InvalidInput
from jobs.kinds import Parameters
from playback.catalogue.paths import PathError, canonical_path
from playback.rendering import matrix
from playback.rendering.assets import configured_formats
from playback.rendering.engines import engine_order, obstacle
from playback.rendering.problems import RenderProgramMissing
from playback.rendering.settings import Engine, FormatName, Quality, RenderSettings, settings_for

_LONGEST_SEC: Final = 3600
MOST_AT_TOP: Final = 5000


@dataclass(frozen=True, slots=True)
class Preset:
    """A name for formats and a quality."""

    formats: tuple[FormatName, ...]
    quality: Quality
    use: str


PRESETS: Final = {
    "streaming": Preset(("m4a", "hls"), "medium", "for browsers that cannot emulate"),
    "mobile": Preset(("m4a", "hls"), "low", "for small connections"),
    "archive": Preset(("wav", "flac"), "high", "to keep"),
}


class RenderSongs(Parameters):
    """Which songs, how, and into what."""

    sid_path: str = Field(
        default="",
        title="Path",
        description="A file or folder below the collection's root; empty: everything.",
    )
    collection: str | None = Field(default=None, description="Its name; empty: the first that has the path.")
    recursive: bool = Field(default=False, description="Folders in the folder, too.")
    location: Literal["client", "server", "ultimate64"] | None = Field(default=None, description="Where.")
    time: Literal["real-time", "offline"] | None = Field(default=None, description="When.")
    technology: Literal["engine", "cli", "wasm", "hls", "ultimate64"] | None = Field(
        default=None, description="By what; empty: the preferred engine."
    )
    target: Literal["wav", "flac", "m4a", "hls", "live", "stream"] | None = Field(
        default=None, description="Into what."
    )
    formats: list[FormatName] = Field(
        default=[], description="wav, flac, m4a, hls; empty: the target, or render.defaultFormats."
    )
    preset: Literal["streaming", "mobile", "archive"] | None = Field(
        default=None, description="Formats and quality by name, where they are not given."
    )
    subtune: int | None = Field(
        default=None, ge=1, le=256, title="Song", description="This song of each tune only."
    )
    duration: float | None = Field(
        default=None, gt=0, le=_LONGEST_SEC, description="Seconds; empty: the song's own length."
    )
    quality: Quality | None = Field(default=None, description="Empty: as configured.")
    channels: Literal["mono", "stereo"] | None = Field(
        default=None, description="Empty: stereo for tunes with several chips."
    )
    chip: Literal["6581", "8580r5"] | None = Field(default=None, description="For tunes that name none.")
    force: bool = Field(default=False, description="Files that are there and current, too.")
    top: int | None = Field(
        default=None, ge=1, le=MOST_AT_TOP, description="Only so many songs, those that are played most."
    )

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, told: Any) -> Any:
        """The guide's nested names, and its other words for the same."""
        return dict(_flattened(told)) if isinstance(told, dict) else told

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """What does not go together is refused before there is a job."""
        self.ways()
        if self.sid_path:
            try:
                canonical_path(self.sid_path)
            except PathError as error:
                raise InvalidInput(
                    str(error), errors=[{"field": "sid_path", "message": str(error)}]
                ) from None
        return self

    def ways(self) -> list[matrix.Way]:
        """Those that can make every wanted format.  Raises InvalidMode, NoDevice."""
        mode = matrix.Mode(
            location=self.location, time=self.time, technology=self.technology, target=self.target
        )
        return matrix.for_rendering(mode, engine_order())

    def wanted_formats(self) -> list[str]:
        named: list[str] = list(self.formats)
        if self.target and self.target not in named:
            named.insert(0, self.target)
        if not named and self.preset:
            named = list(PRESETS[self.preset].formats)
        return list(dict.fromkeys(named or configured_formats()))

    def settings(self) -> list[RenderSettings]:
        """One for each engine to be tried, the preferred first.  Raises RenderProgramMissing where none can work here."""
        engines = [way.engine for way in self.ways() if way.engine]
        reasons = {engine: obstacle(engine) for engine in engines}
        able = [engine for engine in engines if not reasons[engine]]
        if not able:
            raise RenderProgramMissing(" ".join(dict.fromkeys(reasons.values())))
        return [self._settings_for(engine) for engine in able]

    def _settings_for(self, engine: Engine) -> RenderSettings:
        preset = PRESETS[self.preset] if self.preset else None
        return settings_for(
            engine,
            quality=self.quality or (preset.quality if preset else None),
            duration_ms=round(self.duration * 1000) if self.duration else None,
            channels={None: 0, "mono": 1, "stereo": 2}[self.channels],
            chip=self.chip,
        )


_OTHER_NAMES: Final = {"sidPath": "sid_path", "song": "subtune"}
_OTHER_WORDS: Final[dict[str, dict[Any, str]]] = {
    "technology": {"hardware": "ultimate64"},
    "chip": {"8580": "8580r5"},
}


def _flattened(told: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    for name, value in told.items():
        if name in ("mode", "options") and isinstance(value, dict):
            yield from _flattened(value)
        elif name == "stereo" and isinstance(value, bool):
            yield "channels", "stereo" if value else "mono"
        else:
            field = _OTHER_NAMES.get(name, name)
            words = _OTHER_WORDS.get(field, {})
            yield field, words.get(value, value) if isinstance(value, str) else value
