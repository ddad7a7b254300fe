// SPDX-License-Identifier: GPL-3.0-or-later
#include "mixer_noise.h"

namespace sidflow {

// The additive generator of the GNU C library (type 3): x[i] = x[i-31] + x[i-3] mod 2^32, begun by a multiplicative one
// from seed 1.
void MixerNoise::restart() {
  uint64_t word = 1;
  for (uint32_t& each : words_) {
    each = static_cast<uint32_t>(word);
    word = word * 16807 % 2147483647;
  }
  newest_ = 2;
  for (int i = 0; i < kDropped; i++) draw();
  place_ = 0;
  before_ = 0;
}

uint32_t MixerNoise::draw() {
  newest_ = newest_ == kWords - 1 ? 0 : newest_ + 1;
  uint32_t& oldest = words_[newest_];
  oldest += words_[newest_ >= 3 ? newest_ - 3 : newest_ - 3 + kWords];
  return oldest >> 1;
}

void MixerNoise::go_to(uint64_t place) {
  if (place < place_) restart();
  for (; place_ < place; place_++) before_ = static_cast<int32_t>(draw() % kSteps);
}

int32_t MixerNoise::round(int32_t value) {
  const int32_t now = static_cast<int32_t>(draw() % kSteps);
  const int32_t noise = now - before_;
  before_ = now;
  place_++;
  return (value * kSteps + noise) / kSteps;
}

}  // namespace sidflow
