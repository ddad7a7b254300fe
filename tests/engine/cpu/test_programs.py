"""Do the two interpreters, and the tests' own model of the hardware, stay together over whole random programs?"""

import random

import pytest

from tests.engine.cpu.bench import FAST_PATH, FULL_MACHINE, Bench, Registers
from tests.engine.cpu.nmos6510 import JAM_OPCODES, Nmos6510
from tests.engine.cpu.states import random_registers

STEPS = 3000


@pytest.mark.parametrize("seed", range(24))
def test_random_programs_run_alike_on_both_interpreters_and_in_the_model(seed: int) -> None:
    """Self-modifying code, a stack that wraps, PC that wraps: memory is random and so is everything that runs."""
    rng = random.Random(seed)
    memory = bytearray(rng.randbytes(65536))
    with Bench() as full, Bench() as fast:
        model = Nmos6510(memory, random_registers(rng, memory, 0xEA))
        full.put(0, memory)
        fast.put(0, memory)
        full.set(model.reg)
        fast.set(model.reg)
        for _ in range(STEPS):
            pc = model.reg.pc
            if memory[pc] in JAM_OPCODES:  # walk over it, in all three
                memory[pc] = full.ram[pc] = fast.ram[pc] = rng.choice([0xEA, 0x60, 0x40, 0xD8])
            expected = model.step()
            assert full.step(FULL_MACHINE) == fast.step(FAST_PATH) == len(expected)
            assert full.get().compared() == fast.get().compared() == model.reg.compared()
            assert full.accesses() == expected
        assert bytes(full.ram) == bytes(fast.ram) == memory


def test_an_indirect_jump_wraps_within_its_page() -> None:
    for which in (FULL_MACHINE, FAST_PATH):
        with Bench() as bench:
            bench.put(0x1000, bytes([0x6C, 0xFF, 0x30]))
            bench.ram[0x30FF], bench.ram[0x3000], bench.ram[0x3100] = 0x34, 0x12, 0x56
            bench.set(Registers(pc=0x1000))
            assert bench.step(which) == 5
            assert bench.get().pc == 0x1234
