"""How does an M4A become HLS segments without being encoded again?  ffmpeg cuts it, and the pieces are put together here.

A player begins when it has the first segment, so that one is short; later ones are long, so that there are few requests.  ffmpeg cuts
only evenly: pieces of two seconds are made, the first is a segment of its own, and three of the others are one.  Segments of
fragmented MP4 may be joined as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hardware.encoding import program
from hardware.programs import ProgramFailedError, Run, run_here, run_told

PLAYLIST: Final = "index.m3u8"
INIT: Final = "init.mp4"
PIECE_S: Final = 2
_PIECES_IN_A_SEGMENT: Final = 3
# A last piece that is shorter than this is no segment of its own.
_SHORTEST_S: Final = 0.25
_PIECE: Final = re.compile(r"#EXTINF:([\d.]+),[^\n]*\n(piece\d+\.m4s)\n")


@dataclass(frozen=True)
class _Piece:
    seconds: float
    name: str


def make_hls(m4a: Path, folder: Path, *, log: Path, run: Run = run_here) -> None:
    """Fills the empty folder with `index.m3u8`, `init.mp4`, `seg000.m4s`…  Raises ProgramMissingError, ProgramFailedError."""
    command = [
        program(),
        "-hide_banner",
        "-loglevel",
        "error",
        "-nostdin",
        "-y",
        "-i",
        str(m4a),
        "-c",
        "copy",
    ]
    command += ["-map_metadata", "-1", "-fflags", "+bitexact", "-f", "hls", "-hls_time", str(PIECE_S)]
    command += ["-hls_playlist_type", "vod", "-hls_list_size", "0", "-hls_segment_type", "fmp4"]
    command += ["-hls_fmp4_init_filename", INIT, "-hls_segment_filename", str(folder / "piece%05d.m4s")]
    cut = folder / "pieces.m3u8"
    run_told(run, [*command, str(cut)], log=log)
    pieces = [_Piece(float(seconds), name) for seconds, name in _PIECE.findall(cut.read_text())]
    if not pieces or not (folder / INIT).exists():
        raise ProgramFailedError("ffmpeg made no segments.")
    cut.unlink()
    segments = [_join(folder, number, group) for number, group in enumerate(_grouped(pieces))]
    (folder / PLAYLIST).write_text(_playlist(segments))


def _grouped(pieces: list[_Piece]) -> list[list[_Piece]]:
    groups = [pieces[:1]]
    groups += [pieces[at : at + _PIECES_IN_A_SEGMENT] for at in range(1, len(pieces), _PIECES_IN_A_SEGMENT)]
    if len(groups) > 1 and sum(piece.seconds for piece in groups[-1]) < _SHORTEST_S:
        last = groups.pop()
        groups[-1] = groups[-1] + last
    return groups


def _join(folder: Path, number: int, pieces: list[_Piece]) -> _Piece:
    name = f"seg{number:03}.m4s"
    with (folder / name).open("wb") as segment:
        for piece in pieces:
            segment.write((folder / piece.name).read_bytes())
            (folder / piece.name).unlink()
    return _Piece(sum(piece.seconds for piece in pieces), name)


def _playlist(segments: list[_Piece]) -> str:
    """RFC 8216; no segment is longer than the target when it is rounded."""
    longest = max(1, *(round(segment.seconds) for segment in segments))
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{longest}", "#EXT-X-MEDIA-SEQUENCE:0"]
    lines += ["#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-INDEPENDENT-SEGMENTS", f'#EXT-X-MAP:URI="{INIT}"']
    for segment in segments:
        lines += [f"#EXTINF:{segment.seconds:.6f},", segment.name]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])
