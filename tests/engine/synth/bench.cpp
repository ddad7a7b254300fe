// SPDX-License-Identifier: GPL-3.0-or-later
// How fast is the fast synth beside the reference synth? `bench SECONDS < trace` reads lines of the trace format (chip
// 0 is played) and prints, for each model and rate, medians of alternating runs: name, value, unit.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <vector>

#include "fast_synth.h"
#include "reference_synth.h"

namespace {

constexpr double clock_hz = 985248.0;
constexpr int runs = 5;
constexpr uint64_t block_cycles = 20000;

double cpu_seconds() { return double(std::clock()) / CLOCKS_PER_SEC; }

double seconds_of(sidflow::ChipSynth &synth, const sidflow::SynthSettings &settings,
                  const std::vector<sidflow::RegisterWrite> &writes, double length) {
  std::vector<int16_t> samples(1 << 16);
  synth.reset(settings, 0);
  const double start = cpu_seconds();
  const uint64_t end = uint64_t(length * clock_hz);
  size_t next = 0;
  for (uint64_t now = 0; now < end;) {
    now = std::min(now + block_cycles, end);
    size_t last = next;
    while (last < writes.size() && writes[last].cycle < now) ++last;
    synth.render(writes.data() + next, int(last - next), 0, now, samples.data(), int(samples.size()));
    next = last;
  }
  return cpu_seconds() - start;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int count, char **arguments) {
  const double length = count > 1 ? std::atof(arguments[1]) : 10.0;
  std::vector<sidflow::RegisterWrite> writes;
  unsigned long long cycle;
  unsigned chip, reg, value;
  while (std::scanf("%llu %u %x %x", &cycle, &chip, &reg, &value) == 4) {
    if (chip == 0) writes.push_back({cycle, 0, uint8_t(reg), uint8_t(value)});
  }
  for (const auto model : {sidflow::ChipModel::mos6581, sidflow::ChipModel::mos8580}) {
    for (const int rate : {22050, 44100}) {
      sidflow::SynthSettings settings;
      settings.model = model;
      settings.sample_rate_hz = rate;
      auto fast = std::make_unique<sidflow::FastSynth>();
      auto reference = std::make_unique<sidflow::ReferenceSynth>();
      seconds_of(*reference, settings, writes, std::min(length, 1.0));  // makes the tables
      std::vector<double> ours, theirs;
      for (int run = 0; run < runs; ++run) {
        ours.push_back(seconds_of(*fast, settings, writes, length));
        theirs.push_back(seconds_of(*reference, settings, writes, length));
      }
      const char *name = model == sidflow::ChipModel::mos6581 ? "6581" : "8580";
      const double mine = median(ours), other = median(theirs);
      std::printf("fast_synth_%s_%d %.1f ns/sample\n", name, rate, mine * 1e9 / (length * rate));
      std::printf("fast_synth_%s_%d_over_reference %.1f times\n", name, rate, other / mine);
      std::printf("reference_synth_%s_%d %.1f times_real_time\n", name, rate, length / other);
    }
  }
}
