"""What does a real NMOS 6510 do in each cycle of each of its 256 opcodes?

Written from published descriptions of the hardware, not from the engine:
- bus cycles: "Documentation for the NMOS 65xx/85xx Instruction Set" (64doc, J. West and M. Makela), timing section;
- undocumented opcodes: "NMOS 6510 Unintended Opcodes - No More Secrets" (groepaz);
- decimal mode: "Decimal Mode" by Bruce Clark (6502.org), appendix A; decimal ARR: 64doc and No More Secrets.
test_expectations.py holds it against two independent cores (py65, jennings), the other tests hold the engine against it.

Where the silicon is unstable, this is the convention (the one that libsidplayfp and VICE took from typical chips):
ANE  A = (A | $EF) & X & operand        LXA  A = X = (A | $EE) & operand
SHA, SHX, SHY, TAS store register & (high byte of the unindexed address + 1); when indexing crosses a page, that value
also replaces the high byte of the address. No DMA takes place in between, so the "& high+1" never drops off.
"""

from collections.abc import Callable

from tests.engine.cpu.bench import Access, Registers

ANE_CONSTANT, LXA_CONSTANT = 0xEF, 0xEE
N, V, B, D, I, Z, C = 0x80, 0x40, 0x10, 0x08, 0x04, 0x02, 0x01  # noqa: E741 - the flags' own names
UNUSED = 0x20

# Row r, column c is opcode r * 16 + c. Modes: -- implied, a accumulator, # immediate, z/zx/zy zero page, w/wx/wy absolute
# (word), ix (zp,X), iy (zp),Y, r relative, i (word).
_TABLE = """
BRK.-- ORA.ix JAM.-- SLO.ix NOP.z  ORA.z  ASL.z  SLO.z  PHP.-- ORA.#  ASL.a  ANC.#  NOP.w  ORA.w  ASL.w  SLO.w
BPL.r  ORA.iy JAM.-- SLO.iy NOP.zx ORA.zx ASL.zx SLO.zx CLC.-- ORA.wy NOP.-- SLO.wy NOP.wx ORA.wx ASL.wx SLO.wx
JSR.w  AND.ix JAM.-- RLA.ix BIT.z  AND.z  ROL.z  RLA.z  PLP.-- AND.#  ROL.a  ANC.#  BIT.w  AND.w  ROL.w  RLA.w
BMI.r  AND.iy JAM.-- RLA.iy NOP.zx AND.zx ROL.zx RLA.zx SEC.-- AND.wy NOP.-- RLA.wy NOP.wx AND.wx ROL.wx RLA.wx
RTI.-- EOR.ix JAM.-- SRE.ix NOP.z  EOR.z  LSR.z  SRE.z  PHA.-- EOR.#  LSR.a  ALR.#  JMP.w  EOR.w  LSR.w  SRE.w
BVC.r  EOR.iy JAM.-- SRE.iy NOP.zx EOR.zx LSR.zx SRE.zx CLI.-- EOR.wy NOP.-- SRE.wy NOP.wx EOR.wx LSR.wx SRE.wx
RTS.-- ADC.ix JAM.-- RRA.ix NOP.z  ADC.z  ROR.z  RRA.z  PLA.-- ADC.#  ROR.a  ARR.#  JMP.i  ADC.w  ROR.w  RRA.w
BVS.r  ADC.iy JAM.-- RRA.iy NOP.zx ADC.zx ROR.zx RRA.zx SEI.-- ADC.wy NOP.-- RRA.wy NOP.wx ADC.wx ROR.wx RRA.wx
NOP.#  STA.ix NOP.#  SAX.ix STY.z  STA.z  STX.z  SAX.z  DEY.-- NOP.#  TXA.-- ANE.#  STY.w  STA.w  STX.w  SAX.w
BCC.r  STA.iy JAM.-- SHA.iy STY.zx STA.zx STX.zy SAX.zy TYA.-- STA.wy TXS.-- TAS.wy SHY.wx STA.wx SHX.wy SHA.wy
LDY.#  LDA.ix LDX.#  LAX.ix LDY.z  LDA.z  LDX.z  LAX.z  TAY.-- LDA.#  TAX.-- LXA.#  LDY.w  LDA.w  LDX.w  LAX.w
BCS.r  LDA.iy JAM.-- LAX.iy LDY.zx LDA.zx LDX.zy LAX.zy CLV.-- LDA.wy TSX.-- LAS.wy LDY.wx LDA.wx LDX.wy LAX.wy
CPY.#  CMP.ix NOP.#  DCP.ix CPY.z  CMP.z  DEC.z  DCP.z  INY.-- CMP.#  DEX.-- SBX.#  CPY.w  CMP.w  DEC.w  DCP.w
BNE.r  CMP.iy JAM.-- DCP.iy NOP.zx CMP.zx DEC.zx DCP.zx CLD.-- CMP.wy NOP.-- DCP.wy NOP.wx CMP.wx DEC.wx DCP.wx
CPX.#  SBC.ix NOP.#  ISC.ix CPX.z  SBC.z  INC.z  ISC.z  INX.-- SBC.#  NOP.-- SBC.#  CPX.w  SBC.w  INC.w  ISC.w
BEQ.r  SBC.iy JAM.-- ISC.iy NOP.zx SBC.zx INC.zx ISC.zx SED.-- SBC.wy NOP.-- ISC.wy NOP.wx SBC.wx INC.wx ISC.wx
"""
OPCODES: list[tuple[str, str]] = [(word[:3], word[4:]) for word in _TABLE.split()]
JAM_OPCODES = frozenset(code for code, (name, _) in enumerate(OPCODES) if name == "JAM")
DECIMAL_SENSITIVE = frozenset(
    code for code, (name, _) in enumerate(OPCODES) if name in ("ADC", "SBC", "RRA", "ISC", "ARR")
)
_UNSTABLE_STORES = frozenset({"SHA", "SHX", "SHY", "TAS"})
_COMBINED = frozenset({"SLO", "RLA", "SRE", "RRA", "DCP", "ISC"})
_UNDOCUMENTED_NAMES = (
    _UNSTABLE_STORES | _COMBINED | {"SAX", "LAX", "ANC", "ALR", "ARR", "ANE", "LXA", "SBX", "LAS", "JAM"}
)
UNDOCUMENTED = frozenset(
    code
    for code, (name, mode) in enumerate(OPCODES)
    if name in _UNDOCUMENTED_NAMES or (name == "NOP" and code != 0xEA) or code == 0xEB
)
_STORES = _UNSTABLE_STORES | {"STA", "STX", "STY", "SAX"}
_MODIFY = _COMBINED | {"ASL", "LSR", "ROL", "ROR", "INC", "DEC"}
_BRANCHES = {"BPL": (N, 0), "BMI": (N, N), "BVC": (V, 0), "BVS": (V, V)} | {
    "BCC": (C, 0), "BCS": (C, C), "BNE": (Z, 0), "BEQ": (Z, Z)
}  # fmt: skip


