// SPDX-License-Identifier: GPL-3.0-or-later
// What does a tune find when it starts, and who calls its play routine? The memory, chips and registers that the SID
// file format promises, and a small driver in a page that the tune leaves free.
#pragma once
#include <cstdint>

#include "machine.h"
#include "psid_file.h"

namespace sidflow {

struct Environment {
  uint16_t driver = 0;  // first byte of the driver's page; 0: the tune runs without one (BASIC)
  // Whether init has come back: the driver then leaves a mark.
  bool init_returned(const Machine& machine) const { return driver == 0 || machine.ram[driver] != 0; }
};

// The machine has been powered on; afterwards its CPU stands at the first instruction of init. Answers an sf_status.
int enter_tune(Machine& machine, const TuneFile& tune, int song, bool is_ntsc, Environment& environment);

}  // namespace sidflow
