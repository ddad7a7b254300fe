"""Which other programs are on this machine, in which versions?  Asked once; a program that came or changed is asked again."""

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

_PATIENCE_S: Final = 10.0
# What each is asked; sidplayfp only shows that it runs.
_ASKED: Final = {"ffmpeg": "-version", "sidplayfp": "--help"}
_VERSION: Final = re.compile(r"version (\d\S*)")


def version_of(program: str, path: Path | None = None) -> str | None:
    """The version of "ffmpeg" or "sidplayfp", "unknown" where it runs and tells none; None where it does not run."""
    found = str(path) if path else shutil.which(program)
    try:
        changed_ns = Path(found).stat().st_mtime_ns if found else 0
    except OSError:
        return None
    return _asked(program, found, changed_ns) if found else None


@cache
def _asked(program: str, found: str, changed_ns: int) -> str | None:
    del changed_ns  # only so that another program is asked again
    try:
        done = subprocess.run(
            [found, _ASKED[program]],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_PATIENCE_S,
            check=False,
            env={"PATH": os.defpath, "HOME": "/nonexistent"},  # sidplayfp would leave its settings in ours
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = _VERSION.search((done.stdout + done.stderr).decode("utf-8", "replace"))
    return version[1] if version else "unknown"
