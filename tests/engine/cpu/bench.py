"""How do tests reach the engine's bare machine (sf_bench_*): one instruction at a time, on either interpreter?"""

import ctypes
import fcntl
import functools
import subprocess
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Self

ENGINE = Path(__file__).resolve().parents[3] / "engine"
LIBRARY = ENGINE / "build" / "libsidflow_engine.so"
FULL_MACHINE, FAST_PATH = 0, 1
# P as compared: bits 4 and 5 exist only in the copies that are pushed (checked there, as memory writes).
FLAGS_HELD = 0xCF


@dataclass
class Registers:
    """The 6510's registers; `p` holds NV..DIZC, its bits 4 and 5 are of no meaning here."""

    a: int = 0
    x: int = 0
    y: int = 0
    s: int = 0xFF
    p: int = 0
    pc: int = 0

    def compared(self) -> tuple[int, ...]:
        """All registers as a tuple, the flags that exist only."""
        return (*astuple(self)[:4], self.p & FLAGS_HELD, self.pc)


@dataclass(frozen=True)
class Access:
    """One bus cycle of the CPU: what stood on the address and data lines, and in which direction."""

    address: int
    value: int
    write: bool

    def __repr__(self) -> str:
        return f"{'W' if self.write else 'R'} ${self.address:04x}=${self.value:02x}"


@functools.cache
def library() -> ctypes.CDLL:
    """The native engine, built when it is out of date; processes take turns at building."""
    with (ENGINE / "Makefile").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(["make", "-s", "-C", str(ENGINE), "native"], check=True)
    engine = ctypes.CDLL(str(LIBRARY))
    bench, registers = ctypes.c_void_p, ctypes.POINTER(ctypes.c_uint8 * 7)
    for name, result, arguments in (
        ("sf_bench_new", bench, [ctypes.c_int]),
        ("sf_bench_free", None, [bench]),
        ("sf_bench_ram", ctypes.c_void_p, [bench]),
        ("sf_bench_set", None, [bench, registers]),
        ("sf_bench_get", None, [bench, registers]),
        ("sf_bench_step", ctypes.c_int, [bench, ctypes.c_int]),
        ("sf_bench_accesses", ctypes.c_int, [bench, ctypes.POINTER(ctypes.c_uint32), ctypes.c_int]),
        ("sf_bench_peek", ctypes.c_int, [bench, ctypes.c_int]),
        ("sf_bench_poke", None, [bench, ctypes.c_int, ctypes.c_int]),
    ):
        function = getattr(engine, name)
        function.restype, function.argtypes = result, arguments
    return engine


class Bench:
    """A bare machine. `io` False: RAM everywhere; True: 6510 port, VIC, CIAs and ROM stubs as in the full machine."""

    def __init__(self, *, io: bool = False) -> None:
        self._engine = library()
        self._bench = self._engine.sf_bench_new(int(io))
        self.ram = (ctypes.c_uint8 * 65536).from_address(self._engine.sf_bench_ram(self._bench))
        self._registers = (ctypes.c_uint8 * 7)()
        self._accesses = (ctypes.c_uint32 * 64)()

    def close(self) -> None:
        """Gives the machine's memory back; `ram` must not be used after it."""
        self._engine.sf_bench_free(self._bench)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def put(self, address: int, data: bytes | bytearray) -> None:
        """Stores bytes into RAM, whatever is banked in above it. Raises IndexError past $FFFF."""
        if address + len(data) > len(self.ram):
            raise IndexError(f"{len(data)} bytes at ${address:04x} run past $FFFF")
        ctypes.memmove(ctypes.addressof(self.ram) + address, bytes(data), len(data))

    def set(self, registers: Registers) -> None:
        """Sets all registers; the next step begins at registers.pc."""
        self._registers[:] = [*astuple(registers)[:5], registers.pc & 0xFF, registers.pc >> 8]
        self._engine.sf_bench_set(self._bench, self._registers)

    def get(self) -> Registers:
        """The registers after the last step."""
        self._engine.sf_bench_get(self._bench, self._registers)
        a, x, y, s, p, low, high = self._registers
        return Registers(a, x, y, s, p, high << 8 | low)

    def step(self, which: int = FULL_MACHINE) -> int:
        """One instruction or interrupt sequence; answers its cycles, 0 when the CPU is jammed."""
        return int(self._engine.sf_bench_step(self._bench, which))

    def accesses(self) -> list[Access]:
        """The bus cycles of the last step on the full machine, in order (not those in which RDY held the CPU)."""
        count = self._engine.sf_bench_accesses(self._bench, self._accesses, len(self._accesses))
        return [Access(word >> 9, word & 0xFF, bool(word & 0x100)) for word in self._accesses[:count]]

    def peek(self, address: int) -> int:
        """Reads as the CPU would, through banking and I/O, in no time."""
        return int(self._engine.sf_bench_peek(self._bench, address))

    def poke(self, address: int, value: int) -> None:
        """Writes as the CPU would, through banking and I/O, in no time."""
        self._engine.sf_bench_poke(self._bench, address, value)
