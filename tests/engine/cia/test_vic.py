"""Does the VIC count lines, ask for raster interrupts and take cycles away as a 6569 (PAL) or 6567 (NTSC) does?

Figures: Christian Bauer, "The MOS 6567/6569 video controller (VIC-II)": 312 lines of 63 cycles, 263 of 65; a bad line takes
40 to 43 cycles from the CPU.
"""

import itertools

import pytest

from tests.engine.cia.machines import program, run_ours, run_theirs

FRAME = 312 * 63
# The stopwatch is CIA 2: timer A counts cycles, timer B its underflows (32 bits, downwards).
START_STOPWATCH = """
    LDA #$ff
    STA $dd04
    STA $dd05
    STA $dd06
    STA $dd07
    LDA #$51
    STA $dd0f
    LDA #$11
    STA $dd0e
"""
LOG_RASTER_IRQ = """
irq:
    LDA $dd04
    STA $0400,Y
    LDA $dd05
    STA $0401,Y
    LDA $dd06
    STA $0402,Y
    LDA $d012
    STA $0403,Y
    LDA $d011
    STA $0404,Y
    LDA $d019
    STA $0405,Y
    LDA #$ff
    STA $d019
    LDA $d019
    STA $0406,Y
    TYA
    CLC
    ADC #8
    TAY
    RTI
nmi: RTI
"""


def wait_for_line(line: int) -> str:
    return f"wait{line}: LDA $d012\n CMP #{line}\n BNE wait{line}\n"


def raster_irq(line: int, control: int = 0x0B) -> str:
    high = control | (0x80 if line > 255 else 0)
    return f"""
    LDA #{line & 0xFF}
    STA $d012
    LDA #{high}
    STA $d011
    LDA #1
    STA $d01a
    LDA #$ff
    STA $d019
    CLI
idle: NOP
    JMP idle
    """


def entries(log: bytes) -> list[tuple[int, int, int, int, int]]:
    """Stopwatch (cycles, rising), line, control, flags before and after acknowledging, of each interrupt logged."""
    rows = [log[at : at + 7] for at in range(0, 32, 8) if log[at + 5]]
    return [(0xFFFFFF - int.from_bytes(r[:3], "little"), r[3], r[4], r[5], r[6]) for r in rows]


@pytest.mark.parametrize("line", [0, 1, 100, 255, 256, 311])
def test_a_raster_interrupt_comes_once_a_frame_on_its_line(line: int) -> None:
    code = program(START_STOPWATCH + raster_irq(line), LOG_RASTER_IRQ)
    seen = entries(run_ours(code, 3 * FRAME + 2000))
    assert len(seen) >= 3
    for _, low, control, before, after in seen:
        assert low | (control & 0x80) << 1 == line
        assert (before, after) == (0xF1, 0x70)
    gaps = [later[0] - earlier[0] for earlier, later in itertools.pairwise(seen)]
    # The idle loop takes five cycles, so entries differ by a few cycles from frame to frame.
    assert all(abs(gap - FRAME) <= 4 for gap in gaps), gaps


def test_no_interrupt_without_the_mask_but_the_flag_is_set() -> None:
    source = raster_irq(50).replace("LDA #1\n", "LDA #0\n")
    source = source.replace("idle: NOP\n    JMP idle", wait_for_line(60) + " LDA $d019\n STA $0400")
    assert run_ours(program(source, "irq: INC $0401\n RTI\nnmi: RTI\n"), FRAME + 3000)[:2] == bytes([0x71, 0])


def test_the_raster_counter_runs_from_0_to_311() -> None:
    """The last low byte seen while bit 8 was set, and the low byte after that."""
    source = """
high: LDA $d011
    BPL high
again: LDA $d012
    LDX $d011
    BPL over
    STA $0400
    JMP again
over: LDA $d012
    STA $0401
    """
    assert run_ours(program(source), 2 * FRAME)[:2] == bytes([311 - 256, 0])


def bad_line_cost(line_count: int) -> str:
    """Cycles that a block of about 8 lines takes from line 96 on, measured twice: screen off, screen on."""
    block = " NOP\n" * (31 * line_count)
    measured = ""
    for control, place in ((0x0B, "$0400"), (0x1B, "$0404")):
        name = place[1:]
        measured += f"""
    LDA #{control}
    STA $d011
o{name}: LDA $d012
    CMP #95
    BEQ o{name}
s{name}: LDA $d012
    CMP #97
    BNE s{name}
{START_STOPWATCH}
{block}
    LDA $dd04
    LDX $dd05
    STA {place}
    STX {place}+1
    """.replace(f"{place}+1", f"${int(name, 16) + 1:04x}")
    return measured


def test_a_bad_line_takes_40_to_43_cycles() -> None:
    log = run_ours(program(bad_line_cost(8)), 4 * FRAME, screen=True)
    blank, shown = (0xFFFF - int.from_bytes(log[at : at + 2], "little") for at in (0, 4))
    assert 31 * 8 * 2 <= blank <= 31 * 8 * 2 + 8
    assert 40 <= shown - blank <= 43


def frame_program(control: int) -> str:
    """Reads the raster line and a cycle counter again and again from a known line on."""
    reads = "".join(
        f" LDA $d012\n STA ${0x400 + 2 * n:04x}\n LDA $dd04\n STA ${0x401 + 2 * n:04x}\n" + " INC $02\n" * 7
        for n in range(40)
    )
    return (
        f" LDA #{control}\n STA $d011\n"
        + wait_for_line(200)
        + wait_for_line(40)
        + wait_for_line(48)
        + START_STOPWATCH
        + reads
    )


@pytest.mark.parametrize("control", [0x0B, 0x1B, 0x1C], ids=["blank", "screen on", "scrolled"])
def test_lines_and_stolen_cycles_are_those_of_an_independent_machine(control: int) -> None:
    """The two machines come out of the waiting loop in different phases, by up to its seven cycles."""
    code = program(frame_program(control))
    ours, theirs = run_ours(code, 3 * FRAME, screen=True), run_theirs(code, 3 * FRAME)
    lines = list(zip(ours[0:80:2], theirs[0:80:2], strict=True))
    clocks = list(zip(ours[1:80:2], theirs[1:80:2], strict=True))
    assert all(abs(a - b) <= 1 for a, b in lines)
    assert all(min((a - b) % 256, (b - a) % 256) <= 7 for a, b in clocks)
