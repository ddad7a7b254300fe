"""Which tunes do the tests make, and what is each one for? One for every thing a machine must do right.

Their times and values come from counters of their own, never from where the raster or a timer happened to stand at
power-on: so two right machines agree on every write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hardware.assembler import assemble
from tests.engine.tunes.sid_file import NTSC, PAL, SidFile

FLAGS_PAL = PAL << 2 | 1 << 4
FLAGS_NTSC = NTSC << 2 | 1 << 4


@dataclass(frozen=True, kw_only=True)
class MadeTune:
    """A tune, the song to play, and how long it takes until everything in it has happened.

    Not `ordered`: two interrupts race, so only each register's own sequence of values is fixed. `reads_chip`: it reads
    OSC3 or ENV3. `kernal`: a PSID whose NMIs come through the KERNAL.
    """

    name: str
    file: bytes
    song: int = 1
    seconds: float = 1.5
    ordered: bool = True
    reads_chip: bool = False
    kernal: bool = False


def build(source: str, *, origin: int = 0x1000, **header: object) -> bytes:
    """A SID file from source with labels `init` and, where there is one, `play`."""
    program = assemble(source, origin)
    fields: dict[str, object] = {"init": program.symbols["init"]}
    if header.get("magic") != b"RSID":
        fields["play"] = program.symbols.get("play", 0)
    return SidFile(code=program.code, origin=program.origin, **{**fields, **header}).to_bytes()  # type: ignore[arg-type]


_MAKERS: list[Callable[[], MadeTune]] = []


def _tune(**facts: object) -> Callable[[Callable[[], bytes]], Callable[[], MadeTune]]:
    def keep(function: Callable[[], bytes]) -> Callable[[], MadeTune]:
        def make() -> MadeTune:
            return MadeTune(name=function.__name__, file=function(), **facts)  # type: ignore[arg-type]

        _MAKERS.append(make)
        return make

    return keep


def all_made_tunes() -> list[MadeTune]:
    """Every tune of this file."""
    return [make() for make in _MAKERS]


def made_tune(name: str) -> MadeTune:
    """The tune of that name."""
    return next(tune for tune in all_made_tunes() if tune.name == name)


# A tone on voice 1 whose pitch counts the calls: a lost, doubled or reordered call is seen at once.
COUNTING_PLAY = """
play: inc $fb
      lda $fb
      sta $d400
      eor #$ff
      sta $d401
      rts
"""
TONE = """
      lda #$0f
      sta $d418
      lda #$00
      sta $d405
      sta $fb
      lda #$f0
      sta $d406
      lda #$21
      sta $d404
"""
# Takes the KERNAL's interrupt vector over and leaves it as the KERNAL would, without needing one.
OWN_VECTOR = """
      sei
      lda #<irq
      sta $0314
      lda #>irq
      sta $0315
"""
LEAVE = """
      pla
      tay
      pla
      tax
      pla
      rti
"""
NO_CIA_IRQ = """
      lda #$7f
      sta $dc0d
      lda $dc0d
"""
# No bad line steals cycles any more: the picture is off from the next frame on.
PICTURE_OFF = """
      lda #$0b
      sta $d011
low:  lda $d012
      cmp #$20
      bne low
top:  lda $d012
      cmp #$10
      bne top
"""
RASTER_ON = """
      lda #$01
      sta $d019
      lda #$81
      sta $d01a
