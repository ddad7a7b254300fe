// SPDX-License-Identifier: GPL-3.0-or-later
// What must a sound chip model do? Turn one chip's writes into samples, in step with the machine's clock.
#pragma once
#include <cstdint>

#include "register_write.h"
#include "sid_state.h"

namespace sidflow {

struct SynthSettings {
  ChipModel model = ChipModel::mos6581;
  double clock_hz = 985248.0;
  int sample_rate_hz = 44100;
  bool filter_enabled = true;
  uint32_t head_start = 0;  // for resume: how many cycles ago the sample clock started
};

// One chip. The machine runs ahead in blocks (some milliseconds); then each chip's synth is given the block's writes.
class ChipSynth {
 public:
  virtual ~ChipSynth() = default;
  // Silent chip at the given cycle, all registers 0.
  virtual void reset(const SynthSettings& settings, uint64_t cycle) = 0;
  // Takes over the given state (registers, phases, envelopes) at its cycle, so that what follows sounds as if this
  // synth had played from the beginning; used for seeking and for changing synths. The sample clock starts anew there,
  // or the settings' head start earlier.
  virtual void resume(const SynthSettings& settings, const SidState& state) = 0;
  // Advances to end_cycle (exclusive) and stores the samples that fall due: sample n (n from 0 since reset or resume)
  // is due at cycle floor((n + 1) * clock_hz / sample_rate_hz) after it. `writes` are in order of time; those of other
  // chips are passed over. Answers the number of samples stored (at most `capacity`; the caller sees that it suffices).
  virtual int render(const RegisterWrite* writes, int count, uint8_t chip, uint64_t end_cycle, int16_t* samples,
                     int capacity) = 0;
  virtual void set_filter_enabled(bool enabled) = 0;
  virtual void set_muted(uint8_t voices) = 0;  // bit 0..2: voices, bit 3: digis by the volume register
  // Where each later render() puts what the voices gave before the filter, one value a sample, muted or not, from index
  // 0 on; null (the array or one of its entries): nowhere. Answers false when this synth has no taps: then VoiceTaps
  // (fast_synth.h) can run beside it.
  virtual bool set_taps(int16_t* const voices[3]) {
    (void)voices;
    return false;
  }
};

}  // namespace sidflow
