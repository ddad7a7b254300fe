"""How does our own engine's sound get into a file of bare samples, in bounded memory and so that it can be stopped at any time?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hardware.engine import MAX_FRAMES, Option, Rom, Synth, TunePlayer


@dataclass(frozen=True, kw_only=True)
class Sound:
    """What sound is wanted: 16-bit samples, `frames` of them for each of `channels`.

    `chip` (6581 or 8580) is for tunes that name none; 0: as the player sees fit.
    """

    song: int
    frames: int
    sample_rate_hz: int = 44100
    channels: int = 1
    chip: int = 0
    roms: Mapping[Rom, bytes] = field(default_factory=dict)

    @property
    def size_bytes(self) -> int:
        return self.frames * self.channels * 2


def render_pcm(
    file: bytes, sound: Sound, out: Path, *, progress: Callable[[float], None] | None = None
) -> None:
    """Writes the song by the reference synth, little-endian, from its beginning; `progress` hears 0..1 some times a second.

    Raises EngineError, also where the tune's CPU jams on the way, and whatever `progress` raises.
    """
    with TunePlayer(file) as player, out.open("wb") as pcm:
        _set_up(player, sound)
        player.start(sound.song)
        for at in range(0, sound.frames, MAX_FRAMES):
            if progress:
                progress(at / sound.frames)
            pcm.write(player.render(frames=min(MAX_FRAMES, sound.frames - at)).astype("<i2").tobytes())
            if player.fault:
                raise player.fault


def _set_up(player: TunePlayer, sound: Sound) -> None:
    player.set_option(Option.SYNTH, Synth.REFERENCE)
    player.set_option(Option.SAMPLE_RATE, sound.sample_rate_hz)
    player.set_option(Option.CHANNELS, sound.channels)
    player.set_option(Option.CHIP_MODEL, sound.chip)
    for rom, data in sound.roms.items():
        player.set_rom(rom, data)
