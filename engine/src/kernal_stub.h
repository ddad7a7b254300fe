// SPDX-License-Identifier: GPL-3.0-or-later
// What stands in the KERNAL's place when the listener has no ROM of it? Our own 8 KiB: interrupt entry and exit at the
// addresses that tunes rely on, the three vectors, RTS everywhere else.
#pragma once
#include <cstdint>

namespace sidflow {

// image: the 8192 bytes at $E000. is_rsid: the interrupt entry as long as the ROM's, else as short as can be.
void write_kernal_stub(uint8_t* image, bool is_rsid);

}  // namespace sidflow
