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
_STEP_S: Final = 10.0


@dataclass(frozen=True, eq=False)
class Trace:
    """The writes of a song to its chips' 25 registers, in order: four arrays of one length.

    `cycle` counts from the song's beginning, as the engine's positions do; the first stands at `begin_s`. Nothing is
    known behind `end_s`: there the song, the traced part, or a jammed tune's sound ends. `initial` is what the registers
    hold before the first write: chips by registers (a C64 that plays a PSID has its volume up).
    """

    cycle: NDArray[np.float64]
    chip: NDArray[np.uint8]
    reg: NDArray[np.uint8]
    value: NDArray[np.uint8]
    initial: NDArray[np.uint8]
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
    initial = [list(player.registers(chip)[:REGISTERS]) for chip in range(len(info.addresses))]
    reached = _Reached(player, info, seconds)
    reached.run()
    jammed = player.fault
    if reached.begin_s is None:
        code = "jammed" if jammed else "no-writes"
        raise CannotAnalyse(code, jammed.message if jammed else "The song writes nothing to a SID.")
    cycle, chip, reg, value = (np.concatenate(column) for column in reached.columns)
    frame_cycles = NTSC_FRAME_CYCLES if info.is_ntsc else PAL_FRAME_CYCLES
    end_s = reached.end_s
    if jammed or reached.count >= WRITE_LIMIT:
        end_s = min(end_s, (float(cycle[-1]) + frame_cycles) / info.clock_hz)
    if jammed and end_s - reached.begin_s < ENOUGH_BEFORE_JAM_S:
        raise CannotAnalyse("jammed", jammed.message)
    wanted = (reg < REGISTERS) & (cycle < end_s * info.clock_hz)
    if not wanted.all():
        cycle, chip, reg, value = cycle[wanted], chip[wanted], reg[wanted], value[wanted]
    if not len(cycle):
        raise CannotAnalyse("no-writes", "The song writes to none of a SID's registers.")
    return Trace(
        cycle=cycle,
        chip=chip,
        reg=reg,
        value=value,
        initial=np.array(initial, np.uint8),
        clock_hz=info.clock_hz,
        frame_cycles=frame_cycles,
        chips=len(info.addresses),
        begin_s=float(cycle[0]) / info.clock_hz,
        end_s=end_s,
    )


class _Reached:
    """How far a song has been traced: its writes so far, and until when they are wanted."""

    def __init__(self, player: TunePlayer, info: TuneInfo, seconds: float) -> None:
        self._player, self._info, self._seconds = player, info, seconds
        self.columns: tuple[list[NDArray[Any]], ...] = ([], [], [], [])
        self.count = 0
        self.begin_s: float | None = None
        self.end_s = seconds + FIRST_WRITE_LIMIT_S

    def run(self) -> None:
        """To the end, to the limit of writes, or until the CPU jams."""
        reached = 0.0
        while reached < self.end_s and self.count < WRITE_LIMIT and not self._player.fault:
            # What happens behind a song's end, a jam for instance, is not of the song.
            ends = [end for end in (self._seconds, self.end_s) if end > reached]
            reached = min(reached + _STEP_S, *ends)
            for piece in self._player.iter_trace(reached):
                self._take(piece[: WRITE_LIMIT - self.count])
                if self.count >= WRITE_LIMIT:
                    return

    def _take(self, piece: NDArray[Any]) -> None:
        if self.begin_s is None:
            self.begin_s = float(piece["cycle"][0]) / self._info.clock_hz
            self.end_s = self._seconds if self._seconds > self.begin_s else self.begin_s + self._seconds
        for column, name in zip(self.columns, ("cycle", "chip", "reg", "value"), strict=True):
            column.append(np.ascontiguousarray(piece[name]))
        self.count += len(piece)
