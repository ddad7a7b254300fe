"""With which settings is a song rendered, and what is the name of all of them together (its recipe)?

A recipe is `engine.sound.file`: who plays; a digest of what decides how the song sounds (the engine's own state, the fade, loudness);
a digest of what is only a matter of the file (rate, bits, channels, another duration).  A file is current as long as engine and
sound are.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from core.configuration import configuration
from hardware import sidplayfp
from hardware.encoding import HIGHEST_PEAK_DBTP, TARGET_LUFS
from hardware.engine_mark import engine_mark
from hardware.programs import ProgramMissingError
from playback.catalogue.models import Track

Engine = Literal["wasm", "sidplayfp-cli", "ultimate64"]
Quality = Literal["low", "medium", "high"]
FormatName = Literal["wav", "flac", "m4a", "hls"]
FORMATS: Final[tuple[FormatName, ...]] = ("wav", "flac", "m4a", "hls")
# What RenderedAsset.engine calls them: `wasm` is the browser's build of our engine, and the server's sounds the same.
ENGINE_NAMES: Final[dict[str, str]] = {
    "wasm": "sidflow",
    "sidplayfp-cli": "sidplayfp-cli",
    "ultimate64": "ultimate64",
}
# Raised whenever the way from samples to files changes so that a file sounds different.
_WAY: Final = 1
# The end of a song is faded over three seconds, but never over more than an eighth of it: a jingle keeps its last note.
FADE_MS: Final = 3000
_FADE_SHARE: Final = 8


@dataclass(frozen=True, slots=True)
class _Preset:
    sample_rate_hz: int
    bitrate_bps: int
    flac_level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSettings:
    """Everything that decides about a file but the song itself.

    `channels` 0: one, or two where the tune plays on several chips.  `duration_ms` None: the song's own length.
    """

    engine: Engine = "wasm"
    chip: int = 6581
    duration_ms: int | None = None
    channels: int = 0
    sample_rate_hz: int = 44100
    bitrate_bps: int = 256_000
    flac_level: int = 5

    def fade_ms(self, duration_ms: int) -> int:
        return min(FADE_MS, duration_ms // _FADE_SHARE)

    def channels_for(self, track: Track) -> int:
        return self.channels or (2 if track.album.sid_file.sids > 1 else 1)

    def duration_for(self, track: Track) -> int:
        """How long the song's file is, in milliseconds."""
        return min(self.duration_ms or length_of(track), _longest_ms())


def length_of(track: Track) -> int:
    """The song's length, or what is taken for it where nobody knows it; in milliseconds."""
    return min(track.length_ms or round(configuration().render.unknown_length_sec * 1000), _longest_ms())


def _longest_ms() -> int:
    return round(configuration().render.longest_sec * 1000)


def settings_for(
    engine: Engine = "wasm",
    *,
    quality: Quality | None = None,
    duration_ms: int | None = None,
    channels: int = 0,
    chip: str | None = None,
) -> RenderSettings:
    """The configured settings, or those of a quality preset."""
    told = configuration().render
    presets = {
        None: _Preset(44100, told.m4a_bitrate * 1000, told.flac_compression_level),
        "low": _Preset(32000, 96_000, 3),
        "medium": _Preset(44100, 160_000, 5),
        "high": _Preset(48000, max(told.m4a_bitrate, 256) * 1000, 8),
    }
    preset = presets[quality]
    return RenderSettings(
        engine=engine,
        chip=8580 if (chip or told.default_chip).startswith("8580") else 6581,
        duration_ms=duration_ms,
        channels=channels,
        sample_rate_hz=preset.sample_rate_hz,
        bitrate_bps=preset.bitrate_bps,
        flac_level=preset.flac_level,
    )


def asset_recipe(settings: RenderSettings) -> str:
    """The settings' name; for `sidplayfp-cli` also of the program's version on this machine."""
    file = [
        settings.duration_ms,
        settings.channels,
        settings.sample_rate_hz,
        settings.bitrate_bps,
        settings.flac_level,
    ]
    return f"{sound_recipe(settings.engine, settings.chip)}{_digest(file)[:8]}"


def sound_recipe(engine: Engine, chip: int) -> str:
    """With what the recipe of every file begins that sounds as this engine sounds now."""
    return _sound_recipe(engine, chip, _version(engine))


@cache
def _sound_recipe(engine: Engine, chip: int, version: str) -> str:
    sound = [_WAY, chip, version, FADE_MS, _FADE_SHARE, TARGET_LUFS, HIGHEST_PEAK_DBTP]
    return f"{ENGINE_NAMES[engine]}.{_digest(sound)[:16]}."


def _version(engine: Engine) -> str:
    if engine == "sidplayfp-cli":
        try:
            return sidplayfp.version(sidplayfp.program(configuration().sidplay_path))
        except ProgramMissingError:
            return ""
    return engine_mark() if engine == "wasm" else ""


def _digest(value: list[Any]) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
