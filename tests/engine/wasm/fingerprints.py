"""What do the two builds of the engine make of a tune? The same jobs for both, answered as hashes."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from hardware.engine import EngineError, Option, TunePlayer

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[2]
WASM: Final = ROOT / "static" / "dist" / "engine.wasm"


@dataclass(frozen=True, kw_only=True)
class Job:
    """One thing to make of a file: `kind` "sound" (from `start` seconds on) or "trace". Options by engine.js's names."""

    file: str
    song: int = 0
    options: dict[str, int] = field(default_factory=dict)
    start: float = 0
    seconds: float = 1
    kind: str = "sound"

    def __str__(self) -> str:
        return f"{Path(self.file).stem}.{self.song} {self.kind} {self.options} from {self.start} s"


Answer = dict[str, Any]


def answers_of_webassembly(jobs: list[Job]) -> list[Answer]:
    """All jobs by static/dist/engine.wasm and engine.js in one node process."""
    lines = "".join(json.dumps(asdict(job)) + "\n" for job in jobs)
    run = subprocess.run(
        ["node", str(HERE / "fingerprint.mjs")], input=lines, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def answer_of_native(job: Job) -> Answer:
    """One job by the native library, in this process."""
    try:
        with TunePlayer(Path(job.file).read_bytes()) as player:
            for name, value in job.options.items():
                player.set_option(option_named(name), value)
            player.start(job.song)
            return {"hash": trace_hash(player, job) if job.kind == "trace" else sound_hash(player, job)}
    except EngineError as error:
        return {"status": error.status, "code": error.code, "message": error.message}


def option_named(name: str) -> Option:
    """engine.js's name of an option ("sampleRate") as Python's (SAMPLE_RATE)."""
    return Option[re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()]


def sound_hash(player: TunePlayer, job: Job) -> str:
    """SHA-256 of the samples as 16-bit little-endian numbers."""
    if job.start > 0:
        player.seek(job.start)
    return hashlib.sha256(player.render(seconds=job.seconds).tobytes()).hexdigest()


def trace_hash(player: TunePlayer, job: Job) -> str:
    """SHA-256 of the writes, 11 bytes each: cycle as a double, chip, register, value."""
    digest = hashlib.sha256()
    for writes in player.iter_trace(job.seconds):
        for write in writes:
            digest.update(write["cycle"].tobytes() + bytes((write["chip"], write["reg"], write["value"])))
    return digest.hexdigest()
