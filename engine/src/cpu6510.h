// SPDX-License-Identifier: GPL-3.0-or-later
// What does a 6510 do with an opcode? All 256 of them, access by access, over whatever bus it is given.
//
// The interpreter is a template over its bus, so that one description serves two speeds: the exact bus accounts for
// every access (a bad line may stop the CPU in the middle of an instruction), the fast bus only adds up cycles where
// nothing can happen between two of them. An interpreter is meant to be a local variable of a run loop: with
// everything inlined its registers live in the host's registers.
//
// Undocumented opcodes after "NMOS 6510 Unintended Opcodes - No More Secrets"; ANE and LXA use the constant $EF and
// $EE, the values that most C64s show when warm.
#pragma once
#include <cstdint>

#ifndef SIDFLOW_INLINE  // the sanitizers' build wants plain functions: everything inlined takes a compiler minutes
                        // there
#define SIDFLOW_INLINE inline __attribute__((always_inline))
#endif

namespace sidflow {

struct CpuState {
  uint16_t pc = 0;
  uint8_t a = 0, x = 0, y = 0, s = 0xff;
  uint8_t p = 0x24;
  bool jammed = false;
  uint64_t branch_end = ~uint64_t{0};
  uint64_t sequence_end = ~uint64_t{0};
};

namespace flag {
constexpr uint8_t c = 0x01, z = 0x02, i = 0x04, d = 0x08, b = 0x10, unused = 0x20, v = 0x40, n = 0x80;
}

// Bus: read(addr), write(addr, v): one cycle each; idle(addr): a read whose value nobody needs and that cannot have an
// effect; idle_read(addr), idle_write(addr, v): the same where it can have one (I/O). clk: the cycle of the next
// access. interrupts_changed(previous_i): the I flag was written, the next poll still sees `previous_i`.
template <class Bus>
class Cpu6510 {
 public:
  Bus bus;
  uint32_t pc, a, x, y, s;
  uint32_t n, z, c, v, d, i;             // n: bit 7 counts; z: the flag is set when the low byte is 0; the rest 0 or 1
  uint64_t branch_end = ~uint64_t{0};    // where a taken branch without page crossing ended: it polls one cycle earlier
  uint64_t sequence_end = ~uint64_t{0};  // where a BRK or interrupt sequence ended: it does not poll
  bool jammed;

  SIDFLOW_INLINE Cpu6510(const CpuState& state, const Bus& b)
      : bus(b),
        pc(state.pc),
        a(state.a),
        x(state.x),
        y(state.y),
        s(state.s),
        branch_end(state.branch_end),
        sequence_end(state.sequence_end),
        jammed(state.jammed) {
    set_p(state.p);
  }

  SIDFLOW_INLINE void store(CpuState& state) const {
    state.pc = static_cast<uint16_t>(pc);
    state.a = static_cast<uint8_t>(a);
    state.x = static_cast<uint8_t>(x);
    state.y = static_cast<uint8_t>(y);
    state.s = static_cast<uint8_t>(s);
    state.p = static_cast<uint8_t>(p());
    state.jammed = jammed;
    state.branch_end = branch_end;
    state.sequence_end = sequence_end;
  }

  SIDFLOW_INLINE uint32_t p() const {
    return (n & 0x80) | (v << 6) | flag::unused | (d << 3) | (i << 2) | ((z & 0xff) == 0 ? flag::z : 0) | c;
  }

  SIDFLOW_INLINE void set_p(uint32_t p) {
    n = p;
    v = (p >> 6) & 1;
    d = (p >> 3) & 1;
    i = (p >> 2) & 1;
    z = (p & flag::z) ? 0 : 1;
    c = p & 1;
  }

  // The seven cycles from noticing an interrupt to its first instruction. bus.vector() is asked late, because an NMI
  // that arrives during the pushes takes an IRQ's or a BRK's place.
  SIDFLOW_INLINE void interrupt(bool is_nmi) {
    bus.idle(pc);
    bus.idle(pc);
    push_and_jump(pc, p(), is_nmi);
  }

  SIDFLOW_INLINE void step() {
    const uint32_t opcode = bus.read(pc);
    pc = (pc + 1) & 0xffff;
    execute(opcode);
  }

 private:
  // --- small parts -------------------------------------------------------------------------------------------------

