// SPDX-License-Identifier: GPL-3.0-or-later
// Does anything go wrong inside SidState and FastSynth under any script? Run with sanitizers: `stress SCRIPTS`.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "fast_synth.h"

int main(int count, char **arguments) {
  const int scripts = count > 1 ? std::atoi(arguments[1]) : 1;
  const int rates[] = {8000, 11025, 22050, 44100, 96000, 192000};
  std::vector<int16_t> samples(1 << 16), taps(3 << 16);
  for (int seed = 0; seed < scripts; ++seed) {
    std::mt19937 random{unsigned(seed)};
    const auto below = [&](uint32_t limit) { return uint32_t(random() % limit); };
    sidflow::SynthSettings settings;
    settings.model = seed % 2 != 0 ? sidflow::ChipModel::mos8580 : sidflow::ChipModel::mos6581;
    settings.sample_rate_hz = rates[seed % 6];
    settings.filter_enabled = seed % 5 != 0;
    auto synth = std::make_unique<sidflow::FastSynth>();
    sidflow::SidState state;
    const uint64_t start = seed % 3 == 0 ? uint64_t(1) << 40 : below(100);
    synth->reset(settings, start);
    state.reset(settings.model, start);
    uint64_t now = start;
    for (int block = 0; block < 400; ++block) {
      std::vector<sidflow::RegisterWrite> writes;
      const uint64_t end = now + 1 + below(20000);
      uint64_t at = now;
      for (int i = below(40); i > 0 && at < end; --i) {
        writes.push_back({at, uint8_t(below(8) == 0), uint8_t(below(32)), uint8_t(below(256))});
        at += below(below(2) != 0 ? 12 : 800);
      }
      while (!writes.empty() && writes.back().cycle >= end) writes.pop_back();
      for (const auto &write : writes) {
        if (write.chip != 0) continue;
        state.write(write.cycle, write.reg, write.value);
        if (below(4) == 0) state.read_osc3(write.cycle), state.read_env3(write.cycle);
      }
      int16_t *const at_taps[3] = {taps.data(), taps.data() + (1 << 16), taps.data() + (2 << 16)};
      synth->set_taps(below(2) != 0 ? at_taps : nullptr);
      synth->set_muted(uint8_t(below(16)));
      synth->render(writes.data(), int(writes.size()), 0, end, samples.data(), 1 << 16);
      now = end;
      if (below(40) == 0) {
        now += below(50) == 0 ? 200000000 : 0;
        state.advance(now);
        settings.sample_rate_hz = rates[below(6)];
        synth->resume(settings, state);
      }
    }
  }
  std::puts("nothing found");
}
