"""How much does a visitor download to hear a tune? The engine and its glue, as a server sends them."""

from __future__ import annotations

import subprocess

from tests.engine.wasm.fingerprints import ROOT, WASM

LIMIT_BYTES = 70_000


def brotli(content: bytes) -> int:
    """The size of `content` as brotli's best."""
    run = subprocess.run(["brotli", "-q", "11", "-c"], input=content, capture_output=True, check=True)
    return len(run.stdout)


def test_engine_and_glue_are_at_most_70_kb_brotli() -> None:
    bundle = [str(ROOT / "node_modules/.bin/esbuild"), str(ROOT / "frontend/player/engine.js")]
    glue = subprocess.run(
        [*bundle, "--bundle", "--minify", "--format=esm"], capture_output=True, check=True
    ).stdout
    size = brotli(WASM.read_bytes()) + brotli(glue)
    assert size <= LIMIT_BYTES
