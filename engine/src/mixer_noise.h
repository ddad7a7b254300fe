// SPDX-License-Identifier: GPL-3.0-or-later
//
// How does the mixer round a sample to 16 bits?
//
// libsidplayfp's mixer adds a little noise before it drops the fraction, and its noise is what rand() of the C library
// gives a program that has set no seed. With the same numbers in the same places a render differs from its by what the
// chips differ, not by two noises; and it is the same noise in every render, on every machine.
#ifndef SIDFLOW_MIXER_NOISE_H
#define SIDFLOW_MIXER_NOISE_H

#include <cstdint>

namespace sidflow {

class MixerNoise {
 public:
  MixerNoise() { restart(); }

  // Puts the noise to its `place`-th number, counted from 0; forward it takes a nanosecond a number.
  void go_to(uint64_t place);

  // `value` with the next noise added, in whole steps towards 0. A silent sample stays silent.
  int32_t round(int32_t value);

 private:
  static constexpr int kWords = 31, kDropped = 310;
  static constexpr int32_t kSteps = 1024;  // parts of a 16-bit step

  void restart();
  uint32_t draw();

  uint32_t words_[kWords];
  int newest_ = 0;
  uint64_t place_ = 0;
  int32_t before_ = 0;
};

}  // namespace sidflow

#endif