  SIDFLOW_INLINE void set_nz(uint32_t value) { n = z = value; }
  SIDFLOW_INLINE uint32_t fetch() {
    const uint32_t value = bus.read(pc);
    pc = (pc + 1) & 0xffff;
    return value;
  }
  SIDFLOW_INLINE void push(uint32_t value) {
    bus.write(0x100 | s, value & 0xff);
    s = (s - 1) & 0xff;
  }
  SIDFLOW_INLINE uint32_t pull() {
    s = (s + 1) & 0xff;
    return bus.read(0x100 | s);
  }
  SIDFLOW_INLINE void push_and_jump(uint32_t return_pc, uint32_t pushed_p, bool is_nmi) {
    push(return_pc >> 8);
    push(return_pc & 0xff);
    push(pushed_p);
    i = 1;
    const uint32_t vector = bus.vector(is_nmi);
    const uint32_t low = bus.read(vector);
    pc = low | bus.read(vector + 1) << 8;
    sequence_end = bus.clk;
  }

  // --- addressing: each answers the effective address, having spent its cycles
  // -----------------------------------------

  SIDFLOW_INLINE uint32_t zero_page() { return fetch(); }
  SIDFLOW_INLINE uint32_t zero_page_indexed(uint32_t index) {
    const uint32_t base = fetch();
    bus.idle(base);
    return (base + index) & 0xff;
  }
  SIDFLOW_INLINE uint32_t absolute() {
    const uint32_t low = fetch();
    return low | fetch() << 8;
  }
  // Reads spend a cycle on the unfixed address only when the index carries into the high byte; writes and
  // read-modify-writes always do.
  SIDFLOW_INLINE uint32_t indexed_for_read(uint32_t base, uint32_t index) {
    const uint32_t address = (base + index) & 0xffff;
    if ((base ^ address) & 0xff00) bus.idle_read((base & 0xff00) | (address & 0xff));
    return address;
  }
  SIDFLOW_INLINE uint32_t indexed_for_write(uint32_t base, uint32_t index) {
    const uint32_t address = (base + index) & 0xffff;
    bus.idle_read((base & 0xff00) | (address & 0xff));
    return address;
  }
  SIDFLOW_INLINE uint32_t indirect_x() {
    const uint32_t base = fetch();
    bus.idle(base);
    const uint32_t low = bus.read((base + x) & 0xff);
    return low | bus.read((base + x + 1) & 0xff) << 8;
  }
  SIDFLOW_INLINE uint32_t pointer() {  // the 16-bit base behind (zp),Y
    const uint32_t base = fetch();
    const uint32_t low = bus.read(base);
    return low | bus.read((base + 1) & 0xff) << 8;
  }

  // --- operations ---------------------------------------------------------------------------------------------------