"""


def _rsid(source: str, **header: Any) -> bytes:
    return build(source, magic=b"RSID", **header)


# ---- called by the driver ----


@_tune()
def vertical_blank_pal() -> bytes:
    return build(f"init: {TONE} rts\n{COUNTING_PLAY}")


@_tune()
def vertical_blank_ntsc() -> bytes:
    return build(f"init: {TONE} rts\n{COUNTING_PLAY}", flags=FLAGS_NTSC)


@_tune()
def cia_speed_pal() -> bytes:
    return build(f"init: {TONE} rts\n{COUNTING_PLAY}", speed=1)


@_tune()
def cia_speed_ntsc() -> bytes:
    return build(f"init: {TONE} rts\n{COUNTING_PLAY}", speed=1, flags=FLAGS_NTSC)


@_tune()
def multi_speed() -> bytes:
    """Four calls a frame, by a quarter of the usual timer value."""
    return build(
        f"init: {TONE}\n lda #$08\n sta $dc04\n lda #$10\n sta $dc05\n rts\n{COUNTING_PLAY}", speed=1
    )


@_tune()
def speed_changed_by_play() -> bytes:
    """The tempo grows with every call."""
    return build(
        f"init: {TONE} rts\n{COUNTING_PLAY[:-5]}\n lda $fb\n and #$1f\n ora #$20\n sta $dc05\n rts\n", speed=1
    )


@_tune(song=40)
def song_40_repeats_bit_31() -> bytes:
    """Songs above 32 take the speed of song 32: CIA here."""
    return build(f"init: {TONE}\n ldx #$20\n stx $dc05\n rts\n{COUNTING_PLAY}", songs=40, speed=0x80000000)


@_tune(song=40)
def song_40_of_version_1_wraps() -> bytes:
    """In version 1 song 40 takes the speed of song 8: vertical blank here."""
    return build(f"init: {TONE} rts\n{COUNTING_PLAY}", songs=40, speed=0x80000000, version=1)


@_tune(song=40)
def song_40_of_version_1_wraps_to_cia() -> bytes:
    return build(
        f"init: {TONE}\n ldx #$20\n stx $dc05\n rts\n{COUNTING_PLAY}", songs=40, speed=0x00000080, version=1
    )


@_tune(song=7)
def song_number_in_a() -> bytes:
    return build(f"init: sta $fc\n {TONE}\n lda $fc\n sta $d402\n rts\n{COUNTING_PLAY}", songs=9)


@_tune()
def long_init() -> bytes:
    """Three frames of init: no call may come in between, and none is made up for."""
    source = f"""
init: {TONE}
      ldy #47
      ldx #0
wait: dex
      bne wait
      dey
      bne wait
      sta $d417
      rts
      {COUNTING_PLAY}"""
    return build(source)


@_tune()
def play_longer_than_a_frame() -> bytes:
    """A call that lasts one and a half frames: every other one falls out."""
    source = f"""
init: {TONE}
      rts
play: inc $fb
      lda $fb
      sta $d400
      ldy #22
      ldx #0
wait: dex
      bne wait
      dey
      bne wait
      sta $d401
      rts
      """
    return build(source)


@_tune()
def play_longer_than_its_timer() -> bytes:
    source = f"""
init: {TONE}
      rts
play: inc $fb
      lda $fb
      sta $d400
      ldy #22
      ldx #0
wait: dex
      bne wait
      dey
      bne wait
      sta $d401
      rts
      """
    return build(source, speed=1)


@_tune()
def play_that_changes_the_bank() -> bytes:
    """The driver puts $01 back before every call."""
    return build(
        f"init: {TONE} rts\nplay: lda $01\n sta $d402\n lda #$35\n sta $01\n inc $fb\n lda $fb\n sta $d400\n rts"
    )


@_tune()
def registers_at_init_and_play() -> bytes:
    """What the driver hands over: A at init, interrupts off, decimal off, $01, $02a6."""
    source = """
init: sta $d400
      php
      pla
      and #$0c
      sta $d401
      lda $01
      sta $d402
      lda $02a6
      sta $d403
      rts
play: php
      pla
      and #$0c
      sta $d401
      lda $01
      sta $d402
      rts"""
    return build(source, songs=5)


@_tune()
def registers_at_init_in_the_kernal() -> bytes:
    source = """
init: lda $01
      sta $d402
      lda $e000
      sta $d403
      rts
play: lda $01
      sta $d402
      inc $fb
      lda $fb
      sta $d400
      rts"""
    return build(source, origin=0xE000)


@_tune()
def registers_at_init_in_the_basic() -> bytes:
    source = """
init: lda $01
      sta $d402
      lda $a000
      sta $d403
      rts
play: lda $01
      sta $d402
      inc $fb
      lda $fb
      sta $d400
      rts"""
    return build(source, origin=0xA000)


# ---- memory ----


@_tune()
def data_under_basic_io_and_kernal() -> bytes:
    """Notes from under BASIC, I/O and the KERNAL, read with each setting of $01 that shows the RAM there."""
    reads = "".join(
        f"""
      lda #${bank:02x}
      sta $01
      lda {address},y
      ldx #$37
      stx $01
      sta {register}
