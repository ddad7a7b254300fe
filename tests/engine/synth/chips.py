"""How do our SID models and reSIDfp answer the same script of register writes? Builds probe.cpp once and calls it."""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

ROOT: Final = Path(__file__).resolve().parents[3]
ENGINE: Final = ROOT / "engine"
HERE: Final = Path(__file__).parent
PAL_HZ: Final = 985248.0
MODELS: Final = (6581, 8580)
# As engine/Makefile compiles the engine.
FLAGS: Final = ["-std=c++17", "-ffp-contract=off", "-fno-rtti", "-Wall", "-Wextra", f"-I{ENGINE / 'src'}"]
OUR_SOURCES: Final = [ENGINE / "src" / f"{name}.cpp" for name in ("sid_state", "fast_synth", "waveforms")]

Samples = npt.NDArray[np.int16]
# One line of a script: machine cycle, register, value. Registers 0x1b and 0x1c are read.
STEP: Final = np.dtype([("cycle", "u8"), ("reg", "u1"), ("value", "u1"), ("reserved", "u1", 6)])
Script = npt.NDArray[Any]


class _Setup(ctypes.Structure):
    _fields_ = [
        ("clock_hz", ctypes.c_double),
        ("model", ctypes.c_int32),
        ("sample_rate_hz", ctypes.c_int32),
        ("block_cycles", ctypes.c_int32),
        ("filter", ctypes.c_int32),
        ("muted", ctypes.c_int32),
        ("taps_only", ctypes.c_int32),
    ]


@dataclass(frozen=True)
class Setup:
    """How to render; the defaults are those of a PAL C64 and of the player."""

    model: int = 6581
    clock_hz: float = PAL_HZ
    sample_rate_hz: int = 44100
    block_cycles: int = 20_000
    filter: bool = True
    muted: int = 0

    def to_c(self, *, taps_only: bool = False) -> ctypes.Structure:
        """The same as probe.cpp's struct."""
        return _Setup(
            self.clock_hz,
            self.model,
            self.sample_rate_hz,
            self.block_cycles,
            self.filter,
            self.muted,
            taps_only,
        )


def compiled(source: Path, *, flags: list[str], parts: list[Path], include: list[str] | None = None) -> Path:
    """`source` built with `parts` (sources or objects) under engine/build/synth, again when any of them changed."""
    headers = sorted((ENGINE / "src").glob("*.h"))
    digest = hashlib.sha256(" ".join(flags).encode())
    for part in [source, *parts, *headers]:
        digest.update(part.read_bytes())
    built = ENGINE / "build" / "synth" / f"{source.stem}-{digest.hexdigest()[:16]}"
    if not built.exists():
        built.parent.mkdir(parents=True, exist_ok=True)
        fresh = built.with_name(f"{built.name}.{os.getpid()}")
        subprocess.run(
            ["g++", *FLAGS, *flags, *(include or []), str(source), *map(str, parts), "-o", str(fresh)],
            check=True,
        )
        fresh.replace(built)
    return built


def residfp_parts() -> tuple[list[Path], list[str]]:
    """The objects of the engine's reSIDfp and the flags to include it; built first where they are missing."""
    objects = ENGINE / "build" / "native" / "residfp"
    if not (objects / "SID.o").exists():
        subprocess.run(["make", "-C", str(ENGINE), "native"], check=True, stdout=subprocess.DEVNULL)
    headers = ENGINE / "build" / "residfp" / "src"
    return sorted(objects.rglob("*.o")), ["-DHAVE_CONFIG_H", "-isystem", str(headers)]


@functools.cache
def probe() -> ctypes.CDLL:
    """The test library."""
    objects, include = residfp_parts()
    path = compiled(
        HERE / "probe.cpp",
        flags=["-O3", "-fPIC", "-shared"],
        parts=[*OUR_SOURCES, *objects],
        include=include,
    )
    library = ctypes.CDLL(str(path))
    library.fast_synth_size.restype = ctypes.c_ulong
    return library


