"""Which figures are there? The engine's; the browser's come from tests/browser/bench_click_to_sound.py."""

from tests.bench import engine_speed

engine_speed.run()
