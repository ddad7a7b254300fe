// SPDX-License-Identifier: GPL-3.0-or-later
// What does a machine hand to its sound chips? Cycle-stamped register writes.
#pragma once
#include <cstdint>

namespace sidflow {

enum class ChipModel : uint8_t { mos6581, mos8580 };

struct RegisterWrite {
  uint64_t cycle;  // machine cycles since power-on; the write is in force from this cycle on
  uint8_t chip;
  uint8_t reg;  // 0x00..0x1f
  uint8_t value;
};

}  // namespace sidflow
