// SPDX-License-Identifier: GPL-3.0-or-later
#include "machine.h"

#include <algorithm>
#include <cstring>

#include "kernal_stub.h"

namespace sidflow {

namespace {
// The longest instruction, and the interrupt entry before it: the fast bus keeps this far away from bad lines.
constexpr uint64_t kLongestStep = 8 + 7;
// The CIAs are reset this long before time 0, so that whoever sets them up can do so "before" it.
constexpr uint64_t kSettled = 16;
// The chips' inner state is only worked out when somebody asks, or after so many writes.
constexpr size_t kMostUnsettled = 100000;
constexpr uint8_t kNoChip = 0xff;
constexpr uint32_t kLoram = 1, kHiram = 2, kCharen = 4;
// How long a value that was written to a SID can be read back from its write-only registers, in cycles.
constexpr uint64_t kBusMemory6581 = 0x1d00, kBusMemory8580 = 0xa2000;
}  // namespace

// --- the two buses ---------------------------------------------------------------------------------------------------

struct BusBase {
  Machine* machine;
  const uint8_t* const* read_map;
  uint8_t* const* write_map;
  uint64_t clk;
  uint64_t limit = 0;
};

struct FastBus : BusBase {
  explicit FastBus(Machine* m) : BusBase{m, m->read_map_, m->write_map_, m->clk} {}

  SIDFLOW_INLINE uint32_t read(uint32_t address) {
    const uint8_t* const page = read_map[address >> 8];
    if (__builtin_expect(page != nullptr, 1)) {
      clk++;
      return page[address & 0xff];
    }
    return slow_read(address);
  }
  SIDFLOW_INLINE void write(uint32_t address, uint32_t value) {
    uint8_t* const page = write_map[address >> 8];
    if (__builtin_expect(page != nullptr && address > 1, 1)) {
      clk++;
      page[address & 0xff] = static_cast<uint8_t>(value);
      return;
    }
    slow_write(address, value);
  }
  SIDFLOW_INLINE void idle(uint32_t) { clk++; }
  SIDFLOW_INLINE void idle_read(uint32_t address) {
    if (__builtin_expect(read_map[address >> 8] != nullptr, 1))
      clk++;
    else
      slow_read(address);
  }
  SIDFLOW_INLINE void idle_write(uint32_t address, uint32_t value) {
    if (__builtin_expect(write_map[address >> 8] != nullptr, 1))
      clk++;
    else
      slow_write(address, value);
  }
  SIDFLOW_INLINE uint32_t vector(bool is_nmi) { return machine->vector(is_nmi, clk); }
  SIDFLOW_INLINE void interrupts_changed(uint32_t previous_i) {
    machine->delayed_i_ = static_cast<int>(previous_i);
    limit = 0;
  }
  // A jump to itself: nothing but time passes until the next event.
  SIDFLOW_INLINE void spinning(uint32_t, uint32_t) {
    clk = machine->skip_spin(clk);
    limit = 0;
  }
  SIDFLOW_INLINE void jam() { limit = 0; }

 private:
  __attribute__((noinline)) uint32_t slow_read(uint32_t address) {
    const uint32_t value = machine->slow_read(address, clk++);
    limit = std::min(limit, machine->limit_);
    return value;
  }
  __attribute__((noinline)) void slow_write(uint32_t address, uint32_t value) {
    machine->slow_write(address, value, clk++);
    limit = std::min(limit, machine->limit_);
    read_map = machine->read_map_;
    write_map = machine->write_map_;
  }
};

struct ExactBus : BusBase {
  explicit ExactBus(Machine* m)
      : BusBase{m, m->read_map_, m->write_map_, m->clk}, stall(m->vic.next_stall(m->clk)), log(m->access_log) {}

