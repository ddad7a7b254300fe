// SPDX-License-Identifier: GPL-3.0-or-later
#include "sid_state.h"

#include "waveforms.h"

namespace sidflow {
namespace {

constexpr uint16_t rate_periods[16] = {9,   32,  63,   95,   149,  220,   267,   313,
                                       392, 977, 1954, 3126, 3907, 11720, 19532, 31251};

uint16_t match_of(uint8_t rate) { return uint16_t(rate_periods[rate] - 1); }

// Levels at which the exponential divider changes, and what it then divides by; 0: no change here.
uint8_t exponential_period_at(uint8_t level) {
  switch (level) {
    case 0xff:
    case 0x00:
      return 1;
    case 0x5d:
      return 2;
    case 0x36:
      return 4;
    case 0x1a:
      return 8;
    case 0x0e:
      return 16;
    case 0x06:
      return 30;
    default:
      return 0;
  }
}

}  // namespace

// Envelope ------------------------------------------------------------------------------------------------------------
//
//   gate on:  attack ──(level 255)──▶ decay_sustain      gate off, from anywhere: release
//
// Between two matches of the rate counter nothing happens; advance() leaps over those stretches, and over whole events
// while no pipeline is running. clock() is one cycle of the machine, used around the writes.

void Envelope::step_level() {
  if (!counts) return;
  if (phase == EnvelopePhase::attack) {
    if (++level == 0xff) {
      next_phase = EnvelopePhase::decay_sustain;
      phase_delay = 3;
    }
  } else if (--level == 0) {
    counts = false;
  }
  if (const uint8_t changed = exponential_period_at(level)) next_exponential_period = changed;
}

void Envelope::change_phase() {
  --phase_delay;
  switch (next_phase) {
    case EnvelopePhase::attack:
      if (phase_delay == 1) match = match_of(decay);  // for one cycle the wrong rate is in force
      if (phase_delay != 0) return;
      match = match_of(attack);
      counts = true;
      break;
    case EnvelopePhase::decay_sustain:
      if (phase_delay != 0) return;
      match = match_of(decay);
      break;
    case EnvelopePhase::release:
      // One cycle later when it has to turn round from counting up.
      if (phase != (phase_delay == 0 ? EnvelopePhase::attack : EnvelopePhase::decay_sustain) || phase_delay > 1) return;
      match = match_of(release);
      break;
  }
  phase = next_phase;
}

void Envelope::clock() {
  level_before = level;
  if (next_exponential_period != 0) {
    exponential_period = next_exponential_period;
    next_exponential_period = 0;
  }
  if (phase_delay != 0) change_phase();

  if (step_delay != 0 && --step_delay == 0) {
    step_level();
  } else if (exponential_delay != 0 && --exponential_delay == 0) {
    exponential_counter = 0;
    if (phase == EnvelopePhase::release || (phase == EnvelopePhase::decay_sustain && level != sustain)) step_delay = 1;
  } else if (match_seen) {
    match_seen = false;
    position = 0;
    if (phase == EnvelopePhase::attack) {
      exponential_counter = 0;
      step_delay = 2;
    } else if (counts && ++exponential_counter == exponential_period) {
      exponential_delay = exponential_period == 1 ? 1 : 2;
    }
  }

  if (position == match) {
    match_seen = true;
  } else if (++position == counter_states) {
    position = 0;
  }
}

// From a quiet state, with the match `distance` clocks away and fewer than `cycles`: passes as many clocks as can be
// passed at once, at least one, and answers their number.
uint64_t Envelope::pass_events(uint64_t cycles, uint32_t distance) {
  const uint32_t span = period();
  if (is_idle()) {
    // Only the rate counter turns. From its match on, it is periodic.
    const uint32_t place = uint32_t((match + (cycles - distance)) % span);
    match_seen = place == 0;
    position = match_seen ? match : uint16_t(place);
    level_before = level;
    return cycles;
  }
  if (phase != EnvelopePhase::attack) {
    const uint64_t turn = uint64_t(span) * exponential_period;
    if (is_sustaining() && position <= match && cycles > turn) {
      level_before = level;
      return cycles - cycles % turn;
    }
    const uint32_t idle_events = uint32_t(exponential_period - 1 - exponential_counter);
    const uint64_t whole = (cycles - distance) / span;
    const uint64_t passed = whole < idle_events ? whole : idle_events;
    if (passed > 0 && exponential_counter < exponential_period) {
      exponential_counter = uint8_t(exponential_counter + passed);
      level_before = level;
      position = match;  // stands there after `distance`, and again a period later
      return distance + passed * span;
    }
  }
  // The longest event takes six clocks after the match's approach.
  if (cycles < distance + 8u) {
    position = match;
    level_before = level;
    if (distance > 0) return distance;
    clock();
    return 1;
  }
  level_before = level;
  if (phase == EnvelopePhase::attack) {
    exponential_counter = 0;
    position = 3;
    step_level();
    return distance + 4u;
  }
  if (++exponential_counter != exponential_period) {
    position = 1;
    return distance + 2u;
  }
  exponential_counter = 0;
  const uint32_t wait = exponential_period == 1 ? 1 : 2;
  if (phase == EnvelopePhase::release || level != sustain) step_level();
  position = uint16_t(wait + 2);
  return distance + wait + 3u;
}

void Envelope::advance(uint64_t cycles) {
  while (cycles > 0) {
    if (is_busy()) {
      clock();
      --cycles;
      continue;
    }
    const uint32_t distance = distance_to_match();
    if (cycles <= distance) {
      const uint32_t stand = uint32_t(position + cycles);
      position = uint16_t(stand >= counter_states ? stand - counter_states : stand);
      level_before = level;
      return;
    }
    cycles -= pass_events(cycles, distance);
  }
}

uint32_t Envelope::quiet_cycles() const {
  if (is_busy()) return 1;
  if (is_idle() || is_sustaining()) return for_ever;
  const uint32_t further = phase == EnvelopePhase::attack || exponential_counter >= exponential_period
                               ? 0
                               : uint32_t(exponential_period - 1 - exponential_counter) * period();
  return distance_to_match() + further + 3;
}

void Envelope::write_gate(bool on) {
  if (on == gate) return;
  gate = on;
  if (!on) {
    next_phase = EnvelopePhase::release;
    phase_delay = step_delay != 0 ? 3 : 2;
    return;
  }
  next_phase = EnvelopePhase::attack;
  phase_delay = 2;
  if (match_seen || exponential_delay == 2) {
    step_delay = exponential_period == 1 || exponential_delay == 2 ? 2 : 4;
  } else if (exponential_delay == 1) {
    phase_delay = 3;
  }
}

void Envelope::write_attack_decay(uint8_t value) {
  attack = value >> 4;
  decay = value & 15;
  if (phase == EnvelopePhase::attack) match = match_of(attack);
  if (phase == EnvelopePhase::decay_sustain) match = match_of(decay);
}

void Envelope::write_sustain_release(uint8_t value) {
  sustain = uint8_t((value & 0xf0) | value >> 4);
  release = value & 15;
  if (phase == EnvelopePhase::release) match = match_of(release);
}

// Noise ---------------------------------------------------------------------------------------------------------------

// Feedback is bit 22 ^ bit 17: up to 18 new bits depend on old ones only, so they are made at once.
void NoiseRegister::shift(uint64_t times) {
  if (times >= 0x7fffff) times %= 0x7fffff;  // the period of any state but 0, which stays 0
  while (times > 0) {
    const unsigned step = times < 18 ? unsigned(times) : 18;
    const uint32_t fresh = (bits >> (23 - step) ^ bits >> (18 - step)) & ((1u << step) - 1);
    bits = (bits << step & 0x7fffff) | fresh;
    times -= step;
  }
}

// Chip ----------------------------------------------------------------------------------------------------------------

namespace {

constexpr uint8_t gate_bit = 1, sync_bit = 2, ring_bit = 4, test_bit = 8;
constexpr uint32_t phase_mask = 0xffffff, top_bit = 0x800000;

int source_of(int voice) { return voice == 0 ? 2 : voice - 1; }

// Cycles until bits begin to fade, and between further fades, of warm chips as measured for reSIDfp.
struct FadeTimes {
  uint32_t wait, step;
};
constexpr FadeTimes output_fade[2] = {{54000, 1400}, {800000, 50000}};
constexpr FadeTimes noise_fade[2] = {{50000, 15000}, {986000, 314300}};

uint64_t fades_after(const FadeTimes& times, uint64_t elapsed) {
  return elapsed < times.wait ? 0 : 1 + (elapsed - times.wait) / times.step;
}

}  // namespace

void SidState::reset(ChipModel new_model, uint64_t at) {
  *this = SidState();
  model = new_model;
  // The chip is clocked once before a write of its first cycle reaches it, as in libsidplayfp.
  cycle = at > 0 ? at - 1 : 0;
  registers[0x18] = 0x0f;  // the volume that power-on leaves
}

// On the 6581 a sawtooth combined with others drives the accumulator's own top bit low.
bool SidState::drives_top_bit(int voice) const {
  const unsigned selection = control(voice) >> 4;
  return model == ChipModel::mos6581 && (selection & 2) != 0 && selection != 2;
}

// How far all voices can run with neither a hard sync nor a pulled bit in between.
uint64_t SidState::next_stop(uint64_t cycles) const {
  uint64_t stop = cycles;
  for (int v = 0; v < 3; ++v) {
    const uint32_t step = frequency(v);
    if (step == 0 || (control(v) & test_bit) != 0) continue;
    const bool is_source = (control(v == 2 ? 0 : v + 1) & sync_bit) != 0;
    const uint64_t to_rise = ((top_bit - 1 - voices[v].phase) & phase_mask) / step + 1;
    if ((is_source || drives_top_bit(v)) && to_rise < stop) stop = to_rise;
  }
  for (int v = 0; v < 3; ++v) {
    const VoiceState& voice = voices[v];
    const bool drains = control(v) >> 4 > 8 && (voice.noise.bits & NoiseRegister::tapped) != 0;
    const bool drives = drives_top_bit(v) && (voice.phase & top_bit) != 0;
    if ((!drains && !drives) || frequency(v) == 0 || (control(v) & test_bit) != 0) continue;
    // The output keeps until the waveform takes another of its 4096 values.
    const uint64_t to_change = (0xfff - (voice.phase & 0xfff)) / frequency(v) + 1;
    if (to_change < stop) stop = to_change;
  }
  return stop;
}

void SidState::hold_test(int v, uint64_t end) {
  VoiceState& voice = voices[v];
  const uint64_t due = fades_after(noise_fade[model == ChipModel::mos8580], end - voice.test_cycle);
  for (; voice.fades_done < due && voice.noise.bits != 0x7fffff; ++voice.fades_done) voice.noise.fade();
  voice.pulse_high = true;
  voice.earlier_phase = voice.shown_phase = 0;
  voice.next_pulse_high = pulse_width(v) == 0;
}

// A rise of bit 19 shifts the noise register two cycles later.
void SidState::run_voice(int v, uint64_t cycles) {
  VoiceState& voice = voices[v];
  if ((control(v) & test_bit) != 0) return hold_test(v, cycle + cycles);
  const uint32_t step = frequency(v);
  const uint64_t end = voice.phase + uint64_t(step) * cycles;
  const uint64_t rises = ((end + 0x80000) >> 20) - ((uint64_t(voice.phase) + 0x80000) >> 20);

  uint64_t shifts = 0;
  if (voice.noise_delay != 0) {
    const bool done = cycles >= voice.noise_delay;
    shifts += done;
    voice.noise_delay = done ? 0 : uint8_t(voice.noise_delay - cycles);
  }
  if (rises > 0) {
    const uint64_t since = ((end + 0x80000) & 0xfffff) / step;
    shifts += rises - (since < 2);
    if (since < 2) voice.noise_delay = uint8_t(2 - since);
  }
  if (shifts > 0) voice.noise.shift(shifts);

  const uint32_t before = uint32_t(end - step) & phase_mask;
  voice.earlier_phase = cycles == 1 ? voice.shown_phase : before;
  voice.pulse_high = cycles == 1 ? voice.next_pulse_high : before >> 12 >= pulse_width(v);
  voice.shown_phase = voice.phase = uint32_t(end) & phase_mask;
  voice.next_pulse_high = voice.phase >> 12 >= pulse_width(v);
}

// A source that is itself reset in the very cycle of its rise does not reset its neighbour.
void SidState::synchronize(const bool rises[3]) {
  for (int v = 0; v < 3; ++v) {
    const int target = v == 2 ? 0 : v + 1;
    if (!rises[v] || (control(target) & sync_bit) == 0) continue;
    if ((control(v) & sync_bit) != 0 && rises[source_of(v)]) continue;
    voices[target].phase = 0;
  }
}

void SidState::run_free(uint64_t cycles) {
  bool rises[3];
  for (int v = 0; v < 3; ++v) {
    const uint32_t before = uint32_t(voices[v].phase + frequency(v) * (cycles - 1)) & phase_mask;
    run_voice(v, cycles);
    rises[v] = (control(v) & test_bit) == 0 && (before & top_bit) == 0 && (voices[v].phase & top_bit) != 0;
  }
  for (int v = 0; v < 3; ++v) {
    VoiceState& voice = voices[v];
    const bool drives = drives_top_bit(v) && (voice.phase & top_bit) != 0;
    if (!drives && control(v) >> 4 <= 8) continue;
    const uint16_t output = waveform_output(v, false);
    if (drives && (output & 0x800) == 0) {
      voice.phase &= ~top_bit;
      rises[v] = false;
    }
    if (control(v) >> 4 > 8 && (control(v) & test_bit) == 0) voice.noise.pull_down(output);
  }
  synchronize(rises);
}

void SidState::advance(uint64_t until) {
  if (until <= cycle) return;
  const uint64_t total = until - cycle;
  for (VoiceState& voice : voices) voice.envelope.advance(total);
  while (cycle < until) {
    const uint64_t stop = next_stop(until - cycle);
    run_free(stop);
    cycle += stop;
  }
}

uint16_t SidState::waveform_output(int v, bool delayed) const {
  const VoiceState& voice = voices[v];
  const unsigned selection = control(v) >> 4;
  if (selection == 0) {
    uint64_t fades = fades_after(output_fade[model == ChipModel::mos8580], cycle - voice.timer_cycle);
    uint16_t held = fades == 0 && delayed ? voice.held_osc3 : voice.held_output;
    for (; fades > 0 && held != 0; --fades) held &= held >> 1;
    return held;
  }
  const VoiceState& source = voices[source_of(v)];
  const bool late = delayed && model == ChipModel::mos8580 && (selection & 3) != 0;
  uint32_t phase = late ? voice.earlier_phase : voice.shown_phase;
  const uint32_t other = late ? source.earlier_phase : source.shown_phase;
  if ((control(v) & ring_bit) != 0 && (selection & 2) == 0) phase ^= ~other & top_bit;
  return selector_output(model, selection, phase, voice.pulse_high, voice.noise.output());
}

void SidState::write_control(int v, uint8_t value) {
  VoiceState& voice = voices[v];
  const uint8_t old = control(v);
  if (value >> 4 == 0 && old >> 4 != 0) {
    voice.held_output = waveform_output(v, false);
    voice.held_osc3 = waveform_output(v, true);
    voice.timer_cycle = cycle;
  }
  if ((value & test_bit) != 0 && (old & test_bit) == 0) {
    voice.phase = 0;
    voice.noise_delay = 0;
    voice.test_cycle = cycle;
    voice.fades_done = 0;
  }
  if ((value & test_bit) == 0 && (old & test_bit) != 0) {
    if (drains_noise_at_release(model, old >> 4, value >> 4)) voice.noise.pull_down(waveform_output(v, false));
    voice.noise.shift_after_test();
  }
  voice.envelope.write_gate((value & gate_bit) != 0);
}

void SidState::write(uint64_t at, uint8_t reg, uint8_t value) {
  advance(at);
  reg &= 31;
  const int v = reg / 7;
  if (v < 3) {
    if (reg % 7 == 4) write_control(v, value);
    if (reg % 7 == 5) voices[v].envelope.write_attack_decay(value);
    if (reg % 7 == 6) voices[v].envelope.write_sustain_release(value);
  }
  registers[reg] = value;
}

uint8_t SidState::read_osc3(uint64_t at) {
  advance(at);
  return uint8_t(waveform_output(2, true) >> 4);
}

uint8_t SidState::read_env3(uint64_t at) {
  advance(at);
  return voices[2].envelope.level_before;
}

}  // namespace sidflow