  SIDFLOW_INLINE void adc(uint32_t value) {
    if (__builtin_expect(d != 0, 0)) return adc_decimal(value);
    const uint32_t sum = a + value + c;
    v = (~(a ^ value) & (a ^ sum) & 0x80) >> 7;
    c = sum >> 8;
    a = sum & 0xff;
    set_nz(a);
  }
  // Decimal mode of the NMOS chip: Z from the binary sum, N and V from the sum before the high digit is adjusted.
  void adc_decimal(uint32_t value) {
    uint32_t low = (a & 0x0f) + (value & 0x0f) + c;
    if (low > 9) low += 6;
    uint32_t sum = (a & 0xf0) + (value & 0xf0) + (low > 0x0f ? 0x10 : 0) + (low & 0x0f);
    z = (a + value + c) & 0xff;
    n = sum;
    v = (~(a ^ value) & (a ^ sum) & 0x80) >> 7;
    if ((sum & 0x1f0) > 0x90) sum += 0x60;
    c = sum > 0xff;
    a = sum & 0xff;
  }
  SIDFLOW_INLINE void sbc(uint32_t value) {
    if (__builtin_expect(d != 0, 0)) return sbc_decimal(value);
    adc_binary_of_complement(value);
  }
  SIDFLOW_INLINE void adc_binary_of_complement(uint32_t value) {
    const uint32_t difference = a - value - (1 - c);
    v = ((a ^ value) & (a ^ difference) & 0x80) >> 7;
    c = difference < 0x100;
    a = difference & 0xff;
    set_nz(a);
  }
  void sbc_decimal(uint32_t value) {
    const uint32_t before = a, borrow = 1 - c;
    adc_binary_of_complement(value);  // all flags are those of the binary subtraction
    uint32_t low = (before & 0x0f) - (value & 0x0f) - borrow;
    uint32_t high = (before & 0xf0) - (value & 0xf0);
    if (low & 0x10) {
      low -= 6;
      high -= 0x10;
    }
    if (high & 0x100) high -= 0x60;
    a = (high & 0xf0) | (low & 0x0f);
  }
  SIDFLOW_INLINE void compare(uint32_t reg, uint32_t value) {
    const uint32_t difference = reg - value;
    c = reg >= value;
    set_nz(difference & 0xff);
  }
  SIDFLOW_INLINE void bit(uint32_t value) {
    n = value;
    v = (value >> 6) & 1;
    z = a & value;
  }
  SIDFLOW_INLINE uint32_t asl(uint32_t value) {
    c = value >> 7;
    value = (value << 1) & 0xff;
    set_nz(value);
    return value;
  }
  SIDFLOW_INLINE uint32_t lsr(uint32_t value) {
    c = value & 1;
    value >>= 1;
    set_nz(value);
    return value;
  }
  SIDFLOW_INLINE uint32_t rol(uint32_t value) {
    const uint32_t shifted = value << 1 | c;
    c = shifted >> 8;
    set_nz(shifted & 0xff);
    return shifted & 0xff;
  }
  SIDFLOW_INLINE uint32_t ror(uint32_t value) {
    const uint32_t shifted = value >> 1 | c << 7;
    c = value & 1;
    set_nz(shifted);
    return shifted;
  }
  SIDFLOW_INLINE uint32_t inc(uint32_t value) {
    value = (value + 1) & 0xff;
    set_nz(value);
    return value;
  }
  SIDFLOW_INLINE uint32_t dec(uint32_t value) {
    value = (value - 1) & 0xff;
    set_nz(value);
    return value;
  }
  SIDFLOW_INLINE void ora(uint32_t value) { set_nz(a |= value); }
  SIDFLOW_INLINE void and_(uint32_t value) { set_nz(a &= value); }
  SIDFLOW_INLINE void eor(uint32_t value) { set_nz(a ^= value); }
  SIDFLOW_INLINE void lda(uint32_t value) { set_nz(a = value); }
  SIDFLOW_INLINE void ldx(uint32_t value) { set_nz(x = value); }
  SIDFLOW_INLINE void ldy(uint32_t value) { set_nz(y = value); }
  SIDFLOW_INLINE void lax(uint32_t value) { set_nz(a = x = value); }

  // Undocumented read-modify-writes: the plain one, then its companion on A.
  SIDFLOW_INLINE uint32_t slo(uint32_t value) {
    value = asl(value);
    ora(value);
    return value;
  }
  SIDFLOW_INLINE uint32_t rla(uint32_t value) {
    value = rol(value);
    and_(value);
    return value;
  }
  SIDFLOW_INLINE uint32_t sre(uint32_t value) {
    value = lsr(value);
    eor(value);
    return value;
  }
  SIDFLOW_INLINE uint32_t rra(uint32_t value) {
    value = ror(value);
    adc(value);
    return value;
  }
  SIDFLOW_INLINE uint32_t dcp(uint32_t value) {
    value = dec(value);
    compare(a, value);
    return value;
  }
  SIDFLOW_INLINE uint32_t isc(uint32_t value) {
    value = inc(value);
    sbc(value);
    return value;
  }
  void arr(uint32_t value) {
    const uint32_t anded = a & value;
    const uint32_t result = anded >> 1 | c << 7;
    set_nz(result);
    v = ((anded ^ result) >> 6) & 1;
    if (!d) {
      c = (result >> 6) & 1;
      v = c ^ ((result >> 5) & 1);
      a = result;
      return;
    }
    a = result;
    if ((anded & 0x0f) + (anded & 0x01) > 5) a = (a & 0xf0) | ((a + 6) & 0x0f);
    c = (anded & 0xf0) + (anded & 0x10) > 0x50;
    if (c) a = (a + 0x60) & 0xff;
  }
  SIDFLOW_INLINE void sbx(uint32_t value) {
    const uint32_t difference = (a & x) - value;
    c = difference < 0x100;
    x = difference & 0xff;
    set_nz(x);
  }
  // SHA, SHX, SHY, TAS: the stored value is ANDed with the base's high byte + 1; when the index carries, that value
  // also becomes the high byte of the address.
  SIDFLOW_INLINE void store_high(uint32_t base, uint32_t index, uint32_t value) {
    const uint32_t address = indexed_for_write(base, index);
    value &= (base >> 8) + 1;
    const uint32_t target = ((base ^ address) & 0xff00) ? (value & 0xff) << 8 | (address & 0xff) : address;
    bus.write(target, value & 0xff);
  }