"""
        for bank, address, register in (
            (0x30, "$a000", "$d400"),
            (0x34, "$d000", "$d401"),
            (0x34, "$e000", "$d402"),
            (0x35, "$a000", "$d405"),
            (0x35, "$e000", "$d406"),
            (0x36, "$a000", "$d407"),
            (0x30, "$d000", "$d408"),
            (0x31, "$a000", "$d409"),
            (0x31, "$e000", "$d40c"),
            (0x32, "$a000", "$d40d"),
        )
    )
    source = f"""
* = $9000
init: {TONE}
      rts
play: inc $fb
      ldy $fb
      tya
      ldx #$34
      stx $01
      sta $a080,y
      sta $d080,y
      sta $e080,y
      {reads}
      rts
* = $a000
      .fill 256, $a1
* = $d000
      .fill 256, $d1
* = $e000
      .fill 256, $e1
"""
    return build(source)


@_tune()
def ram_under_rom_takes_writes() -> bytes:
    """Writes go to the RAM below whatever is read."""
    source = f"""
init: {TONE}
      lda #$37
      sta $01
      lda #$5a
      sta $a123
      sta $e123
      lda #$35
      sta $01
      lda $a123
      sta $d400
      lda $e123
      sta $d401
      lda #$37
      sta $01
      rts
      {COUNTING_PLAY}"""
    return build(source)


@_tune()
def data_direction_of_the_port() -> bytes:
    """$00 decides which bits of $01 can change."""
    source = """
init: lda #$2d
      sta $00
      lda #$35
      sta $01
      lda $01
      and #$07
      sta $d400
      lda #$2f
      sta $00
      lda #$35
      sta $01
      lda $01
      and #$07
      sta $d401
      lda #$37
      sta $01
      rts
play: rts"""
    return build(source)


@_tune()
def code_under_the_io_area() -> bytes:
    """The player itself lies at $D000 and reaches the chip through a door below."""
    source = """
* = $cf00
init: lda #$34
      sta $01
      jsr under
      lda #$37
      sta $01
      lda #$0f
      sta $d418
      rts
play: lda #$34
      sta $01
      jsr next
      ldx #$35
      stx $01
      sta $d400
      sty $d401
      ldx #$37
      stx $01
      rts
* = $d000
under: lda #$10
      sta count
      rts
next: inc count
      lda count
      ldy $d200
      rts
count: .byte 0
* = $d200
      .byte $77
"""
    return build(source)


@_tune()
def tune_in_nearly_all_memory() -> bytes:
    """From $0800 to $FFEF: the driver finds its page below."""
    return build(f"* = $0800\ninit: {TONE} rts\n{COUNTING_PLAY}\n* = $ffef\n .byte 1")


@_tune()
def driver_above_the_tune() -> bytes:
    """From $0400 to $9FFF: the driver goes to $C000."""
    return build(f"* = $0400\ninit: {TONE} rts\n{COUNTING_PLAY}\n* = $9fff\n .byte 1")


@_tune()
def relocation_page_of_the_header() -> bytes:
    """The header's free pages are used, and the pages that look free are the tune's: it wipes them."""
    source = f"""
init: ldx #0
      txa
wipe: sta $0400,x
      sta $0500,x
      sta $0600,x
      sta $0700,x
      sta $c000,x
      inx
      bne wipe
      {TONE}
      rts
      {COUNTING_PLAY}"""
    return build(source, start_page=0x60, page_length=2)


@_tune()
def uninitialised_memory() -> bytes:
    """A sloppy player reads what power-on left in memory."""
    source = """
init: ldx #0
l:    lda $3000,x
      sta $d400
      lda $4800,x
      sta $d401
      lda $9000,x
      sta $d402
      lda $c800,x
      sta $d403
      lda !$0002,x
      sta $d405
      inx
      cpx #$20
      bne l
      rts
play: rts"""
    return build(source)


# ---- CIA timers ----


@_tune()
def timer_a_one_shot() -> bytes:
    """One shot, started again by its own interrupt with another value."""
    source = f"""
init: {OWN_VECTOR} {TONE} {NO_CIA_IRQ}
      lda #$0b
      sta $d011
      lda #$00
      sta $d01a
      sta $dc0e
      lda #$81
      sta $dc0d
      lda #$00
      sta $dc04
      lda #$18
      sta $dc05
      lda #$19
      sta $dc0e
      cli
      rts
