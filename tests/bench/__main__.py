"""Which figures are there?  `python -m tests.bench [PART...]` prints those of the parts named, or all.

The browser's come from tests/browser/bench_click_to_sound.py.
"""

import subprocess
import sys
from typing import Final

# Each in a process of its own: a database, or a large table, of one part is no other's.
PARTS: Final = {
    "engine": "engine_speed",
    "import": "import_speed",
    "search": "search_speed",
    "likeness": "likeness_speed",
    "serving": "serving_cost",
    "streaming": "streaming",
    "jobs": "jobs_speed",
    "watching": "watching_cost",
    "classify": "classify_speed",
}

if __name__ == "__main__":
    # `only-serving` says the same as `serving`.
    chosen = [name.removeprefix("only-") for name in sys.argv[1:]] or list(PARTS)
    if unknown := [name for name in chosen if name not in PARTS]:
        sys.exit(f"There is no part {', '.join(unknown)}; there are {', '.join(PARTS)}.")
    for name in chosen:
        code = f"from tests.bench.{PARTS[name]} import run; run()"
        subprocess.run([sys.executable, "-c", code], check=True)
