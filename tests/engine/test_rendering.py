"""Is a render what was asked for: so many frames, the same ones each time, whatever the block size?"""

from __future__ import annotations

import numpy as np
import pytest

from hardware.engine import MAX_FRAMES, EngineError, Option, Status, Synth, TunePlayer
from tests.engine import comparing
from tests.engine.corpus import Song, first_songs
from tests.engine.tunes.made import build, made_tune

# A triangle of 850 Hz, which half a millisecond too late stands against itself.
STEADY_TONE = """
init: lda #$8a
      sta $d400
      lda #$38
      sta $d401
      lda #$f0
      sta $d406
      lda #$0f
      sta $d418
      lda #$11
      sta $d404
      rts
play: rts
"""
SYNTHS = [Synth.FAST, Synth.REFERENCE]
TUNE = made_tune("digi_beside_a_raster_player").file


@pytest.mark.parametrize("synth", SYNTHS)
@pytest.mark.parametrize("block", [1, 17, 4096, MAX_FRAMES])
def test_block_sizes_do_not_matter(synth: Synth, block: int) -> None:
    whole = comparing.engine_sound(TUNE, seconds=0.25, synth=synth)
    with TunePlayer(TUNE) as player:
        player.set_option(Option.SYNTH, synth)
        player.start()
        parts = [player.render(frames=min(block, len(whole) - at)) for at in range(0, len(whole), block)]
    assert (np.concatenate(parts) == whole).all()


@pytest.mark.parametrize("synth", SYNTHS)
@pytest.mark.parametrize("song", first_songs()[:4], ids=str)
def test_two_renders_in_one_process_are_equal(song: Song, synth: Synth) -> None:
    first = comparing.engine_sound(song.file, song=song.number, seconds=2, synth=synth)
    with TunePlayer(song.file) as player:
        player.set_option(Option.SYNTH, synth)
        player.start(song.number)
        player.render(seconds=1)
        player.start(song.number)
        again = player.render(seconds=2)
    assert (first == again).all()
    assert first.std() > 10


@pytest.mark.parametrize("synth", SYNTHS)
@pytest.mark.parametrize("rate_hz", [8000, 22050, 44100, 48000, 192000])
def test_renders_have_exactly_the_frames_asked_for(synth: Synth, rate_hz: int) -> None:
    with TunePlayer(TUNE) as player:
        player.set_option(Option.SYNTH, synth)
        player.set_option(Option.SAMPLE_RATE, rate_hz)
        player.start()
        assert player.render(seconds=0.3).shape == (round(0.3 * rate_hz),)
        assert player.position_s == pytest.approx(0.3, abs=1 / rate_hz)
        assert player.render(frames=0).shape == (0,)
        assert player.render(frames=MAX_FRAMES + 1).shape == (MAX_FRAMES + 1,)


def test_two_channels_have_two_columns() -> None:
    with TunePlayer(made_tune("three_chips").file) as player:
        player.set_option(Option.SYNTH, Synth.FAST)
        player.set_option(Option.CHANNELS, 2)
        player.start()
        samples = player.render(seconds=1)
        assert samples.shape == (44100, 2)
        assert not (samples[:, 0] == samples[:, 1]).all()


def test_traces_stop_where_told() -> None:
    with TunePlayer(made_tune("digi_by_nmi").file) as player:
        player.set_option(Option.SYNTH, Synth.NONE)
        clock_hz = player.start().clock_hz
        long = player.trace(2)
        for seconds in (0, 0.001, 0.5, 1.999):
            player.start()
            short = player.trace(seconds)
            assert (short == long[long["cycle"] < seconds * clock_hz]).all()
        # One sample every 125 cycles: the trace reaches up to its end.
        assert long["cycle"][-1] > 2 * clock_hz - 300


def test_the_fast_synth_takes_over_unheard() -> None:
    """Changing the synth while playing does not click: no step is larger than the loudest one of either synth."""
    file = made_tune("vertical_blank_pal").file
    steps = {}
    for synth in SYNTHS:
        sound = comparing.engine_sound(file, seconds=2, synth=synth).astype(int)
        steps[synth] = np.abs(np.diff(sound[11025:])).max()
    with TunePlayer(file) as player:
        player.set_option(Option.SYNTH, Synth.FAST)
        player.start()
        before = player.render(seconds=1)
        player.set_option(Option.SYNTH, Synth.REFERENCE)
        after = player.render(seconds=1)
    change = np.abs(np.diff(np.concatenate([before[-2000:], after[:4000]]).astype(int))).max()
    assert change <= 1.2 * max(steps.values())


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
@pytest.mark.parametrize("way", [SYNTHS, SYNTHS[::-1]], ids=["to reference", "to fast"])
def test_a_tone_keeps_its_level_while_the_synth_changes(rate: int, way: list[Synth]) -> None:
    """Synths that are out of step cancel each other half-way through the change."""
    with TunePlayer(build(STEADY_TONE)) as player:
        player.set_option(Option.SAMPLE_RATE, rate)
        player.set_option(Option.SYNTH, way[0])
        player.start()
        before = player.render(seconds=1)
        player.set_option(Option.SYNTH, way[1])
        sound = np.concatenate([before[rate // 2 :], player.render(seconds=0.5)]).astype(float)
    window = rate // 100
    levels = [sound[at : at + window].std() for at in range(0, len(sound) - window, window // 2)]
    assert min(levels) > 0.9 * np.median(levels)


def test_wrong_use_raises_and_never_crashes() -> None:
    with pytest.raises(TypeError):
        TunePlayer("not bytes")  # type: ignore[arg-type]
    player = TunePlayer(TUNE)
    with pytest.raises(EngineError) as not_started:
        player.render(frames=10)
    assert not_started.value.status == Status.NO_TUNE
    player.start()
    for seconds in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="0 seconds or more"):
            player.render(seconds=seconds)
        with pytest.raises(ValueError, match="0 seconds or more"):
            player.seek(seconds)
        with pytest.raises(ValueError, match="0 seconds or more"):
            player.trace(seconds)
    with pytest.raises(ValueError, match="seconds or frames"):
        player.render()
    with pytest.raises(ValueError, match="chips"):
        player.registers(3)
    for option, value in (
        (Option.SAMPLE_RATE, 7999),
        (Option.SAMPLE_RATE, float("nan")),
        (Option.CHANNELS, 3),
        (Option.CHIP_MODEL, 6582),
        (Option.CLOCK, 3),
        (Option.SEPARATION, 101),
        (Option.SYNTH, 3),
    ):
        with pytest.raises(EngineError) as refused:
            player.set_option(option, value)
        assert refused.value.status == Status.BAD_OPTION
    player.close()
    player.close()
    with pytest.raises(RuntimeError, match="closed"):
        player.render(frames=10)
