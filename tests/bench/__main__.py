"""Which figures are there? The engine's; with `import` also those of an import of the HVSC's size, with `only-import` just these.

The browser's come from tests/browser/bench_click_to_sound.py.
"""

import sys

from tests.bench import engine_speed, import_speed

chosen = set(sys.argv[1:])
if "only-import" not in chosen:
    engine_speed.run()
if chosen & {"import", "only-import"}:
    import_speed.run()