class JammedError(Exception):
    """The CPU has met a JAM opcode and will do nothing more until it is reset."""


class Nmos6510:
    """One CPU on 64 KiB of RAM; `step` answers the bus cycles of one instruction and leaves the new state."""

    def __init__(self, memory: bytearray, registers: Registers) -> None:
        self.memory = memory
        self.reg = registers
        self.bus: list[Access] = []

    # The bus

    def read(self, address: int) -> int:
        """One read cycle."""
        value = self.memory[address & 0xFFFF]
        self.bus.append(Access(address & 0xFFFF, value, False))
        return value

    def write(self, address: int, value: int) -> None:
        """One write cycle."""
        self.memory[address & 0xFFFF] = value
        self.bus.append(Access(address & 0xFFFF, value, True))

    def fetch(self) -> int:
        """Reads the byte at PC and passes it."""
        value = self.read(self.reg.pc)
        self.reg.pc = (self.reg.pc + 1) & 0xFFFF
        return value

    def push(self, value: int) -> None:
        """One write cycle on the stack."""
        self.write(0x100 | self.reg.s, value)
        self.reg.s = (self.reg.s - 1) & 0xFF

    def pull(self) -> int:
        """One read cycle on the stack, from above the pointer."""
        self.reg.s = (self.reg.s + 1) & 0xFF
        return self.read(0x100 | self.reg.s)

    # Flags

    def flag(self, mask: int, on: object) -> None:
        """Sets or clears the flags in `mask`."""
        self.reg.p = self.reg.p | mask if on else self.reg.p & ~mask

    def nz(self, value: int) -> int:
        """N and Z from a result; answers it."""
        self.flag(N, value & 0x80)
        self.flag(Z, value == 0)
        return value

    def load(self, registers: str, value: int) -> None:
        """Puts the value's low byte into each of the named registers, and sets N and Z from it."""
        for name in registers:
            setattr(self.reg, name, self.nz(value & 0xFF))

    # One instruction

    def step(self) -> list[Access]:
        """Executes the instruction at PC. Raises JammedError on the twelve JAM opcodes, PC then stands behind it."""
        self.bus = []
        name, mode = OPCODES[self.fetch()]
        if name == "JAM":
            raise JammedError
        special: Callable[[], None] | None = getattr(self, "_" + name.lower(), None)
        if name in _BRANCHES:
            self._branch(*_BRANCHES[name])
        elif name == "JMP":
            self._jump(mode)
        elif mode == "--":
            self.read(self.reg.pc)
            special() if special else _IMPLIED[name](self)
        elif special:
            special()
        elif mode == "a":
            self.read(self.reg.pc)
            self.reg.a = self.modified(name, self.reg.a)
        elif mode == "#":
            self._operate(name, self.fetch())
        else:
            self._access(name, mode)
        return self.bus

    def interrupt(self, vector: int) -> list[Access]:
        """The seven cycles with which an IRQ or NMI is taken: like BRK, but PC stays and bit 4 is pushed clear."""
        self.bus = []
        self.read(self.reg.pc)
        self.read(self.reg.pc)
        self._enter(vector, 0)
        return self.bus

    def _enter(self, vector: int, break_bit: int) -> None:
        self.push(self.reg.pc >> 8)
        self.push(self.reg.pc & 0xFF)
        self.push(self.reg.p & 0xCF | UNUSED | break_bit)
        self.flag(I, True)
        low = self.read(vector)
        self.reg.pc = low | self.read(vector + 1) << 8

    def _address(self, mode: str, *, fixed_length: bool) -> tuple[int, int]:
        """The effective address and the high byte before indexing; with the dummy reads that indexing costs."""
        reg = self.reg
        if mode[0] == "z":
            base = self.fetch()
            if mode == "z":
                return base, 0
            self.read(base)
            return (base + (reg.x if mode == "zx" else reg.y)) & 0xFF, 0
        if mode == "ix":
            pointer = self.fetch()
            self.read(pointer)
            pointer += reg.x
            low = self.read(pointer & 0xFF)
            return low | self.read((pointer + 1) & 0xFF) << 8, 0
        if mode == "iy":
            pointer = self.fetch()
            base = self.read(pointer)
            base |= self.read((pointer + 1) & 0xFF) << 8
        else:
            base = self.fetch()
            base |= self.fetch() << 8
            if mode == "w":
                return base, 0
        index = reg.x if mode == "wx" else reg.y
        address = (base + index) & 0xFFFF
        unfixed = base & 0xFF00 | address & 0xFF
        if fixed_length or unfixed != address:
            self.read(unfixed)
        return address, base >> 8

    def _access(self, name: str, mode: str) -> None:
        address, high = self._address(mode, fixed_length=name in _MODIFY or name in _STORES)
        if name in _MODIFY:
            old = self.read(address)
            self.write(address, old)
            self.write(address, self.modified(name, old))
        elif name in _STORES:
            self._store(name, address, high)
        else:
            self._operate(name, self.read(address))

    def _store(self, name: str, address: int, high: int) -> None:
        reg = self.reg
        if name == "TAS":
            reg.s = reg.a & reg.x
        value = {
            "STA": reg.a, "STX": reg.x, "STY": reg.y, "SAX": reg.a & reg.x,
            "SHA": reg.a & reg.x, "TAS": reg.a & reg.x, "SHX": reg.x, "SHY": reg.y,
        }[name]  # fmt: skip
        if name in _UNSTABLE_STORES:
            value &= (high + 1) & 0xFF
            if address >> 8 != high:
                address = value << 8 | address & 0xFF
        self.write(address, value)

    def modified(self, name: str, old: int) -> int:
        """What a read-modify-write instruction writes; its second half (SLO's ORA and so on) is done, too."""
        carry = self.reg.p & C
        if name in ("INC", "DEC", "ISC", "DCP"):
            new = (old + (1 if name in ("INC", "ISC") else -1)) & 0xFF
        elif name in ("ASL", "ROL", "SLO", "RLA"):
            new = old << 1 & 0xFF | (carry if name in ("ROL", "RLA") else 0)
            self.flag(C, old & 0x80)
        else:
            new = old >> 1 | (carry << 7 if name in ("ROR", "RRA") else 0)
            self.flag(C, old & 1)
        second = {"SLO": "ORA", "RLA": "AND", "SRE": "EOR", "RRA": "ADC", "ISC": "SBC", "DCP": "CMP"}.get(
            name
        )
        if second:
            self._operate(second, new)
        else:
            self.nz(new)
        return new

    def _operate(self, name: str, value: int) -> None:
        """An instruction that takes one byte."""
        _OPERATIONS[name](self, value)

    def compare(self, register: int, value: int) -> None:
        """Flags of register - value."""
        self.flag(C, register >= value)
        self.nz((register - value) & 0xFF)

    def add(self, value: int) -> None:
        """ADC: Z follows the binary sum; in decimal mode N and V see the sum before the high digit is corrected."""
        a, carry = self.reg.a, self.reg.p & C
        binary = a + value + carry
        total = binary
        if self.reg.p & D:
            low = (a & 0x0F) + (value & 0x0F) + carry
            if low >= 0x0A:
                low = ((low + 0x06) & 0x0F) + 0x10
            total = (a & 0xF0) + (value & 0xF0) + low
        self.flag(N, total & 0x80)
        self.flag(V, ~(a ^ value) & (a ^ total) & 0x80)
        self.flag(Z, binary & 0xFF == 0)
        if self.reg.p & D and total >= 0xA0:
            total += 0x60
        self.flag(C, total >= 0x100)
        self.reg.a = total & 0xFF

    def subtract(self, value: int) -> None:
        """SBC: all flags follow the binary difference; in decimal mode only A is corrected."""
        a, carry = self.reg.a, self.reg.p & C
        binary = a - value - 1 + carry
        self.flag(C, binary >= 0)
        self.flag(V, (a ^ value) & (a ^ binary) & 0x80)
        self.reg.a = self.nz(binary & 0xFF)
        if self.reg.p & D:
            low = (a & 0x0F) - (value & 0x0F) - 1 + carry
            if low < 0:
                low = ((low - 0x06) & 0x0F) - 0x10
            total = (a & 0xF0) - (value & 0xF0) + low
            self.reg.a = (total - 0x60 if total < 0 else total) & 0xFF

    def and_rotate(self, value: int) -> None:
        """ARR: AND and ROR with the adder's flags; in decimal mode both digits are corrected by the value before ROR."""
        masked = self.reg.a & value
        result = masked >> 1 | (self.reg.p & C) << 7
        self.nz(result)
        self.flag(V, (result ^ result << 1) & 0x40)
        if self.reg.p & D:
            if (masked & 0x0F) + (masked & 0x01) > 0x05:
                result = result & 0xF0 | (result + 0x06) & 0x0F
            self.flag(C, (masked & 0xF0) + (masked & 0x10) > 0x50)
            if self.reg.p & C:
                result = (result + 0x60) & 0xFF
        else:
            self.flag(C, result & 0x40)
        self.reg.a = result

    # Control flow and the stack

    def _branch(self, mask: int, wanted: int) -> None:
        offset = self.fetch()
        if self.reg.p & mask != wanted:
            return
        pc = self.reg.pc
        self.read(pc)
        target = (pc + offset - (0x100 if offset & 0x80 else 0)) & 0xFFFF
        if target & 0xFF00 != pc & 0xFF00:
            self.read(pc & 0xFF00 | target & 0xFF)
        self.reg.pc = target

    def _jump(self, mode: str) -> None:
        low = self.fetch()
        target = low | self.read(self.reg.pc) << 8
        if mode == "i":  # the pointer's high byte is never carried into
            low = self.read(target)
            target = low | self.read(target & 0xFF00 | (target + 1) & 0xFF) << 8
        self.reg.pc = target

    def _jsr(self) -> None:
        low = self.fetch()
        self.read(0x100 | self.reg.s)
        self.push(self.reg.pc >> 8)
        self.push(self.reg.pc & 0xFF)
        self.reg.pc = low | self.read(self.reg.pc) << 8

    def _rts(self) -> None:
        self.read(0x100 | self.reg.s)
        low = self.pull()
        self.reg.pc = low | self.pull() << 8
        self.fetch()

    def _rti(self) -> None:
        self.read(0x100 | self.reg.s)
        self.reg.p = self.pull() & 0xCF
        low = self.pull()
        self.reg.pc = low | self.pull() << 8

    def _brk(self) -> None:
        self.reg.pc = (self.reg.pc + 1) & 0xFFFF
        self._enter(0xFFFE, B)

    def _php(self) -> None:
        self.push(self.reg.p & 0xCF | UNUSED | B)

    def _plp(self) -> None:
        self.read(0x100 | self.reg.s)
        self.reg.p = self.pull() & 0xCF

    def _pha(self) -> None:
        self.push(self.reg.a)

    def _pla(self) -> None:
        self.read(0x100 | self.reg.s)
        self.reg.a = self.nz(self.pull())