irq:  lda $dc0d
      sta $d402
      lda $dc0e
      sta $d403
      inc $fb
      lda $fb
      sta $d400
      and #$0f
      ora #$10
      sta $dc05
      lda #$19
      sta $dc0e
      {LEAVE}"""
    return _rsid(source)


@_tune()
def timer_a_continuous() -> bytes:
    source = f"""
init: {OWN_VECTOR} {TONE} {NO_CIA_IRQ}
      lda #$34
      sta $dc04
      lda #$12
      sta $dc05
      lda #$81
      sta $dc0d
      lda #$11
      sta $dc0e
      cli
      rts
irq:  lda $dc0d
      sta $d402
      inc $fb
      lda $fb
      sta $d400
      {LEAVE}"""
    return _rsid(source)


@_tune()
def timer_b_counts_timer_a() -> bytes:
    """Timer A of 1000 cycles, timer B of 12 of its underflows."""
    source = f"""
init: {OWN_VECTOR} {TONE} {NO_CIA_IRQ}
      lda #<999
      sta $dc04
      lda #>999
      sta $dc05
      lda #11
      sta $dc06
      lda #0
      sta $dc07
      lda #$82
      sta $dc0d
      lda #$51
      sta $dc0f
      lda #$11
      sta $dc0e
      cli
      rts
irq:  lda $dc0d
      sta $d402
      inc $fb
      lda $fb
      sta $d400
      {LEAVE}"""
    return _rsid(source)


@_tune()
def timer_b_alone() -> bytes:
    source = f"""
init: {OWN_VECTOR} {TONE} {NO_CIA_IRQ}
      lda #$00
      sta $dc0e
      sta $dc06
      lda #$20
      sta $dc07
      lda #$82
      sta $dc0d
      lda #$11
      sta $dc0f
      cli
      rts
irq:  lda $dc0d
      sta $d402
      inc $fb
      lda $fb
      sta $d400
      {LEAVE}"""
    return _rsid(source)


@_tune()
def timer_read_back() -> bytes:
    """A timer read at known distances from its start: forced load, one shot, stopped."""
    nops = ("", " nop\n", " nop\n nop\n")
    reads = "".join(f" lda $dd04\n sta $d400\n lda $dd05\n sta $d401\n{nops[i % 3]}" for i in range(24))
    source = f"""
init: sei
      {PICTURE_OFF}
      lda #$7f
      sta $dd0d
      lda #$00
      sta $dd0e
      lda #$45
      sta $dd04
      lda #$01
      sta $dd05
      lda #$11
      sta $dd0e
      {reads}
      lda #$19
      sta $dd0e
      {reads}
      lda #$00
      sta $dd0e
      {reads}
      rts"""
    return _rsid(source)


@_tune()
def interrupt_flags_polled() -> bytes:
    """No interrupts at all: init never returns and waits for the timer's flag itself."""
    source = f"""
init: sei
      {TONE} {NO_CIA_IRQ}
      lda #$00
      sta $dc04
      lda #$28
      sta $dc05
      lda #$11
      sta $dc0e
loop: lda $dc0d
      and #$01
      beq loop
      inc $fb
      lda $fb
      sta $d400
      jmp loop"""
    return _rsid(source)


_DIGI = """
      lda #<nmi
      sta $0318
      lda #>nmi
      sta $0319
      lda #124
      sta $dd04
      lda #0
      sta $dd05
      sta $fc
      lda #$81
      sta $dd0d
      lda #$11
      sta $dd0e
"""
_NEXT_SAMPLE = """
nmi:  pha
      inc $fc
      lda $fc
      and #$0f
      sta $d418
      lda $dd0d
      pla
      rti
"""


@_tune(seconds=1.0, kernal=True)
def digi_by_nmi() -> bytes:
    """Samples at $D418 from CIA 2's timer A, 125 cycles apart, beside a play that writes nothing."""
    return build(f"init: {TONE} {_DIGI} rts\n{_NEXT_SAMPLE}\nplay: inc $fb\n rts")


@_tune(seconds=1.0)
def digi_by_nmi_alone() -> bytes:
    """The same in an RSID that waits in a loop of its own."""
    return _rsid(f"init: sei\n {TONE} {NO_CIA_IRQ} {_DIGI}\nloop: jmp loop\n{_NEXT_SAMPLE}")


