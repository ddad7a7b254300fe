// SPDX-License-Identifier: GPL-3.0-or-later
#include "vic.h"

#include <algorithm>

namespace sidflow {

namespace {
constexpr uint64_t kNowhere = ~uint64_t{0};
constexpr uint32_t kFirstBadLine = 0x30, kLastBadLine = 0xf7;
// Within a bad line, counted from 0: the CPU is told to stop, and may go on.
constexpr uint32_t kStallFrom = 11, kStallUntil = 54;
constexpr uint8_t kDisplayEnable = 0x10;
}  // namespace

void Vic::reset(uint64_t cycle, const VideoStandard& standard) {
  *this = Vic();
  origin_ = cycle;
  line_cycles_ = standard.cycles_per_line;
  lines_ = standard.lines;
  frame_ = uint64_t{line_cycles_} * lines_;
  schedule_compare(cycle);
}

uint32_t Vic::raster_line(uint64_t cycle) const {
  const uint64_t in_frame = (cycle - origin_) % frame_;
  // The counter shows the last line for one more cycle: line 0 begins at position 1.
  if (in_frame == 0 && cycle != origin_) return lines_ - 1;
  return static_cast<uint32_t>(in_frame / line_cycles_);
}

// The compare fires when the counter comes to equal the compare line.
void Vic::schedule_compare(uint64_t cycle) {
  const uint32_t line = compare_line();
  if (line >= lines_) {
    next_compare_ = kNowhere;
    return;
  }
  const uint64_t in_frame = line == 0 ? 1 : uint64_t{line} * line_cycles_;
  next_compare_ = frame_start(cycle) + in_frame;
  if (next_compare_ <= cycle) next_compare_ += frame_;
}

void Vic::raise(uint64_t cycle) {
  if ((flags_ & 1) == 0 && (mask_ & 1)) line_since_ = cycle;
  flags_ |= 1;
}

void Vic::update(uint64_t cycle) {
  if (next_compare_ == kNowhere || next_compare_ > cycle) return;
  raise(next_compare_);
  schedule_compare(cycle);
}

uint8_t Vic::read(uint64_t cycle, uint8_t reg) {
  update(cycle);
  reg &= 0x3f;
  switch (reg) {
    case 0x11:
      return static_cast<uint8_t>((registers_[0x11] & 0x7f) | (raster_line(cycle) >> 1 & 0x80));
    case 0x12:
      return static_cast<uint8_t>(raster_line(cycle));
    case 0x13:
    case 0x14:  // light pen
    case 0x1e:
    case 0x1f:  // collisions
      return 0;
    case 0x16:
      return registers_[reg] | 0xc0;
    case 0x18:
      return registers_[reg] | 0x01;
    case 0x19:
      return static_cast<uint8_t>(flags_ | 0x70 | (line() ? 0x80 : 0));
    case 0x1a:
      return mask_ | 0xf0;
    default:
      if (reg >= 0x2f) return 0xff;
      return reg >= 0x20 ? registers_[reg] | 0xf0 : registers_[reg];
  }
}

void Vic::write(uint64_t cycle, uint8_t reg, uint8_t value) {
  update(cycle);
  reg &= 0x3f;
  switch (reg) {
    case 0x11:
    case 0x12: {
      const uint32_t before = compare_line();
      if (reg == 0x11) {
        const bool was_enabled = registers_[0x11] & kDisplayEnable;
        const bool is_enabled = value & kDisplayEnable;
        const uint32_t line = raster_line(cycle);
        if (was_enabled && !is_enabled) {
          // Switched off during or after line $30: this frame keeps its bad lines if it was on in that line.
          const uint64_t decided = frame_start(cycle) + uint64_t{kFirstBadLine} * line_cycles_;
          if (cycle >= decided && den_set_since_ < decided + line_cycles_) enabled_frame_ = frame_start(cycle);
        }
        if (!was_enabled && is_enabled) {
          den_set_since_ = cycle;
          if (line == kFirstBadLine) enabled_frame_ = frame_start(cycle);
        }
      }
      registers_[reg] = value;
      if (compare_line() != before) {
        schedule_compare(cycle);
        // Moving the compare line onto the line where the beam stands fires at once.
        if (compare_line() == raster_line(cycle)) raise(cycle + 1);
      }
      break;
    }
    case 0x19:
      flags_ &= static_cast<uint8_t>(~value & 0x0f);
      break;
    case 0x1a: {
      const bool before = line();
      mask_ = value & 0x0f;
      if (line() && !before) line_since_ = cycle + 1;
      break;
    }
    default:
      registers_[reg] = value;
  }
}

Vic::Stall Vic::next_stall(uint64_t cycle) {
  const bool enabled_now = registers_[0x11] & kDisplayEnable;
  const uint64_t this_frame = frame_start(cycle);
  if (!enabled_now && enabled_frame_ != this_frame) return {kNowhere, kNowhere};
  const uint32_t scroll = registers_[0x11] & 7;
  uint32_t line = static_cast<uint32_t>((cycle - this_frame) / line_cycles_);
  // On since after line $30: no bad lines until the next frame.
  const bool counts_this_frame =
      enabled_frame_ == this_frame ||
      (enabled_now && den_set_since_ < this_frame + uint64_t{kFirstBadLine + 1} * line_cycles_);
  if (counts_this_frame) {
    line = std::max(line, kFirstBadLine);
    line += (scroll - line) & 7;
    for (; line <= kLastBadLine; line += 8) {
      const uint64_t start = this_frame + uint64_t{line} * line_cycles_;
      if (cycle < start + kStallUntil) return {start + kStallFrom, start + kStallUntil};
    }
  }
  if (!enabled_now) return {kNowhere, kNowhere};
  const uint64_t start = this_frame + frame_ + uint64_t{kFirstBadLine + scroll} * line_cycles_;
  return {start + kStallFrom, start + kStallUntil};
}

}  // namespace sidflow
