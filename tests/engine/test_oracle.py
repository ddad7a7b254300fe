"""Can the oracle be believed? Its spied writes against libsidplayfp's public door and against the recordings."""

from __future__ import annotations

import pytest

from tests.engine import comparing
from tests.engine.corpus import Song, first_songs
from tests.engine.oracle import play
from tests.engine.tunes.made import made_tune


def test_spied_writes_leave_the_states_that_the_library_tells() -> None:
    tune = made_tune("three_chips")
    spied = play.trace(tune.file, song=1, seconds=1).writes
    told = [registers for _, _, registers in play.states(tune.file, song=1, seconds=1)]
    registers = [bytearray(32) for _ in range(3)]
    seen = [set[bytes]() for _ in range(3)]
    for chip, register, value in comparing.values(spied):
        registers[chip][register] = value
        seen[chip].add(bytes(registers[chip]))
    for chip in range(3):
        # Before init's first write the library shows what its power-on left.
        assert set(told[chip::3][1:]) <= seen[chip]
        assert told[chip::3][-1] in seen[chip]


@pytest.mark.parametrize("song", first_songs(), ids=str)
def test_its_writes_are_the_recorded_ones(song: Song) -> None:
    recording = song.recording
    live = play.trace(song.file, song=song.number, seconds=10).writes
    assert not comparing.first_difference(live, recording)
    assert comparing.near_share(live, recording) >= comparing.NEAR_SHARE


def test_both_ways_to_its_sound_agree() -> None:
    tune = made_tune("multi_speed")
    ours = play.sound(tune.file, song=1, seconds=4)
    command = play.command_line_sound(tune.file, song=1, seconds=4)
    assert comparing.spectral_correlation(ours, command) > 0.999