  SIDFLOW_INLINE void branch(bool taken) {
    const int32_t offset = static_cast<int8_t>(fetch());
    if (!taken) return;
    bus.idle(pc);
    const uint32_t target = (pc + static_cast<uint32_t>(offset)) & 0xffff;
    if ((target ^ pc) & 0xff00)
      bus.idle_read((pc & 0xff00) | (target & 0xff));
    else
      branch_end = bus.clk;
    pc = target;
  }
  SIDFLOW_INLINE void set_i(uint32_t value) {
    const uint32_t before = i;
    i = value;
    bus.interrupts_changed(before);
  }
  void jam() {
    pc = (pc - 1) & 0xffff;
    jammed = true;
    bus.jam();
  }

#define MODIFY(address_expression, operation)      \
  {                                                \
    const uint32_t address = (address_expression); \
    const uint32_t old = bus.read(address);        \
    bus.idle_write(address, old);                  \
    bus.write(address, operation(old));            \
    break;                                         \
  }
#define IMPLIED(statement) \
  {                        \
    bus.idle(pc);          \
    statement;             \
    break;                 \
  }
// The eight addressing modes that most of the columns of the opcode table share.
#define READ_COLUMN(base, operation)                      \
  case (base) + 0x01:                                     \
    operation(bus.read(indirect_x()));                    \
    break;                                                \
  case (base) + 0x05:                                     \
    operation(bus.read(zero_page()));                     \
    break;                                                \
  case (base) + 0x0d:                                     \
    operation(bus.read(absolute()));                      \
    break;                                                \
  case (base) + 0x11:                                     \
    operation(bus.read(indexed_for_read(pointer(), y)));  \
    break;                                                \
  case (base) + 0x15:                                     \
    operation(bus.read(zero_page_indexed(x)));            \
    break;                                                \
  case (base) + 0x19:                                     \
    operation(bus.read(indexed_for_read(absolute(), y))); \
    break;                                                \
  case (base) + 0x1d:                                     \
    operation(bus.read(indexed_for_read(absolute(), x))); \
    break;                                                \
  case (base) + 0x09:                                     \
    operation(fetch());                                   \
    break;
#define MODIFY_COLUMN(base, operation)      \
  case (base) + 0x06:                       \
    MODIFY(zero_page(), operation)          \
  case (base) + 0x0e:                       \
    MODIFY(absolute(), operation)           \
  case (base) + 0x16:                       \
    MODIFY(zero_page_indexed(x), operation) \
  case (base) + 0x1e:                       \
    MODIFY(indexed_for_write(absolute(), x), operation)
#define UNDOCUMENTED_COLUMN(base, operation)            \
  case (base) + 0x03:                                   \
    MODIFY(indirect_x(), operation)                     \
  case (base) + 0x07:                                   \
    MODIFY(zero_page(), operation)                      \
  case (base) + 0x0f:                                   \
    MODIFY(absolute(), operation)                       \
  case (base) + 0x13:                                   \
    MODIFY(indexed_for_write(pointer(), y), operation)  \
  case (base) + 0x17:                                   \
    MODIFY(zero_page_indexed(x), operation)             \
  case (base) + 0x1b:                                   \
    MODIFY(indexed_for_write(absolute(), y), operation) \
  case (base) + 0x1f:                                   \
    MODIFY(indexed_for_write(absolute(), x), operation)

