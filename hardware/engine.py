"""How does Python play a SID tune? A typed door to the native engine library (engine/include/sidflow_engine.h).

Pure: no Django, and numpy only once samples or traces are asked for. Wrong use raises; it never reaches the library.
"""

from __future__ import annotations

import ctypes
import enum
import functools
import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

LIBRARY_PATH: Final = Path(__file__).resolve().parent.parent / "engine" / "build" / "libsidflow_engine.so"
API_VERSION: Final = 1
MAX_FRAMES: Final = 8192
VOICES_PER_CHIP: Final = 3
MAX_CHIPS: Final = 3
# A tune whose init is slow may begin to sound late; nobody waits longer for its first write than init may run.
FIRST_WRITE_LIMIT_S: Final = 10.0
# No SID file is longer than 64 KiB and its header; who hands over more gets the engine's sentence for "too long".
_LONGEST_FILE: Final = 1 << 20
_WRITES_AT_ONCE: Final = 16384


class Status(enum.IntEnum):
    """What the engine answers (enum sf_status)."""

    OK = 0
    NO_TUNE = 1
    TRUNCATED = 2
    BAD_MAGIC = 3
    BAD_VERSION = 4
    BAD_DATA_OFFSET = 5
    NO_DATA = 6
    BAD_SONG_COUNT = 7
    RSID_LOAD = 8
    RSID_PLAY = 9
    RSID_SPEED = 10
    RSID_INIT = 11
    LOAD_RANGE = 12
    MUS_DATA = 13
    NEEDS_ROMS = 14
    SONG_RANGE = 15
    NO_ROOM = 16
    INIT_TIMEOUT = 17
    JAMMED = 18
    BAD_ROM = 19
    BAD_OPTION = 20
    NO_MEMORY = 21


class Synth(enum.IntEnum):
    """Who turns registers into sound: nobody, the light model, or reSIDfp."""

    NONE = 0
    FAST = 1
    REFERENCE = 2


class Rom(enum.IntEnum):
    """Which of the C64's ROMs: KERNAL and BASIC have 8192 bytes, CHARGEN 4096."""

    KERNAL = 0
    BASIC = 1
    CHARGEN = 2


class Option(enum.IntEnum):
    """What may be set on a player (enum sf_option; the header says which take effect at the next start)."""

    SYNTH = 0
    SAMPLE_RATE = 1
    CHANNELS = 2
    CHIP_MODEL = 3
    CLOCK = 4
    FILTER = 5
    PATH = 6
    MUTE = 7
    SEPARATION = 8
    TAPS = 9


class Info(enum.IntEnum):
    """What may be asked of a player (enum sf_info)."""

    SONGS = 0
    START_SONG = 1
    SONG = 2
    CHIPS = 3
    CLOCK_HZ = 4
    IS_NTSC = 5
    MODEL_0 = 6
    MODEL_1 = 7
    MODEL_2 = 8
    ADDRESS_0 = 9
    ADDRESS_1 = 10
    ADDRESS_2 = 11
    IS_RSID = 12
    PATH = 13
    STATUS = 14
    CYCLE = 15
    POSITION = 16
    FIRST_WRITE = 17


class EngineError(Exception):
    """The engine refused: `status` is an sf_status (-1: no engine at all), `code` its code word, `message` its sentence."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class EngineMissingError(EngineError):
    """The native library is not there, or is another version's."""

    def __init__(self, reason: str) -> None:
        super().__init__(-1, "engine-missing", f"{reason}: run `make build`.")


@dataclass(frozen=True, kw_only=True)
class TuneInfo:
    """The facts of a started song. `models` and `addresses` have one entry for each chip, in the header's order."""

    songs: int
    start_song: int
    song: int
    clock_hz: float
    is_ntsc: bool
    is_rsid: bool
    models: tuple[int, ...]
    addresses: tuple[int, ...]


_SIGNATURES: Final[dict[str, tuple[Any, tuple[Any, ...]]]] = {
    "sf_api_version": (ctypes.c_int, ()),
    "sf_status_code": (ctypes.c_char_p, (ctypes.c_int,)),
    "sf_status_message": (ctypes.c_char_p, (ctypes.c_int,)),
    "sf_new": (ctypes.c_void_p, ()),
    "sf_free": (None, (ctypes.c_void_p,)),
    "sf_load": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint32)),
    "sf_set_rom": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint32)),
    "sf_set_option": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_int, ctypes.c_double)),
    "sf_get_option": (ctypes.c_double, (ctypes.c_void_p, ctypes.c_int)),
    "sf_info": (ctypes.c_double, (ctypes.c_void_p, ctypes.c_int)),
    "sf_start": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_int)),
    "sf_prepare_reference": (ctypes.c_int, (ctypes.c_void_p,)),
    "sf_render": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)),
    "sf_taps": (ctypes.POINTER(ctypes.c_int16), (ctypes.c_void_p,)),
    "sf_registers": (ctypes.POINTER(ctypes.c_uint8), (ctypes.c_void_p, ctypes.c_int)),
    "sf_trace": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_double)),
    "sf_seek": (ctypes.c_int, (ctypes.c_void_p, ctypes.c_double)),
}


