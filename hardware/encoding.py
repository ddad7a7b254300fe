"""How do bare samples become WAV, FLAC and M4A files of even loudness that say what they are?  By ffmpeg; pure: no Django.

Loudness is measured once (EBU R128, by ffmpeg's `ebur128`) and evened out by one gain for the whole song, the same in every format, so
nothing is squeezed and nothing is encoded twice.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hardware.programs import ProgramFailedError, Run, find_program, run_here, run_told

_PACKAGE: Final = "ffmpeg"
# What streaming sites aim at; and the room above the highest peak that AAC needs.
TARGET_LUFS: Final = -16.0
HIGHEST_PEAK_DBTP: Final = -1.0
# Noise of a song that is all but silent is not made music by gain.
MOST_GAIN_DB: Final = 24.0
# R128's own gate: what is below it is silence.
_SILENCE_LUFS: Final = -70.0
_SUMMARY: Final = re.compile(r"I:\s+(-?[\d.]+|-?inf|nan) LUFS.*?Peak:\s+(-?[\d.]+|-?inf|nan) dBFS", re.DOTALL)
# The same bytes each time: no version of an encoder, no date.
_EXACT: Final = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact")
# 6144 bits for a frame of 1024 samples are the most that AAC has for a channel.
_AAC_BITS_PER_FRAME: Final = 6144
_AAC_FRAME: Final = 1024


@dataclass(frozen=True, kw_only=True)
class Pcm:
    """16-bit little-endian samples in a file, and over how many frames their end shall fade to nothing."""

    path: Path
    sample_rate_hz: int
    channels: int
    frames: int
    fade_frames: int = 0


@dataclass(frozen=True)
class Loudness:
    """Integrated loudness in LUFS and true peak in dBTP, with the fade; None for silence (or what is too short to measure)."""

    integrated_lufs: float | None
    true_peak_db: float | None

    @property
    def gain_db(self) -> float:
        """What brings it to TARGET_LUFS, or as near as peaks allow; 0 for silence.  Two decimals."""
        if self.integrated_lufs is None or self.true_peak_db is None:
            return 0.0
        wanted = min(TARGET_LUFS - self.integrated_lufs, HIGHEST_PEAK_DBTP - self.true_peak_db, MOST_GAIN_DB)
        return math.floor(wanted * 100) / 100


def program() -> str:
    """Where ffmpeg is.  Raises ProgramMissingError."""
    return find_program("ffmpeg", package=_PACKAGE)


def measure(pcm: Pcm, *, log: Path, run: Run = run_here) -> Loudness:
    """How loud it is.  Raises ProgramMissingError, ProgramFailedError."""
    command = [program(), "-hide_banner", "-nostdin", "-nostats", *_source(pcm)]
    command += ["-af", _chain(pcm, "ebur128=peak=true:framelog=verbose"), "-f", "null", "-"]
    said = run_told(run, command, log=log)
    found = list(_SUMMARY.finditer(said))
    if not found:
        raise ProgramFailedError("ffmpeg did not say how loud the sound is.")
    integrated, peak = (_number(text) for text in found[-1].groups())
    return Loudness(None if integrated is None or integrated <= _SILENCE_LUFS else integrated, peak)


def encode_wav(pcm: Pcm, out: Path, *, gain_db: float, log: Path, run: Run = run_here) -> None:
    """16-bit PCM.  Raises ProgramMissingError, ProgramFailedError."""
    _encode(pcm, out, ["-c:a", "pcm_s16le", "-f", "wav"], gain_db=gain_db, log=log, run=run)


def encode_flac(
    pcm: Pcm,
    out: Path,
    *,
    gain_db: float,
    level: int,
    tags: Mapping[str, str],
    log: Path,
    run: Run = run_here,
) -> None:
    """16-bit FLAC, the same samples as the WAV; `level` 0..12.  Raises ProgramMissingError, ProgramFailedError."""
    how = ["-sample_fmt", "s16", "-c:a", "flac", "-compression_level", str(level), "-f", "flac"]
    _encode(pcm, out, how, gain_db=gain_db, tags=tags, log=log, run=run)


def encode_m4a(
    pcm: Pcm,
    out: Path,
    *,
    gain_db: float,
    bitrate_bps: int,
    tags: Mapping[str, str],
    log: Path,
    run: Run = run_here,
) -> None:
    """AAC-LC with its index in front, at most as many bits as AAC can have.  Raises ProgramMissingError, ProgramFailedError."""
    most = _AAC_BITS_PER_FRAME * pcm.channels * pcm.sample_rate_hz // _AAC_FRAME
    how = ["-c:a", "aac", "-b:a", str(min(bitrate_bps, most)), "-movflags", "+faststart", "-f", "ipod"]
    _encode(pcm, out, how, gain_db=gain_db, tags=tags, log=log, run=run)


def _encode(
    pcm: Pcm,
    out: Path,
    how: list[str],
    *,
    gain_db: float,
    log: Path,
    run: Run,
    tags: Mapping[str, str] | None = None,
) -> None:
    command = [program(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *_source(pcm)]
    command += ["-af", _chain(pcm, f"volume={gain_db:.2f}dB"), *_EXACT]
    for name, value in (tags or {}).items():
        command += ["-metadata", f"{name}={value}"]
    run_told(run, [*command, *how, str(out)], log=log)


def _source(pcm: Pcm) -> list[str]:
    return ["-f", "s16le", "-ar", str(pcm.sample_rate_hz), "-ac", str(pcm.channels), "-i", str(pcm.path)]


def _chain(pcm: Pcm, end: str) -> str:
    fade = f"afade=t=out:ss={pcm.frames - pcm.fade_frames}:ns={pcm.fade_frames}"
    return f"{fade},{end}" if pcm.fade_frames else end


def _number(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None
