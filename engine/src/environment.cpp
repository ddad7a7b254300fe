// SPDX-License-Identifier: GPL-3.0-or-later
#include "environment.h"

#include <algorithm>
#include <cstring>
#include <initializer_list>

#include "../include/sidflow_engine.h"

namespace sidflow {

namespace {

// The KERNAL's timer values for 60 interrupts a second.
constexpr uint16_t kTimerPal = 0x4025, kTimerNtsc = 0x4295;
// How long the machine runs before init's first instruction, as libsidplayfp's driver takes it: the phase between the
// raster, the timers and init.
constexpr uint64_t kBeforeInitVbi = 176, kBeforeInitCia = 180, kBeforeInitOwnIrq = 171, kBeforeInitRsid = 167;
// When CIA 1's timer A is started there, after power-on; two cycles earlier on NTSC, as is init.
constexpr uint64_t kTimerStart = 143, kTimerStartRsid = 129;

class CodeWriter {
 public:
  CodeWriter(uint8_t* ram, uint16_t address) : ram_(ram), address_(address) {}
  uint16_t here() const { return address_; }
  void put(std::initializer_list<int> bytes) {
    for (const int byte : bytes) ram_[address_++] = static_cast<uint8_t>(byte);
  }
  void put_word(uint16_t value) { put({value & 0xff, value >> 8}); }

