// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernal_stub.h"

#include <algorithm>
#include <initializer_list>

namespace sidflow {

namespace {
void put(uint8_t* image, int address, std::initializer_list<uint8_t> bytes) {
  std::copy(bytes.begin(), bytes.end(), image + (address - 0xe000));
}
}  // namespace

// The addresses are the ROM's public ones (the IRQ routine that ends in $EA31, its exit $EA81, the NMI's $FE43 and
// $FEBC): programs jump to them by number. The code between them is the shortest that does the same.
void write_kernal_stub(uint8_t* image, bool is_rsid) {
  constexpr uint8_t kRts = 0x60, kJam = 0x02;
  std::fill(image, image + 8192, kRts);
  // IRQ and BRK: save A, X, Y; look at the pushed B flag; on through $0316 or $0314.
  put(image, 0xff48, {0x48, 0x8a, 0x48, 0x98, 0x48, 0xba, 0xbd, 0x04, 0x01, 0x29, 0x10, 0xf0, 0x03, 0x6c, 0x16, 0x03});
  put(image, 0xff58, {0x6c, 0x14, 0x03});
  // The default IRQ routine: nothing to do but to acknowledge, then restore and return.
  put(image, 0xea31, {0x4c, 0x7e, 0xea});
  put(image, 0xea7e, {0xad, 0x0d, 0xdc});
  put(image, 0xea81, {0x68, 0xa8, 0x68, 0xaa, 0x68, 0x40});
  // NMI: on through $0318; the default acknowledges.
  put(image, 0xfe43, {0x78, 0x6c, 0x18, 0x03});
  put(image, 0xfe47, {0x48, 0xad, 0x0d, 0xdd, 0x68, 0x40});
  put(image, 0xfebc, {0x68, 0xa8, 0x68, 0xaa, 0x68, 0x40});
  // A tune that resets the machine has ended.
  put(image, 0xfce2, {kJam});
  put(image, 0xfffa, {0x43, 0xfe, 0xe2, 0xfc, 0x48, 0xff});
  if (is_rsid) return;
  // PSIDs get the short entry that libsidplayfp gives them (18 cycles, no question about B), so that a play routine
  // which looks at a timer sees the same there and here.
  put(image, 0xff5b, {0x48, 0x8a, 0x48, 0x98, 0x48, 0x6c, 0x14, 0x03});
  put(image, 0xfffe, {0x5b, 0xff});
}

}  // namespace sidflow
