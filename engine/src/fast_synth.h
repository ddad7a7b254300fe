// SPDX-License-Identifier: GPL-3.0-or-later
// How can a SID be heard at a few hundred times real time? With averages in closed form in place of single cycles.
//
// Time is cut into slices, two to a sample. For each slice every voice gives the exact mean of its waveform (triangle,
// sawtooth, pulse and noise by integration; combined, ring-modulated and synchronised ones cycle by cycle) times its
// envelope. The analogue part (mixer, filter, volume, output RC) runs once a slice, and a half-band filter makes
// samples of pairs of slices. All that is heard depends only on the writes and their cycles, never on how render calls
// are cut.
#pragma once
#include <cstdint>

#include "chip_synth.h"
#include "sid_state.h"

namespace sidflow {

// The three voices of a chip: the mean output of each over consecutive stretches of time.
class Voices {
 public:
  // 2^-32 cycles.
  using Ticks = uint64_t;
  static constexpr int max_stretches = 64;

  SIDFLOW_SELDOM void reset(ChipModel model, uint64_t cycle);
  SIDFLOW_SELDOM void resume(const SidState& state);
  // Only at a whole cycle, that is after stretches that end there.
  void write(uint8_t reg, uint8_t value);
  // The next `count` stretches of `length` each: means[v][i] is the mean of voice v over stretch i, in units of the
  // whole swing of a voice at full envelope, centred (-0.5..0.5) ; levels[v][i] the envelope then (0..1).
  void run(int count, Ticks length, float means[3][max_stretches], float levels[3][max_stretches]);

  // The middle between a waveform's ends, where scopes want 0.
  float middle() const { return 0.5f - centre_; }
  uint64_t cycle() const { return cycle_; }
  Ticks fraction() const { return fraction_; }

 private:
  struct Oscillator {
    uint64_t phase;  // 24.32 bits; at whole cycles the chip's own accumulator
    uint32_t frequency;
    uint32_t pulse_width;
    uint8_t control;
    uint16_t held;     // output that remains with no waveform selected
    uint64_t timer;    // cycle of the held output's next fade, or of the noise register's under the test bit
    uint64_t pending;  // noise shifts not yet made
    NoiseRegister noise;
    Envelope envelope;
    uint64_t envelope_cycle;  // where the envelope stands
    uint64_t quiet_until;     // until when its level cannot change
  };

  SIDFLOW_SELDOM void build_tables();
  SIDFLOW_SELDOM void write_control(Oscillator& voice, uint8_t value);
  void settle_noise(Oscillator& voice);
  bool is_synced(int voice) const;
  bool is_ringed(int voice) const;
  float level_of(unsigned bits) const;
  void run_levels(int voice, int count, Ticks length, float* levels);
  SIDFLOW_SELDOM void run_held(Oscillator& voice, int count, Ticks length, float* means);
  void run_saw(const Oscillator& voice, int count, Ticks step, float* means) const;
  void run_triangle(const Oscillator& voice, int count, Ticks step, float* means) const;
  void run_pulse(const Oscillator& voice, int count, Ticks step, float* means) const;
  void run_noise(Oscillator& voice, int count, Ticks step, float* means);
  int64_t triangle_area(uint32_t from, uint32_t to) const;
  void run_ringed(const Oscillator& voice, uint64_t source, Ticks source_step, int count, Ticks step,
                  float* means) const;
  SIDFLOW_SELDOM void run_tested(Oscillator& voice, uint64_t source, Ticks source_step, int count, Ticks length,
                                 float* means);
  void run_closed(int voice, const uint64_t* sources, int count, Ticks length, float* means);
  void run_cycles(unsigned which, int count, Ticks length, float means[3][max_stretches]);

  ChipModel model_ = ChipModel::mos6581;
  uint64_t cycle_ = 0;
  Ticks fraction_ = 0;
  Oscillator voices_[3];
  float values_[3] = {};      // where cycle by cycle voices stand within a cycle ...
  unsigned values_kept_ = 0;  // ... and for which voices that holds
  bool tables_built_ = false;
  ChipModel tables_model_ = ChipModel::mos6581;
  float centre_ = 0.f;          // level of the wave's middle
  float unit_ = 0.f;            // table integers to levels
  int32_t saw_sum_[4097];       // running sums of the wave DAC's levels along a sawtooth ...
  int32_t triangle_sum_[2049];  // ... and along the rising half of a triangle
  float envelope_level_[256];
};

// The whole chip.
class FastSynth final : public ChipSynth {
 public:
  // By how many samples the sound comes after what makes it: the half-band filter's middle.
  static constexpr double latency_frames = 9.;
  void reset(const SynthSettings& settings, uint64_t cycle) override;
  void resume(const SynthSettings& settings, const SidState& state) override;
  int render(const RegisterWrite* writes, int count, uint8_t chip, uint64_t end_cycle, int16_t* samples,
             int capacity) override;
  void set_filter_enabled(bool enabled) override;
  void set_muted(uint8_t voices) override { muted_ = voices; }
  bool set_taps(int16_t* const voices[3]) override;