 private:
  uint8_t* ram_;
  uint16_t address_;
};

void set_word(uint8_t* ram, uint16_t address, uint16_t value) {
  ram[address] = static_cast<uint8_t>(value);
  ram[address + 1] = static_cast<uint8_t>(value >> 8);
}

// A free page for the driver: where the header says, else the lowest one that the program leaves; 0: none.
uint16_t driver_page(const TuneFile& tune) {
  const int first = tune.load >> 8;
  const int last = static_cast<int>((tune.load + tune.program.size() - 1) >> 8);
  const auto is_free = [&](int page) {
    return page >= 0x04 && page < 0xd0 && (page < first || page > last) && !(page >= 0xa0 && page <= 0xbf);
  };
  if (tune.start_page == 0xff) return 0;
  if (tune.start_page != 0 && tune.page_count != 0 && is_free(tune.start_page)) return tune.start_page;
  for (int page = 0x04; page < 0xd0; page++)
    if (is_free(page)) return static_cast<uint16_t>(page);
  return 0;
}

// The bank in which an address of the tune can be called: ROMs and I/O stay visible where they are not in its way.
uint8_t bank_for(uint16_t address) {
  if (address < 0xa000) return 0x37;
  if (address < 0xd000) return 0x36;
  if (address >= 0xe000) return 0x35;
  return 0x34;
}

// Page 0 to 3 as a C64 has them after its start, where it matters to RSID tunes: BASIC's and the KERNAL's variables.
void fill_started_machine(uint8_t* ram) {
  struct Piece {
    uint16_t address;
    std::initializer_list<uint8_t> bytes;
  };
  static const Piece kPieces[] = {
      {0x03, {0xaa, 0xb1, 0x91, 0xb3, 0x22}},  // vectors of BASIC's number conversions
      {0x0b, {0x4c}},
      {0x0f, {0x04}},
      {0x16, {0x19, 0x16}},
      {0x19, {0x0a}},
      {0x1a, {0x76, 0xa3}},
      {0x22, {0x40, 0xa3, 0xb3, 0xbd}},
      {0x2b, {0x01, 0x08}},  // start of BASIC text
      {0x34, {0xa0}},
      {0x38, {0xa0}},  // end of BASIC memory
      {0x3a, {0xff}},
      {0x42, {0x08}},
      {0x47, {0x24}},
      {0x53, {0x03, 0x4c}},
      {0x61, {0x8d}},
      {0x64, {0x10}},
      {0x69, {0x8c, 0xff, 0xa0}},
      {0x71, {0x0a, 0xa3}},
      // BASIC's routine that fetches the next character lives in page 0.
      {0x73, {0xe6, 0x7a, 0xd0, 0x02, 0xe6, 0x7b, 0xad, 0x00, 0x08, 0xc9, 0x3a, 0xb0,
              0x0a, 0xc9, 0x20, 0xf0, 0xef, 0x38, 0xe9, 0x30, 0x38, 0xe9, 0xd0, 0x60}},
      {0x8b, {0x80, 0x4f, 0xc7, 0x52, 0x58}},  // the random number's seed
      {0x91, {0xff}},
      {0x9a, {0x03}},
      {0xb2, {0x3c, 0x03}},
      {0xc2, {0xa0, 0x30, 0xfd, 0x01}},
      {0xc8, {0x03, 0x03, 0x03, 0x01, 0x01}},
      {0xce, {0x20}},
      {0xd1, {0x18, 0x05}},
      {0xd5, {0x27, 0x07, 0x0d}},
      {0xf3, {0x18, 0xd9, 0x81, 0xeb}},
      {0x0282, {0x08}},
      {0x0284, {0xa0}},
      {0x0286, {0x0e}},
      {0x0288, {0x04, 0x0a}},
      {0x028b, {0x04, 0x10}},
      {0x028f, {0x48, 0xeb}},
      {0x0300, {0x8b, 0xe3, 0x83, 0xa4, 0x7c, 0xa5, 0x1a, 0xa7, 0xe4, 0xa7, 0x86, 0xae}},
      {0x0310, {0x4c, 0x48, 0xb2}},
      {0x0314, {0x31, 0xea, 0x66, 0xfe, 0x47, 0xfe, 0x4a, 0xf3, 0x91, 0xf2, 0x0e, 0xf2, 0x50, 0xf2, 0x33, 0xf3,
                0x57, 0xf1, 0xca, 0xf1, 0xed, 0xf6, 0x3e, 0xf1, 0x2f, 0xf3, 0x66, 0xfe, 0xa5, 0xf4, 0xed, 0xf5}},
  };
  for (const Piece& piece : kPieces) std::copy(piece.bytes.begin(), piece.bytes.end(), ram + piece.address);
  // The screen's line links.
  std::memset(ram + 0xd9, 0x84, 7);
  std::memset(ram + 0xe0, 0x85, 6);
  std::memset(ram + 0xe6, 0x86, 7);
  std::memset(ram + 0xed, 0x87, 6);
}

// Saved registers come back in the order of the KERNAL's interrupt entry: Y, X, A.
const std::initializer_list<int> kRestoreAndReturn = {0x68, 0xa8, 0x68, 0xaa, 0x68, 0x40};

// The driver. Page + 0: the mark that init returned; + 1: play's address; + 3: play's bank. Then: what follows init;
// the interrupt routine; ways out. Each way takes as many cycles as libsidplayfp's, reads and writes in the same order:
// a bad line steals fewer cycles from a write, and an interrupt waits for the end of an idle JMP.
void write_driver(Machine& machine, const TuneFile& tune, uint16_t page, uint16_t& after_init) {
  uint8_t* const ram = machine.ram;
  const uint16_t mark = static_cast<uint16_t>(page << 8);
  const uint16_t play_at = static_cast<uint16_t>(mark + 1), bank_at = static_cast<uint16_t>(mark + 3);
  std::memset(ram + mark, 0, 256);
  set_word(ram, play_at, tune.play);
  ram[bank_at] = bank_for(tune.play);
  CodeWriter code(ram, static_cast<uint16_t>(mark + 4));

  const auto idle = [&] {
    const uint16_t here = code.here();
    code.put({0x4c});  // JMP here
    code.put_word(here);
  };
  after_init = code.here();
  if (tune.is_rsid) {
    code.put({0xee});  // INC mark
    code.put_word(mark);
    code.put({0xea, 0xea});  // ten cycles in all; there it is seven, which leaves the loop in the same phase
    idle();
    return;
  }
  code.put({0xa9, 0x37, 0x8d});  // LDA #$37, STA mark
  code.put_word(mark);
  if (tune.play != 0)
    code.put({0x85, 0x01, 0xea, 0xea, 0xea, 0xea});  // STA $01; with the CLI nineteen cycles in all
  else
    code.put({0x24, 0x00, 0xea, 0xea});  // fifteen
  code.put({0x58});                      // CLI
  idle();

  const uint16_t return_address = code.here();
  code.put({0x40});  // RTI: for NMIs that the tune does not care for
  const uint16_t restore = code.here();
  code.put(kRestoreAndReturn);
  const uint16_t call_play = code.here();
  code.put({0x6c});  // JMP (play)
  code.put_word(play_at);
  const uint16_t interrupt = code.here();
  if (tune.play != 0) {
    code.put({0xa5, 0x01, 0x48, 0xad});  // the bank in force, kept; play's bank
    code.put_word(bank_at);
    code.put({0x85, 0x01, 0xa9, 0x00, 0x20});  // LDA #0, JSR
    code.put_word(call_play);
    code.put({0x68, 0x85, 0x01});
    // Acknowledged after play: a CLI inside play lets the interrupt nest, as on other players.
    code.put({0xce, 0x19, 0xd0});  // DEC $D019
  }
  code.put({0xad, 0x0d, 0xdc});
  code.put(kRestoreAndReturn);
  set_word(ram, 0x0314, interrupt);
  set_word(ram, 0x0316, restore);
  set_word(ram, 0x0318, return_address);
}

void start_chips(Machine& machine, bool is_ntsc, bool is_rsid, bool is_cia) {
  const uint16_t latch = is_ntsc ? kTimerNtsc : kTimerPal;
  const uint64_t before = machine.start_clk - 8;
  machine.cia1.write(before, 0x4, static_cast<uint8_t>(latch));
  machine.cia1.write(before, 0x5, static_cast<uint8_t>(latch >> 8));
  if (is_cia) {
    machine.cia1.write(before, 0xd, 0x81);
    const uint64_t started = (is_rsid ? kTimerStartRsid : kTimerStart) - (is_ntsc ? 2 : 0);
    machine.cia1.write(machine.start_clk + started, 0xe, 0x01);
  }
  // An RSID finds the raster compare where the KERNAL leaves it, on line 311.
  machine.vic.write(machine.start_clk, 0x11, is_rsid ? 0x9b : 0x1b);
  if (is_rsid) machine.vic.write(machine.start_clk, 0x12, 0x37);
  if (!is_rsid && !is_cia) machine.vic.write(machine.start_clk, 0x1a, 0x01);
}

// A BASIC tune gets what it asks for: the machine starts its ROMs, waits at READY, and somebody types RUN.
int enter_basic(Machine& machine, const TuneFile& tune, int song) {
  constexpr uint64_t kPatience = 5 * 985248;  // a C64 is at READY after about 2.5 seconds
  constexpr uint16_t kWaitForKey = 0xe5cd, kWaitForKeyEnd = 0xe5d6;
  machine.cpu = CpuState();
  machine.cpu.pc = static_cast<uint16_t>(machine.peek(0xfffc) | machine.peek(0xfffd) << 8);
  const uint64_t give_up = machine.clk + kPatience;
  const auto waits = [&] { return machine.cpu.pc >= kWaitForKey && machine.cpu.pc < kWaitForKeyEnd; };
  while (!waits() && machine.clk < give_up && !machine.cpu.jammed) machine.run(machine.clk + 997, false);

  uint8_t* const ram = machine.ram;
  const uint16_t end = static_cast<uint16_t>(tune.load + tune.program.size());
  std::copy(tune.program.begin(), tune.program.end(), ram + tune.load);
  for (const uint16_t pointer : {0x2d, 0x2f, 0x31, 0xae}) set_word(ram, pointer, end);
  ram[0x030c] = static_cast<uint8_t>(song - 1);
  const uint8_t typed[] = {'R', 'U', 'N', 13};
  std::copy(typed, typed + sizeof typed, ram + 0x0277);
  ram[0xc6] = sizeof typed;
  machine.writes.clear();
  machine.start_clk = machine.clk;
  return SF_OK;
}

}  // namespace

int enter_tune(Machine& machine, const TuneFile& tune, int song, bool is_ntsc, Environment& environment) {
  if (tune.is_basic) {
    environment.driver = 0;
    return enter_basic(machine, tune, song);
  }
  uint8_t* const ram = machine.ram;
  const uint32_t end = static_cast<uint32_t>(tune.load + tune.program.size());
  const uint16_t page = driver_page(tune);
  if (page == 0) return SF_NO_ROOM;

  std::memset(ram + 2, 0, 0x3fe);
  if (tune.is_rsid) fill_started_machine(ram);
  for (const uint16_t pointer : {0x2d, 0x2f, 0x31, 0xae}) set_word(ram, pointer, static_cast<uint16_t>(end));
  set_word(ram, 0xac, tune.load);
  ram[0x02a6] = is_ntsc ? 0 : 1;

  const bool is_cia = tune.is_rsid || tune.is_cia_timed(song);
  start_chips(machine, is_ntsc, tune.is_rsid, is_cia);
  uint16_t after_init = 0;
  write_driver(machine, tune, page, after_init);
  environment.driver = static_cast<uint16_t>(page << 8);
  std::copy(tune.program.begin(), tune.program.end(), ram + tune.load);
  // A program that covers the port would be loaded around it on a real machine too.
  machine.poke(0, 0x2f);
  machine.poke(1, tune.is_rsid ? 0x37 : bank_for(tune.init));

  const uint16_t return_to = static_cast<uint16_t>(after_init - 1);
  ram[0x1ff] = static_cast<uint8_t>(return_to >> 8);
  ram[0x1fe] = static_cast<uint8_t>(return_to);
  machine.cpu = CpuState();
  machine.cpu.pc = tune.init;
  machine.cpu.a = static_cast<uint8_t>(song - 1);
  machine.cpu.x = is_cia ? 1 : 0;
  machine.cpu.s = 0xfd;
  machine.cpu.p = tune.is_rsid ? flag::unused : flag::unused | flag::i;
  uint64_t before_init = is_cia ? kBeforeInitCia : kBeforeInitVbi;
  if (tune.is_rsid) before_init = kBeforeInitRsid;
  if (!tune.is_rsid && tune.play == 0) before_init = kBeforeInitOwnIrq;
  machine.clk = machine.start_clk + before_init - (is_ntsc ? 2 : 0);
  return SF_OK;
}

}  // namespace sidflow
