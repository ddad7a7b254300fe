"""How do tests ask libsidplayfp for writes, register states, sound and times? Builds oracle.cpp once and runs it."""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt

from hardware.engine import write_dtype

ROOT: Final = Path(__file__).resolve().parents[3]
_SOURCE: Final = Path(__file__).with_name("oracle.cpp")
_CACHE: Final = ROOT / "engine" / "build" / "oracle"
_JAMMED: Final = 3
PAL_HZ: Final = 985248
NTSC_HZ: Final = 1022727
# The library's driver sets the volume before it calls init; nobody else writes so early.
_POWER_ON_CYCLES: Final = 100

Samples = npt.NDArray[np.int16]


@functools.cache
def program() -> Path:
    """The built oracle; built when its source is newer, under a name that says of which source it is."""
    digest = hashlib.sha256(_SOURCE.read_bytes()).hexdigest()[:16]
    built = _CACHE / f"oracle-{digest}"
    if not built.exists():
        _CACHE.mkdir(parents=True, exist_ok=True)
        fresh = _CACHE / f"{built.name}.{os.getpid()}"
        command = [
            "g++",
            "-std=c++17",
            "-O2",
            "-Wall",
            "-Wextra",
            "-o",
            str(fresh),
            str(_SOURCE),
            "-lsidplayfp",
        ]
        subprocess.run(command, check=True)
        fresh.replace(built)
    return built


@dataclass(frozen=True)
class OracleTrace:
    """What a song wrote; `writes` as `hardware.engine.write_dtype`, cycles from the first write of init."""

    writes: npt.NDArray[Any]
    driver_page: int
    jammed: bool


def _run(
    verb: str,
    file: bytes,
    song: int,
    cycles: float,
    *rest: object,
    kernal: bool = False,
    fp: bool = False,
    seed: int = 1,
) -> tuple[str, int]:
    # RSIDs leave their interrupts through the KERNAL, and the library's own substitute has no exits.
    is_rsid = file[:4] == b"RSID"
    with_kernal = kernal or is_rsid
    with TemporaryDirectory() as folder:
        tune = Path(folder, "tune.sid")
        tune.write_bytes(file)
        options = ["--kernal"] * with_kernal + ["--fp"] * fp + ["--seed", str(seed)]
        command = [program(), *options, verb, tune, song, int(cycles), *rest]
        result = subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, timeout=300, check=False
        )
    if result.returncode not in (0, _JAMMED):
        raise ValueError(result.stderr.strip())
    return result.stdout, result.returncode


def trace(
    file: bytes,
    *,
    song: int,
    seconds: float,
    clock_hz: float = PAL_HZ,
    kernal: bool = False,
    fp: bool = False,
) -> OracleTrace:
    """The writes of a song's first seconds, counted from the first write that init makes; power-on writes left out.

    `kernal`: PSIDs too get our small KERNAL, which passes NMIs on; `fp`: its reSIDfp answers reads of the chip.
    """
    # Init may take a while before it writes: ask for more and cut.
    output, status = _run("trace", file, song, seconds * clock_hz + 400_000, kernal=kernal, fp=fp)
    head, _, lines = output.partition("\n")
    writes = writes_from_lines(lines)
    writes = writes[writes["cycle"] >= _POWER_ON_CYCLES]
    if len(writes):
        writes["cycle"] -= writes["cycle"][0]
    writes = writes[writes["cycle"] < seconds * clock_hz]
    return OracleTrace(writes, int(head.split()[2], 16) >> 8, status == _JAMMED)


def writes_from_lines(lines: str) -> npt.NDArray[Any]:
    """Lines of the trace format as an array of `write_dtype`."""
    rows = [line.split() for line in lines.splitlines()]
    writes = np.zeros(len(rows), dtype=write_dtype())
    if rows:
        cycles, chips, registers, values = zip(*rows, strict=True)
        writes["cycle"] = [float(cycle) for cycle in cycles]
        writes["chip"] = [int(chip) for chip in chips]
        writes["reg"] = [int(register, 16) for register in registers]
        writes["value"] = [int(value, 16) for value in values]
    return writes


def states(file: bytes, *, song: int, seconds: float) -> list[tuple[int, int, bytes]]:
    """By the library's public door alone: (cycle, chip, 32 registers) after steps of a few thousand cycles."""
    output, _ = _run("state", file, song, seconds * PAL_HZ)
    rows = (line.split() for line in output.splitlines())
    return [(int(cycle), int(chip), bytes.fromhex(registers)) for cycle, chip, registers in rows]


def sound(
    file: bytes, *, song: int, seconds: float, rate_hz: int = 44100, kernal: bool = False, seed: int = 1
) -> Samples:
    """Mono sound of the library's reSIDfp, resampled; `seed` 1 gives the noise that the sidplayfp command's mixer adds."""
    with TemporaryDirectory() as folder:
        out = Path(folder, "sound.raw")
        _run("sound", file, song, seconds * PAL_HZ, rate_hz, out, kernal=kernal, seed=seed)
        return np.fromfile(out, dtype="<i2")


def cpu_time(file: bytes, *, song: int, seconds: float, synth: str, rate_hz: int = 44100) -> float:
    """Seconds of C64 time per CPU second; synth: none, interpolate, resample. Opening is not counted."""
    output, _ = _run("time", file, song, seconds * PAL_HZ, synth, rate_hz)
    cpu, emulated = output.split()
    return float(emulated) / float(cpu)


def command_line_sound(file: bytes, *, song: int, seconds: float) -> Samples:
    """Mono sound of the `sidplayfp` command, reSIDfp resampled to 44,100 Hz: the yardstick of facts/engines.md.

    It plays without end when a tune jams: what is asked for is read, then the program is stopped.
    """
    wanted = 44 + round(seconds * 44100) * 2
    with TemporaryDirectory() as folder:
        tune = Path(folder, "tune.sid")
        tune.write_bytes(file)
        flags = [
            "-q2",
            "--residfp",
            "-rr",
            "-m",
            "-f44100",
            f"-os{song}",
            f"-t{int(seconds) + 3}",
            "--delay=0",
            "-w-",
        ]
        environment = os.environ | {"HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_DATA_HOME": folder}
        process = subprocess.Popen(
            ["sidplayfp", *flags, str(tune)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        with process:
            data = _read(process.stdout, wanted)
            process.kill()
    if len(data) < wanted:
        raise ValueError("sidplayfp made less sound than it was asked for")
    return np.frombuffer(data[44:], dtype="<i2")


def _read(stream: IO[bytes] | None, count: int) -> bytes:
    assert stream is not None
    return stream.read(count)
