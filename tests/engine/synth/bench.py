"""How fast is the fast synth beside the reference synth? `python -m tests.engine.synth.bench [SONG.NUMBER ...]`."""

from __future__ import annotations

import lzma
import subprocess
import sys

from tests.engine.corpus import CORPUS
from tests.engine.synth.chips import ENGINE, HERE, OUR_SOURCES, compiled, residfp_parts

SONGS = ["10_Orbyte.1", "Space_Oddity_2SID.1", "Lully_Marche_Ceremonie_Turcs_Wip.1", "Great_Giana_Sisters.2"]


def main() -> None:
    """Print name, value and unit, a figure a line, for each song."""
    objects, include = residfp_parts()
    parts = [*OUR_SOURCES, ENGINE / "src" / "reference_synth.cpp", *objects]
    program = compiled(HERE / "bench.cpp", flags=["-O3"], parts=parts, include=include)
    for song in sys.argv[1:] or SONGS:
        with lzma.open(CORPUS / "traces" / f"{song}.trace.xz") as lines:
            result = subprocess.run([str(program), "5"], input=lines.read(), capture_output=True, check=True)
        for line in result.stdout.decode().splitlines():
            print(f"{song}_{line}")


if __name__ == "__main__":
    main()