@_tune(seconds=1.0, ordered=False)
def digi_beside_a_raster_player() -> bytes:
    """Samples go on while the raster interrupt's player runs, and the other way round."""
    source = f"""
init: {OWN_VECTOR} {TONE} {NO_CIA_IRQ}
      lda #$1b
      sta $d011
      lda #$40
      sta $d012
      {RASTER_ON}
      {_DIGI}
      cli
      rts
irq:  lda #$01
      sta $d019
      inc $fb
      lda $fb
      sta $d400
      eor #$ff
      sta $d401
      jmp $ea31
      {_NEXT_SAMPLE}"""
    return _rsid(source)


# ---- raster ----


@_tune()
def raster_four_times_a_frame() -> bytes:
    source = f"""
init: {OWN_VECTOR} {TONE} {NO_CIA_IRQ}
      lda #0
      sta $fc
      lda #$1b
      sta $d011
      lda lines
      sta $d012
      {RASTER_ON}
      cli
      rts
irq:  lda #$01
      sta $d019
      inc $fb
      lda $fb
      sta $d400
      lda $fc
      sta $d401
      inc $fc
      lda $fc
      and #$03
      sta $fc
      tax
      lda lines,x
      sta $d012
      {LEAVE}
lines: .byte 20, 90, 160, 230"""
    return _rsid(source)


@_tune()
def raster_below_line_255() -> bytes:
    """The ninth bit of the raster line lives in $D011."""
    source = f"""
init: {OWN_VECTOR} {TONE} {NO_CIA_IRQ}
      lda #$9b
      sta $d011
      lda #$20
      sta $d012
      {RASTER_ON}
      cli
      rts
irq:  lda $d011
      and #$80
      sta $d402
      asl $d019
      inc $fb
      lda $fb
      sta $d400
      {LEAVE}"""
    return _rsid(source)


@_tune()
def raster_polled() -> bytes:
    """A double-speed player that waits for a line in the middle of the picture."""
    source = f"""
init: {TONE} rts
play: jsr note
wait: lda $d012
      cmp #$90
      bne wait
note: inc $fb
      lda $fb
      sta $d400
      rts"""
    return build(source)


@_tune(seconds=3.0)
def raster_player_through_the_kernal() -> bytes:
    """Leaves through $EA31 and $EA81 in turn, as most RSIDs do."""
    source = f"""
init: {OWN_VECTOR} {TONE} {NO_CIA_IRQ}
      lda #$1b
      sta $d011
      lda #$40
      sta $d012
      {RASTER_ON}
      cli
      rts
irq:  lda #$01
      sta $d019
      inc $fb
      lda $fb
      sta $d400
      lsr
      bcc out
      jmp $ea31
out:  jmp $ea81"""
    return _rsid(source)


@_tune()
def timer_player_through_the_kernal() -> bytes:
    """The default 60 Hz timer with the tune's own vector, as an RSID finds it."""
    source = f"""
init: {OWN_VECTOR} {TONE}
      cli
      rts
irq:  inc $fb
      lda $fb
      sta $d400
      jmp $ea31"""
    return _rsid(source)


@_tune(seconds=3.0)
def raster_vector_in_ram() -> bytes:
    """KERNAL switched off, vector at $FFFE."""
    source = f"""
init: sei
      {TONE} {NO_CIA_IRQ}
      lda #$35
      sta $01
      lda #<irq
      sta $fffe
      lda #>irq
      sta $ffff
      lda #$1b
      sta $d011
      lda #$80
      sta $d012
      {RASTER_ON}
      cli
loop: jmp loop
irq:  pha
      lda #$01
      sta $d019
      inc $fb
      lda $fb
      sta $d400
      pla
      rti"""
    return _rsid(source)


# ---- play address 0 ----


@_tune()
def psid_with_its_own_raster_interrupt() -> bytes:
    source = f"""
init: {OWN_VECTOR} {TONE} {NO_CIA_IRQ}
      lda #$1b
      sta $d011
      lda #$70
      sta $d012
      {RASTER_ON}
      rts
irq:  lda #$01
      sta $d019
      inc $fb
      lda $fb
      sta $d400
      {LEAVE}"""
    return build(source, play=0)


@_tune()
def psid_with_its_own_timer_interrupt() -> bytes:
    source = f"""
init: {OWN_VECTOR} {TONE}
      lda #$00
      sta $d01a
      lda #$ff
      sta $d019
      lda #$00
      sta $dc04
      lda #$30
      sta $dc05
      lda #$81
      sta $dc0d
      lda #$11
      sta $dc0e
      rts
irq:  lda $dc0d
      inc $fb
      lda $fb
      sta $d400
      {LEAVE}"""
    return build(source, play=0)


