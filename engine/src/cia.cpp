// SPDX-License-Identifier: GPL-3.0-or-later
#include "cia.h"

#include <algorithm>

namespace sidflow {

// --- one timer -------------------------------------------------------------------------------------------------------

void CiaTimer::reset() {
  counter_ = latch_ = 0xffff;
  pipeline_ = 0;
}

void CiaTimer::set_latch_low(uint8_t value) {
  latch_ = static_cast<uint16_t>((latch_ & 0xff00) | value);
  if (pipeline_ & load) counter_ = latch_;  // being loaded in this very cycle
}

void CiaTimer::set_latch_high(uint8_t value) {
  latch_ = static_cast<uint16_t>((latch_ & 0x00ff) | value << 8);
  if (pipeline_ & load)
    counter_ = latch_;
  else if (!is_running())
    pipeline_ |= load1;  // a stopped timer takes its latch over
}

void CiaTimer::set_control(uint8_t value) {
  constexpr uint32_t from_control = start | one_shot_control | force_load | phi2;
  // Bit 5 of the register chooses an outside source; inside it is kept inverted as "counts cycles".
  pipeline_ = (pipeline_ & ~from_control) | ((value ^ 0x20u) & from_control);
}

bool CiaTimer::clock(bool pulse) {
  if (pulse) pipeline_ |= step;
  if (counter_ != 0 && (pipeline_ & count3)) counter_--;

  uint32_t next = pipeline_ & (start | one_shot_control | phi2);
  if ((pipeline_ & (start | phi2)) == (start | phi2)) next |= count2;
  if ((pipeline_ & count2) || (pipeline_ & (step | start)) == (step | start)) next |= count3;
  next |= (pipeline_ & (force_load | one_shot_control)) << 8;
  next |= (pipeline_ & (load1 | one_shot0)) << 8;
  pipeline_ = next;

  bool underflow = false;
  if (counter_ == 0 && (pipeline_ & count3)) {
    underflow = true;
    pipeline_ |= load;
    if (pipeline_ & (one_shot | one_shot0)) pipeline_ &= ~static_cast<uint32_t>(start | count2);
  }
  if (pipeline_ & load) {
    counter_ = latch_;
    pipeline_ &= ~static_cast<uint32_t>(count3);
  }
  return underflow;
}

bool CiaTimer::is_free_running() const {
  const uint32_t steady = pipeline_ & ~static_cast<uint32_t>(one_shot | one_shot0 | one_shot_control);
  return steady == (start | phi2 | count2 | count3) && !(pipeline_ & one_shot_control);
}

uint32_t CiaTimer::quiet_cycles() const {
  constexpr uint32_t counting = start | phi2 | count2 | count3;
  constexpr uint32_t one_shot_stages = one_shot_control | one_shot0 | one_shot;
  const uint32_t shot = pipeline_ & one_shot_stages;
  if ((pipeline_ & ~one_shot_stages) == counting && (shot == 0 || shot == one_shot_stages))
    return counter_ > 1 ? counter_ - 1u : 0;
  // Stopped, or waiting for the other timer's pulse, with nothing on its way.
  const bool idle = !(pipeline_ & (count2 | count3 | step | force_load | load1 | load));
  const bool settled = shot == 0 || shot == one_shot_stages;
  if (idle && settled && (pipeline_ & (start | phi2)) != (start | phi2)) return 0xffffffff;
  return 0;
}

// --- the chip --------------------------------------------------------------------------------------------------------

namespace {
constexpr uint8_t kTimerA = 0x01, kTimerB = 0x02, kAlarm = 0x04;
// Timer B's sources in control register B: linked to timer A's underflows (with CNT high, as it is when nothing is
// plugged in, both linked modes are the same).
bool counts_timer_a(uint8_t control_b) { return (control_b & 0x40) != 0; }
}  // namespace

void Cia::reset(uint64_t cycle, double clock_hz, double tod_hz) {
  *this = Cia();
  now_ = cycle;
  clock_hz_ = clock_hz;
  a_.reset();
  b_.reset();
  tod_period_ = static_cast<uint64_t>(clock_hz / tod_hz * 4294967296.0);
  tod_next_ = (cycle << 32) + tod_period_;
}

void Cia::raise(uint8_t bits) {
  flags_ |= bits;
  if ((flags_ & mask_) && !line_flag_ && line_due_ == kNever) line_due_ = now_ + 1;
}

void Cia::acknowledge() {
  flags_ = 0;
  line_flag_ = false;
  line_ = false;
  line_due_ = kNever;
}

void Cia::clock_one() {
  now_++;
  if (now_ >= line_due_) {
    line_flag_ = line_ = true;
    line_since_ = line_due_;
    line_due_ = kNever;
  }
  const bool pulse = pulse_b_;
  pulse_b_ = false;
  if (a_.clock(false)) {
    raise(kTimerA);
    if (control_a_ & 0x08) control_a_ &= 0xfe;
    pulse_b_ = counts_timer_a(control_b_) && b_.is_running();
  }
  if (b_.clock(pulse)) {
    // A 6526 loses this flag when the register was read in the cycle before.
    if (read_cycle_ + 1 != now_) raise(kTimerB);
    if (control_b_ & 0x08) control_b_ &= 0xfe;
  }
}

void Cia::update(uint64_t cycle) {
  while (now_ < cycle) {
    const uint64_t left = cycle - now_;
    uint32_t quiet = std::min(a_.quiet_cycles(), b_.quiet_cycles());
    if (line_due_ != kNever || pulse_b_) quiet = 0;
    if (quiet == 0) {
      clock_one();
      continue;
    }
    const uint32_t cycles = static_cast<uint32_t>(std::min<uint64_t>(quiet, left));
    a_.skip(cycles);
    b_.skip(cycles);
    now_ += cycles;
  }
  advance_tod();
}

uint64_t Cia::next_event() const {
  if (line_due_ != kNever) return line_due_;
  if (pulse_b_) return now_ + 1;
  uint64_t next = kNever;
  if ((mask_ & kAlarm) && !tod_stopped_) next = (tod_next_ >> 32) + 1;
  if (line_flag_ || !(mask_ & (kTimerA | kTimerB))) return next;
  const bool b_matters = (mask_ & kTimerB) != 0;
  const bool a_matters = (mask_ & kTimerA) || (b_matters && counts_timer_a(control_b_));
  uint64_t quiet = 0xffffffff;
  if (a_matters) quiet = std::min<uint64_t>(quiet, a_.quiet_cycles());
  if (b_matters) quiet = std::min<uint64_t>(quiet, b_.quiet_cycles());
  if (quiet == 0xffffffff) return next;
  return std::min(next, now_ + quiet + 1);
}

uint8_t Cia::read(uint64_t cycle, uint8_t reg) {
  update(cycle);
  switch (reg & 0x0f) {
    case 0x0:
      return static_cast<uint8_t>((port_a_ | ~direction_a_) & input_a);
    case 0x1:
      return static_cast<uint8_t>((port_b_ | ~direction_b_) & input_b);
    case 0x2:
      return direction_a_;
    case 0x3:
      return direction_b_;
    case 0x4:
      return static_cast<uint8_t>(a_.counter());
    case 0x5:
      return static_cast<uint8_t>(a_.counter() >> 8);
    case 0x6:
      return static_cast<uint8_t>(b_.counter());
    case 0x7:
      return static_cast<uint8_t>(b_.counter() >> 8);
    case 0x8:
    case 0x9:
    case 0xa:
    case 0xb:
      return read_tod(static_cast<uint8_t>((reg & 0x0f) - 8));
    case 0xc:
      return serial_;
    case 0xd: {
      const uint8_t value = static_cast<uint8_t>(flags_ | (line_flag_ ? 0x80 : 0));
      acknowledge();
      read_cycle_ = cycle;
      return value;
    }
    case 0xe:
      return static_cast<uint8_t>((control_a_ & 0xee) | (a_.is_running() ? 1 : 0));
    default:
      return static_cast<uint8_t>((control_b_ & 0xee) | (b_.is_running() ? 1 : 0));
  }
}

void Cia::write(uint64_t cycle, uint8_t reg, uint8_t value) {
  update(cycle);
  switch (reg & 0x0f) {
    case 0x0:
      port_a_ = value;
      break;
    case 0x1:
      port_b_ = value;
      break;
    case 0x2:
      direction_a_ = value;
      break;
    case 0x3:
      direction_b_ = value;
      break;
    case 0x4:
      a_.set_latch_low(value);
      break;
    case 0x5:
      a_.set_latch_high(value);
      break;
    case 0x6:
      b_.set_latch_low(value);
      break;
    case 0x7:
      b_.set_latch_high(value);
      break;
    case 0x8:
    case 0x9:
    case 0xa:
    case 0xb:
      write_tod(static_cast<uint8_t>((reg & 0x0f) - 8), value);
      break;
    case 0xc:
      serial_ = value;
      break;
    case 0xd:
      if (value & 0x80)
        mask_ |= value & 0x1f;
      else
        mask_ &= static_cast<uint8_t>(~value & 0x1f);
      raise(0);
      break;
    case 0xe:
      control_a_ = value;
      a_.set_control(value);
      break;
    default:
      control_b_ = value;
      // Both bits of the source select say "not cycles".
      b_.set_control(static_cast<uint8_t>((value & 0xdf) | ((value & 0x60) ? 0x20 : 0)));
      break;
  }
}

// --- time of day -----------------------------------------------------------------------------------------------------

void Cia::advance_tod() {
  while ((tod_next_ >> 32) <= now_) {
    tod_next_ += tod_period_;
    if (tod_stopped_) continue;
    const uint8_t periods = (control_a_ & 0x80) ? 5 : 6;
    if (++tod_divider_ >= periods) {
      tod_divider_ = 0;
      count_tenth();
    }
  }
}

void Cia::count_tenth() {
  const auto bcd_increment = [](uint8_t value) {
    return static_cast<uint8_t>((value & 0x0f) == 9 ? (value & 0xf0) + 0x10 : value + 1);
  };
  tod_[0] = static_cast<uint8_t>((tod_[0] + 1) & 0x0f);
  if (tod_[0] == 10) {
    tod_[0] = 0;
    tod_[1] = bcd_increment(tod_[1]);
    if (tod_[1] == 0x60) {
      tod_[1] = 0;
      tod_[2] = bcd_increment(tod_[2]);
      if (tod_[2] == 0x60) {
        tod_[2] = 0;
        const uint8_t hour = tod_[3] & 0x1f;
        uint8_t pm = tod_[3] & 0x80;
        if (hour == 0x11) pm ^= 0x80;  // noon and midnight turn the flag
        tod_[3] = static_cast<uint8_t>((hour == 0x12 ? 1 : bcd_increment(hour)) | pm);
      }
    }
  }
  if (std::equal(tod_, tod_ + 4, alarm_)) raise(kAlarm);
}

// Reading the hours freezes what is shown until the tenths are read.
uint8_t Cia::read_tod(uint8_t reg) {
  if (!tod_latched_) std::copy(tod_, tod_ + 4, latched_);
  if (reg == 3) tod_latched_ = true;
  if (reg == 0) tod_latched_ = false;
  return latched_[reg];
}

// Writing the hours stops the clock until the tenths are written.
void Cia::write_tod(uint8_t reg, uint8_t value) {
  static constexpr uint8_t kBits[4] = {0x0f, 0x7f, 0x7f, 0x9f};
  uint8_t* const target = (control_b_ & 0x80) ? alarm_ : tod_;
  target[reg] = value & kBits[reg];
  if (target == tod_) {
    if (reg == 3) tod_stopped_ = true;
    if (reg == 0) {
      tod_stopped_ = false;
      tod_divider_ = 0;
    }
  }
  if (std::equal(tod_, tod_ + 4, alarm_)) raise(kAlarm);
}

}  // namespace sidflow
