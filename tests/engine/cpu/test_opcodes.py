"""Does each of the 256 opcodes do on our two interpreters what it does on the hardware?

Result, flags, memory and number of cycles on both; on the full machine every single bus cycle, dummy ones included.
"""

import random
from collections.abc import Iterator

import pytest
from jennings.devices import mpu6502 as jennings6502
from py65.devices import mpu6502 as py6502

from tests.engine.cpu.bench import FAST_PATH, FULL_MACHINE, Bench, Registers
from tests.engine.cpu.nmos6510 import DECIMAL_SENSITIVE, JAM_OPCODES, OPCODES, UNDOCUMENTED, D, Nmos6510
from tests.engine.cpu.states import random_registers, random_state

STATES_EACH = 200
INTERPRETERS = pytest.mark.parametrize("which", [FULL_MACHINE, FAST_PATH], ids=["full machine", "fast path"])
EVERY_OPCODE = pytest.mark.parametrize("opcode", range(256), ids="{:02x}".format)


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Bench() as machine:
        yield machine


@INTERPRETERS
@EVERY_OPCODE
def test_opcode_does_what_the_hardware_does(bench: Bench, opcode: int, which: int) -> None:
    rng = random.Random(opcode)
    memory = bytearray(rng.randbytes(65536))
    bench.put(0, memory)
    for _ in range(STATES_EACH):
        state = random_registers(rng, memory, opcode)
        for offset in range(3):  # fresh operands, and no trace of what a state before has written here
            place = (state.pc + offset) & 0xFFFF
            memory[place] = opcode if offset == 0 else rng.randrange(256)
            bench.ram[place] = memory[place]
        bench.set(state)
        before = repr(state)
        if opcode in JAM_OPCODES:
            assert bench.step(which) == 0
            assert bench.step(which) == 0, "a jammed CPU stays jammed"
            continue
        expected = Nmos6510(memory, state).step()
        assert bench.step(which) == len(expected), before
        assert bench.get().compared() == state.compared(), before
        if which == FULL_MACHINE:
            assert bench.accesses() == expected, before
    assert bytes(bench.ram) == memory


# Where the packages are known to leave the hardware: see test_expectations.py, which shows how.
PACKAGES_FAIL = {
    code for code, (name, _) in enumerate(OPCODES) if name in ("SHA", "SHX", "SHY", "TAS", "ANE")
} | {0xCE}


@INTERPRETERS
@pytest.mark.parametrize("opcode", sorted(set(range(256)) - JAM_OPCODES - PACKAGES_FAIL), ids="{:02x}".format)
def test_opcode_agrees_with_an_independent_core(bench: Bench, opcode: int, which: int) -> None:
    """The same without our model in between, binary mode: py65 for documented opcodes, jennings for the others."""
    rng = random.Random(opcode)
    core = jennings6502.MPU if opcode in UNDOCUMENTED else py6502.MPU
    for _ in range(20):
        memory, state = random_state(rng, opcode)
        if opcode in DECIMAL_SENSITIVE:
            state.p &= ~D
        bench.put(0, memory)
        bench.set(state)
        theirs = core(memory=memory, pc=state.pc)
        theirs.a, theirs.x, theirs.y, theirs.sp, theirs.p = state.a, state.x, state.y, state.s, state.p | 0x30
        theirs.step()
        assert bench.step(which) == theirs.processorCycles
        expected = Registers(theirs.a, theirs.x, theirs.y, theirs.sp, theirs.p, theirs.pc & 0xFFFF)
        assert bench.get().compared() == expected.compared()
        assert bytes(bench.ram) == memory


@INTERPRETERS
@pytest.mark.parametrize("opcode", [0x69, 0xE9], ids=["ADC", "SBC"])
def test_decimal_mode_is_right_for_every_pair_of_bytes(bench: Bench, opcode: int, which: int) -> None:
    memory = bytearray(65536)
    memory[0] = opcode
    bench.put(0, memory)
    for a in range(256):
        for operand in range(256):
            memory[1] = bench.ram[1] = operand
            state = Registers(a=a, p=D | (a + operand * 3) % 2)
            bench.set(state)
            Nmos6510(memory, state).step()
            assert bench.step(which) == 2
            assert bench.get().compared() == state.compared(), (a, operand)
