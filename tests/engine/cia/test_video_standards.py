"""Does a tune find the PAL or the NTSC machine that its header asks for? It counts lines and cycles itself, and tells by SID."""

import pytest

from hardware.assembler import assemble
from hardware.engine import TunePlayer
from tests.engine.tunes.sid_file import NTSC, PAL, SidFile

# Measures from line 100 to line 100; then the highest line above 255 that it saw.
MEASURE = """
    sei
    lda #$0b
    sta $d011
    lda #$7f
    sta $dc0d
    lda #$ff
    sta $dc04
    sta $dc05
first: lda $d012
    cmp #100
    bne first
    lda #$11
    sta $dc0e
leave: lda $d012
    cmp #100
    beq leave
second: lda $d012
    cmp #100
    bne second
    lda #0
    sta $dc0e
    lda $dc04
    ldx $dc05
    sta $d400
    stx $d401
high: lda $d011
    bpl high
again: lda $d012
    ldx $d011
    bpl over
    sta $02
    jmp again
over: lda $02
    sta $d402
end: jmp end
"""


@pytest.mark.parametrize(
    ("clock", "lines", "cycles_a_line", "clock_hz"),
    [(PAL, 312, 63, 985248), (NTSC, 263, 65, 1022727)],
    ids=["PAL", "NTSC"],
)
def test_a_frame_has_its_standard_s_lines_and_cycles(
    clock: int, lines: int, cycles_a_line: int, clock_hz: int
) -> None:
    tune = SidFile(magic=b"RSID", code=assemble(MEASURE).code, flags=clock << 2 | 1 << 4).to_bytes()
    with TunePlayer(tune) as player:
        info = player.start()
        writes = {int(write["reg"]): int(write["value"]) for write in player.trace(0.2)}
    assert info.clock_hz == pytest.approx(clock_hz, rel=1e-5)
    # Both loops that wait for line 100 end up to 9 cycles late.
    assert 0xFFFF - (writes[0] | writes[1] << 8) == pytest.approx(lines * cycles_a_line, abs=12)
    assert writes[2] == lines - 1 - 256
