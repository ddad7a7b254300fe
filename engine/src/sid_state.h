// SPDX-License-Identifier: GPL-3.0-or-later
// What is inside a SID between two moments? Registers, oscillator phases, noise registers and envelopes: everything
// that a synth needs to go on as if it had played from the beginning (filters settle by themselves within
// milliseconds).
#pragma once
#include <cstdint>

#include "register_write.h"

// For functions that run seldom: small rather than fast, which is felt in the size of the WebAssembly build.
#if defined(__clang__)
#define SIDFLOW_SELDOM __attribute__((minsize, noinline))
#else
#define SIDFLOW_SELDOM __attribute__((cold, noinline))
#endif

namespace sidflow {

enum class EnvelopePhase : uint8_t { attack, decay_sustain, release };

// One envelope generator, exact to the cycle, with the chip's delays of one to four cycles between cause and effect.
// Source of the facts: the measurements published with reSID and reSIDfp (rate and exponential periods, the 15-bit rate
// counter that has to wrap when a new period lies behind it, the order of internal steps at a change of gate).
struct Envelope {
  static constexpr uint32_t for_ever = 0xffffffffu;

  void advance(uint64_t cycles);
  SIDFLOW_SELDOM void write_gate(bool on);
  SIDFLOW_SELDOM void write_attack_decay(uint8_t value);
  SIDFLOW_SELDOM void write_sustain_release(uint8_t value);
  // Cycles that pass with `level` certainly unchanged; for_ever when only a write can change it.
  uint32_t quiet_cycles() const;

  uint8_t level = 0xaa;      // of a chip just powered up: falls to 0 within 6,039 cycles
  uint8_t level_before = 0;  // the level one cycle ago: what ENV3 shows

 private:
  friend class ReferenceSynth;  // hands the whole state over to reSIDfp's envelope

  static constexpr uint32_t counter_states = 32767;  // a 15-bit LFSR is never 0

  void clock();
  void step_level();
  void change_phase();
  uint64_t pass_events(uint64_t cycles, uint32_t distance);
  bool is_busy() const {
    return match_seen || (phase_delay | step_delay | exponential_delay | next_exponential_period) != 0;
  }
  bool is_idle() const { return !counts && phase != EnvelopePhase::attack; }
  bool is_sustaining() const { return phase == EnvelopePhase::decay_sustain && level == sustain; }
  uint32_t period() const { return match + 1u; }
  // Clocks until the rate counter stands at its comparison value.
  uint32_t distance_to_match() const {
    return match >= position ? uint32_t(match - position) : match + counter_states - position;
  }

  uint16_t position = 0;  // the rate counter, as steps since its start value
  uint16_t match = 8;     // where the comparator answers: the period less one
  uint8_t exponential_counter = 0;
  uint8_t exponential_period = 1;
  uint8_t next_exponential_period = 0;
  uint8_t phase_delay = 0;  // three short pipelines: clocks until the effect, 0 when idle
  uint8_t step_delay = 0;
  uint8_t exponential_delay = 0;
  uint8_t attack = 0, decay = 0, sustain = 0, release = 0;
  EnvelopePhase phase = EnvelopePhase::release;
  EnvelopePhase next_phase = EnvelopePhase::release;
  bool match_seen = true;  // the rate counter starts anew with the next clock
  bool counts = true;      // off once the level fell to 0, on again with an attack
  bool gate = false;
};

// The 23-bit noise register; the value after a reset.
struct NoiseRegister {
  static constexpr uint32_t tapped = 0x144a25;  // the eight bits that the waveform shows

  uint32_t bits = 0x7ffffe;

