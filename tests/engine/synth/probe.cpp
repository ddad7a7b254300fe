// SPDX-License-Identifier: GPL-3.0-or-later
// How do our SID models and reSIDfp answer the same script? A test-only library that Python calls (chips.py).
#include <algorithm>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include "SID.h"
#include "fast_synth.h"
#include "sid_state.h"

// One line of a script. Registers 0x1b and 0x1c are read, all others written.
struct Step {
  uint64_t cycle;
  uint8_t reg, value;
  uint8_t reserved[6];
};

struct Setup {
  double clock_hz;
  int32_t model;  // 6581 or 8580
  int32_t sample_rate_hz;
  int32_t block_cycles;  // how much a render call advances
  int32_t filter;
  int32_t muted;
  int32_t taps_only;
};

namespace {

template <typename Model>
std::unique_ptr<reSIDfp::SID> make_residfp(Model model) {
  // The build's edited reSIDfp takes its model with it; the one as published is told later.
  if constexpr (std::is_constructible_v<reSIDfp::SID, Model>) {
    return std::make_unique<reSIDfp::SID>(model);
  } else {
    auto sid = std::make_unique<reSIDfp::SID>();
    sid->setChipModel(model);
    return sid;
  }
}

std::unique_ptr<reSIDfp::SID> residfp(int model) {
  auto sid = make_residfp(model == 8580 ? reSIDfp::MOS8580 : reSIDfp::MOS6581);
  sid->reset();
  return sid;
}

sidflow::ChipModel our_model(int model) {
  return model == 8580 ? sidflow::ChipModel::mos8580 : sidflow::ChipModel::mos6581;
}

bool is_read(const Step &step) { return step.reg == 0x1b || step.reg == 0x1c; }

}  // namespace

extern "C" {

// answers[i] is what step i read, 0 for writes.
void state_answers(int model, const Step *steps, int count, uint8_t *answers) {
  sidflow::SidState state;
  state.reset(our_model(model), 0);
  for (int i = 0; i < count; ++i) {
    const Step &step = steps[i];
    answers[i] = 0;
    if (!is_read(step)) {
      state.write(step.cycle, step.reg, step.value);
    } else {
      answers[i] = step.reg == 0x1b ? state.read_osc3(step.cycle) : state.read_env3(step.cycle);
    }
  }
}

void residfp_answers(int model, const Step *steps, int count, uint8_t *answers) {
  const auto sid = residfp(model);
  uint64_t now = 0;
  for (int i = 0; i < count; ++i) {
    const Step &step = steps[i];
    sid->clockSilent(unsigned(step.cycle - now));
    now = step.cycle;
    answers[i] = 0;
    if (is_read(step)) {
      answers[i] = sid->read(step.reg);
    } else {
      sid->write(step.reg, step.value);
    }
  }
}

// Renders a script up to end_cycle; with resume_cycle > 0 the sound begins there, on a state that the writes before it
// made. taps: null, or three times `capacity` values. Answers the samples made.
int fast_render(const Setup *setup, const Step *steps, int count, uint64_t resume_cycle, uint64_t end_cycle,
                int16_t *samples, int capacity, int16_t *taps) {
  sidflow::SynthSettings settings;
  settings.model = our_model(setup->model);
  settings.clock_hz = setup->clock_hz;
  settings.sample_rate_hz = setup->sample_rate_hz;
  settings.filter_enabled = setup->filter != 0;
  sidflow::SidState state;
  state.reset(settings.model, 0);
  std::vector<sidflow::RegisterWrite> writes;
  for (int i = 0; i < count; ++i) {
    if (steps[i].cycle < resume_cycle) {
      state.write(steps[i].cycle, steps[i].reg, steps[i].value);
    } else {
      writes.push_back({steps[i].cycle, 0, steps[i].reg, steps[i].value});
    }
  }
  auto synth = std::make_unique<sidflow::FastSynth>();
  auto taps_synth = std::make_unique<sidflow::VoiceTaps>();
  if (resume_cycle > 0) {
    state.advance(resume_cycle);
    synth->resume(settings, state);
    taps_synth->resume(settings, state);
  } else {
    synth->reset(settings, 0);
    taps_synth->reset(settings, 0);
  }
  synth->set_muted(uint8_t(setup->muted));
  int made = 0;
  size_t next = 0;
  for (uint64_t now = resume_cycle; now < end_cycle;) {
    now = std::min(now + uint64_t(setup->block_cycles), end_cycle);
    size_t last = next;
    while (last < writes.size() && writes[last].cycle < now) ++last;
    int16_t *const at[3] = {taps + made, taps + capacity + made, taps + 2 * capacity + made};
    const auto *first = writes.data() + next;
    if (setup->taps_only != 0) {
      made += taps_synth->render(first, int(last - next), 0, now, at, capacity - made);
    } else {
      synth->set_taps(taps != nullptr ? at : nullptr);
      made += synth->render(first, int(last - next), 0, now, samples + made, capacity - made);
    }
    next = last;
  }
  return made;
}

int residfp_render(const Setup *setup, const Step *steps, int count, uint64_t end_cycle, int16_t *samples,
                   int capacity) {
  const auto sid = residfp(setup->model);
  sid->setSamplingParameters(setup->clock_hz, reSIDfp::RESAMPLE, setup->sample_rate_hz);
  sid->enableFilter(setup->filter != 0);
  std::vector<short> buffer(1 << 16);
  int made = 0;
  uint64_t now = 0;
  for (int i = 0; i <= count; ++i) {
    const uint64_t until = i < count ? steps[i].cycle : end_cycle;
    while (now < until) {
      const unsigned span = unsigned(std::min<uint64_t>(until - now, 100000));
      const int got = std::min(sid->clock(span, buffer.data()), capacity - made);
      std::copy(buffer.begin(), buffer.begin() + got, samples + made);
      made += got;
      now += span;
    }
    if (i < count) sid->write(steps[i].reg, steps[i].value);
  }
  return made;
}

unsigned long fast_synth_size() { return sizeof(sidflow::FastSynth); }

}  // extern "C"
