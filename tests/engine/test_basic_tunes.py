"""Does a BASIC tune find what a visitor's ROMs promise: a started machine, its program, RUN typed, its song number?

The ROMs are of our own making. The KERNAL starts up, waits for a key at $E5CD as the real one does, and hands what was
typed to a BASIC whose programs are POKEs: address, value (0: the song's number), until an address of 0.
"""

from __future__ import annotations

import struct

import numpy as np
import pytest

from hardware.assembler import assemble
from hardware.engine import EngineError, Option, Rom, Status, Synth, TunePlayer
from tests.engine.tunes.sid_file import PAL, SPECIFIC, SidFile

KERNAL = """
* = $e5cd
wait:  lda $c6
       beq wait
       jmp typed
* = $f000
typed: ldx #0
next:  lda $0277,x
       cmp line,x
       bne lost
       inx
       cpx #4
       bne next
       lda #0
       sta $c6
       jmp $a000
lost:  jmp lost
line:  .byte 'R', 'U', 'N', 13
* = $fce2
       sei
       ldx #$ff
       txs
       lda #$37
       sta $01
       lda #0
       sta $c6
       lda #$0f
       sta $d418
       jmp $e5cd
"""
BASIC = """
* = $a000
       lda #$01
       sta $7a
       lda #$08
       sta $7b
poke:  ldy #0
       lda ($7a),y
       sta $14
       iny
       lda ($7a),y
       sta $15
       beq done
       iny
       lda ($7a),y
       bne value
       lda $030c
value: ldy #0
       sta ($14),y
       clc
       lda $7a
       adc #3
       sta $7a
       bcc poke
       inc $7b
       jmp poke
done:  lda $2d
       sta $d404
       lda $2e
       sta $d404
stop:  jmp stop
"""
TUNE = struct.pack("<HBHBHBHB", 0xD401, 0x11, 0xD406, 0xF0, 0xD400, 0, 0xD404, 0x21) + bytes(2)
FILE = SidFile(
    code=TUNE, magic=b"RSID", origin=0x0801, init=0, songs=7, flags=PAL << 2 | SPECIFIC | 1 << 4
).to_bytes()


def rom(source: str, start: int) -> bytes:
    """8 KB at `start` with the source's pieces at their addresses."""
    image = bytearray(0x2000)
    for piece in source.split("* = ")[1:]:
        program = assemble(f"* = {piece if start == 0xA000 else with_labels(piece)}")
        at = program.origin - start
        image[at : at + len(program.code)] = program.code
    if start == 0xE000:
        image[0x1FFA:] = struct.pack("<HHH", 0xFE43, 0xFCE2, 0xFF48)
    return bytes(image)


def with_labels(piece: str) -> str:
    """The pieces of the KERNAL are assembled one by one: the one label that another one has is named by address."""
    return piece.replace("jmp typed", "jmp $f000")


def started(song: int, *, kernal: str = KERNAL) -> TunePlayer:
    """A player with both ROMs, at the beginning of the song."""
    player = TunePlayer(FILE)
    player.set_rom(Rom.KERNAL, rom(kernal, 0xE000))
    player.set_rom(Rom.BASIC, rom(BASIC, 0xA000))
    player.set_option(Option.SYNTH, Synth.FAST)
    player.start(song)
    return player


@pytest.mark.parametrize("song", [1, 5])
def test_the_program_runs_and_knows_its_song(song: int) -> None:
    with started(song) as player:
        writes = player.trace(1)
        found = [(int(write["reg"]), int(write["value"])) for write in writes]
    end = 0x0801 + len(TUNE)
    assert found == [
        (0x01, 0x11),
        (0x06, 0xF0),
        (0x00, song - 1),
        (0x04, 0x21),
        (0x04, end & 0xFF),  # BASIC's end of program, $2D/$2E
        (0x04, end >> 8),
    ]


def test_it_sounds() -> None:
    with started(1) as player:
        assert player.render(seconds=1).std() > 100


@pytest.mark.parametrize("missing", [Rom.KERNAL, Rom.BASIC])
def test_one_rom_is_not_enough(missing: Rom) -> None:
    with TunePlayer(FILE) as player:
        if missing is not Rom.KERNAL:
            player.set_rom(Rom.KERNAL, rom(KERNAL, 0xE000))
        if missing is not Rom.BASIC:
            player.set_rom(Rom.BASIC, rom(BASIC, 0xA000))
        with pytest.raises(EngineError) as refused:
            player.start()
    assert refused.value.status == Status.NEEDS_ROMS
    assert "needs the BASIC and KERNAL ROMs" in refused.value.message


def test_a_kernal_that_never_waits_for_a_key_ends_in_silence_not_in_a_hang() -> None:
    with started(1, kernal=KERNAL.replace("jmp $e5cd", "cld\nhere: jmp here")) as player:
        assert len(player.trace(1)) == 0
        sound = player.render(seconds=0.4).astype(int)
        # The chip's own level swings in; nothing else happens.
        assert np.abs(np.diff(sound[len(sound) // 2 :])).max() < 20
