"""How does Debian's sidplayfp get a song into a file of bare samples, although it plays other songs than asked, never ends, or lies?

What it does to who trusts it (measured with 2.4.0): a song that the tune has not is answered with the start song and exit status 0;
a file that is cut off is played all the same; a random power-on delay makes every run another; its length is rounded to its
buffers; where the tune jams the CPU it begins anew and writes without end; where a ROM is missing it plays silence; it writes a
settings file into the home folder.  So: the song is checked here, the delay is 0, the output is limited in bytes and time and cut to
the frame, and home is a folder that is thrown away.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final

from hardware.engine import Info, Rom, Status, TunePlayer, status_error
from hardware.pcm import Sound
from hardware.programs import ProgramFailedError, Run, find_program, run_here, run_told

_PACKAGE: Final = "sidplayfp"
_WAV_HEADER: Final = 44
_PATIENCE_S: Final = 30.0
# It is some nine times as fast as the C64 on one busy core: who needs twice the song's own time is stuck.
_SLOWEST: Final = 2.0
_SLACK_S: Final = 10
_ROM_FILES: Final = {Rom.KERNAL: "kernal", Rom.BASIC: "basic", Rom.CHARGEN: "chargen"}


def program(chosen: Path | None = None) -> str:
    """Where it is.  Raises ProgramMissingError."""
    return find_program("sidplayfp", package=_PACKAGE, chosen=chosen)


@functools.cache
def version(path: str) -> str:
    """What the program at that path says it is, like `V2.4.0`; empty where it says nothing."""
    try:
        said = subprocess.run(
            [path, "--help"], capture_output=True, timeout=10, check=False, env=_home(Path("/nonexistent"))
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    words = said.stdout.decode(errors="replace").split()
    return next((word.strip(",") for word in words if word.startswith("V") and word[1:2].isdigit()), "")


def render_pcm(
    file: bytes,
    sound: Sound,
    out: Path,
    *,
    scratch: Path,
    chosen: Path | None = None,
    run: Run = run_here,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Writes the song, little-endian, exactly `sound.frames` long.  `scratch` is an empty folder that may be filled.

    Raises ProgramMissingError, EngineError for a file or song that cannot be played, ProgramFailedError, and what `progress` does.
    """
    path = program(chosen)
    _check(file, sound)
    tune, raw = scratch / "tune.sid", scratch / "sidplayfp.wav"
    tune.write_bytes(file)
    _place_roms(sound, scratch)
    largest = _WAV_HEADER + sound.size_bytes + _slack(sound)
    deadline = time.monotonic() + _PATIENCE_S + _SLOWEST * sound.frames / sound.sample_rate_hz

    def look() -> None:
        if time.monotonic() > deadline:
            raise ProgramFailedError(
                "sidplayfp does not come to an end: the tune has probably stopped its CPU."
            )
        if progress and raw.exists():
            progress(min(raw.stat().st_size / largest, 1.0))

    # prlimit: the kernel itself ends a program that writes more than it was asked for.
    command = ["prlimit", f"--fsize={largest}", path, *_arguments(sound), str(tune)]
    try:
        with raw.open("wb") as samples:
            run_told(
                run, command, log=scratch / "sidplayfp.log", stdout=samples, each=look, env=_home(scratch)
            )
    except ProgramFailedError:
        if raw.stat().st_size >= largest:
            raise ProgramFailedError("sidplayfp writes without end: the tune has stopped its CPU.") from None
        raise
    _cut(raw, out, sound)
    raw.unlink()


def _check(file: bytes, sound: Sound) -> None:
    """What the program would not notice."""
    with TunePlayer(file) as player:
        if not 1 <= sound.song <= player.info(Info.SONGS):
            raise status_error(Status.SONG_RANGE)
        if player.info(Info.IS_RSID) and Rom.KERNAL not in sound.roms:
            raise ProgramFailedError(
                "sidplayfp needs the C64's KERNAL for an RSID tune, and this site has none."
            )


def _slack(sound: Sound) -> int:
    """Bytes of ten seconds: it is asked for three more than are needed, and rounds to its buffers of some seconds."""
    return _SLACK_S * sound.sample_rate_hz * sound.channels * 2


def _arguments(sound: Sound) -> list[str]:
    seconds = -(-sound.frames // sound.sample_rate_hz) + 3
    return [
        "-q2",
        "--residfp",
        "-rr",
        f"-f{sound.sample_rate_hz}",
        "-p16",
        "-m" if sound.channels == 1 else "-s",
        "-mn" if sound.chip == 8580 else "-mo",
        f"-os{sound.song}",
        f"-t{seconds}",
        "--delay=0",
        "-w-",
    ]


def _home(folder: Path) -> dict[str, str]:
    """An environment in which it finds and leaves nothing of anybody's."""
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"} | dict.fromkeys(
        names, str(folder)
    )


def _place_roms(sound: Sound, scratch: Path) -> None:
    folder = scratch / "sidplayfp"
    folder.mkdir()
    for rom, data in sound.roms.items():
        (folder / _ROM_FILES[rom]).write_bytes(data)


def _cut(raw: Path, out: Path, sound: Sound) -> None:
    """The samples behind the header, to the frame.  Raises ProgramFailedError where there are too few."""
    have = raw.stat().st_size - _WAV_HEADER
    if have < sound.size_bytes:
        raise ProgramFailedError(f"sidplayfp stopped early: {max(have, 0)} bytes of {sound.size_bytes}.")
    with raw.open("rb") as source, out.open("wb") as pcm:
        if source.read(_WAV_HEADER)[:4] != b"RIFF":
            raise ProgramFailedError("sidplayfp wrote something else than a WAV file.")
        _copy(source, pcm, sound.size_bytes)


def _copy(source: BinaryIO, out: BinaryIO, size: int) -> None:
    shutil.copyfileobj(source, out)
    out.truncate(size)
