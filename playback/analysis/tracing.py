"""What does a song write to its SIDs in its first minute? Traced without sound; the work is limited by emulated cycles and by writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hardware.engine import FIRST_WRITE_LIMIT_S, TuneInfo, TunePlayer
from playback.analysis.failing import CannotAnalyse

PAL_FRAME_CYCLES: Final = 19656
NTSC_FRAME_CYCLES: Final = 17095
REGISTERS: Final = 25
# 25,000 a second for a minute: every real digi stays below, and a song's tables below 200 MB.
WRITE_LIMIT: Final = 1_500_000
# A tune that jams is music all the same where it played this long before.
ENOUGH_BEFORE_JAM_S: Final = 3.0
_STEP_S: Final = 2.0


@dataclass(frozen=True, eq=False)
class Trace:
    """The writes of a song to its chips' 25 registers, in order: four arrays of one length.

    `cycle` counts from the song's beginning, as the engine's positions do; the first stands at `begin_s`. Nothing is
    known behind `end_s`: there the song, the traced part, or a jammed tune's sound ends.
    """

    cycle: NDArray[np.float64]
    chip: NDArray[np.uint8]
    reg: NDArray[np.uint8]
    value: NDArray[np.uint8]
    clock_hz: float
    frame_cycles: int
    chips: int
    begin_s: float
    end_s: float

    @property
    def frame_rate_hz(self) -> float:
        """Frames per second: 50.12 (PAL) or 59.83 (NTSC)."""
        return self.clock_hz / self.frame_cycles

    @property
    def seconds(self) -> float:
        """How long the trace is."""
        return self.end_s - self.begin_s

    @property
    def frames(self) -> int:
        """How many frames the trace has, a begun one counted: 1 or more."""
        return max(1, int(np.ceil(self.seconds * self.frame_rate_hz - 1e-6)))


def trace_song(player: TunePlayer, info: TuneInfo, *, seconds: float) -> Trace:
    """The first `seconds` of the song that `player` has just started, counted from the song's beginning.

    A song whose first write comes later than that (one that unpacks for long) is traced for `seconds` from there.
    Raises CannotAnalyse `no-writes`, or `jammed` where too little sounded before.
    """
    pieces, begin_s, end_s = _traced(player, info, seconds)
    jammed = player.fault
    if begin_s is None:
        code = "jammed" if jammed else "no-writes"
        raise CannotAnalyse(code, jammed.message if jammed else "The song writes nothing to a SID.")
    writes = np.concatenate(pieces)
    frame_cycles = NTSC_FRAME_CYCLES if info.is_ntsc else PAL_FRAME_CYCLES
    if jammed or len(writes) == WRITE_LIMIT:
        end_s = min(end_s, (float(writes["cycle"][-1]) + frame_cycles) / info.clock_hz)
    if jammed and end_s - begin_s < ENOUGH_BEFORE_JAM_S:
        raise CannotAnalyse("jammed", jammed.message)
    writes = writes[(writes["reg"] < REGISTERS) & (writes["cycle"] < end_s * info.clock_hz)]
    if not len(writes):
        raise CannotAnalyse("no-writes", "The song writes to none of a SID's registers.")
    return Trace(
        cycle=np.ascontiguousarray(writes["cycle"]),
        chip=np.ascontiguousarray(writes["chip"]),
        reg=np.ascontiguousarray(writes["reg"]),
        value=np.ascontiguousarray(writes["value"]),
        clock_hz=info.clock_hz,
        frame_cycles=frame_cycles,
        chips=len(info.addresses),
        begin_s=float(writes["cycle"][0]) / info.clock_hz,
        end_s=end_s,
    )


def _traced(
    player: TunePlayer, info: TuneInfo, seconds: float
) -> tuple[list[NDArray[Any]], float | None, float]:
    """The writes in pieces, the time of the first, and the time up to which was looked."""
    pieces: list[NDArray[Any]] = []
    reached, count = 0.0, 0
    begin_s: float | None = None
    end_s = seconds + FIRST_WRITE_LIMIT_S
    while reached < end_s and count < WRITE_LIMIT and not player.fault:
        reached = min(end_s, reached + _STEP_S)
        for piece in player.iter_trace(reached):
            pieces.append(piece[: WRITE_LIMIT - count])
            count += len(pieces[-1])
            if begin_s is None:
                begin_s = float(piece["cycle"][0]) / info.clock_hz
                end_s = seconds if seconds > begin_s else begin_s + seconds
            if count >= WRITE_LIMIT:
                break
    return pieces, begin_s, end_s