@functools.cache
def library(path: Path = LIBRARY_PATH) -> ctypes.CDLL:
    """The loaded native library; EngineMissingError where there is none that fits."""
    try:
        loaded = ctypes.CDLL(str(path))
        for name, (result, arguments) in _SIGNATURES.items():
            function = getattr(loaded, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise EngineMissingError("The engine is not built") from error
    if loaded.sf_api_version() != API_VERSION:
        raise EngineMissingError("The engine is of another version than this program")
    return loaded


def status_error(status: int) -> EngineError:
    """The error for an engine status, with the engine's own code word and sentence."""
    texts = (library().sf_status_code(status), library().sf_status_message(status))
    return EngineError(status, *(text.decode() for text in texts))


def write_dtype() -> np.dtype[Any]:
    """One register write: `cycle` (since power-on, exact in a double), `chip`, `reg`, `value`; 16 bytes."""
    import numpy as np

    return np.dtype(
        {
            "names": ["cycle", "chip", "reg", "value"],
            "formats": ["<f8", "u1", "u1", "u1"],
            "offsets": [0, 8, 9, 10],
            "itemsize": 16,
        }
    )


# reSIDfp's tables are built by the first reference synth of a process, and by one thread only.
_table_lock = threading.Lock()


class TunePlayer:
    """One SID file, ready to be started, rendered, traced and sought in. Use it as a context manager.

    Raises EngineError with the engine's sentence for a file that cannot be played, ValueError for arguments out of
    range, RuntimeError once closed. One thread at a time: calls of other threads wait.
    """

    def __init__(self, file: bytes) -> None:
        """Takes the bytes of a PSID or RSID file; nothing plays before `start`."""
        if not isinstance(file, bytes | bytearray | memoryview):
            raise TypeError("a tune is bytes")
        self._library = library()
        self._lock = threading.RLock()
        self._handle: int | None = self._library.sf_new()
        if not self._handle:
            raise status_error(Status.NO_MEMORY)
        data = bytes(file[:_LONGEST_FILE])
        try:
            self._check(self._library.sf_load(self._handle, data, len(data)))
        except EngineError:
            self.close()
            raise

    def close(self) -> None:
        """Gives the player's memory back; again is harmless."""
        with self._lock:
            if self._handle:
                self._library.sf_free(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            self.close()

    # -- what it is told --

    def set_rom(self, rom: Rom, data: bytes) -> None:
        """Puts a ROM image of the user's in, or with no bytes takes it out; takes effect at the next start."""
        with self._lock:
            self._check(self._library.sf_set_rom(self._open(), int(rom), bytes(data), len(data)))

    def set_option(self, option: Option, value: float) -> None:
        """Sets an option to a value that the header allows; EngineError BAD_OPTION else."""
        with self._lock:
            self._check(self._library.sf_set_option(self._open(), int(option), float(value)))

    def get_option(self, option: Option) -> float:
        """The value of an option."""
        with self._lock:
            return float(self._library.sf_get_option(self._open(), int(option)))

    def start(self, song: int = 0) -> TuneInfo:
        """Powers the machine on and stands at the beginning of `song` (1.., 0: the tune's start song)."""
        if not 0 <= int(song) < 1 << 31:
            raise status_error(Status.SONG_RANGE)
        with self._lock:
            self._check(self._library.sf_start(self._open(), int(song)))
            if self.get_option(Option.SYNTH) == Synth.REFERENCE:
                with _table_lock:
                    self._check(self._library.sf_prepare_reference(self._open()))
            return self.tune_info()

    # -- what it tells --

    def info(self, field: Info) -> float:
        """One figure about the tune or the machine."""
        with self._lock:
            return float(self._library.sf_info(self._open(), int(field)))

    def tune_info(self) -> TuneInfo:
        """All facts about the started song."""
        chips = int(self.info(Info.CHIPS))
        return TuneInfo(
            songs=int(self.info(Info.SONGS)),
            start_song=int(self.info(Info.START_SONG)),
            song=int(self.info(Info.SONG)),
            clock_hz=self.info(Info.CLOCK_HZ),
            is_ntsc=bool(self.info(Info.IS_NTSC)),
            is_rsid=bool(self.info(Info.IS_RSID)),
            models=tuple(int(self.info(Info(Info.MODEL_0 + chip))) for chip in range(chips)),
            addresses=tuple(int(self.info(Info(Info.ADDRESS_0 + chip))) for chip in range(chips)),
        )

    @property
    def position_s(self) -> float:
        """Seconds of sound or of trace delivered since the song's beginning."""
        return self.info(Info.POSITION)

    @property
    def fault(self) -> EngineError | None:
        """What has gone wrong inside the tune (a jammed CPU, an init without end), or None."""
        status = int(self.info(Info.STATUS))
        return None if status == Status.OK else status_error(status)

    def registers(self, chip: int = 0) -> bytes:
        """The 32 registers of a chip as last written."""
        if not 0 <= chip < MAX_CHIPS:
            raise ValueError("a tune has chips 0, 1 and 2")
        with self._lock:
            pointer = self._library.sf_registers(self._open(), chip)
            return bytes(pointer[:32]) if pointer else bytes(32)

    # -- what it plays --

    def render(self, *, seconds: float | None = None, frames: int | None = None) -> npt.NDArray[np.int16]:
        """The next `seconds` (rounded to whole frames) or `frames` of sound.

        Shape (frames,) for one channel, (frames, 2) for two; 16-bit. After a jam the rest is silence, see `fault`.
        """
        import numpy as np

        with self._lock:
            count = self._frame_count(seconds=seconds, frames=frames)
            channels = int(self.get_option(Option.CHANNELS))
            samples = np.zeros((count, channels) if channels > 1 else count, dtype=np.int16)
            for at in range(0, count, MAX_FRAMES):
                block = samples[at : at + MAX_FRAMES]
                made = self._library.sf_render(self._open(), block.ctypes.data, len(block))
                if made != len(block):
                    raise self.fault or status_error(Status.NO_TUNE)
            return samples

    def render_voices(self, frames: int) -> npt.NDArray[np.int16]:
        """What each voice gives during the next `frames` (1..8192), before the filter and whether muted or not.

        Shape (chips, voices, frames), 16-bit; voices of chips that the tune has not are zero. Needs `Option.TAPS`.
        """
        import numpy as np

        if not 1 <= frames <= MAX_FRAMES:
            raise ValueError(f"between 1 and {MAX_FRAMES} frames at once")
        with self._lock:
            self.render(frames=frames)
            pointer = self._library.sf_taps(self._open())
            shape = (MAX_CHIPS, VOICES_PER_CHIP, MAX_FRAMES)
            return np.ctypeslib.as_array(pointer, shape)[:, :, :frames].copy()

    def seek(self, seconds: float) -> None:
        """Stands at `seconds` after the song's beginning; the next `render` goes on there."""
        _require(math.isfinite(seconds) and seconds >= 0, "a position is 0 seconds or more")
        with self._lock:
            self._check(self._library.sf_seek(self._open(), float(seconds)))

    def iter_trace(self, until_s: float) -> Iterator[npt.NDArray[Any]]:
        """Runs without sound up to `until_s` after the song's beginning; yields the writes in arrays of `write_dtype()`."""
        import numpy as np

        _require(math.isfinite(until_s) and until_s >= 0, "a position is 0 seconds or more")
        buffer = np.zeros(_WRITES_AT_ONCE, dtype=write_dtype())
        while True:
            with self._lock:
                count = self._library.sf_trace(self._open(), buffer.ctypes.data, len(buffer), float(until_s))
            if count:
                yield buffer[:count].copy()
            if count < len(buffer):
                return

    def trace(self, seconds: float) -> npt.NDArray[Any]:
        """What the song writes to its chips in its first `seconds`, counted from the first write (as `trace_tune` does)."""
        import numpy as np

        parts = list(self.iter_song_trace(seconds))
        return np.concatenate(parts) if parts else np.zeros(0, dtype=write_dtype())

    def iter_song_trace(self, seconds: float, *, step_s: float = 1.0) -> Iterator[npt.NDArray[Any]]:
        """The writes of `trace`, piece by piece, each of about `step_s` emulated seconds; needs a freshly started song.

        `cycle` counts from the first write that init makes and stays below seconds * clock; power-on writes are left out.
        """
        _require(math.isfinite(seconds) and seconds >= 0, "a duration is 0 seconds or more")
        clock_hz = self.info(Info.CLOCK_HZ)
        reached = 0.0
        origin: float | None = None
        end = seconds + FIRST_WRITE_LIMIT_S
        while reached < end:
            # One cycle more than asked for: whether a write at the very end belongs to it is decided below.
            reached = min(end, reached + step_s)
            for writes in self.iter_trace(reached + 1 / clock_hz):
                if origin is None:
                    first = self.info(Info.FIRST_WRITE)
                    origin = first if first >= 0 else float(writes["cycle"][0])
                    end = origin / clock_hz + seconds
                writes["cycle"] -= origin
                wanted = writes[(writes["cycle"] >= 0) & (writes["cycle"] < seconds * clock_hz)]
                if len(wanted):
                    yield wanted

    # -- inside --

    def _open(self) -> int:
        if not self._handle:
            raise RuntimeError("this player is closed")
        return self._handle

    def _check(self, status: int) -> None:
        if status != Status.OK:
            raise status_error(status)

    def _frame_count(self, *, seconds: float | None, frames: int | None) -> int:
        _require((seconds is None) != (frames is None), "say seconds or frames")
        if seconds is not None:
            _require(math.isfinite(seconds) and seconds >= 0, "a duration is 0 seconds or more")
            return round(seconds * self.get_option(Option.SAMPLE_RATE))
        count = int(frames or 0)
        _require(count >= 0, "frames are 0 or more")
        return count


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)
