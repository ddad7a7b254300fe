// SPDX-License-Identifier: GPL-3.0-or-later
// How do tests look at the bare machine? sf_bench_*: one instruction at a time, registers and accesses in the open.
#ifndef __EMSCRIPTEN__
#include <algorithm>
#include <memory>
#include <vector>

#include "../include/sidflow_engine.h"
#include "machine.h"

struct sf_bench {
  std::unique_ptr<sidflow::Machine> machine{new sidflow::Machine};
  std::vector<uint32_t> accesses;
};

extern "C" {

sf_bench* sf_bench_new(int io) {
  sf_bench* const bench = new sf_bench;
  if (!io) bench->machine->only_ram();
  bench->machine->access_log = &bench->accesses;
  return bench;
}
void sf_bench_free(sf_bench* bench) { delete bench; }
uint8_t* sf_bench_ram(sf_bench* bench) { return bench->machine->ram; }

void sf_bench_set(sf_bench* bench, const uint8_t registers[7]) {
  sidflow::CpuState& cpu = bench->machine->cpu;
  cpu = sidflow::CpuState();
  cpu.a = registers[0];
  cpu.x = registers[1];
  cpu.y = registers[2];
  cpu.s = registers[3];
  cpu.p = registers[4];
  cpu.pc = static_cast<uint16_t>(registers[5] | registers[6] << 8);
}

void sf_bench_get(sf_bench* bench, uint8_t registers[7]) {
  const sidflow::CpuState& cpu = bench->machine->cpu;
  const uint8_t values[7] = {
      cpu.a, cpu.x, cpu.y, cpu.s, cpu.p, static_cast<uint8_t>(cpu.pc), static_cast<uint8_t>(cpu.pc >> 8)};
  std::copy(values, values + 7, registers);
}

int sf_bench_step(sf_bench* bench, int which) {
  bench->accesses.clear();
  const uint64_t before = bench->machine->clk;
  bench->machine->step(which == 0);
  return bench->machine->cpu.jammed ? 0 : static_cast<int>(bench->machine->clk - before);
}

int sf_bench_accesses(sf_bench* bench, uint32_t* accesses, int capacity) {
  const int count = std::min(capacity, static_cast<int>(bench->accesses.size()));
  std::copy(bench->accesses.begin(), bench->accesses.begin() + count, accesses);
  return count;
}

int sf_bench_peek(sf_bench* bench, int address) { return bench->machine->peek(static_cast<uint16_t>(address)); }
void sf_bench_poke(sf_bench* bench, int address, int value) {
  bench->machine->poke(static_cast<uint16_t>(address), static_cast<uint8_t>(value));
}

}  // extern "C"
#endif