def _bit(cpu: Nmos6510, value: int) -> None:
    cpu.flag(Z, value & cpu.reg.a == 0)
    cpu.flag(N, value & N)
    cpu.flag(V, value & V)


def _anc(cpu: Nmos6510, value: int) -> None:
    cpu.load("a", cpu.reg.a & value)
    cpu.flag(C, cpu.reg.a & 0x80)


def _alr(cpu: Nmos6510, value: int) -> None:
    cpu.reg.a = cpu.modified("LSR", cpu.reg.a & value)


def _sbx(cpu: Nmos6510, value: int) -> None:
    both = cpu.reg.a & cpu.reg.x
    cpu.compare(both, value)
    cpu.reg.x = (both - value) & 0xFF


_OPERATIONS: dict[str, Callable[[Nmos6510, int], None]] = {
    "NOP": lambda _cpu, _value: None,
    "LDA": lambda cpu, value: cpu.load("a", value),
    "LDX": lambda cpu, value: cpu.load("x", value),
    "LDY": lambda cpu, value: cpu.load("y", value),
    "LAX": lambda cpu, value: cpu.load("ax", value),
    "LXA": lambda cpu, value: cpu.load("ax", (cpu.reg.a | LXA_CONSTANT) & value),
    "ANE": lambda cpu, value: cpu.load("a", (cpu.reg.a | ANE_CONSTANT) & cpu.reg.x & value),
    "LAS": lambda cpu, value: cpu.load("axs", value & cpu.reg.s),
    "ORA": lambda cpu, value: cpu.load("a", cpu.reg.a | value),
    "AND": lambda cpu, value: cpu.load("a", cpu.reg.a & value),
    "EOR": lambda cpu, value: cpu.load("a", cpu.reg.a ^ value),
    "CMP": lambda cpu, value: cpu.compare(cpu.reg.a, value),
    "CPX": lambda cpu, value: cpu.compare(cpu.reg.x, value),
    "CPY": lambda cpu, value: cpu.compare(cpu.reg.y, value),
    "ADC": Nmos6510.add,
    "SBC": Nmos6510.subtract,
    "ARR": Nmos6510.and_rotate,
    "BIT": _bit,
    "ANC": _anc,
    "ALR": _alr,
    "SBX": _sbx,
}


