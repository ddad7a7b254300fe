"""How is one song after another analysed in a process of its own?  `python -m playback.analysis.child`, driven by `analysers`.

Without Django, so that a process is small and begins at once.  A line on stdin is a file with songs, a line on stdout one song's
outcome, in the order asked; both are JSON.  The process ends when stdin does.
"""

import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from typing import Any

from hardware.engine import library
from playback.analysis.analysing import analyse
from playback.analysis.failing import CannotAnalyse
from playback.analysis.recipes import AnalysisSettings
from playback.catalogue.paths import read_below
from playback.sidfile import LONGEST_SID_FILE


def outcomes(task: dict[str, Any], settings: AnalysisSettings) -> Iterator[dict[str, Any]]:
    """One for each song of the file.  A file that cannot be read fails all of them; nothing is raised."""
    try:
        data = read_below(task["root"], task["path"], limit=LONGEST_SID_FILE)
    except OSError as error:
        for track, _, _ in task["songs"]:
            yield _failure(track, "", "unreadable", f"The file cannot be read: {error.strerror or error}.")
        return
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    for track, song, length_ms in task["songs"]:
        try:
            found = analyse(data, song=song, length_ms=length_ms, settings=settings)
        except CannotAnalyse as reason:
            yield _failure(track, md5, reason.code, reason.message)
            continue
        yield {
            "track": track,
            "md5": md5,
            "vector": base64.b64encode(found.vector.astype("<f4").tobytes()).decode("ascii"),
            "start_ms": round(found.window_start_s * 1000),
            "ms": round(found.window_s * 1000),
            "spent": [found.spent.trace_s, found.spent.synth_s, found.spent.features_s],
        }


def _failure(track: int, md5: str, code: str, detail: str) -> dict[str, Any]:
    return {"track": track, "md5": md5, "failure": code, "detail": detail}


def main() -> None:
    """Says that it is ready, then answers until nobody asks any more."""
    settings = AnalysisSettings(**json.loads(sys.argv[1]))
    library()
    _tell({"ready": True})
    for line in sys.stdin:
        for outcome in outcomes(json.loads(line), settings):
            _tell(outcome)


def _tell(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