  void shift(uint64_t times);
  void unshift() { bits = bits >> 1 | ((bits ^ bits >> 18) & 1) << 22; }
  // The shift that a falling test bit completes: the feedback sees a 1 in place of the last bit.
  void shift_after_test() { bits = (bits << 1 & 0x7fffff) | (~(bits >> 17) & 1); }
  // While the test bit is held the register leaks towards ones, one neighbour a step.
  void fade() { bits |= (bits << 1 & 0x7fffff) | 1; }
  // The 12-bit waveform (its low four bits are 0).
  uint16_t output() const {
    return uint16_t((bits >> 9 & 0x800) | (bits >> 8 & 0x400) | (bits >> 5 & 0x200) | (bits >> 3 & 0x100) |
                    (bits >> 2 & 0x080) | (bits << 1 & 0x040) | (bits << 3 & 0x020) | (bits << 4 & 0x010));
  }
  // A combined waveform drags low those tapped bits where its output is low.
  void pull_down(uint32_t output) {
    const uint32_t kept = (output << 9 & 1 << 20) | (output << 8 & 1 << 18) | (output << 5 & 1 << 14) |
                          (output << 3 & 1 << 11) | (output << 2 & 1 << 9) | (output >> 1 & 1 << 5) |
                          (output >> 3 & 1 << 2) | (output >> 4 & 1);
    bits &= kept | (~tapped & 0x7fffff);
  }
};

struct VoiceState {
  uint32_t phase = 0x555555;          // 24-bit accumulator (the value of a powered-up chip)
  uint32_t shown_phase = 0x555555;    // before a hard sync of the last cycle took effect: what the output shows
  uint32_t earlier_phase = 0x555555;  // shown_phase one cycle before
  NoiseRegister noise;
  uint8_t noise_delay = 0;  // cycles until a pending shift happens, 0: none
  bool pulse_high = true;   // the comparator's answer, one cycle late
  bool next_pulse_high = true;
  uint16_t held_output = 0, held_osc3 = 0;  // what an output with no waveform selected still holds
  uint64_t timer_cycle = 0;                 // when the held output was let go
  uint64_t test_cycle = 0;                  // when the test bit rose
  uint32_t fades_done = 0;
  Envelope envelope;
};

// A chip's digital state, advanced in closed form: cheap over long gaps, exact at any cycle. Times are as in
// RegisterWrite: a write at cycle c is in force from c on, a read at c sees what the cycles before c made.
// Approximate: the slow fade of bits (temperature decides it on real chips), and noise with other waveforms selected.
class SidState {
 public:
  void reset(ChipModel model, uint64_t cycle);
  // Advances all voices to `cycle` (phases with hard sync and ring inputs, noise clocks, envelopes).
  void advance(uint64_t cycle);
  // advance, then the register takes its value (gate, test bit, ... have their effect).
  void write(uint64_t cycle, uint8_t reg, uint8_t value);
  // What the CPU sees at $1b and $1c (advances first).
  uint8_t read_osc3(uint64_t cycle);
  uint8_t read_env3(uint64_t cycle);

  uint32_t frequency(int voice) const { return registers[voice * 7] | registers[voice * 7 + 1] << 8; }
  uint32_t pulse_width(int voice) const { return (registers[voice * 7 + 2] | registers[voice * 7 + 3] << 8) & 0xfff; }
  uint8_t control(int voice) const { return registers[voice * 7 + 4]; }
  // The 12-bit output of a voice's waveform generator; `delayed`: as OSC3 sees it.
  SIDFLOW_SELDOM uint16_t waveform_output(int voice, bool delayed) const;

  uint64_t cycle = 0;
  ChipModel model = ChipModel::mos6581;
  uint8_t registers[32] = {};
  VoiceState voices[3];

 private:
  SIDFLOW_SELDOM void write_control(int voice, uint8_t value);
  uint64_t next_stop(uint64_t cycles) const;
  void run_free(uint64_t cycles);
  void run_voice(int voice, uint64_t cycles);
  void synchronize(const bool rises[3]);
  SIDFLOW_SELDOM void hold_test(int voice, uint64_t end);
  bool drives_top_bit(int voice) const;
};

}  // namespace sidflow
