"""How does sound become a WAV file that is either whole or not there?"""

from __future__ import annotations

import os
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

# A WAV file counts its bytes in 32 bits; the header takes 44 of them.
_LARGEST: Final = (1 << 32) - 1 - 44


def fits(*, frames: int, channels: int) -> bool:
    """Whether a WAV file can hold this many 16-bit frames."""
    return frames * channels * 2 <= _LARGEST


@contextmanager
def open_wav(path: Path, *, sample_rate_hz: int, channels: int) -> Iterator[wave.Wave_write]:
    """A 16-bit WAV to write frames to; it takes its name when the block ends well, and leaves nothing when it does not."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file, wave.open(file, "wb") as wav:
            wav.setnchannels(channels)
            wav.setsampwidth(2)
            wav.setframerate(sample_rate_hz)
            yield wav
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
