// SPDX-License-Identifier: GPL-3.0-or-later
// Where is the raster beam, when does it ask for an interrupt, and when does the video chip stop the CPU?
//
// Only what a program can hear of a VIC-II: the raster counter, its compare interrupt, and the bad lines' theft of
// cycles. The beam's place is arithmetic on the cycle, nothing is clocked. Sprites fetch nothing and never collide.
// Numbers after Christian Bauer's "The MOS 6567/6569 video controller (VIC-II)".
#pragma once
#include <cstdint>

namespace sidflow {

struct VideoStandard {
  uint32_t cycles_per_line;
  uint32_t lines;
  double clock_hz;
};
constexpr VideoStandard kPal = {63, 312, 985248.444};
constexpr VideoStandard kNtsc = {65, 263, 1022727.143};

class Vic {
 public:
  void reset(uint64_t cycle, const VideoStandard& standard);
  uint8_t read(uint64_t cycle, uint8_t reg);
  void write(uint64_t cycle, uint8_t reg, uint8_t value);
  void update(uint64_t cycle);
  uint64_t next_event() const { return next_compare_; }
  bool line() const { return (flags_ & mask_) != 0; }
  uint64_t line_since() const { return line_since_; }

  // The first cycle, from `cycle` on, in which a read has to wait, and the cycle at which the CPU goes on.
  struct Stall {
    uint64_t from, until;
  };
  Stall next_stall(uint64_t cycle);
  uint32_t raster_line(uint64_t cycle) const;
  uint64_t cycles_per_frame() const { return frame_; }

 private:
  uint32_t compare_line() const { return registers_[0x12] | (registers_[0x11] & 0x80u) << 1; }
  void schedule_compare(uint64_t cycle);
  void raise(uint64_t cycle);
  uint64_t frame_start(uint64_t cycle) const { return cycle - (cycle - origin_) % frame_; }

  uint64_t origin_ = 0;  // cycle of line 0, position 0
  uint32_t line_cycles_ = 63, lines_ = 312;
  uint64_t frame_ = 63 * 312;
  uint8_t registers_[64] = {};
  uint8_t flags_ = 0, mask_ = 0;
  uint64_t line_since_ = 0;
  uint64_t next_compare_ = 0;
  // Display enable counts for a frame when it was set at any moment of line $30: remembered by the frame's start.
  uint64_t enabled_frame_ = ~uint64_t{0};
  uint64_t den_set_since_ = ~uint64_t{0};
};

}  // namespace sidflow