 private:
  static constexpr int max_slices = Voices::max_stretches;
  static constexpr int half_taps = 10;  // coefficients on either side of the half-band filter's centre
  static constexpr float conductance_per_volt = 8.f;
  static constexpr int conductance_points = 32;
  static constexpr float rows_per_volt = 10.f;
  static constexpr int conductance_rows = 5;
  static constexpr float softplus_end = 8.f, softplus_per_unit = 4.f;
  static constexpr int softplus_points = 33;

  SIDFLOW_SELDOM void start(const SynthSettings& settings, uint64_t cycle);
  SIDFLOW_SELDOM void clear_output();
  void write(uint8_t reg, uint8_t value);
  SIDFLOW_SELDOM void update_filter();
  SIDFLOW_SELDOM void update_mixer();
  void run_to(uint64_t cycle);
  void run_slices(int64_t count);
  SIDFLOW_SELDOM void gather(Voices::Ticks length);
  SIDFLOW_SELDOM void update_conductance(unsigned cutoff);
  void run_filter_6581(int count, const float* input, float* bus, bool is_fed);
  SIDFLOW_SELDOM void rest_filter();
  static bool is_faint(float band, float low, float high);
  void run_filter(int count, const float* input, float* bus);
  void finish_slices(int count);
  void put_samples(int count);
  float volume_gain() const;

  SynthSettings settings_;
  Voices voices_;
  uint8_t registers_[32] = {};
  uint8_t muted_ = 0;
  uint64_t start_cycle_ = 0;
  Voices::Ticks slice_length_ = 0;
  Voices::Ticks slice_left_ = 0;  // until the next slice boundary
  uint64_t slices_done_ = 0;

  // A slice that a write cut: what its first part gave, weighted with its length.
  float part_voice_[3], part_wave_[3], part_volume_;
  float means_[3][max_slices], levels_[3][max_slices], volumes_[max_slices];

  // Mixer and filter settings derived from the registers.
  bool routed_[3] = {}, heard_[3] = {};
  float low_ = 0.f, band_ = 0.f, high_ = 0.f;
  float offset_ = 0.f;  // the mixer's inputs in silence
  float mixer_[5] = {};
  double cutoff_ladder_[11] = {};
  unsigned cutoff_ = ~0u;
  float summer_ = 1.f, feedback_ = 1.f, step_ = 0.f, share_ = 1.f;
  float softplus_[softplus_points + 1] = {};
  float conductance_[conductance_rows][conductance_points] = {};
  float band_state_ = 0.f, low_state_ = 0.f, high_state_ = 0.f, earlier_band_ = 0.f, earliest_band_ = 0.f,
        earlier_low_ = 0.f, band_step_ = 0.f, low_step_ = 0.f;
  float output_low_ = 0.f, output_high_ = 0.f, low_factor_ = 1.f, high_factor_ = 0.f;
  float level_sum_ = 0.f;  // of the levels before the output's high-pass, for resume() alone
  float prewarp_ = 1.f;    // pi / slice rate

  // Two-phase history of slices for the half-band filter.
  float even_[2 * half_taps + max_slices], odd_[2 * half_taps + max_slices];
  bool at_odd_ = false;
  float pending_even_ = 0.f;

  int16_t* out_ = nullptr;
  int out_count_ = 0, out_capacity_ = 0;
  int16_t* taps_[3] = {};
  float tap_even_[3] = {};
};

// Only what the voices put out before the filter, for showing it beside another synth: the same writes and times as
// that synth's render() are given to this one's.
class VoiceTaps {
 public:
  void reset(const SynthSettings& settings, uint64_t cycle);
  void resume(const SynthSettings& settings, const SidState& state);
  // As ChipSynth::render, one value a sample and voice; any of taps may be null. Answers the samples made.
  int render(const RegisterWrite* writes, int count, uint8_t chip, uint64_t end_cycle, int16_t* const taps[3],
             int capacity);

 private:
  FastSynth synth_;
};

}  // namespace sidflow
