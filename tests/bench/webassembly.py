"""How fast is the WebAssembly build, under node?"""

import json
import subprocess
import tempfile
from pathlib import Path

from tests.engine.corpus import Song

_SCRIPT = Path(__file__).with_name("render_speed.mjs")


def fast_synth_speed(song: Song, seconds: float) -> float:
    """Times real time of the fast synth at 44.1 kHz."""
    with tempfile.NamedTemporaryFile(suffix=".sid") as file:
        file.write(song.file)
        file.flush()
        command = ["node", str(_SCRIPT), file.name, str(song.number), str(seconds)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout)["speed"])
