// SPDX-License-Identifier: GPL-3.0-or-later
// How does the reference sound come about? reSIDfp as a ChipSynth: the chip at its own clock, the analogue filter
// modelled, and a two-pass sinc resampler (what `sidplayfp -rr` plays).
#pragma once
#include <memory>
#include <vector>

#include "chip_synth.h"

namespace reSIDfp {
class SID;
}

namespace sidflow {

class ReferenceSynth : public ChipSynth {
 public:
  ReferenceSynth();
  ~ReferenceSynth() override;
  ReferenceSynth(const ReferenceSynth&) = delete;
  ReferenceSynth& operator=(const ReferenceSynth&) = delete;

  // Builds the rows of the model's tables that most tunes need: some 20 to 60 ms in a process where they do not exist
  // yet. Others are built when a register first asks for them, 3 to 20 ms each.
  static void prepare(ChipModel model);

  // Machine cycles in a second of sound. reSIDfp's resampler counts cycles per sample in 1/1024, rounded down twice,
  // and so does libsidplayfp's: a second of sound has 0.02 to 0.04 % fewer cycles than a second of the machine. Whoever
  // counts samples counts with this, so that positions, both synths and the oracle stay together.
  static double cycles_per_second_of_sound(double clock_hz, int sample_rate_hz);
  // By how many samples the sound comes after what makes it: half the length of each of the resampler's two filters.
  static double latency_frames(double clock_hz, int sample_rate_hz);

  void reset(const SynthSettings& settings, uint64_t cycle) override;
  // Runs 43 ms of chip time without output, so that filters, DC level and resampler have settled at `state.cycle`.
  void resume(const SynthSettings& settings, const SidState& state) override;
  // Exactly the samples that fall due are stored, as ChipSynth says: the resampler runs one sample ahead.
  int render(const RegisterWrite* writes, int count, uint8_t chip, uint64_t end_cycle, int16_t* samples,
             int capacity) override;
  void set_filter_enabled(bool enabled) override;
  // A muted voice goes on in time, unheard. Muted digis: the volume stays at 15, as libsidplayfp has it.
  void set_muted(uint8_t voices) override;

  // What a program would read from $1b and $1c now.
  uint8_t osc3() const;
  uint8_t env3() const;

 private:
  void make_chip(const SynthSettings& settings, uint64_t cycle);
  void write(uint8_t reg, uint8_t value);
  void write_all(const uint8_t* registers);
  void take_over(const SidState& state, uint64_t rewind_cycles);
  void take_over_envelope(int voice, const Envelope& from, bool hold);
  int mean_level(uint64_t cycles);
  void run(uint64_t cycles);
  void run_to(uint64_t cycle);

  std::unique_ptr<reSIDfp::SID> sid_;
  SynthSettings settings_;
  uint8_t registers_[32] = {};
  uint8_t muted_ = 0;
  double cycles_per_sample_ = 1;
  uint64_t start_ = 0;          // where the sample clock began
  uint64_t now_ = 0;            // cycles before this one are done
  uint64_t delivered_ = 0;      // samples since start_
  std::vector<int16_t> ahead_;  // made and not yet due
};

}  // namespace sidflow
