<<<<<<< Updated upstream
"""Which figures are there?  `python -m tests.bench [PART...]` prints those of the parts named, or all.
=======
"""Which figures are there? The engine's; with `import` also those of an import of the HVSC's size, with `only-import` just these;
the same with `serving` and `only-serving` for what a request costs the server.
>>>>>>> Stashed changes

The browser's come from tests/browser/bench_click_to_sound.py.
"""

import subprocess
import sys
from typing import Final

<<<<<<< Updated upstream
# Each in a process of its own: a database, or a large table, of one part is no other's.
PARTS: Final = {"engine": "engine_speed", "import": "import_speed", "search": "search_speed"}

if __name__ == "__main__":
    chosen = sys.argv[1:] or list(PARTS)
    if unknown := [name for name in chosen if name not in PARTS]:
        sys.exit(f"There is no part {', '.join(unknown)}; there are {', '.join(PARTS)}.")
    for name in chosen:
        code = f"from tests.bench.{PARTS[name]} import run; run()"
        subprocess.run([sys.executable, "-c", code], check=True)
=======
from tests.bench import engine_speed, import_speed, serving_cost

chosen = set(sys.argv[1:])
if not chosen & {"only-import", "only-serving"}:
    engine_speed.run()
if chosen & {"import", "only-import"}:
    import_speed.run()
if chosen & {"serving", "only-serving"}:
    serving_cost.run()
>>>>>>> Stashed changes
