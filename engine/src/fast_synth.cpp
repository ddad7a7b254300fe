// SPDX-License-Identifier: GPL-3.0-or-later
#include "fast_synth.h"

#include <cstring>

#include "waveforms.h"

namespace sidflow {
namespace {

constexpr uint8_t gate_bit = 1, sync_bit = 2, ring_bit = 4, test_bit = 8;
constexpr uint64_t phase_mask = (uint64_t(1) << 56) - 1;
constexpr uint64_t top_phase_bit = uint64_t(1) << 55;
constexpr uint64_t noise_turn = uint64_t(1) << 52;  // bit 19 rises once in 2^20 of the accumulator
constexpr float two_to_minus_32 = 1.f / 4294967296.f;

int source_of(int voice) { return voice == 0 ? 2 : voice - 1; }

// Arithmetic without libm, so that every build gives the same bits ----------------------------------------------------

SIDFLOW_SELDOM double exponential(double x) {
  const double part = x / 1024.0;
  double term = 1.0, sum = 1.0;
  for (int i = 1; i < 8; ++i) {
    term *= part / i;
    sum += term;
  }
  for (int i = 0; i < 10; ++i) sum *= sum;
  return sum;
}

// 0 <= x < pi/2.
SIDFLOW_SELDOM double tangent(double x) {
  double sine = x, cosine = 1.0, sine_term = x, cosine_term = 1.0;
  for (int i = 1; i < 12; ++i) {
    cosine_term *= -x * x / ((2 * i - 1) * (2 * i));
    sine_term *= -x * x / ((2 * i) * (2 * i + 1));
    cosine += cosine_term;
    sine += sine_term;
  }
  return sine / cosine;
}

// R-2R ladder: what each of `bits` bits adds to the output, as a share of the whole. The 6581's vertical resistors are
// 2.2 R and its ladder is not terminated, so that the sum of the lower bits exceeds the next one. Source of the
// figures: reSIDfp's measurements.
SIDFLOW_SELDOM void ladder(ChipModel model, int bits, double* shares) {
  const bool ends = model == ChipModel::mos8580;
  const double rung = ends ? 2.0 : 2.2;
  double sum = 0.0;
  for (int bit = 0; bit < bits; ++bit) {
    // Conductance of everything below the bit's node, then the node's own source, then the way up past the other rungs.
    double below = ends ? 1.0 / rung : 0.0;
    for (int i = 0; i < bit; ++i) below = 1.0 / (1.0 + 1.0 / (below + 1.0 / rung));
    double resistance = 1.0 / (below + 1.0 / rung);
    double voltage = resistance / rung;
    for (int i = bit + 1; i < bits; ++i) {
      resistance += 1.0;
      voltage *= rung / (rung + resistance);
      resistance = resistance * rung / (resistance + rung);
    }
    shares[bit] = voltage;
    sum += voltage;
  }
  for (int bit = 0; bit < bits; ++bit) shares[bit] /= sum;
}

SIDFLOW_SELDOM double ladder_output(const double* shares, int bits, unsigned value) {
  double sum = 0.0;
  for (int bit = 0; bit < bits; ++bit) sum += (value >> bit & 1) != 0 ? shares[bit] : 0.0;
  return sum;
}

struct FadeTimes {
  uint32_t wait, step;
};
constexpr FadeTimes output_fade[2] = {{54000, 1400}, {800000, 50000}};
constexpr FadeTimes noise_fade[2] = {{50000, 15000}, {986000, 314300}};

}  // namespace

// Voices --------------------------------------------------------------------------------------------------------------

void Voices::build_tables() {
  if (tables_built_ && tables_model_ == model_) return;
  double shares[12];
  ladder(model_, 12, shares);
  constexpr double scale = 65536.0;
  saw_sum_[0] = 0;
  for (int i = 0; i < 4096; ++i)
    saw_sum_[i + 1] = saw_sum_[i] + int32_t(ladder_output(shares, 12, unsigned(i)) * scale + 0.5);
  triangle_sum_[0] = 0;
  for (int i = 0; i < 2048; ++i) triangle_sum_[i + 1] = triangle_sum_[i] + (saw_sum_[2 * i + 1] - saw_sum_[2 * i]);
  unit_ = float(1.0 / scale);
  // Where a voice's zero lies: off the middle, so that envelopes are heard as DC too.
  const unsigned zero = model_ == ChipModel::mos6581 ? 0x380 : 0x9c0;
  centre_ = float(saw_sum_[zero + 1] - saw_sum_[zero]) * unit_;
  ladder(model_, 8, shares);
  for (int i = 0; i < 256; ++i) envelope_level_[i] = float(ladder_output(shares, 8, unsigned(i)));
  tables_built_ = true;
  tables_model_ = model_;
}

void Voices::reset(ChipModel model, uint64_t cycle) {
  SidState state;
  state.reset(model, cycle);
  resume(state);
}

void Voices::resume(const SidState& state) {
  model_ = state.model;
  build_tables();
  cycle_ = state.cycle;
  fraction_ = 0;
  values_kept_ = 0;
  for (int v = 0; v < 3; ++v) {
    const VoiceState& from = state.voices[v];
    Oscillator& voice = voices_[v];
    voice.phase = uint64_t(from.phase) << 32;
    voice.frequency = state.frequency(v);
    voice.pulse_width = state.pulse_width(v);
    voice.control = state.control(v);
    voice.held = state.waveform_output(v, false);
    voice.noise = from.noise;
    voice.pending = from.noise_delay != 0 ? 1 : 0;
    const bool test = (voice.control & test_bit) != 0;
    const FadeTimes& fade = (test ? noise_fade : output_fade)[model_ == ChipModel::mos8580];
    const uint64_t since = cycle_ - (test ? from.test_cycle : from.timer_cycle);
    const uint64_t late = since < fade.wait ? 0 : (since - fade.wait) / fade.step + 1;
    voice.timer = cycle_ - since + fade.wait + late * fade.step;
    voice.envelope = from.envelope;
    voice.envelope_cycle = voice.quiet_until = cycle_;
  }
}

float Voices::level_of(unsigned bits) const { return float(saw_sum_[bits + 1] - saw_sum_[bits]) * unit_ - centre_; }

void Voices::settle_noise(Oscillator& voice) {
  if (voice.pending != 0) voice.noise.shift(voice.pending);
  voice.pending = 0;
}

bool Voices::is_synced(int v) const {
  const Oscillator& source = voices_[source_of(v)];
  return (voices_[v].control & sync_bit) != 0 && (voices_[v].control & test_bit) == 0 && source.frequency != 0 &&
         (source.control & test_bit) == 0;
}

bool Voices::is_ringed(int v) const { return (voices_[v].control & (ring_bit | 0x30)) == (ring_bit | 0x10); }

void Voices::write_control(Oscillator& voice, uint8_t value) {
  const uint8_t old = voice.control;
  const bool is_8580 = model_ == ChipModel::mos8580;
  settle_noise(voice);
  if ((value & test_bit) != 0 && (old & test_bit) == 0) {
    // A shift takes two cycles from its cause, and the test bit cuts it off.
    const uint32_t since_rise = (uint32_t(voice.phase >> 32) + 0x80000) & 0xfffff;
    if (since_rise < 2 * voice.frequency) voice.noise.unshift();
    voice.phase = 0;
    voice.timer = cycle_ + noise_fade[is_8580].wait;
  }
  if ((value & test_bit) == 0 && (old & test_bit) != 0) {
    const unsigned before = old >> 4;
    if (drains_noise_at_release(model_, before, value >> 4))
      voice.noise.pull_down(selector_output(model_, before, 0, true, voice.noise.output()));
    voice.noise.shift_after_test();
  }
  if (value >> 4 == 0 && old >> 4 != 0 && (value & test_bit) == 0) voice.timer = cycle_ + output_fade[is_8580].wait;
  voice.control = value;
  voice.envelope.write_gate((value & gate_bit) != 0);
}

void Voices::write(uint8_t reg, uint8_t value) {
  if (reg >= 21) return;
  values_kept_ = 0;
  const int v = reg / 7;
  Oscillator& voice = voices_[v];
  switch (reg % 7) {
    case 0:
      voice.frequency = (voice.frequency & 0xff00) | value;
      return;
    case 1:
      voice.frequency = (voice.frequency & 0x00ff) | uint32_t(value) << 8;
      return;
    case 2:
      voice.pulse_width = (voice.pulse_width & 0xf00) | value;
      return;
    case 3:
      voice.pulse_width = (voice.pulse_width & 0x0ff) | uint32_t(value & 15) << 8;
      return;
    default:
      break;
  }
  voice.envelope.advance(cycle_ - voice.envelope_cycle);
  voice.envelope_cycle = voice.quiet_until = cycle_;
  if (reg % 7 == 4) {
    if (value >> 4 == 0 && voice.control >> 4 != 0) {
      // What the output keeps holding when no waveform drives it any more.
      const uint32_t phase = uint32_t(voice.phase >> 32);
      const uint32_t other = uint32_t(voices_[source_of(v)].phase >> 32);
      const unsigned selection = voice.control >> 4;
      settle_noise(voice);
      const bool pulse = (voice.control & test_bit) != 0 || phase >> 12 >= voice.pulse_width;
      voice.held = selector_output(model_, selection, is_ringed(v) ? phase ^ (~other & 0x800000) : phase, pulse,
                                   voice.noise.output());
    }
    write_control(voice, value);
  }
  if (reg % 7 == 5) voice.envelope.write_attack_decay(value);
  if (reg % 7 == 6) voice.envelope.write_sustain_release(value);
}

void Voices::run_levels(int v, int count, Ticks length, float* levels) {
  Oscillator& voice = voices_[v];
  Ticks time = fraction_;
  float level = envelope_level_[voice.envelope.level];
  for (int i = 0; i < count; ++i) {
    time += length;
    const uint64_t end = cycle_ + (time >> 32);
    if (end >= voice.quiet_until) {
      voice.envelope.advance(end - voice.envelope_cycle);
      voice.envelope_cycle = end;
      const uint32_t quiet = voice.envelope.quiet_cycles();
      voice.quiet_until = quiet == Envelope::for_ever ? ~uint64_t(0) : end + quiet;
      level = envelope_level_[voice.envelope.level];
    }
    levels[i] = level;
  }
}

// No waveform: the output holds and slowly loses its bits.
void Voices::run_held(Oscillator& voice, int count, Ticks length, float* means) {
  Ticks time = fraction_;
  for (int i = 0; i < count; ++i) {
    time += length;
    while (voice.held != 0 && cycle_ + (time >> 32) >= voice.timer) {
      voice.held &= voice.held >> 1;
      voice.timer += output_fade[model_ == ChipModel::mos8580].step;
    }
    means[i] = level_of(voice.held);
  }
}

// The mean of a function over a stretch is the difference of its running sum. Phases have 32 bits here: 24 and eight of
// their fraction; the running sums' unit is a table level times 2^-20 of a table step.
void Voices::run_saw(const Oscillator& voice, int count, Ticks step, float* means) const {
  const float share = unit_ / (float(step) * (1.f / 16777216.f));
  const auto sum = [this](uint32_t phase) {
    const uint32_t index = phase >> 20;
    const int32_t base = saw_sum_[index];
    return (int64_t(base) << 20) + int64_t(saw_sum_[index + 1] - base) * int32_t(phase & 0xfffff);
  };
  const int64_t whole = int64_t(saw_sum_[4096]) << 20;
  uint64_t phase = voice.phase;
  uint32_t position = uint32_t(phase >> 24);
  int64_t here = sum(position);
  for (int i = 0; i < count; ++i) {
    phase += step;
    const uint32_t next = uint32_t(phase >> 24);
    const int64_t there = sum(next);
    const int64_t area = there - here + (next < position ? whole : 0);
    means[i] = float(area) * share - centre_;
    position = next;
    here = there;
  }
}

int64_t Voices::triangle_area(uint32_t from, uint32_t to) const {
  const int64_t half = int64_t(triangle_sum_[2048]) << 20;
  const auto sum = [this, half](uint32_t phase) {
    const bool falls = phase >> 31 != 0;
    const uint32_t folded = falls ? ~phase : phase;
    const uint32_t index = folded >> 20;
    const int32_t base = triangle_sum_[index];
    const int64_t area = (int64_t(base) << 20) + int64_t(triangle_sum_[index + 1] - base) * int32_t(folded & 0xfffff);
    return falls ? 2 * half - area : area;
  };
  return sum(to) - sum(from) + (to < from ? 2 * half : 0);
}

void Voices::run_triangle(const Oscillator& voice, int count, Ticks step, float* means) const {
  const float share = unit_ / (float(step) * (1.f / 16777216.f));
  uint64_t phase = voice.phase;
  uint32_t position = uint32_t(phase >> 24);
  for (int i = 0; i < count; ++i) {
    phase += step;
    const uint32_t next = uint32_t(phase >> 24);
    means[i] = float(triangle_area(position, next)) * share - centre_;
    position = next;
  }
}

// While the source's top bit is 0 the triangle runs half a turn ahead.
void Voices::run_ringed(const Oscillator& voice, uint64_t source, Ticks source_step, int count, Ticks step,
                        float* means) const {
  const float share = unit_ / (float(step) * (1.f / 16777216.f));
  uint64_t phase = voice.phase;
  uint32_t position = uint32_t(phase >> 24);
  for (int i = 0; i < count; ++i) {
    phase += step;
    const uint32_t next = uint32_t(phase >> 24);
    const uint64_t there = source + source_step;
    const uint32_t turned = (source & top_phase_bit) != 0 ? 0 : 0x80000000u;
    int64_t area;
    if (((source ^ there) & top_phase_bit) == 0) {
      area = triangle_area(position ^ turned, next ^ turned);
    } else {
      const uint64_t to_flip = top_phase_bit - (source & (top_phase_bit - 1));
      const float part = float(int64_t(to_flip)) / float(int64_t(source_step));
      const uint32_t middle = position + uint32_t(float(int32_t(next - position)) * part);
      area = triangle_area(position ^ turned, middle ^ turned) +
             triangle_area(middle ^ turned ^ 0x80000000u, next ^ turned ^ 0x80000000u);
    }
    means[i] = float(area) * share - centre_;
    position = next;
    source = there;
  }
}

// The test bit holds the phase at 0 and the pulse high, and lets the noise register's bits fade.
void Voices::run_tested(Oscillator& voice, uint64_t source, Ticks source_step, int count, Ticks length, float* means) {
  const unsigned selection = voice.control >> 4;
  const bool ringed = (voice.control & (ring_bit | 0x30)) == (ring_bit | 0x10);
  Ticks time = fraction_;
  uint64_t key = ~uint64_t(0);
  float level = 0.f;
  for (int i = 0; i < count; ++i) {
    time += length;
    while (voice.noise.bits != 0x7fffff && cycle_ + (time >> 32) >= voice.timer) {
      voice.noise.fade();
      voice.timer += noise_fade[model_ == ChipModel::mos8580].step;
    }
    const bool turned = ringed && (source & top_phase_bit) == 0;
    const uint64_t now = uint64_t(voice.noise.bits) << 1 | (turned ? 1 : 0);
    if (now != key) {
      level = level_of(selection == 0
                           ? voice.held
                           : selector_output(model_, selection, turned ? 0x800000 : 0, true, voice.noise.output()));
      key = now;
    }
    means[i] = level;
    source += source_step;
  }
}

void Voices::run_pulse(const Oscillator& voice, int count, Ticks step, float* means) const {
  const float bottom = level_of(0), swing = level_of(0xfff) - bottom;
  const float share = swing / (float(step) * (1.f / 16777216.f));
  const uint32_t edge = voice.pulse_width << 20;
  uint64_t phase = voice.phase;
  uint32_t position = uint32_t(phase >> 24);
  for (int i = 0; i < count; ++i) {
    phase += step;
    const uint32_t next = uint32_t(phase >> 24);
    const uint32_t above_next = next > edge ? next : edge, above_here = position > edge ? position : edge;
    const uint32_t high = above_next - above_here - (next < position ? edge : 0);
    means[i] = float(int32_t(high)) * share + bottom;
    position = next;
  }
}

void Voices::run_noise(Oscillator& voice, int count, Ticks step, float* means) {
  settle_noise(voice);
  const float share = 1.f / (float(step) * (1.f / 16777216.f));
  uint64_t to_rise = noise_turn - ((voice.phase + noise_turn / 2) & (noise_turn - 1));
  float level = level_of(voice.noise.output());
  for (int i = 0; i < count; ++i) {
    uint64_t left = step;
    if (to_rise > left) {
      to_rise -= left;
      means[i] = level;
      continue;
    }
    float area = 0.f;
    while (to_rise <= left) {
      area += level * float(int32_t(to_rise >> 24));
      left -= to_rise;
      to_rise = noise_turn;
      voice.noise.shift(1);
      level = level_of(voice.noise.output());
    }
    area += level * float(int32_t(left >> 24));
    to_rise -= left;
    means[i] = area * share;
  }
}

// One voice whose phase nobody disturbs and whose waveform has a closed form.
void Voices::run_closed(int v, const uint64_t* sources, int count, Ticks length, float* means) {
  Oscillator& voice = voices_[v];
  const bool tested = (voice.control & test_bit) != 0;
  const Ticks step = tested ? 0 : voice.frequency * length;
  const unsigned selection = voice.control >> 4;
  const Oscillator& source = voices_[source_of(v)];
  const Ticks source_step = (source.control & test_bit) != 0 ? 0 : source.frequency * length;
  if (tested) {
    run_tested(voice, sources[source_of(v)], source_step, count, length, means);
  } else if (selection == 0) {
    run_held(voice, count, length, means);
  } else if (is_ringed(v)) {
    run_ringed(voice, sources[source_of(v)], source_step, count, step > 0 ? step : 1, means);
  } else if (step < (1u << 24)) {
    // Too slow to divide by: stands still.
    const uint32_t phase = uint32_t(voice.phase >> 32);
    settle_noise(voice);
    const bool pulse = phase >> 12 >= voice.pulse_width;
    const float level = level_of(selector_output(model_, selection, phase, pulse, voice.noise.output()));
    for (int i = 0; i < count; ++i) means[i] = level;
  } else if (selection == 1) {
    run_triangle(voice, count, step, means);
  } else if (selection == 2) {
    run_saw(voice, count, step, means);
  } else if (selection == 4) {
    run_pulse(voice, count, step, means);
  } else {
    run_noise(voice, count, step, means);
  }
  const uint64_t end = voice.phase + step * uint64_t(count);
  if (selection != 8 || tested || step < (1u << 24)) {
    voice.pending += ((end + noise_turn / 2) >> 52) - ((voice.phase + noise_turn / 2) >> 52);
  }
  voice.phase = end & phase_mask;
}

// Voices of `which` (bit per voice) cycle by cycle, with all that neighbours do to each other.
void Voices::run_cycles(unsigned which, int count, Ticks length, float means[3][max_stretches]) {
  const float share = 4294967296.f / float(length);
  const bool is_6581 = model_ == ChipModel::mos6581;
  uint32_t phases[3], steps[3];
  bool tests[3], synced[3];
  const uint16_t* waves[3];
  for (int v = 0; v < 3; ++v) {
    Oscillator& voice = voices_[v];
    tests[v] = (voice.control & test_bit) != 0;
    synced[v] = is_synced(v);
    waves[v] = selected_wave(model_, voice.control >> 4 & 7);
    steps[v] = tests[v] ? 0 : voice.frequency;
    phases[v] = uint32_t((voice.phase - (tests[v] ? 0 : voice.frequency * fraction_)) >> 32) & 0xffffff;
    if ((which >> v & 1) != 0) settle_noise(voice);
  }
  const auto output = [&](int v) {
    Oscillator& voice = voices_[v];
    const unsigned selection = voice.control >> 4;
    if (selection == 0) return voice.held;
    const bool pulse = tests[v] || phases[v] >> 12 >= voice.pulse_width;
    if ((selection & 4) != 0 && !pulse) return uint16_t(0);
    const uint32_t phase = is_ringed(v) || ((voice.control & ring_bit) != 0 && (selection & 3) == 1)
                               ? phases[v] ^ (~phases[source_of(v)] & 0x800000)
                               : phases[v];
    uint16_t bits = waves[v][phase >> 12];
    if (selection >= 8) {
      bits &= (selection & 4) != 0 ? noise_under_pulse(model_, voice.noise.output()) : voice.noise.output();
      if (selection > 8 && !tests[v]) voice.noise.pull_down(bits);
    }
    return bits;
  };
  Ticks time = fraction_;
  uint64_t cycle = cycle_;
  // A value begun in the stretch before goes on to the end of its cycle, whatever a hard sync has done to the phase.
  float values[3] = {};
  for (int v = 0; v < 3; ++v) {
    if ((which >> v & 1) == 0) continue;
    values[v] = (values_kept_ >> v & 1) != 0 ? values_[v] : level_of(output(v));
  }
  for (int i = 0; i < count; ++i) {
    float areas[3] = {};
    Ticks left = length;
    while (true) {
      const Ticks to_clock = (Ticks(1) << 32) - time;
      if (to_clock > left) {
        const float part = float(left) * two_to_minus_32;
        for (int v = 0; v < 3; ++v) areas[v] += values[v] * part;
        time += left;
        break;
      }
      const float part = float(to_clock) * two_to_minus_32;
      left -= to_clock;
      time = 0;
      ++cycle;
      bool rises[3];
      for (int v = 0; v < 3; ++v) {
        const uint32_t before = phases[v];
        phases[v] = (before + steps[v]) & 0xffffff;
        rises[v] = (~before & phases[v] & 0x800000) != 0;
        if ((which >> v & 1) != 0 && (~before & phases[v] & 0x80000) != 0) voices_[v].noise.shift(1);
      }
      for (int v = 0; v < 3; ++v) {
        if ((which >> v & 1) == 0) continue;
        areas[v] += values[v] * part;
        Oscillator& voice = voices_[v];
        const unsigned selection = voice.control >> 4;
        if (tests[v] && cycle >= voice.timer) {
          voice.noise.fade();
          voice.timer += noise_fade[!is_6581].step;
        }
        const uint16_t bits = output(v);
        values[v] = level_of(bits);
        if (is_6581 && (selection & 2) != 0 && selection != 2 && (bits & 0x800) == 0) {
          rises[v] = false;
          phases[v] &= 0x7fffff;
        }
      }
      bool resets[3];
      for (int v = 0; v < 3; ++v) {
        const int source = source_of(v);
        resets[v] = synced[v] && rises[source] && !(synced[source] && rises[source_of(source)]);
      }
      for (int v = 0; v < 3; ++v) {
        if (resets[v]) phases[v] = 0;
      }
    }
    for (int v = 0; v < 3; ++v) {
      if ((which >> v & 1) != 0) means[v][i] = areas[v] * share;
    }
  }
  for (int v = 0; v < 3; ++v) {
    if ((which >> v & 1) == 0) continue;
    voices_[v].phase = ((uint64_t(phases[v]) << 32) + steps[v] * time) & phase_mask;
    values_[v] = values[v];
  }
}

void Voices::run(int count, Ticks length, float means[3][max_stretches], float levels[3][max_stretches]) {
  unsigned by_cycles = 0;
  const bool is_6581 = model_ == ChipModel::mos6581;
  uint64_t sources[3];
  for (int v = 0; v < 3; ++v) {
    const unsigned selection = voices_[v].control >> 4;
    const bool is_single = selection == 0 || selection == 1 || selection == 2 || selection == 4 || selection == 8;
    const bool is_tested = (voices_[v].control & test_bit) != 0;
    // A ringing voice follows a neighbour whose phase may be disturbed.
    const Oscillator& source = voices_[source_of(v)];
    const unsigned other = source.control >> 4;
    const bool source_jumps = is_synced(source_of(v)) || (is_6581 && other != 2 && (other & 2) != 0);
    const bool rings = (voices_[v].control & (ring_bit | 0x20)) == ring_bit;
    if ((!is_single && !is_tested) || is_synced(v) || (rings && source_jumps)) by_cycles |= 1u << v;
    sources[v] = voices_[v].phase;
  }
  if (by_cycles != 0) run_cycles(by_cycles, count, length, means);
  values_kept_ = by_cycles;
  for (int v = 0; v < 3; ++v) {
    if ((by_cycles >> v & 1) == 0) run_closed(v, sources, count, length, means[v]);
    run_levels(v, count, length, levels[v]);
  }
  const Ticks end = fraction_ + length * uint64_t(count);
  cycle_ += end >> 32;
  fraction_ = end & 0xffffffff;
}

// The chip ------------------------------------------------------------------------------------------------------------

namespace {

constexpr double pi = 3.14159265358979323846;

// Half-band low-pass, 39 taps, pass band to 0.204 and stop band from 0.296 of the slice rate at -64 dB (equiripple
// design). The other coefficients are 0 and the middle one is 1/2.
constexpr float half_band[10] = {-0.000929765708f, 0.00207211742f, -0.00421517607f, 0.00765213936f, -0.0129202651f,
                                 0.0208862654f,    -0.0332569771f, 0.0543822242f,   -0.100300574f,  0.316335132f};

// The analogue part as reSIDfp's models of both chips have it, measured on them and put into few numbers. Voltages are
// relative to the op-amps' working point, the voltage at which input and output of one are equal.
struct Analogue {
  float swing;        // volts of a voice between the ends of its wave at full envelope
  float rest;         // voltage of a silent voice
  float leak;         // loss of the integrators: an op-amp's gain is finite
  float summer[4];    // gain of the filter's summer with 0..3 voices
  float mixer[8][5];  // output as a polynomial of the inputs' sum, for each number of inputs
  float volume[7];    // output = sum of c * v^i * m^j, (i, j) = 11, 21, 12, 22, 32, 13, 23; v = volume / 15
  float scale;        // volts to samples
};

constexpr Analogue analogue_6581 = {
    1.5f,
    0.535f,
    0.18f,
    {0.65f, 0.59f, 0.535f, 0.49f},
    {{0.f, 0.f, 0.f, 0.f, 0.f},
     {-0.93691f, 0.06964f, 0.05358f, -0.03169f, 0.00567f},
     {-0.78273f, 0.02855f, 0.00113f, 0.00082f, -0.00005f},
     {-0.68514f, 0.00878f, 0.00363f, 0.00061f, -0.00025f},
     {-0.60843f, -0.00099f, 0.00381f, 0.00067f, -0.00025f},
     {-0.54866f, -0.00605f, 0.00423f, 0.00070f, -0.00028f},
     {-0.49944f, -0.00886f, 0.00420f, 0.00073f, -0.00027f},
     {-0.45808f, -0.01039f, 0.00391f, 0.00073f, -0.00025f}},
    {-1.0425f, 0.1705f, 0.0691f, 0.0266f, -0.0232f, -0.0052f, -0.0055f},
    6514.4f,
};
constexpr Analogue analogue_8580 = {
    0.25f,
    -0.0132f,
    0.f,
    {1.f, 1.f, 1.f, 1.f},
    {{0.f, 0.f, 0.f, 0.f, 0.f},
     {-1.59030f, 0.58602f, -0.26979f, 0.21420f, -0.13356f},
     {-1.58497f, 0.46659f, -0.20538f, 0.16490f, -0.11762f},
     {-1.57916f, 0.42475f, -0.18585f, 0.14349f, -0.09633f},
     {-1.57343f, 0.40174f, -0.17455f, 0.13206f, -0.08420f},
     {-1.56774f, 0.38631f, -0.16661f, 0.12445f, -0.07556f},
     {-1.56210f, 0.37470f, -0.16031f, 0.11882f, -0.06882f},
     {-1.55651f, 0.36527f, -0.15494f, 0.11442f, -0.06348f}},
    {-0.9352f, 0.0012f, 0.1307f, 0.1348f, 0.0013f, 0.0152f, -0.0816f},
    8611.7f,
};

const Analogue& analogue(ChipModel model) { return model == ChipModel::mos6581 ? analogue_6581 : analogue_8580; }

// The 6581's cutoff resistor is a transistor beside a long thin one ("snake"), and how well it conducts depends on the
// voltage that it is to conduct: with a low cutoff, loud sounds open the filter. Model and constants as published with
// reSIDfp (EKV: current between two ends = k (F(gate - one) - F(gate - other)), F(x) = ln(1 + e^(x / 2Ut))^2, x >= 0).
constexpr float thermal = 0.026f, threshold = 1.31f, supply = 10.87f, working_point = 4.54f;
constexpr float gate_zero = 7.125f, gate_span = 2.63f;
constexpr float lifting = 0.22f;                           // how far an op-amp's input follows its output
constexpr float per_capacity = 0.81f * 20e-6f / 470e-12f;  // 0.81: the op-amps' finite gain
constexpr float transistor = 2.f * thermal * thermal * 9.f, snake = 0.5f / 115.f;

SIDFLOW_SELDOM double logarithm(double x) {  // x >= 1
  double sum = 0.0;
  for (; x > 1.5; x *= 0.5) sum += 0.69314718055994530942;
  const double z = (x - 1.0) / (x + 1.0);
  double power = z, series = 0.0;
  for (int i = 1; i < 24; i += 2) {
    series += power / i;
    power *= z * z;
  }
  return sum + 2.0 * series;
}

float clamped(float x, float low, float high) {
  const float least = x > low ? x : low;
  return least < high ? least : high;
}

// How strongly the band-pass output is fed back, against resonance.
float feedback(ChipModel model, unsigned resonance) {
  if (model == ChipModel::mos6581) {
    const float x = float(15 - resonance);
    return x * (0.1079f - 0.00164f * x);
  }
  constexpr float gains[16] = {1.4f, 1.2826f, 1.1747f, 1.0787f, 1.f,  0.9162f, 0.8391f, 0.7705f,
                               0.7f, 0.6413f, 0.5874f, 0.5393f, 0.5f, 0.4581f, 0.4195f, 0.3852f};
  return gains[resonance];
}

}  // namespace

// No samples yet, and none half made.
void FastSynth::clear_output() {
  slice_left_ = slice_length_;
  slices_done_ = 0;
  at_odd_ = false;
  std::memset(even_, 0, sizeof even_);
  std::memset(odd_, 0, sizeof odd_);
}

void FastSynth::start(const SynthSettings& settings, uint64_t cycle) {
  settings_ = settings;
  start_cycle_ = cycle;
  const double slice_rate = 2.0 * settings.sample_rate_hz;
  slice_length_ = Voices::Ticks(settings.clock_hz / slice_rate * 4294967296.0);
  prewarp_ = float(pi / slice_rate);
  low_factor_ = float(1.0 - exponential(-2.0 * pi * 15915.5 / slice_rate));
  high_factor_ = float(1.0 - exponential(-2.0 * pi * 1.59155 / slice_rate));
  std::memset(part_voice_, 0, sizeof part_voice_);
  std::memset(part_wave_, 0, sizeof part_wave_);
  part_volume_ = 0.f;
  rest_filter();
  output_low_ = output_high_ = 0.f;
  clear_output();
  ladder(settings.model, 11, cutoff_ladder_);
  for (int i = 0; i < softplus_points; ++i) {
    softplus_[i] = float(logarithm(1.0 + exponential(double(i) / softplus_per_unit)));
  }
  cutoff_ = ~0u;
  update_mixer();
  update_filter();
}

void FastSynth::reset(const SynthSettings& settings, uint64_t cycle) {
  std::memset(registers_, 0, sizeof registers_);
  registers_[0x18] = 0x0f;
  voices_.reset(settings.model, cycle);
  start(settings, cycle);
}

// Nobody knows what the filters' capacitors held. They are charged by what the voices will do next, played once
// unheard: without it every resumption would begin with a thump.
void FastSynth::resume(const SynthSettings& settings, const SidState& state) {
  std::memcpy(registers_, state.registers, sizeof registers_);
  SidState from = state;
  from.model = settings.model;
  voices_.resume(from);
  start(settings, state.cycle);
  constexpr int slices = 2048;
  level_sum_ = 0.f;
  out_ = nullptr;
  out_count_ = out_capacity_ = 0;
  run_slices(slices);
  output_high_ = level_sum_ * (1.f / slices);
  clear_output();
  voices_.resume(from);
  start_cycle_ -= settings.head_start;
  // At high sample rates a slice is shorter than that: then the sound leads by the rest, some microseconds.
  if (settings.head_start < slice_length_ >> 32) slice_left_ -= Voices::Ticks(settings.head_start) << 32;
}

void FastSynth::set_filter_enabled(bool enabled) {
  settings_.filter_enabled = enabled;
  update_mixer();
  update_filter();
}

bool FastSynth::set_taps(int16_t* const voices[3]) {
  for (int v = 0; v < 3; ++v) taps_[v] = voices != nullptr ? voices[v] : nullptr;
  return true;
}

// The filter: summer h = s (u - l - r b), integrators b' = w (h - e b), l' = w (b - e l), solved without delay by the
// trapezoidal rule (g = tan(w / 2) a slice), so that it is stable at any setting.
void FastSynth::update_filter() {
  const ChipModel model = settings_.model;
  const Analogue& parts = analogue(model);
  const unsigned cutoff = (registers_[0x15] & 7u) | unsigned(registers_[0x16]) << 3;
  int inputs = 0;
  for (int v = 0; v < 3; ++v) inputs += routed_[v];
  summer_ = parts.summer[inputs];
  feedback_ = feedback(model, registers_[0x17] >> 4);
  if (model == ChipModel::mos6581) {
    if (cutoff != cutoff_) update_conductance(cutoff);
  } else {
    const double angle = 6.915 * (cutoff == 0 ? 0.5 : double(cutoff)) * prewarp_;
    step_ = float(tangent(angle < 1.4 ? angle : 1.4));
    share_ = 1.f / (1.f + step_ * (step_ + feedback_));
  }
  cutoff_ = cutoff;
}

// What the 6581's integrators do in a slice, g = tan(w / 2), over the voltage at their input.
void FastSynth::update_conductance(unsigned cutoff) {
  const auto softplus_square = [this](float x) {
    const float y = x * (0.5f / thermal);
    if (y >= softplus_end) return y * y;
    const float place = (y < 0.f ? 0.f : y) * softplus_per_unit;
    const int index = int(place);
    const float value = softplus_[index] + (place - float(index)) * (softplus_[index + 1] - softplus_[index]);
    return value * value;
  };
  const float gate = supply - (gate_zero + gate_span * float(ladder_output(cutoff_ladder_, 11, cutoff)));
  // Conductance in Hz with `volts` across; `lifted`: how far both ends stand above the working point.
  const auto conductance = [&](float volts, float lifted) {
    const float here = supply - working_point - lifted, there = here - volts;
    const float open = here - __builtin_sqrtf(0.5f * (there * there + gate * gate)) - threshold;
    const float current =
        transistor * (softplus_square(open) - softplus_square(open - volts)) + snake * (here * here - there * there);
    return current * per_capacity / volts * float(0.5 / pi);
  };
  // Where a loud voltage opens the filter wide, the slices are too long to follow: there it is bounded.
  const float quiet = 1.25f * conductance(0.01f, 0.f) * prewarp_;
  const float most = clamped(quiet, 0.35f, 1.3f);
  for (int row = 0; row < conductance_rows; ++row) {
    for (int i = 0; i < conductance_points; ++i) {
      // Half a step off the middle, where current and voltage would both be 0.
      const float volts = (float(i) - 0.5f * float(conductance_points - 1)) / conductance_per_volt;
      const float angle = clamped(conductance(volts, float(row) / rows_per_volt) * prewarp_, 0.f, most);
      const float square = angle * angle;
      conductance_[row][i] = angle * (15.f - square) / (15.f - 6.f * square);
    }
  }
}

void FastSynth::update_mixer() {
  const Analogue& parts = analogue(settings_.model);
  const uint8_t mode = registers_[0x18];
  int inputs = 1;  // EXT IN, which stands at the working point
  offset_ = 0.f;
  for (int v = 0; v < 3; ++v) {
    routed_[v] = settings_.filter_enabled && (registers_[0x17] >> v & 1) != 0;
    heard_[v] = v != 2 || (mode & 0x80) == 0 || routed_[v];
    if (routed_[v] || !heard_[v]) continue;
    ++inputs;
    offset_ += parts.rest;
  }
  low_ = band_ = high_ = 0.f;
  if ((mode & 0x10) != 0) low_ = -1.f;
  if ((mode & 0x20) != 0) band_ = 1.f;
  if ((mode & 0x40) != 0) high_ = -1.f;
  for (int bit = 4; bit < 7; ++bit) {
    inputs += mode >> bit & 1;
  }
  for (int i = 0; i < 5; ++i) mixer_[i] = parts.mixer[inputs][i];
}

float FastSynth::volume_gain() const { return (muted_ & 8) != 0 ? 1.f : float(registers_[0x18] & 15) * (1.f / 15.f); }

void FastSynth::write(uint8_t reg, uint8_t value) {
  registers_[reg] = value;
  voices_.write(reg, value);
  if (reg == 0x17 || reg == 0x18) update_mixer();
  if (reg >= 0x15 && reg <= 0x17) update_filter();
}

// The stretch up to a write that cuts a slice, or from there to the slice's end.
void FastSynth::gather(Voices::Ticks length) {
  float means[3][Voices::max_stretches], levels[3][Voices::max_stretches];
  voices_.run(1, length, means, levels);
  const float weight = float(length) / float(slice_length_);
  for (int v = 0; v < 3; ++v) {
    part_voice_[v] += means[v][0] * levels[v][0] * weight;
    part_wave_[v] += levels[v][0] * weight;
  }
  part_volume_ += volume_gain() * weight;
  slice_left_ -= length;
}

void FastSynth::run_to(uint64_t cycle) {
  while (true) {
    uint64_t cycles = cycle - voices_.cycle();
    if (cycles > 1u << 24) cycles = 1u << 24;
    Voices::Ticks span = (cycles << 32) - voices_.fraction();
    if (span >= slice_left_) {
      run_slices(int64_t(1 + (span - slice_left_) / slice_length_));
      continue;
    }
    if (span > 0) gather(span);
    if (voices_.cycle() == cycle) return;
  }
}

void FastSynth::run_slices(int64_t count) {
  while (count > 0) {
    int batch = 1;
    if (slice_left_ != slice_length_) {
      gather(slice_left_);
      for (int v = 0; v < 3; ++v) {
        means_[v][0] = part_voice_[v];
        levels_[v][0] = part_wave_[v];
        part_voice_[v] = part_wave_[v] = 0.f;
      }
      volumes_[0] = part_volume_;
      part_volume_ = 0.f;
    } else {
      batch = count < max_slices ? int(count) : max_slices;
      voices_.run(batch, slice_length_, means_, levels_);
      for (int v = 0; v < 3; ++v) {
        for (int i = 0; i < batch; ++i) means_[v][i] *= levels_[v][i];
      }
      const float volume = volume_gain();
      for (int i = 0; i < batch; ++i) volumes_[i] = volume;
    }
    slice_left_ = slice_length_;
    finish_slices(batch);
    slices_done_ += uint64_t(batch);
    count -= batch;
  }
}

void FastSynth::rest_filter() {
  band_state_ = low_state_ = high_state_ = earlier_band_ = earliest_band_ = earlier_low_ = band_step_ = low_step_ = 0.f;
}

// Without input the filter's ringing dies away to nothing, and to very small numbers that processors are slow with.
bool FastSynth::is_faint(float band, float low, float high) { return band * band + low * low + high * high < 1e-18f; }

// Adds the chosen outputs of the filter to `bus`.
void FastSynth::run_filter(int count, const float* input, float* bus) {
  const bool is_fed = routed_[0] || routed_[1] || routed_[2];
  const bool is_heard = low_ != 0.f || band_ != 0.f || high_ != 0.f;
  if (!is_heard || (!is_fed && band_state_ == 0.f && low_state_ == 0.f && high_state_ == 0.f)) {
    rest_filter();
    return;
  }
  if (settings_.model == ChipModel::mos6581) return run_filter_6581(count, input, bus, is_fed);
  const float g = step_;
  float s1 = band_state_, s2 = low_state_;
  for (int i = 0; i < count; ++i) {
    const float band = (s1 + g * (input[i] - s2)) * share_;
    const float low = s2 + g * band;
    const float high = input[i] - low - feedback_ * band;
    s1 = 2.f * band - s1;
    s2 = 2.f * low - s2;
    bus[i] += low_ * low + band_ * band + high_ * high;
    if (!is_fed && is_faint(s1, s2, 0.f)) return rest_filter();
  }
  band_state_ = s1;
  low_state_ = s2;
}

// The integrators' steps come from the input and from what voltages two slices ago foretell: so they are ready when
// they are needed.
void FastSynth::run_filter_6581(int count, const float* input, float* bus, bool is_fed) {
  const float leak = analogue_6581.leak, summer = summer_, back = feedback_;
  const auto place_of = [](float volts) {
    return clamped(volts * conductance_per_volt + 0.5f * float(conductance_points - 1), 0.f,
                   float(conductance_points) - 1.001f);
  };
  const auto step_at = [](const float* row, float place) {
    const int index = int(place);
    return row[index] + (place - float(index)) * (row[index + 1] - row[index]);
  };
  float band = band_state_, low = low_state_, high = high_state_, earlier_band = earlier_band_;
  bool odd = at_odd_;
  float g1 = band_step_, g2 = low_step_, d2 = 1.f + g2 * leak, g1s = g1 * summer;
  float share = 1.f / ((1.f + g1 * leak) * d2 + g1s * (g2 + back * d2)), low_share = 1.f / d2;
  for (int i = 0; i < count; ++i) {
    const float in = input[i];
    if (!odd) {
      g1 = step_at(conductance_[0], place_of(summer * (low + back * band - in)));
      // The op-amp's input follows its output a little, the other way round, and lifts both ends of the resistor.
      const float lift = clamped(low * lifting * rows_per_volt, 0.f, float(conductance_rows) - 1.001f);
      const int row = int(lift);
      const float place = place_of(2.f * band - earlier_band);
      const float below = step_at(conductance_[row], place), above = step_at(conductance_[row + 1], place);
      g2 = below + (lift - float(row)) * (above - below);
      d2 = 1.f + g2 * leak;
      g1s = g1 * summer;
      share = 1.f / ((1.f + g1 * leak) * d2 + g1s * (g2 + back * d2));
      low_share = 1.f / d2;
    }
    odd = !odd;
    const float s1 = band + g1 * (high - leak * band), s2 = low + g2 * (band - leak * low);
    earlier_band = band;
    band = (d2 * s1 + g1s * (in * d2 - s2)) * share;
    low = (s2 + g2 * band) * low_share;
    high = summer * (in - low - back * band);
    bus[i] += low_ * low + band_ * band + high_ * high;
    if (!is_fed && is_faint(band, low, high)) return rest_filter();
  }
  band_state_ = band;
  low_state_ = low;
  high_state_ = high;
  earlier_band_ = earlier_band;
  band_step_ = g1;
  low_step_ = g2;
}

void FastSynth::finish_slices(int count) {
  const Analogue& parts = analogue(settings_.model);
  float direct[max_slices], through[max_slices], mixed[max_slices];
  float through_rest = 0.f;
  for (int v = 0; v < 3; ++v) through_rest += routed_[v] ? parts.rest : 0.f;
  for (int i = 0; i < count; ++i) {
    direct[i] = offset_;
    through[i] = through_rest;
  }
  for (int v = 0; v < 3; ++v) {
    if (!heard_[v] || (muted_ >> v & 1) != 0) continue;
    float* bus = routed_[v] ? through : direct;
    for (int i = 0; i < count; ++i) bus[i] += means_[v][i] * parts.swing;
  }
  run_filter(count, through, direct);
  const float* c = parts.volume;
  for (int i = 0; i < count; ++i) {
    const float x = direct[i], v = volumes_[i];
    const float m = x * (mixer_[0] + x * (mixer_[1] + x * (mixer_[2] + x * (mixer_[3] + x * mixer_[4]))));
    mixed[i] = m * v * ((c[0] + c[1] * v) + m * ((c[2] + v * (c[3] + v * c[4])) + m * (c[5] + c[6] * v)));
  }
  float low = output_low_, high = output_high_, sum = 0.f;
  for (int i = 0; i < count; ++i) {
    low += low_factor_ * ((mixed[i] + 1e-20f) - low);  // never towards 0: denormal numbers are slow
    high += high_factor_ * (low - high);
    sum += low;
    mixed[i] = (low - high) * parts.scale;
  }
  output_low_ = low;
  output_high_ = high;
  level_sum_ += sum;

  // Pairs of slices to samples.
  int pairs = 0;
  for (int i = 0; i < count; ++i) {
    if (!at_odd_) {
      pending_even_ = mixed[i];
    } else {
      even_[2 * half_taps - 1 + pairs] = pending_even_;
      odd_[half_taps + pairs] = mixed[i];
      ++pairs;
    }
    for (int v = 0; v < 3; ++v) {
      if (taps_[v] == nullptr) continue;
      const float tap = means_[v][i] - voices_.middle() * levels_[v][i];
      if (!at_odd_) {
        tap_even_[v] = tap;
      } else if (out_count_ + pairs - 1 < out_capacity_) {
        taps_[v][out_count_ + pairs - 1] = int16_t((tap_even_[v] + tap) * 32000.f);
      }
    }
    at_odd_ = !at_odd_;
  }
  if (pairs > 0) put_samples(pairs);
}

void FastSynth::put_samples(int count) {
  float sums[max_slices];
  for (int i = 0; i < count; ++i) sums[i] = 0.5f * odd_[i];
  for (int k = 0; k < half_taps; ++k) {
    const float factor = half_band[k];
    for (int i = 0; i < count; ++i) sums[i] += factor * (even_[i + k] + even_[i + 2 * half_taps - 1 - k]);
  }
  std::memmove(even_, even_ + count, sizeof(float) * (2 * half_taps - 1));
  std::memmove(odd_, odd_ + count, sizeof(float) * half_taps);
  for (int i = 0; i < count; ++i) {
    float sample = sums[i];
    if (sample > 32767.f) sample = 32767.f;
    if (sample < -32768.f) sample = -32768.f;
    if (out_ != nullptr && out_count_ < out_capacity_) out_[out_count_] = int16_t(int32_t(sample + 32768.5f) - 32768);
    ++out_count_;
  }
}

int FastSynth::render(const RegisterWrite* writes, int count, uint8_t chip, uint64_t end_cycle, int16_t* samples,
                      int capacity) {
  out_ = samples;
  out_count_ = 0;
  out_capacity_ = capacity;
  for (int i = 0; i < count; ++i) {
    if (writes[i].chip != chip) continue;
    if (writes[i].cycle > voices_.cycle()) run_to(writes[i].cycle);
    write(writes[i].reg & 31, writes[i].value);
  }
  if (end_cycle <= start_cycle_) return 0;
  // Sample n is due at floor((n + 1) * clock / rate); floor(x) < end is x < end for a whole number end.
  const double end = double(end_cycle - start_cycle_);
  const double rate = settings_.sample_rate_hz;
  uint64_t due = uint64_t(end * rate / settings_.clock_hz) + 2;
  while (due > 0 && double(due) * settings_.clock_hz / rate >= end) --due;
  if (due * 2 > slices_done_) run_slices(int64_t(due * 2 - slices_done_));
  return out_count_ < capacity ? out_count_ : capacity;
}

void VoiceTaps::reset(const SynthSettings& settings, uint64_t cycle) { synth_.reset(settings, cycle); }

void VoiceTaps::resume(const SynthSettings& settings, const SidState& state) { synth_.resume(settings, state); }

int VoiceTaps::render(const RegisterWrite* writes, int count, uint8_t chip, uint64_t end_cycle, int16_t* const taps[3],
                      int capacity) {
  synth_.set_taps(taps);
  return synth_.render(writes, count, chip, end_cycle, nullptr, capacity);
}

}  // namespace sidflow