def script(*steps: tuple[float, int, int]) -> Script:
    """Steps (cycle, register, value) in order of time."""
    array = np.zeros(len(steps), dtype=STEP)
    for at, (cycle, register, value) in enumerate(sorted(steps, key=lambda step: step[0])):
        array[at] = (int(cycle), register, value, (0,) * 6)
    return array


def tone(
    waveform: int,
    *,
    frequency: int = 0x1CD6,
    pulse_width: int = 0x800,
    attack_decay: int = 0,
    sustain_release: int = 0xF0,
    voice: int = 0,
    volume: int = 15,
) -> list[tuple[float, int, int]]:
    """Steps that start one tone at cycle 1070; `waveform` is the control register."""
    base = voice * 7
    return [
        (1000, 0x18, volume),
        (1010, base, frequency & 255),
        (1020, base + 1, frequency >> 8),
        (1030, base + 2, pulse_width & 255),
        (1040, base + 3, pulse_width >> 8),
        (1050, base + 5, attack_decay),
        (1060, base + 6, sustain_release),
        (1070, base + 4, waveform),
    ]


def pitch_hz(frequency: int, clock_hz: float = PAL_HZ) -> float:
    """What a frequency register stands for."""
    return frequency * clock_hz / 2**24


def _pointer(array: npt.NDArray[Any]) -> ctypes.c_void_p:
    return array.ctypes.data_as(ctypes.c_void_p)


def answers(steps: Script, *, model: int, ours: bool) -> npt.NDArray[np.uint8]:
    """What each step reads, from our SidState or from reSIDfp."""
    read = np.zeros(len(steps), dtype=np.uint8)
    function = probe().state_answers if ours else probe().residfp_answers
    function(model, _pointer(steps), len(steps), _pointer(read))
    return read


def fast(steps: Script, *, seconds: float, setup: Setup | None = None, resume_cycle: int = 0) -> Samples:
    """The fast synth's sound; from `resume_cycle` on, on a state advanced to there, where that is given."""
    setup = setup or Setup()
    samples = np.zeros(int(seconds * setup.sample_rate_hz) + 10, dtype=np.int16)
    end = ctypes.c_uint64(int(seconds * setup.clock_hz))
    made = probe().fast_render(
        ctypes.byref(setup.to_c()),
        _pointer(steps),
        len(steps),
        ctypes.c_uint64(resume_cycle),
        end,
        _pointer(samples),
        len(samples),
        None,
    )
    return samples[:made]


def fast_taps(
    steps: Script, *, seconds: float, setup: Setup | None = None, alone: bool = False
) -> npt.NDArray[np.int16]:
    """The voices' taps, shape (3, samples); `alone`: from VoiceTaps instead of beside the sound."""
    setup = setup or Setup()
    capacity = int(seconds * setup.sample_rate_hz) + 10
    samples, taps = np.zeros(capacity, dtype=np.int16), np.zeros((3, capacity), dtype=np.int16)
    made = probe().fast_render(
        ctypes.byref(setup.to_c(taps_only=alone)),
        _pointer(steps),
        len(steps),
        ctypes.c_uint64(0),
        ctypes.c_uint64(int(seconds * setup.clock_hz)),
        _pointer(samples),
        capacity,
        _pointer(taps),
    )
    return taps[:, :made]


def residfp(steps: Script, *, seconds: float, setup: Setup | None = None) -> Samples:
    """reSIDfp's sound of the same script."""
    setup = setup or Setup()
    samples = np.zeros(int(seconds * setup.sample_rate_hz) + 1000, dtype=np.int16)
    made = probe().residfp_render(
        ctypes.byref(setup.to_c()),
        _pointer(steps),
        len(steps),
        ctypes.c_uint64(int(seconds * setup.clock_hz)),
        _pointer(samples),
        len(samples),
    )
    return samples[:made]


def loudness(samples: npt.NDArray[Any]) -> float:
    """Root mean square without the mean."""
    return float(np.std(samples.astype(np.float64)))
