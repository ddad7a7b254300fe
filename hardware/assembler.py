"""Which bytes does a piece of 6510 source become? A two-pass assembler for tunes of our own: the demo tunes and the tests' ones.

One statement a line: `label:`, `name = expression`, `* = address`, `.byte`, `.word`, `.fill count, value`, or a mnemonic with
its operand; `;` begins a comment. All 256 opcodes: the undocumented ones by their usual names (slo rla sre rra sax lax dcp
isc anc alr arr ane lxa sbx sha shx shy tas las jam); a twin of an opcode (nop $1a, sbc $eb) is written with `.byte`.
Expressions know $hex, %binary, decimal, 'c', labels, `*` alone for the address of the statement, + - * / & | << >> ( ),
and `<` or `>` in front for the low and the high byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# The mnemonics of opcodes $00-$ff, one line of 16 for each high nibble.
_MATRIX = [
    "brk",
    "ora",
    "jam",
    "slo",
    "nop",
    "ora",
    "asl",
    "slo",
    "php",
    "ora",
    "asl",
    "anc",
    "nop",
    "ora",
    "asl",
    "slo",
    "bpl",
    "ora",
    "jam",
    "slo",
    "nop",
    "ora",
    "asl",
    "slo",
    "clc",
    "ora",
    "nop",
    "slo",
    "nop",
    "ora",
    "asl",
    "slo",
    "jsr",
    "and",
    "jam",
    "rla",
    "bit",
    "and",
    "rol",
    "rla",
    "plp",
    "and",
    "rol",
    "anc",
    "bit",
    "and",
    "rol",
    "rla",
    "bmi",
    "and",
    "jam",
    "rla",
    "nop",
    "and",
    "rol",
    "rla",
    "sec",
    "and",
    "nop",
    "rla",
    "nop",
    "and",
    "rol",
    "rla",
    "rti",
    "eor",
    "jam",
    "sre",
    "nop",
    "eor",
    "lsr",
    "sre",
    "pha",
    "eor",
    "lsr",
    "alr",
    "jmp",
    "eor",
    "lsr",
    "sre",
    "bvc",
    "eor",
    "jam",
    "sre",
    "nop",
    "eor",
    "lsr",
    "sre",
    "cli",
    "eor",
    "nop",
    "sre",
    "nop",
    "eor",
    "lsr",
    "sre",
    "rts",
    "adc",
    "jam",
    "rra",
    "nop",
    "adc",
    "ror",
    "rra",
    "pla",
    "adc",
    "ror",
    "arr",
    "jmp",
    "adc",
    "ror",
    "rra",
    "bvs",
    "adc",
    "jam",
    "rra",
    "nop",
    "adc",
    "ror",
    "rra",
    "sei",
    "adc",
    "nop",
    "rra",
    "nop",
    "adc",
    "ror",
    "rra",
    "nop",
    "sta",
    "nop",
    "sax",
    "sty",
    "sta",
    "stx",
    "sax",
    "dey",
    "nop",
    "txa",
    "ane",
    "sty",
    "sta",
    "stx",
    "sax",
    "bcc",
    "sta",
    "jam",
    "sha",
    "sty",
    "sta",
    "stx",
    "sax",
    "tya",
    "sta",
    "txs",
    "tas",
    "shy",
    "sta",
    "shx",
    "sha",
    "ldy",
    "lda",
    "ldx",
    "lax",
    "ldy",
    "lda",
    "ldx",
    "lax",
    "tay",
    "lda",
    "tax",
    "lxa",
    "ldy",
    "lda",
    "ldx",
    "lax",
    "bcs",
    "lda",
    "jam",
    "lax",
    "ldy",
    "lda",
    "ldx",
    "lax",
    "clv",
    "lda",
    "tsx",
    "las",
    "ldy",
    "lda",
    "ldx",
    "lax",
    "cpy",
    "cmp",
    "nop",
    "dcp",
    "cpy",
    "cmp",
    "dec",
    "dcp",
    "iny",
    "cmp",
    "dex",
    "sbx",
    "cpy",
    "cmp",
    "dec",
    "dcp",
    "bne",
    "cmp",
    "jam",
    "dcp",
    "nop",
    "cmp",
    "dec",
    "dcp",
    "cld",
    "cmp",
    "nop",
    "dcp",
    "nop",
    "cmp",
    "dec",
    "dcp",
    "cpx",
    "sbc",
    "nop",
    "isc",
    "cpx",
    "sbc",
    "inc",
    "isc",
    "inx",
    "sbc",
    "nop",
    "sbc",
    "cpx",
    "sbc",
    "inc",
    "isc",
    "beq",
    "sbc",
    "jam",
    "isc",
    "nop",
    "sbc",
    "inc",
    "isc",
    "sed",
    "sbc",
    "nop",
    "isc",
    "nop",
    "sbc",
    "inc",
    "isc",
]

# Addressing mode by the opcode's low five bits, then the opcodes that go their own way.
_COLUMNS = [
    "imp",
    "izx",
    "imp",
    "izx",
    "zp",
    "zp",
    "zp",
    "zp",
    "imp",
    "imm",
    "imp",
    "imm",
    "abs",
    "abs",
    "abs",
    "abs",
    "rel",
    "izy",
    "imp",
    "izy",
    "zpx",
    "zpx",
    "zpx",
    "zpx",
    "imp",
    "aby",
    "imp",
    "aby",
    "abx",
    "abx",
    "abx",
    "abx",
]
_EXCEPTIONS = {
    **dict.fromkeys((0x80, 0x82, 0xA0, 0xA2, 0xC0, 0xC2, 0xE0, 0xE2), "imm"),
    **dict.fromkeys((0x96, 0x97, 0xB6, 0xB7), "zpy"),
    **dict.fromkeys((0x9E, 0x9F, 0xBE, 0xBF), "aby"),
    0x20: "abs",
    0x6C: "ind",
}
_LENGTHS = {"imp": 1} | dict.fromkeys(("imm", "zp", "zpx", "zpy", "izx", "izy", "rel"), 2)
# The first of several opcodes for one (mnemonic, mode) is what a mnemonic means; these are the documented ones.
_PREFERRED = (0xEA, 0xE9)

MODES = tuple(_EXCEPTIONS.get(opcode, _COLUMNS[opcode & 0x1F]) for opcode in range(256))
MNEMONICS = tuple(_MATRIX)


def _opcodes() -> dict[tuple[str, str], int]:
    table: dict[tuple[str, str], int] = {}
    for opcode in (*_PREFERRED, *range(256)):
        table.setdefault((MNEMONICS[opcode], MODES[opcode]), opcode)
    return table


OPCODES = _opcodes()

_OPERAND_FORMS = (
    (re.compile(r"^\((.+),\s*x\)$", re.IGNORECASE), ("izx",)),
    (re.compile(r"^\((.+)\),\s*y$", re.IGNORECASE), ("izy",)),
    (re.compile(r"^\(([^()]+)\)$"), ("ind",)),
    (re.compile(r"^#(.+)$"), ("imm",)),
    (re.compile(r"^(.+),\s*x$", re.IGNORECASE), ("zpx", "abx")),
    (re.compile(r"^(.+),\s*y$", re.IGNORECASE), ("zpy", "aby")),
    (re.compile(r"^(.+)$"), ("rel", "zp", "abs")),
)


class AssemblyError(ValueError):
    """Source that means nothing; the message names the line."""


class _UnknownSymbol(Exception):
    pass


@dataclass
class Program:
    """Assembled code: `origin` is the lowest address written, `code` the bytes from there on (gaps are zero)."""

    origin: int
    code: bytes
    symbols: dict[str, int]


@dataclass
class _Pass:
    symbols: dict[str, int]
    final: bool
    pc: int = 0
    memory: dict[int, int] = field(default_factory=dict)

    def evaluate(self, expression: str) -> int:
        text = expression.strip()
        if text[:1] in "<>" and text[1:2] not in "<>":
            value = self.evaluate(text[1:])
            return value & 0xFF if text[0] == "<" else value >> 8 & 0xFF
        if text == "*":
            return self.pc
        text = re.sub(r"'(.)'", lambda match: str(ord(match[1])), text)
        text = re.sub(r"\$([0-9a-fA-F]+)", r"0x\1", text)
        text = re.sub(r"%([01]+)", r"0b\1", text).replace("/", "//")
        try:
            return int(eval(text, {"__builtins__": {}}, self.symbols))  # noqa: S307  source of our own, and no builtins
        except NameError as error:
            raise _UnknownSymbol(str(error)) from error

    def emit(self, *values: int) -> None:
        for value in values:
            self.memory[self.pc] = value & 0xFF
            self.pc += 1

    def values(self, operands: str) -> list[int]:
        """The operands of .byte and the like; in the first pass an unknown symbol counts as 0."""
        result = []
        for operand in operands.split(","):
            try:
                result.append(self.evaluate(operand))
            except _UnknownSymbol:
                if self.final:
                    raise
                result.append(0)
        return result

    def directive(self, name: str, operands: str) -> None:
        values = self.values(operands)
        if name == ".byte":
            self.emit(*values)
        elif name == ".word":
            self.emit(*(byte for value in values for byte in (value & 0xFF, value >> 8)))
        elif name == ".fill":
            self.emit(*[values[1] if len(values) > 1 else 0] * values[0])
        else:
            raise AssemblyError(f"unknown directive {name}")

    def instruction(self, mnemonic: str, operand: str) -> None:
        if not operand or operand.lower() == "a":
            if (mnemonic, "imp") not in OPCODES:
                raise AssemblyError(f"{mnemonic} needs an operand")
            return self.emit(OPCODES[mnemonic, "imp"])
        for form, modes in _OPERAND_FORMS:
            match = form.match(operand)
            known = [mode for mode in modes if (mnemonic, mode) in OPCODES] if match else []
            if match and known:
                return self.operand(mnemonic, known, match[1])
        raise AssemblyError(f"{mnemonic} has no such addressing mode: {operand}")

    def operand(self, mnemonic: str, modes: list[str], expression: str) -> None:
        forced_word = expression.startswith("!")
        try:
            value = self.evaluate(expression.lstrip("!"))
            byte = 0 <= value < 0x100 and not forced_word
        except _UnknownSymbol:
            if self.final:
                raise
            value, byte = 0, False
        mode = modes[0]
        if mode in ("zp", "zpx", "zpy") and not byte and len(modes) > 1:
            mode = modes[1]
        if mode == "rel":
            value = self.branch_offset(value)
        self.emit(OPCODES[mnemonic, mode])
        self.emit(*((value,) if _LENGTHS.get(mode, 3) == 2 else (value & 0xFF, value >> 8)))

    def branch_offset(self, target: int) -> int:
        offset = target - (self.pc + 2)
        if self.final and not -128 <= offset <= 127:
            raise AssemblyError(f"branch of {offset} bytes")
        return offset & 0xFF

    def statement(self, line: str) -> None:
        text = line.split(";", maxsplit=1)[0].strip()
        if match := re.match(r"^(\w+):\s*", text):
            self.symbols[match[1]] = self.pc
            text = text[match.end() :]
        if match := re.match(r"^([\w*]+)\s*=\s*(.+)$", text):
            value = self.evaluate(match[2])
            if match[1] == "*":
                self.pc = value
            else:
                self.symbols[match[1]] = value
        elif text.startswith("."):
            name, _, operands = text.partition(" ")
            self.directive(name, operands)
        elif text:
            mnemonic, _, operand = text.partition(" ")
            self.instruction(mnemonic.lower(), operand.strip())


def assemble(source: str, origin: int = 0x1000) -> Program:
    """Assembles `source`, which begins at `origin` unless it says `* = address`; AssemblyError names the line.

    A `!` in front of an operand asks for its two-byte form: `lda !$02`.
    """
    symbols: dict[str, int] = {}
    result = _Pass(symbols, final=False)
    for final in (False, True):
        result = _Pass(symbols, final, pc=origin)
        for number, line in enumerate(source.splitlines(), 1):
            try:
                result.statement(line)
            except (AssemblyError, _UnknownSymbol, SyntaxError) as error:
                raise AssemblyError(f"line {number}: {line.strip()}: {error}") from error
    low, high = min(result.memory), max(result.memory)
    code = bytes(result.memory.get(address, 0) for address in range(low, high + 1))
    return Program(low, code, symbols)
