"""What are the spectra of a window of sound? One short-time Fourier transform, shared by all features that need it."""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from playback.analysis.arrays import Flags, Reals, Whole

LOW_HZ: Final = 60.0
HIGH_HZ: Final = 5000.0
FRAME_S: Final = 0.0464
QUIET_DB: Final = -40.0
MEL_BANDS: Final = 24
# 80 dB below full scale, within the band: less than that is what a chip at rest gives.
SILENCE: Final = 1e-4
_TINY: Final = np.float32(1e-20)


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The spectra of a window in the band. Arrays are float32 and live until the next `spectrum_of` of the thread."""

    samples: Reals  # N; full scale 1, without their mean
    power: Reals  # F, B
    loud: Flags  # F: frames that are not quiet
    level: Reals  # F: power summed over the band
    frequency_hz: Reals  # B: of each bin
    mel: Reals  # F, MEL_BANDS
    hop: int
    rate_hz: int

    @property
    def frame_rate_hz(self) -> float:
        """Frames per second."""
        return self.rate_hz / self.hop


@dataclass(frozen=True, eq=False)
class _Plan:
    size: int
    window: Reals
    first: int
    frequency_hz: Reals
    edges: Whole
    rising: Reals


@functools.cache
def _plan(rate_hz: int) -> _Plan:
    """Window, bins and mel bands for a rate.

    The mel triangles share their edges, so a bin between two edges rises in one band and falls in its neighbour by what is
    left of 1: two weighted sums over runs of bins make all of them. Source of the scale: O'Shaughnessy 1987.
    """
    size = 1 << round(np.log2(rate_hz * FRAME_S))
    frequency = np.fft.rfftfreq(size, 1 / rate_hz)
    first, behind = np.searchsorted(frequency, [LOW_HZ, min(HIGH_HZ, rate_hz / 2)])
    frequency = frequency[first:behind]
    low, high = (2595 * np.log10(1 + hz / 700) for hz in (frequency[0], frequency[-1] + 1e-3))
    edges_hz = 700 * (10 ** (np.linspace(low, high, MEL_BANDS + 2) / 2595) - 1)
    edges = np.searchsorted(frequency, edges_hz[:-1])
    edges[0] = 0
    run = np.clip(np.searchsorted(edges_hz, frequency, side="right") - 1, 0, MEL_BANDS)
    rising = (frequency - edges_hz[run]) / (edges_hz[run + 1] - edges_hz[run])
    window = np.hanning(size + 1)[:-1]
    return _Plan(
        size=size,
        window=window / np.sqrt((window**2).sum() * size / 2),
        first=int(first),
        frequency_hz=frequency.astype(np.float32),
        edges=edges,
        rising=np.clip(rising, 0, 1).astype(np.float32),
    )


class _Buffers(threading.local):
    """The large arrays, kept for the next window of the same size: fresh memory costs more than the arithmetic."""

    shape: tuple[int, ...] = ()

    def fit(self, frames: int, plan: _Plan) -> None:
        bins = len(plan.frequency_hz)
        if self.shape == (frames, plan.size, bins):
            return
        self.shape = (frames, plan.size, bins)
        # numpy's transform in double precision is several times faster than its single one.
        self.windowed = np.empty((frames, plan.size), np.float64)
        self.bins = np.empty((frames, plan.size // 2 + 1), np.complex128)
        self.power = np.empty((frames, bins), np.float32)
        self.scratch = np.empty((frames, bins), np.float32)


_buffers = _Buffers()


def spectrum_of(samples: NDArray[np.int16], *, rate_hz: int) -> Spectrum:
    """The spectra of mono `samples`; what is shorter than a frame is filled up with silence."""
    plan = _plan(rate_hz)
    hop = plan.size // 2
    sound = np.zeros(max(len(samples), plan.size), np.float32)
    np.multiply(samples, np.float32(1 / 32768), out=sound[: len(samples)], casting="unsafe")
    if len(samples):
        sound[: len(samples)] -= np.float32(sound[: len(samples)].mean(dtype=np.float64))
    frames = 1 + (len(sound) - plan.size) // hop
    _buffers.fit(frames, plan)
    np.multiply(sliding_window_view(sound, plan.size)[::hop], plan.window, out=_buffers.windowed)
    np.fft.rfft(_buffers.windowed, axis=1, out=_buffers.bins)
    band = _buffers.bins[:, plan.first : plan.first + len(plan.frequency_hz)]
    power, scratch = _buffers.power, _buffers.scratch
    np.multiply(band.real, band.real, out=power, casting="same_kind")
    np.multiply(band.imag, band.imag, out=scratch, casting="same_kind")
    power += scratch
    level = power.sum(axis=1)
    return Spectrum(
        samples=sound,
        power=power,
        loud=level >= max(level.max() * 10 ** (QUIET_DB / 10), SILENCE**2),
        level=level,
        frequency_hz=plan.frequency_hz,
        mel=_mel(power, scratch, plan),
        hop=hop,
        rate_hz=rate_hz,
    )


def _mel(power: Reals, scratch: Reals, plan: _Plan) -> Reals:
    np.multiply(power, plan.rising, out=scratch)
    rising = np.add.reduceat(scratch, plan.edges, axis=1)
    np.subtract(power, scratch, out=scratch)
    falling = np.add.reduceat(scratch, plan.edges, axis=1)
    return np.asarray(rising[:, :-1] + falling[:, 1:] + _TINY)
