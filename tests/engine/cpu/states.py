"""Which random states are instructions tried in? Any registers, any place in memory, page crossings as often as not."""

import random

from tests.engine.cpu.bench import FLAGS_HELD, Registers


def random_state(rng: random.Random, opcode: int) -> tuple[bytearray, Registers]:
    """64 KiB of random bytes, random registers, and the opcode standing at PC."""
    memory = bytearray(rng.randbytes(65536))
    return memory, random_registers(rng, memory, opcode)


def random_registers(rng: random.Random, memory: bytearray, opcode: int) -> Registers:
    """Random registers; stores the opcode at the PC among them."""
    a, x, y, s, p = rng.randbytes(5)
    pc = rng.randrange(65536)
    memory[pc] = opcode
    return Registers(a, x, y, s, p & FLAGS_HELD, pc)
