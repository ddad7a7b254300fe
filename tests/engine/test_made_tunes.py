"""Does the machine do what each of the tests' own tunes needs? Against libsidplayfp, and against plain arithmetic."""

from __future__ import annotations

import pytest

from hardware.engine import TunePlayer
from tests.engine import comparing
from tests.engine.oracle import play
from tests.engine.oracle.play import NTSC_HZ, PAL_HZ
from tests.engine.tunes.made import MadeTune, all_made_tunes, made_tune

PATHS = [pytest.param(False, id="chosen"), pytest.param(True, id="full")]


@pytest.mark.parametrize("full_machine", PATHS)
@pytest.mark.parametrize("tune", all_made_tunes(), ids=lambda tune: tune.name)
def test_writes_equal_the_oracle(tune: MadeTune, full_machine: bool) -> None:
    with TunePlayer(tune.file) as player:
        clock_hz = player.start(tune.song).clock_hz
    theirs = play.trace(
        tune.file,
        song=tune.song,
        seconds=tune.seconds,
        clock_hz=clock_hz,
        fp=tune.reads_chip,
        kernal=tune.kernal,
    ).writes
    ours = comparing.engine_trace(tune.file, song=tune.song, seconds=tune.seconds, full_machine=full_machine)
    assert len(theirs)
    for mine, other in comparing.streams(ours, theirs, ordered=tune.ordered):
        left, right = comparing.without_cut_end(mine, other, end_cycles=tune.seconds * clock_hz)
        assert not comparing.first_difference(left, right)
        assert comparing.near_share(left, right) >= comparing.NEAR_SHARE


def writes_per_second(name: str, *, register: int = 0, chip: int = 0) -> float:
    """How often a made tune writes a register, by the distance of its first and its last write."""
    tune = made_tune(name)
    with TunePlayer(tune.file) as player:
        clock_hz = player.start(tune.song).clock_hz
    writes = comparing.engine_trace(tune.file, song=tune.song, seconds=5)
    cycles = writes["cycle"][(writes["reg"] == register) & (writes["chip"] == chip)]
    # The first ones may stand apart: init's own, and the call that is due at once.
    cycles = cycles[2:]
    return float((len(cycles) - 1) / (cycles[-1] - cycles[0]) * clock_hz)


@pytest.mark.parametrize(
    ("name", "register", "expected"),
    [
        # Frames: 312 lines of 63 cycles, 263 of 65; timers count one cycle more than they are told.
        ("vertical_blank_pal", 0, PAL_HZ / (312 * 63)),
        ("vertical_blank_ntsc", 0, NTSC_HZ / (263 * 65)),
        ("cia_speed_pal", 0, PAL_HZ / (0x4025 + 1)),
        ("cia_speed_ntsc", 0, NTSC_HZ / (0x4295 + 1)),
        ("multi_speed", 0, PAL_HZ / (0x1008 + 1)),
        ("song_40_repeats_bit_31", 0, PAL_HZ / (0x2025 + 1)),
        ("song_40_of_version_1_wraps", 0, PAL_HZ / (312 * 63)),
        ("song_40_of_version_1_wraps_to_cia", 0, PAL_HZ / (0x2025 + 1)),
        ("play_longer_than_a_frame", 0, PAL_HZ / (2 * 312 * 63)),
        ("play_longer_than_its_timer", 0, PAL_HZ / (2 * (0x4025 + 1))),
        ("timer_a_continuous", 0, PAL_HZ / (0x1234 + 1)),
        ("timer_b_counts_timer_a", 0, PAL_HZ / (12 * 1000)),
        ("timer_b_alone", 0, PAL_HZ / (0x2000 + 1)),
        ("interrupt_flags_polled", 0, PAL_HZ / (0x2800 + 1)),
        ("digi_by_nmi", 0x18, PAL_HZ / 125),
        ("digi_by_nmi_alone", 0x18, PAL_HZ / 125),
        ("digi_beside_a_raster_player", 0x18, PAL_HZ / 125),
        ("digi_beside_a_raster_player", 0, PAL_HZ / (312 * 63)),
        ("raster_four_times_a_frame", 0, 4 * PAL_HZ / (312 * 63)),
        ("raster_below_line_255", 0, PAL_HZ / (312 * 63)),
        ("raster_polled", 0, 2 * PAL_HZ / (312 * 63)),
        ("psid_with_its_own_raster_interrupt", 0, PAL_HZ / (312 * 63)),
        ("psid_with_its_own_timer_interrupt", 0, PAL_HZ / (0x3000 + 1)),
    ],
)
def test_writes_come_as_often_as_arithmetic_says(name: str, register: int, expected: float) -> None:
    assert writes_per_second(name, register=register) == pytest.approx(expected, rel=0.004)


def test_every_sample_of_a_digi_is_played_once() -> None:
    writes = comparing.engine_trace(made_tune("digi_beside_a_raster_player").file, seconds=3)
    samples = writes["value"][writes["reg"] == 0x18][1:].astype(int)
    assert ((samples[1:] - samples[:-1]) % 16 == 1).all()
    assert len(samples) == pytest.approx(3 * PAL_HZ / 125, abs=3)


def test_each_chip_hears_its_own_address_only() -> None:
    tune = made_tune("three_chips_in_falling_order")
    with TunePlayer(tune.file) as player:
        assert player.start().addresses == (0xD400, 0xD7E0, 0xD420)
        second_register = [
            (chip, value) for chip, reg, value in comparing.values(player.trace(0.5)) if reg == 1
        ]
    assert set(second_register) == {(0, 8), (1, 16), (2, 24)}


def test_memory_under_the_roms_is_what_was_loaded() -> None:
    writes = comparing.engine_trace(made_tune("data_under_basic_io_and_kernal").file, seconds=0.5)
    seen = {register: {v for _, r, v in comparing.values(writes) if r == register} for register in (0, 1, 2)}
    assert seen == {0: {0xA1}, 1: {0xD1}, 2: {0xE1}}


def test_init_and_play_find_the_environment_that_the_format_promises() -> None:
    tune = made_tune("registers_at_init_and_play")
    for song in (1, 4):
        writes = comparing.values(comparing.engine_trace(tune.file, song=song, seconds=0.1))
        # A is the song counted from 0; interrupts off and decimal off; $01; $02a6 says PAL. Then play's own two.
        assert writes[:6] == [(0, 0, song - 1), (0, 1, 4), (0, 2, 0x37), (0, 3, 1), (0, 1, 4), (0, 2, 0x37)]