def _txs(cpu: Nmos6510) -> None:
    cpu.reg.s = cpu.reg.x


_IMPLIED: dict[str, Callable[[Nmos6510], None]] = {
    "NOP": lambda _cpu: None,
    "TXS": _txs,
    "TSX": lambda cpu: cpu.load("x", cpu.reg.s),
    "TAX": lambda cpu: cpu.load("x", cpu.reg.a),
    "TAY": lambda cpu: cpu.load("y", cpu.reg.a),
    "TXA": lambda cpu: cpu.load("a", cpu.reg.x),
    "TYA": lambda cpu: cpu.load("a", cpu.reg.y),
    "INX": lambda cpu: cpu.load("x", cpu.reg.x + 1),
    "INY": lambda cpu: cpu.load("y", cpu.reg.y + 1),
    "DEX": lambda cpu: cpu.load("x", cpu.reg.x - 1),
    "DEY": lambda cpu: cpu.load("y", cpu.reg.y - 1),
    "CLC": lambda cpu: cpu.flag(C, False),
    "CLD": lambda cpu: cpu.flag(D, False),
    "CLI": lambda cpu: cpu.flag(I, False),
    "CLV": lambda cpu: cpu.flag(V, False),
    "SEC": lambda cpu: cpu.flag(C, True),
    "SED": lambda cpu: cpu.flag(D, True),
    "SEI": lambda cpu: cpu.flag(I, True),
}
