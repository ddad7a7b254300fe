"""When does the 6510 take an interrupt, and what does it push? Against a cycle-exact independent machine, and 64doc's facts.

A timer is started so that it runs out at every possible cycle of the instructions under test; the handler logs a second
timer (a stopwatch), the pushed status and return address.
"""

import pytest

from tests.engine.cia.machines import program, run_ours, run_theirs
from tests.engine.cpu.bench import Bench, Registers
from tests.engine.cpu.nmos6510 import Nmos6510

# X counts the interrupts: 8 bytes each in the log, at $0400. The stopwatch is CIA 2's timer B.
IRQ_HANDLER = """
irq:
    PHA
    LDA $dd06
    STA $0400,X
    LDA $dd07
    STA $0401,X
    PLA
    STA $0402,X
    STX $03
    TSX
    LDA $0101,X
    LDY $0102,X
    LDX $03
    STA $0403,X
    TYA
    STA $0404,X
    LDA $dc0d
    STA $0405,X
    JMP leave
"""
NMI_HANDLER = """
nmi:
    PHA
    LDA $dd06
    STA $0400,X
    LDA $dd07
    STA $0401,X
    PLA
    STA $0402,X
    STX $03
    TSX
    LDA $0101,X
    LDY $0102,X
    LDX $03
    STA $0403,X
    TYA
    STA $0404,X
    LDA $dd0d
    STA $0406,X
leave:
    TXA
    CLC
    ADC #8
    TAX
    LDA #$aa
    RTI
"""
HANDLERS = IRQ_HANDLER + NMI_HANDLER
STOPWATCH = " LDA #$ff\n STA $dd06\n STA $dd07\n LDA #$11\n STA $dd0f\n LDX #0\n"


def irq_in(latch: int) -> str:
    """CIA 1 asks for an IRQ once, a number of cycles after the last of these instructions."""
    return f" LDA #$81\n STA $dc0d\n LDA #<{latch}\n STA $dc04\n LDA #>{latch}\n STA $dc05\n LDA #$19\n STA $dc0e\n"


def nmi_in(latch: int) -> str:
    """CIA 2 asks for an NMI once."""
    return f" LDA #$81\n STA $dd0d\n LDA #<{latch}\n STA $dd04\n LDA #>{latch}\n STA $dd05\n LDA #$19\n STA $dd0e\n"


def same_log(source: str, handlers: str = HANDLERS, cycles: int = 500) -> bytes:
    """The log of our machine, which the independent machine must have, too."""
    code = program(source, handlers)
    ours, theirs = run_ours(code, cycles), run_theirs(code, cycles)
    assert ours[:64].hex(" ", 8) == theirs[:64].hex(" ", 8)
    return ours


# What runs when the interrupt comes. Each is entered with I clear unless it says otherwise, and is followed by NOPs.
VICTIMS = {
    "two cycles": " NOP\n" * 12,
    "three cycles": " LDA $02\n" * 8,
    "four cycles": " LDA $0300\n" * 6,
    "read-modify-write": " INC $0300,X\n" * 4,
    "store": " STA $0300,Y\n" * 5,
    "page crossing read": " LDY #1\n" + " LDA $02ff,Y\n" * 5,
    "taken branches": " CLC\n" + "".join(f" BCC b{n}\nb{n}:\n" for n in range(8)),
    "branches not taken": " SEC\n" + "".join(f" BCC b{n}\nb{n}:\n" for n in range(8)),
    "taken branch then long": " CLC\n" + "".join(f" BCC b{n}\nb{n}: INC $0300\n" for n in range(4)),
    "jsr and rts": " JSR sub\n" * 3 + " JMP over\nsub: RTS\nover:\n",
    "stack": " PHA\n PHP\n PLP\n PLA\n" * 2,
    "undocumented": " SLO $0300\n LAX $02\n" * 3,
    "brk": " BRK\n NOP\n NOP\n NOP\n NOP\n",
    "cli and sei": " SEI\n CLI\n SEI\n CLI\n NOP\n SEI\n NOP\n CLI\n NOP\n",
    "cli just before sei": " SEI\n NOP\n NOP\n NOP\n CLI\n SEI\n NOP\n NOP\n CLI\n",
    "plp clears": " PHP\n SEI\n NOP\n NOP\n NOP\n PLP\n NOP\n NOP\n",
    "plp sets": " PHP\n SEI\n PHP\n CLI\n PLP\n NOP\n NOP\n PLP\n NOP\n",
}


@pytest.mark.parametrize("victim", VICTIMS)
def test_an_irq_is_taken_when_the_hardware_takes_it(victim: str) -> None:
    for latch in range(4, 30):
        same_log(STOPWATCH + irq_in(latch) + " CLI\n" + VICTIMS[victim] + " NOP\n" * 12 + " CLI\n NOP\n")


