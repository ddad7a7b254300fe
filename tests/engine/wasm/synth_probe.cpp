// SPDX-License-Identifier: GPL-3.0-or-later
// What does the reference synth make of a list of register writes? Lets tests
// drive it without a machine.
//
//   synth_probe sound MODEL CLOCK_HZ RATE_HZ CHIP SECONDS START < writes >
//   samples
//     16-bit samples from START on: brought there by resume() where START is
//     above 0, played from the beginning else
//   synth_probe state MODEL CLOCK_HZ RATE_HZ CHIP SECONDS START < writes
//     one line per moment, every 977 cycles for SECONDS after START: cycle OSC3
//     ENV3 of the synth resumed at START, of the one that played from the
//     beginning, and of SidState
//
// writes: one line each, `cycle chip register value`, register and value hex.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "reference_synth.h"

using sidflow::ReferenceSynth;
using sidflow::RegisterWrite;
using sidflow::SidState;
using sidflow::SynthSettings;

namespace {

// The machine's cycle at power-on; cycles of the script and of the output count
// from it.
constexpr uint64_t kPowerOn = 1000;

struct Task {
  SynthSettings settings;
  int chip;
  uint64_t start, end;  // cycles
  std::vector<RegisterWrite> writes;
};

std::vector<RegisterWrite> read_writes() {
  std::vector<RegisterWrite> writes;
  unsigned long long cycle;
  unsigned int chip, reg, value;
  while (std::scanf("%llu %u %x %x", &cycle, &chip, &reg, &value) == 4) {
    writes.push_back(
        {kPowerOn + cycle, static_cast<uint8_t>(chip), static_cast<uint8_t>(reg), static_cast<uint8_t>(value)});
  }
  return writes;
}

SidState state_at(const Task &task, uint64_t cycle) {
  SidState state;
  state.reset(task.settings.model, kPowerOn);
  for (const RegisterWrite &write : task.writes) {
    if (write.cycle >= cycle) break;
    if (write.chip == task.chip) state.write(write.cycle, write.reg, write.value);
  }
  state.advance(cycle);
  return state;
}

// A synth with the writes that it has not been given yet.
class Playing {
 public:
  Playing(const Task &task, uint64_t start) : task_(task) {
    if (start > kPowerOn) {
      synth.resume(task.settings, state_at(task, start));
    } else {
      synth.reset(task.settings, kPowerOn);
    }
    while (next_ < task.writes.size() && task.writes[next_].cycle < start) next_++;
  }

  void play_to(uint64_t cycle) {
    size_t last = next_;
    while (last < task_.writes.size() && task_.writes[last].cycle < cycle) last++;
    int16_t made[65536];
    const int count = synth.render(task_.writes.data() + next_, static_cast<int>(last - next_),
                                   static_cast<uint8_t>(task_.chip), cycle, made, 65536);
    samples.insert(samples.end(), made, made + count);
    next_ = last;
  }

  ReferenceSynth synth;
  std::vector<int16_t> samples;

 private:
  const Task &task_;
  size_t next_ = 0;
};

void sound(const Task &task) {
  Playing playing(task, task.start);
  for (uint64_t cycle = task.start; cycle < task.end;) {
    cycle = cycle + 5000 < task.end ? cycle + 5000 : task.end;
    playing.play_to(cycle);
  }
  std::fwrite(playing.samples.data(), 2, playing.samples.size(), stdout);
}

void state(const Task &task) {
  Playing resumed(task, task.start);
  Playing unbroken(task, kPowerOn);
  for (uint64_t cycle = task.start + 977; cycle < task.end; cycle += 977) {
    resumed.play_to(cycle);
    unbroken.play_to(cycle);
    SidState exact = state_at(task, cycle);
    std::printf("%llu %u %u %u %u %u %u\n", static_cast<unsigned long long>(cycle - kPowerOn), resumed.synth.osc3(),
                resumed.synth.env3(), unbroken.synth.osc3(), unbroken.synth.env3(), exact.read_osc3(cycle),
                exact.read_env3(cycle));
  }
}

}  // namespace

int main(int argc, char **argv) {
  if (argc != 8) {
    std::fprintf(stderr,
                 "usage: synth_probe sound|state MODEL CLOCK_HZ "
                 "RATE_HZ CHIP SECONDS START < writes\n");
    return 2;
  }
  Task task;
  task.settings.model = std::atoi(argv[2]) == 8580 ? sidflow::ChipModel::mos8580 : sidflow::ChipModel::mos6581;
  task.settings.clock_hz = std::atof(argv[3]);
  task.settings.sample_rate_hz = std::atoi(argv[4]);
  task.chip = std::atoi(argv[5]);
  task.start = kPowerOn + static_cast<uint64_t>(std::atof(argv[7]) * task.settings.clock_hz);
  task.end = task.start + static_cast<uint64_t>(std::atof(argv[6]) * task.settings.clock_hz);
  task.writes = read_writes();
  if (std::strcmp(argv[1], "sound") == 0) {
    sound(task);
  } else {
    state(task);
  }
  return 0;
}
