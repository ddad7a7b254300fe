#!/usr/bin/env bash
# Prints one line per figure: name, value, unit. Medians of alternating runs; ratios are what counts on a shared machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
.venv/bin/python -m tests.bench
.venv/bin/python -m tests.browser.bench_click_to_sound
wasm=$(brotli --best --stdout static/dist/engine.wasm | wc -c)
glue=$(node_modules/.bin/esbuild frontend/player/engine.js --bundle --minify --format=esm --log-level=error | brotli --best --stdout | wc -c)
echo "engine.size $((wasm + glue)) bytes brotli (wanted: 71680 at most)"
