"""What is a song like, in numbers? Traced, listened to for a while, measured: one vector, or the reason why not."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hardware.engine import EngineError, EngineMissingError, Option, Synth, TuneInfo, TunePlayer
from playback.analysis.failing import CannotAnalyse
from playback.analysis.features.driver import driver_features
from playback.analysis.features.frames import FrameTables, frame_tables
from playback.analysis.features.notes import note_features
from playback.analysis.features.rhythm import rhythm_features
from playback.analysis.features.sound import sound_features
from playback.analysis.features.specs import FEATURES
from playback.analysis.features.spectrum import Spectrum, spectrum_of
from playback.analysis.features.synthesis import synthesis_features
from playback.analysis.features.timbre import flux, timbre_features
from playback.analysis.recipes import AnalysisSettings
from playback.analysis.tracing import Trace, trace_song
from playback.analysis.window import choose_window

__all__ = ["Analysis", "AnalysisSettings", "CannotAnalyse", "Spent", "analyse"]

# A vector is rounded to so many digits: what another processor's arithmetic does differently lies far below.
_DIGITS: Final = 5
_LEAD_S: Final = 0.1


@dataclass(frozen=True)
class Spent:
    """CPU seconds of this thread, by what for."""

    trace_s: float = 0.0
    synth_s: float = 0.0
    features_s: float = 0.0


@dataclass(frozen=True, eq=False)
class Analysis:
    """A song's vector in the order of FEATURES, and the window that was listened to, in seconds from the song's beginning."""

    vector: NDArray[np.float32]
    window_start_s: float
    window_s: float
    spent: Spent = field(default_factory=Spent, repr=False)


class _Clock:
    """CPU time since the last look."""

    def __init__(self) -> None:
        self._last = time.thread_time()

    def lap(self) -> float:
        now = time.thread_time()
        spent, self._last = now - self._last, now
        return spent


def analyse(file: bytes, *, song: int, length_ms: int | None, settings: AnalysisSettings) -> Analysis:
    """Analyses song `song` (1..; 0: the start song) of a SID file, that lasts `length_ms` (None: not known).

    The same bytes and settings give the same vector on any number of workers. Raises CannotAnalyse where there is nothing to
    measure, ValueError for a length of nothing, and EngineMissingError where no engine is built; the latter says nothing about the song.
    """
    clock = _Clock()
    if length_ms is not None and length_ms <= 0:
        raise ValueError("a song lasts more than nothing")
    seconds = settings.trace_s if length_ms is None else min(settings.trace_s, length_ms / 1000)
    with _player(file, settings) as player:
        info = _started(player, song)
        budget = _Budget(settings.cycle_limit, info.clock_hz)
        budget.take(seconds)
        trace = trace_song(player, info, seconds=seconds)
        tables = frame_tables(trace)
        trace_s = clock.lap()
        heard = _Listener(player, trace, settings, budget, clock).listen(tables.active, tables.rate_hz)
    duration_s = length_ms / 1000 if length_ms is not None else _last_sound_s(trace, tables)
    vector = _vector(_measured(trace, tables, heard, duration_s))
    spent = Spent(trace_s, heard.synth_s, heard.spectrum_s + clock.lap())
    return Analysis(vector, round(heard.start_s, 6), round(heard.window_s, 6), spent)


def _player(file: bytes, settings: AnalysisSettings) -> TunePlayer:
    try:
        player = TunePlayer(file)
    except EngineMissingError:
        raise
    except EngineError as error:
        raise _refused(error) from error
    player.set_option(Option.SYNTH, Synth.FAST)
    player.set_option(Option.SAMPLE_RATE, settings.sample_rate_hz)
    return player


def _started(player: TunePlayer, song: int) -> TuneInfo:
    try:
        return player.start(song)
    except EngineError as error:
        raise _refused(error) from error


def _refused(error: EngineError) -> CannotAnalyse:
    return CannotAnalyse(error.code.replace("_", "-"), error.message)


class _Budget:
    """How many machine cycles a song may still cost."""

    def __init__(self, cycles: int, clock_hz: float) -> None:
        self._left, self._clock_hz = float(cycles), clock_hz

    def take(self, seconds: float) -> None:
        """Pays for so many emulated seconds, before they are run; CannotAnalyse `over-limit` where they are too many."""
        self._left -= seconds * self._clock_hz
        if self._left < 0:
            raise CannotAnalyse(
                "over-limit", "Analysing the song takes more machine cycles than one song may."
            )


@dataclass(frozen=True, eq=False)
class _Heard:
    """The spectra of the window, where it lies, and what it cost."""

    spectrum: Spectrum
    start_s: float
    window_s: float
    synth_s: float
    spectrum_s: float


@dataclass(frozen=True)
class _Listener:
    """Renders the window of a traced song."""

    player: TunePlayer
    trace: Trace
    settings: AnalysisSettings
    budget: _Budget
    clock: _Clock

    def listen(self, active: NDArray[np.bool_], rate_hz: float) -> _Heard:
        """The window where the trace has sound; where that turns out to be silent, the best window of all that was traced."""
        heard = self._window(active, rate_hz)
        if not heard.spectrum.loud.any():
            everything = self._render(self.trace.begin_s, self.trace.seconds)
            spectrum = spectrum_of(everything, rate_hz=self.settings.sample_rate_hz)
            heard = self._window(spectrum.loud.copy(), spectrum.frame_rate_hz)
        if not heard.spectrum.loud.any():
            raise CannotAnalyse("silent", "The song is silent, although it writes to the SID.")
        return heard

    def _window(self, active: NDArray[np.bool_], rate_hz: float) -> _Heard:
        settings, trace = self.settings, self.trace
        at, length = choose_window(
            active,
            rate_hz=rate_hz,
            window_s=settings.window_s,
            intro_skip_s=max(0.0, settings.intro_skip_s - trace.begin_s),
        )
        start_s = trace.begin_s + at
        window_s = min(length, settings.window_s, trace.end_s - start_s)
        samples = self._render(start_s, window_s)
        synth_s = self.clock.lap()
        spectrum = spectrum_of(samples, rate_hz=settings.sample_rate_hz)
        return _Heard(spectrum, start_s, window_s, synth_s, self.clock.lap())

    def _render(self, start_s: float, seconds: float) -> NDArray[np.int16]:
        # The synth's own beginning (its filters wake up) is not part of the song.
        lead_s = min(_LEAD_S, start_s)
        self.budget.take(start_s + seconds)
        self.player.seek(start_s - lead_s)
        return self.player.render(seconds=lead_s + seconds)[round(lead_s * self.settings.sample_rate_hz) :]


def _last_sound_s(trace: Trace, tables: FrameTables) -> float:
    sounds = np.flatnonzero(tables.active)
    behind_s = (sounds[-1] + 1) / tables.rate_hz if len(sounds) else trace.seconds
    return min(trace.end_s, trace.begin_s + float(behind_s))


def _measured(trace: Trace, tables: FrameTables, heard: _Heard, duration_s: float) -> dict[str, float]:
    rise = flux(heard.spectrum)
    at = heard.start_s - trace.begin_s
    return {
        **sound_features(heard.spectrum),
        **rhythm_features(heard.spectrum, rise, tables, window_at_s=at, window_s=heard.window_s),
        **timbre_features(heard.spectrum, rise),
        **note_features(tables),
        **synthesis_features(tables),
        **driver_features(trace),
        "duration": duration_s,
    }


def _vector(measured: dict[str, float]) -> NDArray[np.float32]:
    """The figures in FEATURES' order, within their ranges and rounded. CannotAnalyse `not-finite` names the culprits."""
    values = np.array([measured[spec.name] for spec in FEATURES])
    wrong = [spec.name for spec, value in zip(FEATURES, values, strict=True) if not np.isfinite(value)]
    if wrong:
        raise CannotAnalyse("not-finite", f"No number: {', '.join(wrong)}.")
    values = np.clip(values, [spec.low for spec in FEATURES], [spec.high for spec in FEATURES])
    return np.array([float(f"{value:.{_DIGITS}g}") for value in values], np.float32)
