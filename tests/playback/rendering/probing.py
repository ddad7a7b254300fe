"""What is really in a rendered file?  ffprobe and ffmpeg say."""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


def probe(path: Path) -> dict[str, Any]:
    """`format`, `tags`, and of the one stream what ffprobe tells."""
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)]
    said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    [stream] = said["streams"]
    tags = {name.lower(): value for name, value in said["format"].get("tags", {}).items()}
    return {**stream, "format": said["format"], "tags": tags}


def decoded(path: Path, *, channels: int = 1) -> npt.NDArray[np.int16]:
    """All samples, shape (frames, channels)."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "s16le", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(raw, dtype="<i2").reshape(-1, channels)
