"""As a program: writes the vectors of the made songs and of some of the corpus as one hexadecimal line each, `--rounds N` times over.

`--memory` prints the resident kilobytes after a sixth of the rounds and after all instead.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from playback.analysis.analysing import AnalysisSettings, analyse
from tests.engine.corpus import first_songs
from tests.playback.analysis.made_signals import PULSE, SAWTOOTH, melody, note
from tests.playback.analysis.made_songs import digi_song, song

SCALE = [60, 62, 64, 65, 67, 69, 71, 72]


def made_files() -> list[bytes]:
    """Songs of several kinds and lengths."""
    chord = [
        write for voice in (0, 1, 2) for write in note(3, 50 + 7 * voice, frames=900, voice=voice, wave=PULSE)
    ]
    sweep = [(frame, 22, frame % 256) for frame in range(900)]
    filtered = [*note(0, 40, frames=900, wave=SAWTOOTH), (0, 23, 0xF1), (0, 24, 0x1F), *sweep]
    return [
        song(melody(SCALE * 10, frames=24), frames=1920),
        song(chord, frames=900),
        song(filtered, frames=900),
        digi_song(),
    ]


def resident_kb() -> int:
    """Memory of this process in kilobytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS:")))


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--memory", action="store_true")
    arguments = parser.parse_args()
    files = made_files() + [song.file for song in first_songs()[:3]]
    # Memory is asked for by many songs, sameness by long ones.
    window_s, trace_s = (0.5, 2.0) if arguments.memory else (5.0, 20.0)
    settings = AnalysisSettings(window_s=window_s, trace_s=trace_s)
    for done in range(arguments.rounds):
        for file in files:
            analysis = analyse(file, song=0, length_ms=None, settings=settings)
            if not arguments.memory:
                print(analysis.vector.tobytes().hex(), analysis.window_start_s, analysis.window_s)
        if arguments.memory and done + 1 in (arguments.rounds // 6, arguments.rounds):
            print(resident_kb())


if __name__ == "__main__":
    main()