@pytest.mark.parametrize("victim", VICTIMS)
def test_an_nmi_is_taken_when_the_hardware_takes_it(victim: str) -> None:
    for latch in range(4, 30):
        same_log(STOPWATCH + nmi_in(latch) + " CLI\n" + VICTIMS[victim] + " NOP\n" * 12)


def test_a_branch_over_a_page_boundary_lets_the_interrupt_in_a_cycle_earlier_than_a_plain_one() -> None:
    # The code is moved so that the taken branch crosses a page; where it stands follows from the program's length.
    for padding in range(3, 256, 16):
        skipped = " JMP far\n" + " NOP\n" * padding + "far: CLC\n"
        for latch in (15, 16, 17, 18):
            branches = "".join(f" BCC b{n}\n NOP\nb{n}:\n" for n in range(6))
            same_log(STOPWATCH + skipped + irq_in(latch) + " CLI\n" + branches + " NOP\n" * 6)


@pytest.mark.parametrize("distance", range(-12, 13))
def test_an_nmi_near_an_irq_takes_over_its_sequence_or_follows_it(distance: int) -> None:
    """Up to the cycle in which the vector is chosen, an NMI hijacks the IRQ's (64doc: BRK and IRQ lose it)."""
    same_log(STOPWATCH + nmi_in(60 + distance) + irq_in(34) + " CLI\n" + " NOP\n" * 40)


@pytest.mark.parametrize("latch", range(14, 40))
def test_an_nmi_hijacks_a_brk_or_waits_for_the_handler_s_first_instruction(latch: int) -> None:
    same_log(STOPWATCH + nmi_in(latch) + " CLI\n" + " NOP\n" * 10 + " BRK\n" + " NOP\n" * 12)


def test_the_nmi_is_an_edge_and_needs_its_flags_read() -> None:
    """64doc: while the line stays low there is no second NMI; reading the CIA's flags lets it rise."""
    deaf = "irq: RTI\nnmi: INC $0400\n RTI\n"
    hearing = "irq: RTI\nnmi: INC $0400\n BIT $dd0d\n RTI\n"
    source = " LDA #$81\n STA $dd0d\n LDA #99\n STA $dd04\n LDA #0\n STA $dd05\n LDA #$11\n STA $dd0e\n"
    assert same_log(source, deaf)[0] == 1
    assert same_log(source, hearing, cycles=1200)[0] in (9, 10)


def test_an_irq_is_a_level_and_returns_until_its_flags_are_read() -> None:
    handler = "irq: INC $0400\n LDA $0400\n CMP #3\n BNE out\n LDA $dc0d\nout: RTI\nnmi: RTI\n"
    assert same_log(irq_in(20) + " CLI\n" + " NOP\n" * 40, handler)[0] == 3


def test_the_interrupt_sequence_pushes_the_break_bit_clear_and_brk_pushes_it_set() -> None:
    irq = same_log(STOPWATCH + irq_in(20) + " CLI\n" + " NOP\n" * 30)
    brk = same_log(STOPWATCH + " CLI\n BRK\n" + " NOP\n" * 30)
    assert irq[3] & 0x30 == 0x20
    assert brk[3] & 0x30 == 0x30


def test_each_bus_cycle_of_an_interrupt_is_the_hardware_s() -> None:
    """64doc: two reads at PC, three pushes, two reads of the vector."""
    with Bench(io=True) as bench:
        bench.poke(1, 0x35)
        bench.put(0x1000, bytes([0xEA]) * 64)
        bench.put(0xFFFE, bytes([0x00, 0x20]))
        for register, value in ((0x0D, 0x81), (0x04, 10), (0x05, 0), (0x0E, 0x19)):
            bench.poke(0xDC00 + register, value)
        before, memory = Registers(1, 2, 3, 0xF0, 0x03, 0x1000), bytearray()
        bench.set(before)
        while bench.get().pc < 0x1040:
            before = bench.get()
            memory = bytearray(bytes(bench.ram))
            if bench.step() >= 7:  # a step may hold the first instruction of the handler, too
                break
        expected = Nmos6510(memory, before).interrupt(0xFFFE)
        assert len(expected) == 7
        assert bench.accesses()[:7] == expected
        assert 0x2000 <= bench.get().pc < 0x2040


def test_a_masked_interrupt_waits() -> None:
    with Bench(io=True) as bench:
        bench.poke(1, 0x35)
        bench.put(0x1000, bytes([0xEA]) * 64)
        for register, value in ((0x0D, 0x81), (0x04, 10), (0x05, 0), (0x0E, 0x19)):
            bench.poke(0xDC00 + register, value)
        bench.set(Registers(p=0x04, pc=0x1000))
        assert [bench.step() for _ in range(40)] == [2] * 40
