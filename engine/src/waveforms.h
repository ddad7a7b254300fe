// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which 12 bits does a SID's waveform selector give, also when several waveforms are chosen at once?
//
// Chosen together, waveforms share their output lines, and neighbouring lines pull each other: "combined waveforms".
// The model is the one of libsidplayfp 2.4.2, our yardstick for sound, and its fitted constants are those of that
// project's "combined-waveforms" measurements of a 6581 R2 and an 8580 R5.
#pragma once
#include <cstdint>

#include "register_write.h"

namespace sidflow {

// 4096 outputs by the upper 12 bits of the phase, the pulse being high; `selection`: control bits 4..6. Tables of
// combined waveforms are built when first asked for, in about a millisecond, and shared by all chips.
const uint16_t* selected_wave(ChipModel model, unsigned selection);

// The noise waveform's bits when pulse is chosen with it: the grounded lower lines pull the upper ones down.
uint16_t noise_under_pulse(ChipModel model, uint16_t noise);

// The whole selector. selection: control bits 4..7, not 0; phase: 24 bits, ring modulation applied; noise: 12 bits.
inline uint16_t selector_output(ChipModel model, unsigned selection, uint32_t phase, bool pulse_high, uint16_t noise) {
  if ((selection & 4) != 0 && !pulse_high) return 0;
  const uint16_t bits = selected_wave(model, selection & 7)[phase >> 12];
  if ((selection & 8) == 0) return bits;
  return bits & ((selection & 4) != 0 ? noise_under_pulse(model, noise) : noise);
}

// Whether the output drags the noise register's bits down at the moment when the test bit is taken away.
bool drains_noise_at_release(ChipModel model, unsigned selection_before, unsigned selection_after);

}  // namespace sidflow
