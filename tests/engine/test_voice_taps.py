"""Do the voices' taps show what the voices do, whatever synth is heard and whenever one begins to look?"""

from __future__ import annotations

import numpy as np
import pytest

from hardware.engine import MAX_FRAMES, Option, Synth, TunePlayer
from tests.engine.tunes.made import made_tune


def voices(
    name: str, synth: Synth, *, look_after: int = 0, blocks: int = 12, rate_hz: int = 44100
) -> np.ndarray:
    """The taps, shape (chips, 3, frames), of a player whose taps are on from block `look_after`; before it, zeros."""
    with TunePlayer(made_tune(name).file) as player:
        player.set_option(Option.SYNTH, synth)
        player.set_option(Option.SAMPLE_RATE, rate_hz)
        player.set_option(Option.TAPS, int(look_after == 0))
        player.start()
        seen = []
        for block in range(blocks):
            if block == look_after:
                player.set_option(Option.TAPS, 1)
            seen.append(player.render_voices(4000))
        return np.concatenate(seen, axis=2).astype(float)


@pytest.mark.parametrize("name", ["vertical_blank_pal", "three_chips", "multi_speed"])
@pytest.mark.parametrize("look_after", [0, 3])
def test_beside_the_reference_synth_they_are_the_same(name: str, look_after: int) -> None:
    settled = look_after * 4000 + 1000
    fast = voices(name, Synth.FAST).reshape(9, -1)[:, settled:]
    beside = voices(name, Synth.REFERENCE, look_after=look_after).reshape(9, -1)[:, settled:]
    plays = fast.std(axis=1) > 1000
    assert plays.any()
    assert (beside.std(axis=1) > 1000).tolist() == plays.tolist()
    for one, other in zip(fast[plays], beside[plays], strict=True):
        shifted = [
            np.corrcoef(one[1:-1], other[1 + shift : len(other) - 1 + shift])[0, 1] for shift in (-1, 0, 1)
        ]
        assert max(shifted) > 0.99


@pytest.mark.parametrize("rate_hz", [8000, 192000])
@pytest.mark.parametrize("synth", [Synth.FAST, Synth.REFERENCE])
def test_at_any_rate_and_after_every_seek(synth: Synth, rate_hz: int) -> None:
    with TunePlayer(made_tune("digi_beside_a_raster_player").file) as player:
        player.set_option(Option.SYNTH, synth)
        player.set_option(Option.SAMPLE_RATE, rate_hz)
        player.set_option(Option.TAPS, 1)
        player.start()
        for step in range(1, 12):
            player.seek(step / 7)
            assert player.render_voices(64).shape == (3, 3, 64)
        assert player.render_voices(MAX_FRAMES).std() > 100


def test_without_the_option_they_are_silent() -> None:
    assert voices("vertical_blank_pal", Synth.FAST, look_after=12).std() == 0


def test_more_than_a_block_is_refused() -> None:
    with TunePlayer(made_tune("vertical_blank_pal").file) as player, pytest.raises(ValueError, match="8192"):
        player.render_voices(MAX_FRAMES + 1)