  SIDFLOW_INLINE uint32_t read(uint32_t address) {
    if (__builtin_expect(clk >= stall.from, 0)) wait();
    const uint8_t* const page = read_map[address >> 8];
    const uint32_t value = __builtin_expect(page != nullptr, 1) ? page[address & 0xff] : slow_read(address);
    if (__builtin_expect(log != nullptr, 0)) log->push_back(address << 9 | value);
    clk++;
    return value;
  }
  SIDFLOW_INLINE void write(uint32_t address, uint32_t value) {
    uint8_t* const page = write_map[address >> 8];
    if (__builtin_expect(log != nullptr, 0)) log->push_back(address << 9 | 0x100 | value);
    if (__builtin_expect(page != nullptr && address > 1, 1))
      page[address & 0xff] = static_cast<uint8_t>(value);
    else
      slow_write(address, value);
    clk++;
  }
  SIDFLOW_INLINE void idle(uint32_t address) { read(address); }
  SIDFLOW_INLINE void idle_read(uint32_t address) { read(address); }
  SIDFLOW_INLINE void idle_write(uint32_t address, uint32_t value) { write(address, value); }
  SIDFLOW_INLINE uint32_t vector(bool is_nmi) { return machine->vector(is_nmi, clk); }
  SIDFLOW_INLINE void interrupts_changed(uint32_t previous_i) {
    machine->delayed_i_ = static_cast<int>(previous_i);
    limit = 0;
  }
  SIDFLOW_INLINE void spinning(uint32_t, uint32_t) {}
  SIDFLOW_INLINE void jam() { limit = 0; }

