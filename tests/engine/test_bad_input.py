"""Does every broken tune get its own code and sentence, and never a crash or a hang?"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.assembler import assemble
from hardware.engine import EngineError, Option, Rom, Status, Synth, TunePlayer, library, status_error
from tests.engine.tunes.made import FLAGS_PAL, TONE, build, made_tune
from tests.engine.tunes.sid_file import MUS, SPECIFIC, SidFile

GOOD = SidFile(code=b"\x60\x60", play=0x1001)
RSID = SidFile(code=b"\x60\x60", magic=b"RSID", play=0)


def play(file: bytes, *, song: int = 0, seconds: float = 0.2) -> np.ndarray:
    """Load, start and render: whichever of them refuses, refuses."""
    with TunePlayer(file) as player:
        player.set_option(Option.SYNTH, Synth.FAST)
        player.start(song)
        return player.render(seconds=seconds)


def looping_init(**header: Any) -> bytes:
    """An init that never returns."""
    return build("init: jmp init\nplay: rts", **header)


BROKEN: dict[str, tuple[Status, Callable[[], bytes]]] = {
    "nothing": (Status.TRUNCATED, lambda: b""),
    "half a magic": (Status.TRUNCATED, lambda: b"PS"),
    "header cut short": (Status.TRUNCATED, lambda: GOOD.to_bytes()[:100]),
    "version 2 header of version 1 length": (Status.TRUNCATED, lambda: GOOD.to_bytes()[:0x77]),
    "load address cut off": (Status.TRUNCATED, lambda: GOOD.to_bytes()[:0x7D]),
    "wrong magic": (Status.BAD_MAGIC, lambda: replace(GOOD, magic=b"PSIX").to_bytes()),
    "another file": (Status.BAD_MAGIC, lambda: b"RIFF" + bytes(500)),
    "version 0": (Status.BAD_VERSION, lambda: replace(GOOD, version=0, data_offset=0x7C).to_bytes()),
    "version 5": (Status.BAD_VERSION, lambda: replace(GOOD, version=5).to_bytes()),
    "RSID version 1": (Status.BAD_VERSION, lambda: replace(RSID, version=1).to_bytes()),
    "data offset of version 1 in version 2": (
        Status.BAD_DATA_OFFSET,
        lambda: replace(GOOD, data_offset=0x76).to_bytes(),
    ),
    "data offset inside the header": (
        Status.BAD_DATA_OFFSET,
        lambda: replace(GOOD, data_offset=4).to_bytes(),
    ),
    "no program": (Status.NO_DATA, lambda: replace(GOOD, code=b"").to_bytes()),
    "0 songs": (Status.BAD_SONG_COUNT, lambda: replace(GOOD, songs=0).to_bytes()),
    "257 songs": (Status.BAD_SONG_COUNT, lambda: replace(GOOD, songs=257).to_bytes()),
    "RSID with a load address": (Status.RSID_LOAD, lambda: replace(RSID, load=0x1000).to_bytes()),
    "RSID below $07E8": (
        Status.RSID_LOAD,
        lambda: replace(RSID, origin=0x07E7, code=b"\x60" * 99, init=0x0800).to_bytes(),
    ),
    "RSID with a play address": (Status.RSID_PLAY, lambda: replace(RSID, play=0x1001).to_bytes()),
    "RSID with speed bits": (Status.RSID_SPEED, lambda: replace(RSID, speed=1).to_bytes()),
    "RSID init under BASIC": (Status.RSID_INIT, lambda: replace(RSID, origin=0xA000).to_bytes()),
    "RSID init in I/O": (Status.RSID_INIT, lambda: replace(RSID, origin=0xD400).to_bytes()),
    "RSID init under the KERNAL": (Status.RSID_INIT, lambda: replace(RSID, origin=0xE000).to_bytes()),
    "RSID init below $07E8": (Status.RSID_INIT, lambda: replace(RSID, init=0x0400).to_bytes()),
    "RSID BASIC with an init address": (
        Status.RSID_INIT,
        lambda: replace(RSID, flags=FLAGS_PAL | SPECIFIC, init=0x1000).to_bytes(),
    ),
    "past the end of memory": (
        Status.LOAD_RANGE,
        lambda: replace(GOOD, origin=0xFFFF, code=b"\x60\x60").to_bytes(),
    ),
    "longer than memory": (Status.LOAD_RANGE, lambda: replace(GOOD, code=bytes(70_000)).to_bytes()),
    "far longer than memory": (Status.LOAD_RANGE, lambda: replace(GOOD, code=bytes(3_000_000)).to_bytes()),
    "MUS data": (Status.MUS_DATA, lambda: replace(GOOD, flags=FLAGS_PAL | MUS).to_bytes()),
    "BASIC without ROMs": (
        Status.NEEDS_ROMS,
        lambda: replace(RSID, flags=FLAGS_PAL | SPECIFIC, init=0, origin=0x0801).to_bytes(),
    ),
    "no free page": (Status.NO_ROOM, lambda: replace(GOOD, start_page=0xFF).to_bytes()),
    "no free page by its size": (
        Status.NO_ROOM,
        lambda: build(f"* = $0400\ninit: {TONE} rts\nplay: rts\n* = $cfff\n .byte 1"),
    ),
    "init without end": (Status.INIT_TIMEOUT, looping_init),
    "init that waits for an interrupt that never comes": (
        Status.INIT_TIMEOUT,
        lambda: build("init: sei\nl: lda $fb\n beq l\n rts\nplay: rts"),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_tune_is_refused_with_its_own_word_and_sentence(name: str) -> None:
    status, make = BROKEN[name]
    with pytest.raises(EngineError) as refused:
        play(make())
    error = refused.value
    assert (error.status, error.code) == (status, status_error(status).code)
    assert error.message == str(error)
    assert error.message.endswith(".")
    assert len(error.message.split()) >= 3


@pytest.mark.parametrize("song", [2, 0x7FFFFFFF, 257, -1])
def test_a_song_that_is_not_there_is_refused(song: int) -> None:
    with pytest.raises(EngineError) as refused:
        play(made_tune("vertical_blank_pal").file, song=song)
    assert refused.value.status == Status.SONG_RANGE


def test_after_a_refused_song_another_can_be_started() -> None:
    with TunePlayer(made_tune("song_number_in_a").file) as player:
        with pytest.raises(EngineError):
            player.start(10)
        assert player.start(9).song == 9


def test_songs_1_and_256_are_played() -> None:
    file = build("init: rts\nplay: rts", songs=256)
    with TunePlayer(file) as player:
        assert player.start(256).song == 256
        assert player.start(1).songs == 256


@pytest.mark.parametrize(("start_song", "played"), [(0, 1), (3, 3), (9, 1)])
def test_the_start_song_of_the_header(start_song: int, played: int) -> None:
    with TunePlayer(build("init: rts\nplay: rts", songs=5, start_song=start_song)) as player:
        assert player.start().song == played


def test_needs_roms_says_which() -> None:
    assert "BASIC and KERNAL ROMs" in status_error(Status.NEEDS_ROMS).message


def test_every_status_has_a_word_and_a_sentence_of_its_own() -> None:
    errors = [status_error(status) for status in Status]
    assert len({error.code for error in errors}) == len(errors)
    assert len({error.message for error in errors}) == len(errors)
    unknown = status_error(999)
    assert unknown.code
    assert unknown.message


def test_an_rsid_may_stay_in_init_for_ever() -> None:
    program = f"init: sei\n {TONE} \nl: inc $fb\n bne l\n inc $fc\n lda $fc\n sta $d401\n jmp l"
    sound = play(build(program, magic=b"RSID"), seconds=12)
    assert sound[-44100:].std() > 10


def test_a_long_init_below_the_limit_is_waited_for() -> None:
    """About five seconds of init."""
    wait = "ldx #0\n ldy #0\n lda #15\nw: dex\n bne w\n dey\n bne w\n sec\n sbc #1\n bne w"
    file = build(f"init: {wait}\n {TONE} rts\nplay: inc $d401\n rts")
    assert play(file, seconds=7)[-44100:].std() > 10


# The CPU meets a JAM after some calls of play: the sound until then stays, silence follows.
JAMMING = build(
    f"init: {TONE}\n lda #$10\n sta $d401\n rts\nplay: inc $fb\n lda $fb\n cmp #100\n bcc on\n jam\non: rts"
)


@pytest.mark.parametrize("full_machine", [False, True])
@pytest.mark.parametrize("synth", [Synth.FAST, Synth.REFERENCE])
def test_a_jam_keeps_the_sound_so_far_and_says_so(synth: Synth, full_machine: bool) -> None:
    with TunePlayer(JAMMING) as player:
        player.set_option(Option.SYNTH, synth)
        player.set_option(Option.PATH, int(full_machine))
        player.start()
        before = player.render(seconds=1.9)
        assert not player.fault
        after = player.render(seconds=3)
        told = player.fault
        assert told
        assert told.status == Status.JAMMED
    assert before[44100:].std() > 100
    assert after[88200:].std() < before[44100:].std() / 100


def test_a_jam_in_init_is_told_and_does_not_hang() -> None:
    with TunePlayer(build("init: lda #1\n sta $d400\n jam\nplay: rts")) as player:
        player.set_option(Option.SYNTH, Synth.NONE)
        player.start()
        assert len(player.trace(1)) == 1
        assert player.fault is not None
        assert player.fault.status == Status.JAMMED


def test_a_jam_ends_the_trace_and_says_so() -> None:
    with TunePlayer(JAMMING) as player:
        player.set_option(Option.SYNTH, Synth.NONE)
        player.start()
        assert len(player.trace(5)) == 5
        assert player.fault is not None


@pytest.mark.parametrize("jam", [0x02, 0x12, 0x22, 0x32, 0x42, 0x52, 0x62, 0x72, 0x92, 0xB2, 0xD2, 0xF2])
def test_every_jam_opcode_jams(jam: int) -> None:
    file = build(f"init: {TONE} rts\nplay: .byte ${jam:02x}")
    with TunePlayer(file) as player:
        player.set_option(Option.SYNTH, Synth.FAST)
        player.start()
        player.render(seconds=0.5)
        assert player.fault is not None


def test_rom_images_of_wrong_size_are_refused() -> None:
    with TunePlayer(GOOD.to_bytes()) as player:
        for rom, size in ((Rom.KERNAL, 8191), (Rom.BASIC, 8193), (Rom.CHARGEN, 8192)):
            with pytest.raises(EngineError) as refused:
                player.set_rom(rom, bytes(size))
            assert refused.value.status == Status.BAD_ROM


def test_a_basic_tune_starts_once_it_has_its_roms() -> None:
    """With ROMs of our own making: the KERNAL's reset sets the volume and loops, so the machine is seen to run it."""
    kernal = bytearray(0x2000)
    code = assemble("* = $fce2\n sei\n lda #$0f\n sta $d418\nl: jmp l").code
    kernal[0x1CE2 : 0x1CE2 + len(code)] = code
    kernal[0x1FFA:] = bytes([0x43, 0xFE, 0xE2, 0xFC, 0x48, 0xFF])
    file = replace(RSID, flags=FLAGS_PAL | SPECIFIC, init=0, origin=0x0801).to_bytes()
    with TunePlayer(file) as player:
        player.set_rom(Rom.KERNAL, bytes(kernal))
        with pytest.raises(EngineError):
            player.start()
        player.set_rom(Rom.BASIC, bytes(0x2000))
        player.set_option(Option.SYNTH, Synth.FAST)
        assert player.start().is_rsid
        player.render(seconds=0.5)
        # No bytes take a ROM out again.
        player.set_rom(Rom.BASIC, b"")
        with pytest.raises(EngineError):
            player.start()


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("odd second chip", {"version": 3, "second_sid": 0x43}),
        ("second chip below $D420", {"version": 3, "second_sid": 0x40}),
        ("second chip in the CIAs", {"version": 3, "second_sid": 0xC0}),
        ("third chip like the second", {"version": 4, "second_sid": 0x42, "third_sid": 0x42}),
        ("chips of a version that knows none", {"version": 2, "second_sid": 0x42, "third_sid": 0x44}),
    ],
)
def test_chip_addresses_that_are_none_are_no_chips(kind: str, header: dict[str, int]) -> None:
    with TunePlayer(build("init: rts\nplay: rts", **header)) as player:
        addresses = player.start().addresses
    assert addresses == ((0xD400, 0xD420) if "third" in kind else (0xD400,))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_mutation_of_a_tune_crashes_or_hangs(data: st.DataObject) -> None:
    file = bytearray(data.draw(st.sampled_from([JAMMING, made_tune("three_chips").file, RSID.to_bytes()])))
    for _ in range(data.draw(st.integers(1, 6))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    del file[data.draw(st.integers(0, len(file))) :]
    with contextlib.suppress(EngineError), TunePlayer(bytes(file)) as player:
        player.set_option(Option.SYNTH, Synth.NONE)
        player.start(data.draw(st.integers(0, 3)))
        player.trace(0.2)
        player.set_option(Option.SYNTH, Synth.FAST)
        player.start()
        assert len(player.render(seconds=0.1)) == 4410


def test_the_library_is_of_the_version_that_the_binding_speaks() -> None:
    assert library().sf_api_version() == 1
