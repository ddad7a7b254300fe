// SPDX-License-Identifier: GPL-3.0-or-later
// What do a CIA's timers, clock and interrupt register show at a given cycle, and when will it next ask for an
// interrupt?
//
// The chip is evaluated lazily: nothing is computed until somebody reads, writes, or an interrupt is due. Over
// stretches where a timer just counts, it is advanced by arithmetic; around starts, loads and underflows cycle by
// cycle, after the pipeline that Wolfgang Lorenz describes in "A Software Model of the CIA6526".
#pragma once
#include <cstdint>

namespace sidflow {

constexpr uint64_t kNever = ~uint64_t{0};

class CiaTimer {
 public:
  void reset();
  void set_latch_low(uint8_t value);
  void set_latch_high(uint8_t value);
  void set_control(uint8_t value);
  uint16_t counter() const { return counter_; }
  bool is_running() const { return (pipeline_ & start) != 0; }
  // One cycle, answers whether the timer ran out in it. `pulse`: the linked source ticked.
  bool clock(bool pulse);
  // How many cycles from now on are plain decrements without anything else (0: go step by step).
  uint32_t quiet_cycles() const;
  void skip(uint32_t cycles) {
    if (pipeline_ & count3) counter_ = static_cast<uint16_t>(counter_ - cycles);
  }
  // In continuous mode counting cycles: the cycles between two underflows, else 0.
  uint32_t period() const { return is_free_running() ? latch_ + 1u : 0; }

 private:
  // Stages of the pipeline: what was written travels for two cycles before it acts.
  enum : uint32_t {
    start = 0x01,
    step = 0x04,
    one_shot_control = 0x08,
    force_load = 0x10,
    phi2 = 0x20,
    count2 = 0x100,
    count3 = 0x200,
    one_shot0 = 0x08 << 8,
    load1 = 0x10 << 8,
    one_shot = 0x08 << 16,
    load = 0x10 << 16,
  };
  bool is_free_running() const;
  uint16_t counter_ = 0xffff, latch_ = 0xffff;
  uint32_t pipeline_ = 0;
};

class Cia {
 public:
  // tod_hz: the mains frequency at the TOD pin, against a system clock of clock_hz.
  void reset(uint64_t cycle, double clock_hz, double tod_hz);
  uint8_t read(uint64_t cycle, uint8_t reg);
  void write(uint64_t cycle, uint8_t reg, uint8_t value);
  // Brings the chip to the end of `cycle`.
  void update(uint64_t cycle);
  // The next cycle at which update() is needed for the interrupt line to be right; kNever: none.
  uint64_t next_event() const;
  // The interrupt output, and since which cycle.
  bool line() const { return line_; }
  uint64_t line_since() const { return line_since_; }
  // Levels that the outside world puts on the port pins (1 where nothing pulls down).
  uint8_t input_a = 0xff, input_b = 0xff;

 private:
  void clock_one();
  void raise(uint8_t bits);
  void acknowledge();
  void advance_tod();
  void count_tenth();
  uint8_t read_tod(uint8_t reg);
  void write_tod(uint8_t reg, uint8_t value);

  uint64_t now_ = 0;  // everything is done up to the end of this cycle
  CiaTimer a_, b_;
  uint8_t port_a_ = 0, port_b_ = 0, direction_a_ = 0, direction_b_ = 0;
  uint8_t control_a_ = 0, control_b_ = 0, serial_ = 0;
  uint8_t flags_ = 0, mask_ = 0;
  bool line_ = false, line_flag_ = false;  // line_flag_: bit 7 of the interrupt register
  uint64_t line_since_ = 0;
  uint64_t line_due_ = kNever;  // the line follows the flag a cycle later
  // Time of day, as BCD; it counts tenths of seconds out of mains periods.
  uint8_t tod_[4] = {0, 0, 0, 1}, alarm_[4] = {0, 0, 0, 0}, latched_[4] = {0, 0, 0, 0};
  bool pulse_b_ = false;          // timer A ran out in the cycle before: the linked timer B sees it now
  uint64_t read_cycle_ = kNever;  // when the flags were last read
  bool tod_latched_ = false, tod_stopped_ = true;
  uint64_t tod_next_ = 0;  // 32.32 cycle of the next mains period
  uint64_t tod_period_ = 0;
  uint8_t tod_divider_ = 0;
  double clock_hz_ = 985248.0;
};

}  // namespace sidflow