 private:
  // Reads have to wait while the VIC holds the bus; up to three writes may still go through.
  __attribute__((noinline)) void wait() {
    while (clk >= stall.from) {
      if (clk < stall.until) clk = stall.until;
      stall = machine->vic.next_stall(clk);
    }
  }
  __attribute__((noinline)) uint32_t slow_read(uint32_t address) {
    const uint32_t value = machine->slow_read(address, clk);
    limit = std::min(limit, machine->limit_);
    return value;
  }
  __attribute__((noinline)) void slow_write(uint32_t address, uint32_t value) {
    machine->slow_write(address, value, clk);
    limit = std::min(limit, machine->limit_);
    read_map = machine->read_map_;
    write_map = machine->write_map_;
    stall = machine->vic.next_stall(clk);
  }
  Vic::Stall stall;
  std::vector<uint32_t>* const log;
};

// --- running ---------------------------------------------------------------------------------------------------------

void Machine::update_chips(uint64_t now) {
  cia1.update(now);
  cia2.update(now);
  vic.update(now);
  // The NMI input looks for an edge.
  if (cia2.line() && cia2.line_since() != last_nmi_edge_) {
    last_nmi_edge_ = nmi_since_ = cia2.line_since();
    nmi_pending_ = true;
  }
}

uint64_t Machine::next_event() const {
  return std::min(vic.next_event(), std::min(cia1.next_event(), cia2.next_event()));
}

// Between two instructions: what is due now, and until when can the CPU be left alone? The 6510 polls in the last but
// one cycle of an instruction, so a line must have been low since two cycles before the boundary.
Machine::Attention Machine::attend(uint64_t now, uint64_t branch_end, uint64_t sequence_end, uint32_t i_flag) {
  if (cpu.jammed || now >= leave_at_) return Attention::leave;
  update_chips(now);
  if (sequence_end == now) {  // the handler's first instruction comes before anything else
    limit_ = 0;
    return Attention::none;
  }
  const uint64_t polled = now - (branch_end == now ? 3 : 2);
  const bool masked = delayed_i_ >= 0 ? delayed_i_ != 0 : i_flag != 0;
  delayed_i_ = -1;
  if (nmi_pending_ && nmi_since_ <= polled) {
    nmi_pending_ = false;
    return Attention::nmi;
  }
  uint64_t irq_since = kNever;
  if (cia1.line()) irq_since = cia1.line_since();
  if (vic.line()) irq_since = std::min(irq_since, vic.line_since());
  if (irq_since <= polled && !masked) return Attention::irq;
  limit_ = std::min(leave_at_, next_event());
  if (nmi_pending_ || (irq_since != kNever && !i_flag)) limit_ = 0;
  return Attention::none;
}

// The interrupt sequence has pushed its three bytes: an NMI that came meanwhile takes the vector over.
uint32_t Machine::vector(bool is_nmi, uint64_t now) {
  if (is_nmi) return 0xfffa;
  update_chips(now);
  if (nmi_pending_ && nmi_since_ + 2 <= now) {
    nmi_pending_ = false;
    return 0xfffa;
  }
  return 0xfffe;
}

template <class Bus>
void Machine::run_with(uint64_t leave_at) {
  leave_at_ = leave_at;
  Cpu6510<Bus> processor(cpu, Bus(this));
  for (;;) {
    if (__builtin_expect(processor.bus.clk >= processor.bus.limit, 0)) {
      if (processor.jammed) break;
      const Attention attention = attend(processor.bus.clk, processor.branch_end, processor.sequence_end, processor.i);
      if (attention == Attention::leave) break;
      if (attention == Attention::none) {
        processor.bus.limit = limit_;
      } else {
        processor.interrupt(attention == Attention::nmi);
        processor.bus.limit = 0;
      }
    }
    processor.step();
  }
  processor.store(cpu);
  clk = processor.bus.clk;
}

void Machine::run(uint64_t until, bool exact) {
  run_until_ = until;
  while (clk < until && !cpu.jammed) {
    if (exact) {
      run_with<ExactBus>(until);
      continue;
    }
    const Vic::Stall stall = vic.next_stall(clk);
    if (clk + kLongestStep <= stall.from) {
      run_with<FastBus>(std::min(until, stall.from - kLongestStep + 1));
    } else {
      used_exact_bus = true;
      run_with<ExactBus>(std::min(until, std::max(clk + 1, stall.from)));
      // The instruction that met the bad line has waited; one that ended just before it has not.
    }
  }
}

// A three-cycle loop of nothing but reads: every cycle that the VIC leaves to the CPU takes it one access further, so
// its place in the loop at the next event is a matter of counting.
uint64_t Machine::skip_spin(uint64_t now) {
  const uint64_t until = std::min(run_until_, next_event());
  if (delayed_i_ >= 0 || nmi_pending_ || limit_ == 0) return now;
  uint64_t accesses = 0;  // of the turn of the loop that is under way
  for (uint64_t at = now; at < until;) {
    const Vic::Stall stall = vic.next_stall(at);
    const uint64_t free_until = std::min(until, std::max(at, stall.from));
    const uint64_t turns = (accesses + (free_until - at)) / 3;
    if (turns > 0) now = at + turns * 3 - accesses;
    accesses = (accesses + (free_until - at)) % 3;
    at = free_until < stall.from ? free_until : stall.until;
  }
  return now;
}

void Machine::step(bool exact) {
  run_until_ = clk;
  if (exact)
    run_with<ExactBus>(clk + 1);
  else  // one step: nothing to skip
    run_with<FastBus>(clk + 1);
}

// --- memory ----------------------------------------------------------------------------------------------------------

Machine::Machine() { power_on(MachineSetup(), Roms()); }

void Machine::power_on(const MachineSetup& setup, const Roms& roms) {
  setup_ = setup;
  // Memory comes up in stripes of four bytes, inverted every 16 KiB, as on many machines.
  for (uint32_t address = 0; address < sizeof ram; address++) {
    ram[address] = ((address + 2) >> 2 ^ address >> 14) & 1 ? 0xff : 0x00;
  }
  std::memset(color_ram_, 0, sizeof color_ram_);
  const auto load = [](uint8_t* to, size_t size, const std::vector<uint8_t>& rom) {
    if (rom.size() == size) std::copy(rom.begin(), rom.end(), to);
    return rom.size() == size;
  };
  if (!load(kernal_, sizeof kernal_, roms.kernal)) write_kernal_stub(kernal_, setup.is_rsid);
  if (!load(basic_, sizeof basic_, roms.basic)) std::memset(basic_, 0, sizeof basic_);
  if (!load(chargen_, sizeof chargen_, roms.chargen)) std::memset(chargen_, 0, sizeof chargen_);

  // The beam stands at the beginning of the frame's last line.
  start_clk = clk = uint64_t{setup.video.cycles_per_line} * (setup.video.lines - 1);
  cpu = CpuState();
  writes.clear();
  unsettled_.clear();
  std::memset(sid_registers, 0, sizeof sid_registers);
  used_exact_bus = false;
  nmi_pending_ = false;
  nmi_since_ = 0;
  last_nmi_edge_ = kNever;
  delayed_i_ = -1;
  limit_ = 0;
  has_io_ = true;
  const double mains_hz = setup.video.lines == kPal.lines ? 50.0 : 60.0;
  cia1.reset(clk - kSettled, setup.video.clock_hz, mains_hz);
  cia2.reset(clk - kSettled, setup.video.clock_hz, mains_hz);
  vic.reset(0, setup.video);

  std::memset(sid_slots_, 0, 32);
  std::memset(sid_slots_ + 32, kNoChip, 16);
  for (int chip = 0; chip < kMaxChips; chip++) {
    sids_[chip].reset(setup.models[chip], clk);
    sid_registers[chip][0x18] = 0x0f;
    sid_bus_[chip] = 0;
    sid_bus_until_[chip] = 0;
    const uint16_t address = setup.addresses[chip];
    if (chip > 0 && chip < setup.chips && address >= 0xd400) {
      const uint32_t slot = address >= 0xde00 ? 32 + ((address - 0xde00u) >> 5) : (address - 0xd400u) >> 5;
      if (slot < sizeof sid_slots_) sid_slots_[slot] = static_cast<uint8_t>(chip);
    }
  }
  port_direction_ = 0x2f;
  port_data_ = 0x37;
  build_maps();
  select_banks();
}

void Machine::only_ram() {
  has_io_ = false;
  for (auto& map : read_maps_)
    for (int page = 0; page < 256; page++) map[page] = ram + page * 256;
  for (auto& map : write_maps_)
    for (int page = 0; page < 256; page++) map[page] = ram + page * 256;
  read_map_ = read_maps_[0];
  write_map_ = write_maps_[0];
}

// Lines: bit 0 LORAM, bit 1 HIRAM, bit 2 CHAREN, without a cartridge.
void Machine::build_maps() {
  for (uint32_t lines = 0; lines < 8; lines++) {
    const bool basic = (lines & (kLoram | kHiram)) == (kLoram | kHiram);
    const bool kernal = lines & kHiram;
    const bool upper = lines & (kLoram | kHiram);
    const bool io = upper && (lines & kCharen);
    for (uint32_t page = 0; page < 256; page++) {
      const uint8_t* source = ram + page * 256;
      uint8_t* target = ram + page * 256;
      if (page >= 0xa0 && page < 0xc0 && basic) source = basic_ + (page - 0xa0) * 256;
      if (page >= 0xe0 && kernal) source = kernal_ + (page - 0xe0) * 256;
      if (page >= 0xd0 && page < 0xe0 && upper) {
        source = io ? nullptr : chargen_ + (page - 0xd0) * 256;
        if (io) target = nullptr;
      }
      read_maps_[lines][page] = source;
      write_maps_[lines][page] = target;
    }
  }
}

// The port's two bytes are mirrored in RAM, so that reading them costs no test.
void Machine::select_banks() {
  const uint8_t pulled_up = 0x17;
  ram[0] = port_direction_;
  ram[1] = static_cast<uint8_t>((port_data_ & port_direction_) | (pulled_up & ~port_direction_));
  const uint32_t lines = (port_data_ | ~port_direction_) & 7;
  read_map_ = read_maps_[lines];
  write_map_ = write_maps_[lines];
}

void Machine::write_port(uint32_t address, uint8_t value) {
  (address == 0 ? port_direction_ : port_data_) = value;
  select_banks();
}

uint32_t Machine::slow_read(uint32_t address, uint64_t now) {
  switch (address >> 8) {
    case 0xd0:
    case 0xd1:
    case 0xd2:
    case 0xd3:
      return vic.read(now, static_cast<uint8_t>(address));
    case 0xd8:
    case 0xd9:
    case 0xda:
    case 0xdb:
      return color_ram_[address & 0x3ff];
    case 0xdc:
      limit_ = 0;
      return cia1.read(now, static_cast<uint8_t>(address));
    case 0xdd:
      update_chips(now);
      limit_ = 0;
      return cia2.read(now, static_cast<uint8_t>(address));
    default: {
      const int chip = sid_at(address);
      return chip >= 0 ? read_sid(chip, address, now) : 0;
    }
  }
}

void Machine::slow_write(uint32_t address, uint32_t wide_value, uint64_t now) {
  const uint8_t value = static_cast<uint8_t>(wide_value);
  if (address < 2 && has_io_) return write_port(address, value);
  switch (address >> 8) {
    case 0x00:
      ram[address] = value;
      return;
    case 0xd0:
    case 0xd1:
    case 0xd2:
    case 0xd3:
      update_chips(now);
      vic.write(now, static_cast<uint8_t>(address), value);
      limit_ = 0;
      // A change of the display's state can move the bad lines: let run() look again.
      if ((address & 0x3f) == 0x11) leave_at_ = 0;
      return;
    case 0xd8:
    case 0xd9:
    case 0xda:
    case 0xdb:
      color_ram_[address & 0x3ff] = value & 0x0f;
      return;
    case 0xdc:
      cia1.write(now, static_cast<uint8_t>(address), value);
      limit_ = 0;
      return;
    case 0xdd:
      update_chips(now);
      cia2.write(now, static_cast<uint8_t>(address), value);
      limit_ = 0;
      return;
    default: {
      const int chip = sid_at(address);
      if (chip >= 0) write_sid(chip, address, value, now);
    }
  }
}

uint8_t Machine::peek(uint16_t address) {
  const uint8_t* const page = read_map_[address >> 8];
  return page ? page[address & 0xff] : static_cast<uint8_t>(slow_read(address, clk));
}

void Machine::poke(uint16_t address, uint8_t value) {
  uint8_t* const page = write_map_[address >> 8];
  if (page && (address > 1 || !has_io_))
    page[address & 0xff] = value;
  else
    slow_write(address, value, clk);
}

// --- sound chips -----------------------------------------------------------------------------------------------------

int Machine::sid_at(uint32_t address) const {
  const uint32_t slot = address >= 0xde00 ? 32 + ((address - 0xde00) >> 5) : (address - 0xd400) >> 5;
  return sid_slots_[slot] == kNoChip ? -1 : sid_slots_[slot];
}

void Machine::write_sid(int chip, uint32_t address, uint8_t value, uint64_t now) {
  const uint8_t reg = address & 0x1f;
  const RegisterWrite write = {now, static_cast<uint8_t>(chip), reg, value};
  writes.push_back(write);
  sid_registers[chip][reg] = value;
  if (unsettled_.size() >= kMostUnsettled) settle_sids();
  unsettled_.push_back(write);
  sid_bus_[chip] = value;
  sid_bus_until_[chip] = now + (setup_.models[chip] == ChipModel::mos6581 ? kBusMemory6581 : kBusMemory8580);
}

void Machine::settle_sids() {
  for (const RegisterWrite& write : unsettled_) sids_[write.chip].write(write.cycle, write.reg, write.value);
  unsettled_.clear();
}

SidState& Machine::sid(int chip) {
  settle_sids();
  return sids_[chip];
}

uint8_t Machine::read_sid(int chip, uint32_t address, uint64_t now) {
  switch (address & 0x1f) {
    case 0x19:
    case 0x1a:
      return 0xff;  // no paddles
    case 0x1b:
      return sid(chip).read_osc3(now);
    case 0x1c:
      return sid(chip).read_env3(now);
    default:  // write-only: what was last on the chip's bus, for a while
      return now < sid_bus_until_[chip] ? sid_bus_[chip] : 0;
  }
}

}  // namespace sidflow
