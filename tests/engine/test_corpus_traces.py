"""Do real tunes write to their chips what libsidplayfp recorded, on both paths?"""

from __future__ import annotations

import pytest

from hardware.engine import Option, Synth, TunePlayer
from tests.engine import comparing
from tests.engine.corpus import ABSENT, CORPUS, RECORDED_CYCLES, Song, first_songs, recorded_songs
from tests.engine.oracle import play

PATHS = [pytest.param(False, id="chosen"), pytest.param(True, id="full")]


def test_the_corpus_is_here() -> None:
    if not CORPUS.exists():
        pytest.skip(ABSENT)
    assert len(recorded_songs()) == 66


@pytest.mark.parametrize("full_machine", PATHS)
@pytest.mark.parametrize("song", recorded_songs(), ids=str)
def test_writes_equal_the_recording(song: Song, full_machine: bool) -> None:
    recording = song.recording
    ours = comparing.engine_trace(song.file, song=song.number, seconds=10, full_machine=full_machine)
    ours = ours[ours["cycle"] < RECORDED_CYCLES]
    ours, recording = comparing.without_cut_end(ours, recording, end_cycles=RECORDED_CYCLES)
    assert not comparing.first_difference(ours, recording)
    assert comparing.near_share(ours, recording) >= comparing.NEAR_SHARE


@pytest.mark.parametrize("song", first_songs(), ids=str)
def test_writes_equal_the_live_oracle_for_longer(song: Song) -> None:
    with TunePlayer(song.file) as player:
        clock_hz = player.start(song.number).clock_hz
    seconds = 30.0
    theirs = play.trace(song.file, song=song.number, seconds=seconds, clock_hz=clock_hz).writes
    ours = comparing.engine_trace(song.file, song=song.number, seconds=seconds)
    ours, theirs = comparing.without_cut_end(ours, theirs, end_cycles=seconds * clock_hz)
    assert not comparing.first_difference(ours, theirs)
    assert comparing.near_share(ours, theirs) >= comparing.NEAR_SHARE


@pytest.mark.parametrize("song", [song for song in recorded_songs() if song.is_psid][::12], ids=str)
def test_both_paths_write_at_the_same_cycles(song: Song) -> None:
    chosen = comparing.engine_trace(song.file, song=song.number, seconds=10)
    full = comparing.engine_trace(song.file, song=song.number, seconds=10, full_machine=True)
    assert not comparing.first_difference(chosen, full)
    assert comparing.near_share(chosen, full) >= comparing.NEAR_SHARE


@pytest.mark.parametrize("song", first_songs(), ids=str)
def test_registers_after_each_second_are_those_last_written(song: Song) -> None:
    with TunePlayer(song.file) as player:
        player.set_option(Option.SYNTH, Synth.NONE)
        info = player.start(song.number)
        last = [bytearray(32) for _ in info.addresses]
        for second in range(1, 6):
            for writes in player.iter_trace(second):
                for chip, register, value in comparing.values(writes):
                    last[chip][register] = value
            for chip, registers in enumerate(last):
                assert player.registers(chip)[:25] == bytes(registers[:25])
