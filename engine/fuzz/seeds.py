#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From which inputs does the fuzzer start? Small tunes of every kind the engine knows, each with several orders of calls.

usage: seeds.py DIRECTORY   (an input is 24 bytes for fuzz_player.cpp's script, then a tune)
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from hardware.assembler import assemble
from tests.engine.tunes.sid_file import MUS, NTSC, PAL, SidFile

SCRIPT_BYTES = 24
PSID_ARP = """
init: lda #15
 sta $d418
 lda #$21
 sta $d404
 rts
play: inc $d401
 lda $d41b
 sta $d402
 rts
"""
CIA_IRQ = """
init: sei
 lda #<irq
 sta $0314
 lda #>irq
 sta $0315
 lda #$7f
 sta $dc0d
 lda #$50
 sta $dc04
 lda #$02
 sta $dc05
 lda #$81
 sta $dc0d
 lda #$11
 sta $dc0e
 cli
 rts
irq: inc $d418
 lda $dc0d
 jmp $ea81
"""
RASTER_IRQ = """
init: sei
 lda #$35
 sta $01
 lda #<irq
 sta $fffe
 lda #>irq
 sta $ffff
 lda #$1b
 sta $d011
 lda #$20
 sta $d012
 lda #1
 sta $d01a
 cli
idle: jmp idle
irq: pha
 inc $d404
 lda #$ff
 sta $d019
 pla
 rti
"""
NMI_DIGI = """
init: lda #<nmi
 sta $0318
 lda #>nmi
 sta $0319
 lda #120
 sta $dd04
 lda #0
 sta $dd05
 lda #$81
 sta $dd0d
 lda #$11
 sta $dd0e
again: lda $d012
 cmp $d012
 bne again
 beq again
nmi: pha
 inc $d418
 lda $dd0d
 pla
 rti
"""
CLOCKS = """
init: lda #$80
 sta $dc0f
 lda #1
 sta $dc0b
 sta $dc08
 lda #$49
 sta $dd0f
 lda #$19
 sta $dd0e
loop: lda $dc08
 sta $d400
 lda $dd06
 sta $d401
 lda $d41c
 sta $d405
 jmp loop
"""
UNDOCUMENTED = """
init: ldx #7
 ldy #3
 slo $d400,x
 rla $d401,y
 sre ($20,x)
 rra ($20),y
 isc $d404
 dcp $d405
 lax $20
 sax $d406
 anc #$f0
 alr #$3f
 arr #$7f
 ane #$ff
 lxa #$55
 sbx #2
 las $c000,y
 sha $d4ff,y
 shx $d4ff,y
 shy $d4ff,x
 tas $d4ff,y
 sed
 adc #$99
 sbc #$0f
 ldx #$ff
 txs
 brk
"""
BANKS = """
init: ldx #7
next: stx $01
 lda $a000
 sta $d000
 lda $e000
 sta $d400,x
 lda $d400
 sta $0400,x
 dex
 bpl next
 lda #$37
 sta $01
 rts
play: inc $d020
 jsr $e000
 rts
"""
STRAY = "init: jmp ($fffc)\n"
JAM = "init: jam\n"
FOREVER = "init: jmp init\n"


def tune(source: str, **fields: object) -> bytes:
    """A SID file of this program; a `play` label is its play address unless it is an RSID."""
    program = assemble(source)
    play = 0 if fields.get("magic") == b"RSID" else program.symbols.get("play", 0)
    return SidFile(code=program.code, **{"play": play, **fields}).to_bytes()  # type: ignore[arg-type]


def tunes() -> list[bytes]:
    """One of each kind, good and bad."""
    rsid = {"magic": b"RSID"}
    arp = tune(PSID_ARP)
    return [
        arp,
        tune(PSID_ARP, version=1),
        tune(PSID_ARP, speed=0xFFFFFFFF, songs=40, start_song=33),
        tune(PSID_ARP, flags=NTSC << 2 | 2 << 4),
        tune(PSID_ARP, version=3, second_sid=0x42),
        tune(PSID_ARP, version=4, second_sid=0x50, third_sid=0xE0, flags=PAL << 2 | 1 << 4 | 2 << 6 | 1 << 8),
        tune(PSID_ARP, start_page=0xFF),
        tune(PSID_ARP, start_page=0x20, page_length=4),
        tune(PSID_ARP, songs=256),
        tune(PSID_ARP, songs=0),
        tune(PSID_ARP, songs=257),
        tune(PSID_ARP, flags=MUS),
        tune(PSID_ARP, load=0x1000),
        tune(PSID_ARP, init=0xD400),
        arp[:0x7D],
        arp[:0x40],
        arp + bytes(64),
        tune(BANKS),
        tune(FOREVER),
        tune(STRAY),
        tune(JAM),
        tune(UNDOCUMENTED),
        tune(CIA_IRQ),  # a PSID with play address 0
        *(
            tune(source, **rsid)
            for source in (CIA_IRQ, RASTER_IRQ, NMI_DIGI, CLOCKS, UNDOCUMENTED, BANKS, STRAY, JAM, FOREVER)
        ),
        tune(NMI_DIGI, **rsid, flags=NTSC << 2),
        tune(RASTER_IRQ, **rsid, init=0, flags=2 | PAL << 2),
        tune(RASTER_IRQ, **rsid, play=0x1003),
    ]


TRACE, RENDER, SEEK, OPTION, START, LOOK, ROM = (0x08, 1, 3, 4, 5, 6, 7)
# The plan (bit 0 fast synth, 1 full machine, 2 stereo, 3 taps), the song, then calls of two bytes.
SCRIPTS = [
    [0x00, 0, TRACE, 60],
    [0x02, 0, TRACE, 60, TRACE, 120],
    [0x00, 1, TRACE, 20, START, 2, TRACE, 30, LOOK, 0],
    [0x01, 0, RENDER, 60, SEEK, 20, RENDER, 20],
    [0x0F, 0, RENDER, 60, OPTION | 7 << 3, 15, RENDER, 9, SEEK, 4, RENDER, 20],
    [0x03, 0, ROM, 0xEA, START, 0, RENDER, 40, OPTION | 3 << 3, 5, START, 0, RENDER, 20],
]


def main() -> None:
    """Writes all inputs into the directory named on the command line."""
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(tunes()):
        for order, script in enumerate(SCRIPTS):
            (directory / f"{number:02d}-{order}").write_bytes(bytes(script).ljust(SCRIPT_BYTES, b"\0") + data)
    reference = bytes([0xFF, 0]).ljust(SCRIPT_BYTES - 1, b"\0")
    (directory / "reference").write_bytes(reference[:18] + bytes([0x5A]) * 6 + tunes()[0])


if __name__ == "__main__":
    main()
