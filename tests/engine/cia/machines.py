"""How is one program run on our machine and on an independent one, so that what they saw can be compared?

The independent machine is vagrant-moses (PyPI): a cycle-exact 6510 with two CIAs and a VIC, written in Python.
Programs keep what they see in the RAM at LOG and end in a loop at the label `done`.
"""

from vagrant_moses.machine import Machine

from hardware.assembler import assemble
from tests.engine.cpu.bench import FAST_PATH, FULL_MACHINE, Bench, Registers

ORIGIN, LOG, LOG_SIZE = 0x1000, 0x0400, 0x100
# Interrupts off, RAM under the ROMs (the vectors are ours), VIC without bad lines, CIAs quiet, timers at $ffff.
PROLOGUE = """
    SEI
    LDA #$35
    STA $01
    LDX #$0b
    STX $d011
    LDA #$7f
    STA $dc0d
    STA $dd0d
    LDA $dc0d
    LDA $dd0d
    LDX #0
    STX $d01a
    STX $dc0e
    STX $dc0f
    STX $dd0e
    STX $dd0f
    LDY #0
    LDA #<irq
    STA $fffe
    LDA #>irq
    STA $ffff
    LDA #<nmi
    STA $fffa
    LDA #>nmi
    STA $fffb
"""
EPILOGUE = """
done:
    JMP done
"""
NO_HANDLERS = "irq:\nnmi: RTI"


def program(source: str, handlers: str = NO_HANDLERS) -> bytes:
    """The whole program as machine code for ORIGIN; `handlers` has the labels irq and nmi."""
    return assemble(PROLOGUE + source + EPILOGUE + handlers, ORIGIN).code


def run_ours(code: bytes, cycles: int, *, screen: bool = False) -> bytes:
    """Runs our machine for at least `cycles` cycles, with both interpreters, which must agree; answers the log.

    With the screen on, the full machine's alone: the fast one is never used where a bad line may stop the CPU.
    """
    full = _run_ours(code, cycles, FULL_MACHINE)
    if not screen:
        assert full.hex(" ", 8) == _run_ours(code, cycles, FAST_PATH).hex(" ", 8)
    return full


def _run_ours(code: bytes, cycles: int, which: int) -> bytes:
    with Bench(io=True) as bench:
        bench.put(LOG, bytes(LOG_SIZE))
        bench.put(ORIGIN, code)
        bench.set(Registers(pc=ORIGIN, p=0x04))
        done = 0
        while done < cycles:
            taken = bench.step(which)
            assert taken, "the CPU jammed"
            done += taken
        return bytes(bench.ram[LOG : LOG + LOG_SIZE])


def run_theirs(code: bytes, cycles: int, *, ntsc: bool = False) -> bytes:
    """Runs the independent machine for `cycles` cycles; answers the log."""
    machine = Machine(ntsc=ntsc)
    machine.ram[LOG : LOG + LOG_SIZE] = bytes(LOG_SIZE)
    machine.ram[ORIGIN : ORIGIN + len(code)] = code
    start = machine.reset(ORIGIN, 400)
    machine.run(start + cycles)
    return bytes(machine.ram[LOG : LOG + LOG_SIZE])
