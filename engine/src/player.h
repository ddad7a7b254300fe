// SPDX-License-Identifier: GPL-3.0-or-later
// How does a file become sound? One tune on one machine, its writes turned into samples by the chosen synth, from any
// position, or handed out as they are.
//
//   unloaded --load--> loaded --start--> started <--> (render | trace | seek); a jam or a new start may come at any
//   time
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "../include/sidflow_engine.h"
#include "chip_synth.h"
#include "environment.h"
#include "fast_synth.h"
#include "machine.h"
#include "mixer_noise.h"
#include "psid_file.h"

namespace sidflow {

struct PlayerOptions {
  int synth = SF_SYNTH_REFERENCE;
  int sample_rate_hz = 44100;
  int channels = 1;
  int chip_model = 0;
  int clock = 0;
  bool filter_enabled = true;
  int path = SF_PATH_CHOOSE;
  uint32_t muted = 0;
  int separation = 60;
  bool taps = false;
};

class Player {
 public:
  Player();
  ~Player();
  int load(const uint8_t* file, uint32_t size);
  int set_rom(int kind, const uint8_t* rom, uint32_t size);
  int set_option(int option, double value);
  double option(int option) const;
  double info(int field) const;
  int start(int song);
  int prepare_reference();
  int render(int16_t* samples, int frames);
  int trace(sf_write* writes, int capacity, double until_seconds);
  int seek(double seconds);
  const int16_t* taps() const { return taps_.data(); }
  const uint8_t* registers(int chip) const { return machine_->sid_registers[chip]; }

 private:
  // One synth for each chip, and the samples that are made and not yet delivered.
  struct Voicing {
    int synth = SF_SYNTH_NONE;
    uint64_t base = 0;      // machine cycle where its sample clock began
    uint64_t rendered = 0;  // frames made since
    int latency = 0;        // by how many frames its sound comes after the machine's writes
    int skipped = 0;        // frames that are made first and not heard, to be in step with another voicing
    std::unique_ptr<ChipSynth> chips[kMaxChips];
    std::vector<int16_t> made[kMaxChips];
    std::unique_ptr<VoiceTaps> taps[kMaxChips];  // beside synths that have none of their own
    size_t ready(int chip_count) const;
    void drop(size_t frames, int chip_count);
  };

  int power_on();
  int wait_for_init();
  void run_to(uint64_t cycle);
  uint64_t due_cycle(const Voicing& voicing, uint64_t frames) const;
  uint64_t cycle_at(double seconds) const;
  uint64_t cycle_of_frame(uint64_t frame) const;
  double sample_clock_hz() const;
  SynthSettings settings(int chip) const;
  void begin(Voicing& voicing, int synth, bool resume, uint64_t sample_clock = 0);
  void put_in_step(Voicing& voicing, int latency);
  void apply_switches(Voicing& voicing);
  size_t writes_before(uint64_t cycle) const;
  void advance(Voicing& voicing, uint64_t end_cycle);
  void follow_voices(Voicing& voicing);
  void advance_with_taps(Voicing& voicing, uint64_t end_cycle, int frames);
  void make_frames(int frames);
  void change_synth_if_asked();
  int32_t after_jam(int32_t sample, uint64_t frame) const;
  void mix(int16_t* samples, int frames);
  int clear_and_answer(int status);

  TuneFile tune_;
  bool loaded_ = false, started_ = false;
  Roms roms_;
  PlayerOptions options_;
  PlayerOptions in_force_;  // those that take effect at start
  std::unique_ptr<Machine> machine_;
  Environment environment_;
  bool is_ntsc_ = false;
  int song_ = 0;
  int models_[kMaxChips] = {6581, 6581, 6581};
  int status_ = SF_NO_TUNE;

  Voicing current_, next_;
  int crossfade_left_ = 0;          // frames until `next_` has taken over
  uint64_t silence_from_ = kNever;  // the frame at which the CPU jammed
  MixerNoise noise_;
  uint64_t delivered_ = 0;  // frames since the song's beginning
  double traced_ = 0;       // seconds, where no sound is made
  double first_write_ = -1;
  size_t handed_out_ = 0;  // writes of machine_->writes that trace() has given away
  std::vector<int16_t> taps_;
  int tapped_ = 0;  // frames of this render() call that are in taps_
};

}  // namespace sidflow
