"""When are two traces, or two sounds, the same? The yardsticks of issue 2, section 2, and of facts/engines.md."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hardware.engine import Option, Synth, TunePlayer

NEAR_CYCLES: Final = 400
NEAR_SHARE: Final = 0.95
SAME_SOUND: Final = 0.98
_WINDOW: Final = 2048
_HOP: Final = 1024
_BINS: Final = 512
_SHIFTS: Final = 20

Writes = npt.NDArray[Any]


def engine_trace(file: bytes, *, song: int = 0, seconds: float, full_machine: bool = False) -> Writes:
    """Our own trace of a song, on the path that the engine chooses or on the full machine."""
    with TunePlayer(file) as player:
        player.set_option(Option.SYNTH, Synth.NONE)
        player.set_option(Option.PATH, int(full_machine))
        player.start(song)
        return player.trace(seconds)


def engine_sound(
    file: bytes,
    *,
    song: int = 0,
    seconds: float,
    synth: Synth = Synth.REFERENCE,
    start: float = 0,
    full_machine: bool = False,
) -> npt.NDArray[np.int16]:
    """Our own mono sound of a song at 44,100 Hz."""
    with TunePlayer(file) as player:
        player.set_option(Option.SYNTH, synth)
        player.set_option(Option.PATH, int(full_machine))
        player.start(song)
        if start:
            player.seek(start)
        return player.render(seconds=seconds)


def values(writes: Writes) -> list[tuple[int, int, int]]:
    """(chip, register, value) of each write."""
    return list(zip(writes["chip"].tolist(), writes["reg"].tolist(), writes["value"].tolist(), strict=True))


def near_share(ours: Writes, theirs: Writes) -> float:
    """The share of writes that stand within 400 cycles of each other once the median offset is taken out."""
    offset = ours["cycle"] - theirs["cycle"]
    return float(np.mean(np.abs(offset - np.median(offset)) <= NEAR_CYCLES))


def first_difference(ours: Writes, theirs: Writes) -> str:
    """Where two sequences part, for people; empty where they do not."""
    for at, (mine, other) in enumerate(zip(values(ours), values(theirs), strict=False)):
        if mine != other:
            return f"write {at}: {mine} at cycle {ours['cycle'][at]:.0f}, not {other} at {theirs['cycle'][at]:.0f}"
    if len(ours) != len(theirs):
        return f"{len(ours)} writes, not {len(theirs)}"
    return ""


def streams(ours: Writes, theirs: Writes, *, ordered: bool) -> list[tuple[Writes, Writes]]:
    """What to compare: all writes in their order, or each chip's each register for itself where two interrupts race."""
    if ordered:
        return [(ours, theirs)]
    keys = {(chip, register) for chip, register, _ in values(theirs)} | {key[:2] for key in values(ours)}
    return [(_of_register(ours, key), _of_register(theirs, key)) for key in sorted(keys)]


def _of_register(writes: Writes, key: tuple[int, int]) -> Writes:
    chosen: Writes = writes[(writes["chip"] == key[0]) & (writes["reg"] == key[1])]
    return chosen


def without_cut_end(ours: Writes, theirs: Writes, *, end_cycles: float) -> tuple[Writes, Writes]:
    """Both sequences without the writes that only one of them has because the cut fell inside or beside a play call.

    Two machines stand at different raster lines at power-on, so one call may lie before the end here and after it there.
    """
    length = min(len(ours), len(theirs))
    for rest in (ours[length:], theirs[length:]):
        assert not len(rest) or rest["cycle"][0] > end_cycles - 45_000, (
            f"{len(rest)} writes more, long before the end"
        )
    return ours[:length], theirs[:length]


def spectrum(samples: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """log(1 + |X|) of Hann windows of 2048 samples every 1024, bins 0 to 511; shape (frames, 512). Mean removed."""
    signal = samples.astype(np.float64)
    signal -= signal.mean()
    frames = np.lib.stride_tricks.sliding_window_view(signal, _WINDOW)[::_HOP]
    return np.log1p(np.abs(np.fft.rfft(frames * np.hanning(_WINDOW), axis=1)[:, :_BINS]))


def spectral_correlation(ours: npt.NDArray[Any], theirs: npt.NDArray[Any], *, shifts: int = _SHIFTS) -> float:
    """Pearson correlation of two spectra, the best over shifts of -20..20 frames (facts/engines.md)."""
    mine, other = spectrum(ours), spectrum(theirs)
    frames = min(len(mine), len(other))
    mine, other = mine[:frames], other[:frames]
    best = -1.0
    for shift in range(-shifts, shifts + 1):
        length = frames - abs(shift)
        left = mine[max(shift, 0) :][:length].ravel()
        right = other[max(-shift, 0) :][:length].ravel()
        if left.std() and right.std():
            best = max(best, float(np.corrcoef(left, right)[0, 1]))
    return best