  SIDFLOW_INLINE void execute(uint32_t opcode) {
    switch (opcode) {
      // clang-format off
      READ_COLUMN(0x00, ora)
      READ_COLUMN(0x20, and_)
      READ_COLUMN(0x40, eor)
      READ_COLUMN(0x60, adc)
      READ_COLUMN(0xa0, lda)
      READ_COLUMN(0xe0, sbc)
      case 0xc1: compare(a, bus.read(indirect_x())); break;
      case 0xc5: compare(a, bus.read(zero_page())); break;
      case 0xc9: compare(a, fetch()); break;
      case 0xcd: compare(a, bus.read(absolute())); break;
      case 0xd1: compare(a, bus.read(indexed_for_read(pointer(), y))); break;
      case 0xd5: compare(a, bus.read(zero_page_indexed(x))); break;
      case 0xd9: compare(a, bus.read(indexed_for_read(absolute(), y))); break;
      case 0xdd: compare(a, bus.read(indexed_for_read(absolute(), x))); break;

      case 0x81: bus.write(indirect_x(), a); break;
      case 0x85: bus.write(zero_page(), a); break;
      case 0x8d: bus.write(absolute(), a); break;
      case 0x91: bus.write(indexed_for_write(pointer(), y), a); break;
      case 0x95: bus.write(zero_page_indexed(x), a); break;
      case 0x99: bus.write(indexed_for_write(absolute(), y), a); break;
      case 0x9d: bus.write(indexed_for_write(absolute(), x), a); break;

      MODIFY_COLUMN(0x00, asl)
      MODIFY_COLUMN(0x20, rol)
      MODIFY_COLUMN(0x40, lsr)
      MODIFY_COLUMN(0x60, ror)
      MODIFY_COLUMN(0xc0, dec)
      MODIFY_COLUMN(0xe0, inc)
      case 0x0a: IMPLIED(a = asl(a))
      case 0x2a: IMPLIED(a = rol(a))
      case 0x4a: IMPLIED(a = lsr(a))
      case 0x6a: IMPLIED(a = ror(a))

      case 0xa2: ldx(fetch()); break;
      case 0xa6: ldx(bus.read(zero_page())); break;
      case 0xae: ldx(bus.read(absolute())); break;
      case 0xb6: ldx(bus.read(zero_page_indexed(y))); break;
      case 0xbe: ldx(bus.read(indexed_for_read(absolute(), y))); break;
      case 0xa0: ldy(fetch()); break;
      case 0xa4: ldy(bus.read(zero_page())); break;
      case 0xac: ldy(bus.read(absolute())); break;
      case 0xb4: ldy(bus.read(zero_page_indexed(x))); break;
      case 0xbc: ldy(bus.read(indexed_for_read(absolute(), x))); break;
      case 0x86: bus.write(zero_page(), x); break;
      case 0x8e: bus.write(absolute(), x); break;
      case 0x96: bus.write(zero_page_indexed(y), x); break;
      case 0x84: bus.write(zero_page(), y); break;
      case 0x8c: bus.write(absolute(), y); break;
      case 0x94: bus.write(zero_page_indexed(x), y); break;

      case 0xe0: compare(x, fetch()); break;
      case 0xe4: compare(x, bus.read(zero_page())); break;
      case 0xec: compare(x, bus.read(absolute())); break;
      case 0xc0: compare(y, fetch()); break;
      case 0xc4: compare(y, bus.read(zero_page())); break;
      case 0xcc: compare(y, bus.read(absolute())); break;
      case 0x24: bit(bus.read(zero_page())); break;
      case 0x2c: bit(bus.read(absolute())); break;

      case 0xaa: IMPLIED(ldx(a))
      case 0xa8: IMPLIED(ldy(a))
      case 0x8a: IMPLIED(lda(x))
      case 0x98: IMPLIED(lda(y))
      case 0xba: IMPLIED(ldx(s))
      case 0x9a: IMPLIED(s = x)
      case 0xe8: IMPLIED(x = inc(x))
      case 0xc8: IMPLIED(y = inc(y))
      case 0xca: IMPLIED(x = dec(x))
      case 0x88: IMPLIED(y = dec(y))
      case 0x18: IMPLIED(c = 0)
      case 0x38: IMPLIED(c = 1)
      case 0xb8: IMPLIED(v = 0)
      case 0xd8: IMPLIED(d = 0)
      case 0xf8: IMPLIED(d = 1)
      case 0x58: IMPLIED(set_i(0))
      case 0x78: IMPLIED(set_i(1))

      case 0x10: branch(!(n & 0x80)); break;
      case 0x30: branch(n & 0x80); break;
      case 0x50: branch(!v); break;
      case 0x70: branch(v); break;
      case 0x90: branch(!c); break;
      case 0xb0: branch(c); break;
      case 0xd0: branch(z & 0xff); break;
      case 0xf0: branch(!(z & 0xff)); break;

      case 0x48: bus.idle(pc); push(a); break;
      case 0x08: bus.idle(pc); push(p() | flag::b); break;
      case 0x68: bus.idle(pc); bus.idle(0x100 | s); lda(pull()); break;
      case 0x28: {
        bus.idle(pc);
        bus.idle(0x100 | s);
        const uint32_t before = i;
        set_p(pull());
        bus.interrupts_changed(before);
        break;
      }
      case 0x00: {
        bus.idle(pc);
        push_and_jump((pc + 1) & 0xffff, p() | flag::b, false);
        break;
      }
      case 0x40: {
        bus.idle(pc);
        bus.idle(0x100 | s);
        set_p(pull());
        const uint32_t low = pull();
        pc = low | pull() << 8;
        bus.interrupts_changed(i);  // at once: RTI restores the flag before its last cycles
        break;
      }
      case 0x20: {
        const uint32_t low = fetch();
        bus.idle(0x100 | s);
        push(pc >> 8);
        push(pc & 0xff);
        pc = low | bus.read(pc) << 8;
        break;
      }
      case 0x60: {
        bus.idle(pc);
        bus.idle(0x100 | s);
        const uint32_t low = pull();
        pc = low | pull() << 8;
        bus.idle(pc);
        pc = (pc + 1) & 0xffff;
        break;
      }
      case 0x4c: {
        const uint32_t target = absolute();
        if (target == ((pc - 3) & 0xffff)) bus.spinning(pc, target);
        pc = target;
        break;
      }
      case 0x6c: {  // the pointer's high byte comes from the same page
        const uint32_t where = absolute();
        const uint32_t low = bus.read(where);
        pc = low | bus.read((where & 0xff00) | ((where + 1) & 0xff)) << 8;
        break;
      }

      case 0xea: case 0x1a: case 0x3a: case 0x5a: case 0x7a: case 0xda: case 0xfa: bus.idle(pc); break;
      case 0x80: case 0x82: case 0x89: case 0xc2: case 0xe2: fetch(); break;
      case 0x04: case 0x44: case 0x64: bus.read(zero_page()); break;
      case 0x14: case 0x34: case 0x54: case 0x74: case 0xd4: case 0xf4: bus.read(zero_page_indexed(x)); break;
      case 0x0c: bus.read(absolute()); break;
      case 0x1c: case 0x3c: case 0x5c: case 0x7c: case 0xdc: case 0xfc:
        bus.read(indexed_for_read(absolute(), x));
        break;

      UNDOCUMENTED_COLUMN(0x00, slo)
      UNDOCUMENTED_COLUMN(0x20, rla)
      UNDOCUMENTED_COLUMN(0x40, sre)
      UNDOCUMENTED_COLUMN(0x60, rra)
      UNDOCUMENTED_COLUMN(0xc0, dcp)
      UNDOCUMENTED_COLUMN(0xe0, isc)
      case 0x83: bus.write(indirect_x(), a & x); break;
      case 0x87: bus.write(zero_page(), a & x); break;
      case 0x8f: bus.write(absolute(), a & x); break;
      case 0x97: bus.write(zero_page_indexed(y), a & x); break;
      case 0xa3: lax(bus.read(indirect_x())); break;
      case 0xa7: lax(bus.read(zero_page())); break;
      case 0xaf: lax(bus.read(absolute())); break;
      case 0xb3: lax(bus.read(indexed_for_read(pointer(), y))); break;
      case 0xb7: lax(bus.read(zero_page_indexed(y))); break;
      case 0xbf: lax(bus.read(indexed_for_read(absolute(), y))); break;
      case 0x0b: case 0x2b: and_(fetch()); c = a >> 7; break;
      case 0x4b: and_(fetch()); a = lsr(a); break;
      case 0x6b: arr(fetch()); break;
      case 0xcb: sbx(fetch()); break;
      case 0xeb: sbc(fetch()); break;
      case 0x8b: lda((a | 0xef) & x & fetch()); break;
      case 0xab: lax((a | 0xee) & fetch()); break;
      case 0xbb: set_nz(a = x = s = s & bus.read(indexed_for_read(absolute(), y))); break;
      case 0x93: store_high(pointer(), y, a & x); break;
      case 0x9f: store_high(absolute(), y, a & x); break;
      case 0x9b: {
        const uint32_t base = absolute();
        s = a & x;
        store_high(base, y, s);
        break;
      }
      case 0x9c: store_high(absolute(), x, y); break;
      case 0x9e: store_high(absolute(), y, x); break;

      default: jam(); break;  // 02 12 22 32 42 52 62 72 92 b2 d2 f2
        // clang-format on
    }
  }
#undef MODIFY
#undef IMPLIED
#undef READ_COLUMN
#undef MODIFY_COLUMN
#undef UNDOCUMENTED_COLUMN
};

}  // namespace sidflow
