// SPDX-License-Identifier: GPL-3.0-or-later
// What does a Commodore 64 do, as far as one can hear it? CPU, memory banking, two CIAs, the VIC's raster, and the
// sound chips as a list of what was written to them and when.
//
// There is one machine and one truth, at two speeds. run() goes instruction by instruction with the fast bus wherever
// the next thing that could happen (an interrupt source, a bad line) is known to be further away than an instruction is
// long; endless loops are skipped up to that moment. Around bad lines it steps access by access. Both ways give the
// same cycles; `exact` forces the second everywhere, for the tests that prove it. See docs/decisions/one-machine.md.
#pragma once
#include <cstdint>
#include <vector>

#include "cia.h"
#include "cpu6510.h"
#include "register_write.h"
#include "sid_state.h"
#include "vic.h"

namespace sidflow {

constexpr int kMaxChips = 3;

struct Roms {
  std::vector<uint8_t> kernal, basic, chargen;  // empty: not there
};

struct MachineSetup {
  VideoStandard video = kPal;
  bool is_rsid = true;  // which interrupt entry the KERNAL's stand-in has
  int chips = 1;
  uint16_t addresses[kMaxChips] = {0xd400, 0, 0};
  ChipModel models[kMaxChips] = {ChipModel::mos6581, ChipModel::mos6581, ChipModel::mos6581};
};

class Machine {
 public:
  Machine();
  // Cold start: memory pattern, chips reset, cycle 0; the CPU's registers are the caller's to set.
  void power_on(const MachineSetup& setup, const Roms& roms);
  // Runs until the cycle is reached (an instruction may end up to 7 cycles after it) or the CPU jams.
  void run(uint64_t until, bool exact);
  // One instruction, or one interrupt entry together with its first instruction.
  void step(bool exact);

  uint8_t ram[65536];
  CpuState cpu;
  uint64_t clk = 0;
  uint64_t start_clk = 0;  // where power_on put the clock: time 0 of what is played
  Cia cia1, cia2;
  Vic vic;
  // What the program wrote to its sound chips since the caller last cleared it.
  std::vector<RegisterWrite> writes;
  uint8_t sid_registers[kMaxChips][32];  // as last written
  // The chip's oscillators and envelopes after all writes so far; costs time only when asked for.
  SidState& sid(int chip);
  // All of the machine a program can reach, at the CPU's banking, costing no time.
  uint8_t peek(uint16_t address);
  void poke(uint16_t address, uint8_t value);
  // For tests of the CPU: no I/O, no ROM, nothing but RAM.
  void only_ram();
  // Whether run() has met anything but plain code since power_on: told to the user, not used for decisions.
  bool used_exact_bus = false;
  // For tests: every access of the exact bus goes here too, as address << 9 | is_write << 8 | value.
  std::vector<uint32_t>* access_log = nullptr;

 private:
  friend struct FastBus;
  friend struct ExactBus;
  enum class Attention : uint8_t { none, irq, nmi, leave };

  template <class Bus>
  void run_with(uint64_t leave_at);
  Attention attend(uint64_t now, uint64_t branch_end, uint64_t sequence_end, uint32_t i_flag);
  uint32_t slow_read(uint32_t address, uint64_t now);
  void slow_write(uint32_t address, uint32_t value, uint64_t now);
  void write_port(uint32_t address, uint8_t value);
  void write_sid(int chip, uint32_t address, uint8_t value, uint64_t now);
  uint8_t read_sid(int chip, uint32_t address, uint64_t now);
  int sid_at(uint32_t address) const;
  void select_banks();
  void build_maps();
  void update_chips(uint64_t now);
  uint64_t next_event() const;
  uint32_t vector(bool is_nmi, uint64_t now);
  uint64_t skip_spin(uint64_t now);

  // 256 pages for each of the eight states of the port's three lines; nullptr: ask slow_read / slow_write.
  const uint8_t* read_maps_[8][256];
  uint8_t* write_maps_[8][256];
  const uint8_t* const* read_map_ = nullptr;
  uint8_t* const* write_map_ = nullptr;
  uint8_t port_direction_ = 0x2f, port_data_ = 0x37;
  uint8_t kernal_[8192], basic_[8192], chargen_[4096];
  uint8_t color_ram_[1024];
  uint8_t sid_slots_[48];  // chip of each 32-byte slot in $D400-$D7FF, then $DE00-$DFFF; 0xff: none
  void settle_sids();
  SidState sids_[kMaxChips];
  std::vector<RegisterWrite> unsettled_;  // not yet in sids_
  uint8_t sid_bus_[kMaxChips] = {};
  uint64_t sid_bus_until_[kMaxChips] = {};
  MachineSetup setup_;
  bool has_io_ = true;

  uint64_t limit_ = 0, leave_at_ = 0, run_until_ = 0;
  int delayed_i_ = -1;  // the I flag that the next poll sees, where it differs from the CPU's; -1: it does not
  bool nmi_pending_ = false;
  uint64_t nmi_since_ = 0, last_nmi_edge_ = ~uint64_t{0};
};

}  // namespace sidflow