# ---- several chips ----


def _chips(*addresses: int) -> str:
    writes = "".join(
        f" lda $fb\n eor #{i}\n sta ${address:04x}\n lda #{8 * i + 8}\n sta ${address + 1:04x}\n"
        for i, address in enumerate(addresses)
    )
    tones = "".join(
        f" lda #$0f\n sta ${address + 24:04x}\n lda #$f0\n sta ${address + 6:04x}\n lda #$21\n sta ${address + 4:04x}\n"
        for address in addresses
    )
    return f"init: {tones} rts\nplay: inc $fb\n {writes} rts"


@_tune()
def two_chips_at_d420() -> bytes:
    return build(_chips(0xD400, 0xD420), version=3, second_sid=0x42)


@_tune()
def two_chips_at_d500() -> bytes:
    return build(_chips(0xD400, 0xD500), version=3, second_sid=0x50)


@_tune()
def two_chips_at_de00() -> bytes:
    return build(_chips(0xD400, 0xDE00), version=3, second_sid=0xE0)


@_tune()
def three_chips() -> bytes:
    return build(_chips(0xD400, 0xD440, 0xDF40), version=4, second_sid=0x44, third_sid=0xF4)


@_tune()
def three_chips_in_falling_order() -> bytes:
    return build(_chips(0xD400, 0xD7E0, 0xD420), version=4, second_sid=0x7E, third_sid=0x42)


@_tune()
def one_chip_mirrored() -> bytes:
    """With one chip, $D420 and $D7E0 are the same chip again."""
    return build(_chips(0xD400, 0xD420, 0xD7E0))


# ---- the chip answers ----


@_tune(reads_chip=True)
def oscillator_and_envelope_read_back() -> bytes:
    """OSC3 and ENV3 as a source of values, at known distances from the start of the note."""
    source = f"""
init: sei
      {PICTURE_OFF}
      lda #$08
      sta $d412
      lda #$00
      sta $d40e
      sta $d413
      lda #$20
      sta $d40f
      lda #$f0
      sta $d414
      lda #$21
      sta $d412
      ldx #100
l:    lda $d41b
      sta $d400
      lda $d41c
      sta $d401
      dex
      bne l
      rts"""
    return _rsid(source)


# ---- the processor ----


@_tune()
def undocumented_opcodes() -> bytes:
    source = f"""
init: {TONE} rts
play: inc $fb
      ldy #$03
      lax $fb
      sax $02
      lda $02
      sta $d400
      slo $02
      sta $d401
      rla $02
      sta $d402
      sre $02
      sta $d403
      clc
      rra $02
      sta $d405
      dcp $02
      lda $02
      sta $d406
      sec
      isc $02
      sta $d407
      anc #$7f
      alr #$5a
      sta $d408
      arr #$6b
      sta $d409
      ldx #$3f
      sbx #$11
      stx $d40a
      lax ($fd),y
      sta $d40b
      nop $1234,x
      rts"""
    return build(source)


@_tune()
def decimal_mode() -> bytes:
    source = f"""
init: {TONE} rts
play: sed
      lda $fb
      clc
      adc #$17
      sta $fb
      sta $d400
      sec
      sbc #$38
      sta $d401
      php
      pla
      sta $d402
      cld
      rts"""
    return build(source)


@_tune()
def read_modify_write_on_the_chip() -> bytes:
    """INC on a register of the chip writes twice: what it read, then one more."""
    source = f"""
init: {TONE} rts
play: lda #$41
      sta $d404
      asl $d404
      inc $d404
      rts"""
    return build(source)


@_tune()
def indexed_stores_across_pages() -> bytes:
    """Stores of every kind; one that crosses a page reads the wrong address first, which writes nothing."""
    source = f"""
init: {TONE}
      lda #$f0
      sta $02
      lda #$d3
      sta $03
      rts
play: inc $fb
      lda $fb
      ldx #$20
      sta $d3e0,x
      ldy #$21
      sta $d3e0,y
      ldy #$12
      sta ($02),y
      sty $d403
      ldx #$02
      stx $d405
      sta ($00,x)
      rts"""
    return build(source)
