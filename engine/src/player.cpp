// SPDX-License-Identifier: GPL-3.0-or-later
#include "player.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "reference_synth.h"

namespace sidflow {

namespace {
// The machine runs ahead of the synths in blocks of this many frames: long enough to cost nothing, short enough that
// few writes pile up.
constexpr int kBlockFrames = 1024;
constexpr int kCrossfadeMs = 30;
constexpr int kJamFadeMs = 20;
constexpr uint64_t kLongestInstruction = 64;  // cycles, with those that the VIC takes of a bad line
constexpr uint32_t kRomSizes[3] = {8192, 8192, 4096};
// While no sound is made the machine is run in steps of this many cycles.
constexpr uint64_t kSilentStep = 20000;
}  // namespace

size_t Player::Voicing::ready(int chip_count) const {
  size_t frames = made[0].size();
  for (int chip = 1; chip < chip_count; chip++) frames = std::min(frames, made[chip].size());
  return frames;
}

void Player::Voicing::drop(size_t frames, int chip_count) {
  for (int chip = 0; chip < chip_count; chip++)
    made[chip].erase(made[chip].begin(), made[chip].begin() + static_cast<std::ptrdiff_t>(frames));
}

Player::Player() : machine_(new Machine) {}
Player::~Player() = default;

// --- what to play ----------------------------------------------------------------------------------------------------

int Player::clear_and_answer(int status) {
  started_ = false;
  return status_ = status;
}

int Player::load(const uint8_t* file, uint32_t size) {
  loaded_ = false;
  const int status = file == nullptr ? SF_TRUNCATED : parse_tune(file, size, tune_);
  loaded_ = status == SF_OK;
  return clear_and_answer(status);
}

int Player::set_rom(int kind, const uint8_t* rom, uint32_t size) {
  if (kind < 0 || kind > 2) return SF_BAD_OPTION;
  std::vector<uint8_t>* const roms[3] = {&roms_.kernal, &roms_.basic, &roms_.chargen};
  if (size == 0) {
    roms[kind]->clear();
    return SF_OK;
  }
  if (rom == nullptr || size != kRomSizes[kind]) return SF_BAD_ROM;
  roms[kind]->assign(rom, rom + size);
  return SF_OK;
}

int Player::power_on() {
  MachineSetup setup;
  is_ntsc_ = in_force_.clock == 2 || (in_force_.clock == 0 && tune_.clock == Clock::ntsc);
  setup.video = is_ntsc_ ? kNtsc : kPal;
  setup.is_rsid = tune_.is_rsid;
  setup.chips = tune_.chips;
  for (int chip = 0; chip < tune_.chips; chip++) {
    models_[chip] = in_force_.chip_model ? in_force_.chip_model : tune_.models[chip] ? tune_.models[chip] : 6581;
    setup.models[chip] = models_[chip] == 8580 ? ChipModel::mos8580 : ChipModel::mos6581;
    setup.addresses[chip] = tune_.addresses[chip];
  }
  machine_->power_on(setup, roms_);
  return enter_tune(*machine_, tune_, song_, is_ntsc_, environment_);
}

// A PSID's init has to come back. Tried out on a machine of its own time, which is then set back to the beginning.
int Player::wait_for_init() {
  if (tune_.is_rsid) return SF_OK;
  const uint64_t limit = machine_->clk + SF_INIT_CYCLE_LIMIT;
  while (!environment_.init_returned(*machine_) && !machine_->cpu.jammed) {
    if (machine_->clk >= limit) return SF_INIT_TIMEOUT;
    machine_->run(machine_->clk + kSilentStep, false);
    machine_->writes.clear();
  }
  return power_on();
}

int Player::start(int song) {
  if (!loaded_) return clear_and_answer(SF_NO_TUNE);
  if (song == 0) song = tune_.start_song;
  if (song < 1 || song > tune_.songs) return clear_and_answer(SF_SONG_RANGE);
  if (tune_.is_basic && (roms_.basic.empty() || roms_.kernal.empty())) return clear_and_answer(SF_NEEDS_ROMS);
  song_ = song;
  in_force_ = options_;
  int status = power_on();
  if (status == SF_OK) status = wait_for_init();
  if (status != SF_OK) return clear_and_answer(status);

  started_ = true;
  status_ = SF_OK;
  delivered_ = 0;
  traced_ = 0;
  first_write_ = -1;
  handed_out_ = 0;
  silence_from_ = kNever;
  crossfade_left_ = 0;
  next_ = Voicing();
  begin(current_, SF_SYNTH_NONE, false);
  taps_.assign(kMaxChips * SF_VOICES_PER_CHIP * SF_MAX_FRAMES, 0);
  return status_;
}

// --- time ------------------------------------------------------------------------------------------------------------

uint64_t Player::cycle_at(double seconds) const {
  const double clock_hz = is_ntsc_ ? kNtsc.clock_hz : kPal.clock_hz;
  return machine_->start_clk + static_cast<uint64_t>(seconds * clock_hz);
}

// Cycles in a second of sound; see ReferenceSynth.
double Player::sample_clock_hz() const {
  const double clock_hz = is_ntsc_ ? kNtsc.clock_hz : kPal.clock_hz;
  return ReferenceSynth::cycles_per_second_of_sound(clock_hz, in_force_.sample_rate_hz);
}

uint64_t Player::cycle_of_frame(uint64_t frame) const {
  return machine_->start_clk +
         static_cast<uint64_t>(static_cast<double>(frame) * sample_clock_hz() / in_force_.sample_rate_hz);
}

// The cycle at which a voicing has made so many frames.
uint64_t Player::due_cycle(const Voicing& voicing, uint64_t frames) const {
  return voicing.base + (cycle_of_frame(frames) - machine_->start_clk) + 1;
}

// A jammed CPU stops, time does not.
void Player::run_to(uint64_t cycle) {
  machine_->run(cycle, in_force_.path == SF_PATH_FULL);
  if (machine_->cpu.jammed) {
    if (silence_from_ == kNever)
      silence_from_ = static_cast<uint64_t>(static_cast<double>(machine_->clk - machine_->start_clk) *
                                            in_force_.sample_rate_hz / (is_ntsc_ ? kNtsc : kPal).clock_hz);
    machine_->clk = std::max(machine_->clk, cycle);
    status_ = SF_JAMMED;
  }
  if (first_write_ < 0 && !machine_->writes.empty())
    first_write_ = static_cast<double>(machine_->writes.front().cycle - machine_->start_clk);
}

// --- sound -----------------------------------------------------------------------------------------------------------

SynthSettings Player::settings(int chip) const {
  SynthSettings settings;
  settings.model = models_[chip] == 8580 ? ChipModel::mos8580 : ChipModel::mos6581;
  settings.clock_hz = sample_clock_hz();
  settings.sample_rate_hz = in_force_.sample_rate_hz;
  settings.filter_enabled = options_.filter_enabled;
  return settings;
}

// Makes synths that stand where the machine stands: at the song's beginning, or in the middle of it.
void Player::begin(Voicing& voicing, int synth, bool resume, uint64_t sample_clock) {
  voicing = Voicing();
  voicing.synth = synth;
  const uint64_t now = machine_->clk;
  voicing.latency = synth == SF_SYNTH_REFERENCE
                        ? static_cast<int>(std::lround(ReferenceSynth::latency_frames(
                              is_ntsc_ ? kNtsc.clock_hz : kPal.clock_hz, in_force_.sample_rate_hz)))
                        : static_cast<int>(FastSynth::latency_frames);
  // The machine stops after an instruction, up to seven cycles late: samples go on from where they should.
  voicing.base = !resume ? machine_->start_clk : sample_clock != 0 ? sample_clock : now;
  for (int chip = 0; chip < tune_.chips; chip++) {
    if (synth == SF_SYNTH_NONE) continue;
    if (synth == SF_SYNTH_FAST)
      voicing.chips[chip].reset(new FastSynth);
    else
      voicing.chips[chip].reset(new ReferenceSynth);
    SynthSettings chip_settings = settings(chip);
    // reSIDfp's resampler makes the sample clock out of the machine's.
    if (synth == SF_SYNTH_REFERENCE) chip_settings.clock_hz = is_ntsc_ ? kNtsc.clock_hz : kPal.clock_hz;
    if (resume) {
      SidState& state = machine_->sid(chip);
      state.advance(now);
      chip_settings.head_start = static_cast<uint32_t>(now - voicing.base);
      voicing.chips[chip]->resume(chip_settings, state);
    } else {
      voicing.chips[chip]->reset(chip_settings, voicing.base);
    }
  }
  apply_switches(voicing);
}

void Player::apply_switches(Voicing& voicing) {
  for (int chip = 0; chip < tune_.chips; chip++) {
    if (!voicing.chips[chip]) continue;
    const uint32_t voices = options_.muted >> (chip * 3) & 7;
    const uint32_t digis = options_.muted >> (9 + chip) & 1;
    voicing.chips[chip]->set_muted(static_cast<uint8_t>(voices | digis << 3));
    voicing.chips[chip]->set_filter_enabled(options_.filter_enabled);
  }
}

// Brings a voicing to end_cycle; writes that a last instruction made beyond it stay for the next time.
size_t Player::writes_before(uint64_t cycle) const {
  size_t count = machine_->writes.size();
  while (count > 0 && machine_->writes[count - 1].cycle >= cycle) count--;
  return count;
}

void Player::advance(Voicing& voicing, uint64_t end_cycle) {
  const std::vector<RegisterWrite>& writes = machine_->writes;
  const size_t count = writes_before(end_cycle);
  int16_t samples[kBlockFrames + 64];
  for (int chip = 0; chip < tune_.chips; chip++) {
    if (!voicing.chips[chip]) continue;
    const int stored = voicing.chips[chip]->render(writes.data(), static_cast<int>(count), static_cast<uint8_t>(chip),
                                                   end_cycle, samples, kBlockFrames + 64);
    voicing.made[chip].insert(voicing.made[chip].end(), samples, samples + stored);
  }
}

// Beside synths that tell nothing of their voices others follow them, for as long as somebody looks.
void Player::follow_voices(Voicing& voicing) {
  const uint64_t now = machine_->clk;
  const uint64_t rendered_to = voicing.base + (cycle_of_frame(voicing.rendered) - machine_->start_clk);
  for (int chip = 0; chip < tune_.chips; chip++) {
    ChipSynth* const synth = voicing.chips[chip].get();
    if (!options_.taps || synth == nullptr || synth->set_taps(nullptr)) {
      voicing.taps[chip].reset();
    } else if (!voicing.taps[chip]) {
      SidState& state = machine_->sid(chip);
      state.advance(now);
      SynthSettings chip_settings = settings(chip);
      // More than an instruction ahead is a machine that was traced before it was heard: what was missed stays so.
      if (now - rendered_to <= kLongestInstruction) chip_settings.head_start = static_cast<uint32_t>(now - rendered_to);
      voicing.taps[chip].reset(new VoiceTaps);
      voicing.taps[chip]->resume(chip_settings, state);
    }
  }
}

// The same, and what each voice did goes to taps_. The rows get exactly `frames` values: a synth that is a sample ahead
// or behind is cut or held.
void Player::advance_with_taps(Voicing& voicing, uint64_t end_cycle, int frames) {
  int16_t rows[kMaxChips][3][kBlockFrames + 64] = {};
  for (int chip = 0; chip < tune_.chips; chip++) {
    int16_t* const voices[3] = {rows[chip][0], rows[chip][1], rows[chip][2]};
    ChipSynth* const synth = voicing.chips[chip].get();
    if (synth == nullptr || synth->set_taps(voices)) continue;
    const int made = voicing.taps[chip]->render(machine_->writes.data(), static_cast<int>(writes_before(end_cycle)),
                                                static_cast<uint8_t>(chip), end_cycle, voices, kBlockFrames + 64);
    for (int voice = 0; made > 0 && voice < 3; voice++)
      for (int frame = made; frame < frames; frame++) rows[chip][voice][frame] = rows[chip][voice][made - 1];
  }
  advance(voicing, end_cycle);
  for (int chip = 0; chip < tune_.chips; chip++) {
    if (voicing.chips[chip]) voicing.chips[chip]->set_taps(nullptr);
    for (int voice = 0; voice < 3; voice++)
      std::copy(rows[chip][voice], rows[chip][voice] + frames,
                taps_.begin() + (chip * SF_VOICES_PER_CHIP + voice) * SF_MAX_FRAMES + tapped_);
  }
  tapped_ += frames;
}

void Player::make_frames(int frames) {
  current_.rendered += static_cast<uint64_t>(frames);
  uint64_t end_cycle = due_cycle(current_, current_.rendered);
  if (crossfade_left_ > 0) {
    next_.rendered += static_cast<uint64_t>(frames);
    end_cycle = std::max(end_cycle, due_cycle(next_, next_.rendered));
  }
  follow_voices(current_);
  run_to(end_cycle);
  if (options_.taps)
    advance_with_taps(current_, end_cycle, frames);
  else
    advance(current_, end_cycle);
  if (crossfade_left_ > 0) {
    advance(next_, end_cycle);
    next_.drop(std::min(next_.ready(tune_.chips), static_cast<size_t>(next_.skipped)), tune_.chips);
    next_.skipped = 0;
  }
  std::vector<RegisterWrite>& writes = machine_->writes;
  writes.erase(writes.begin(), std::find_if(writes.begin(), writes.end(),
                                            [&](const RegisterWrite& write) { return write.cycle >= end_cycle; }));
}

// Lets a voicing that has just begun come as late after the machine as another does.  Two that are half a millisecond
// apart would cancel each other while one is faded into the other.
void Player::put_in_step(Voicing& voicing, int latency) {
  const int later = voicing.latency - latency;
  voicing.latency = latency;
  if (later > 0) {
    voicing.rendered = static_cast<uint64_t>(later);
    voicing.skipped = later;
  } else {
    for (int chip = 0; chip < tune_.chips; chip++) voicing.made[chip].assign(static_cast<size_t>(-later), 0);
  }
}

// The new synth takes the chips' state over and is faded in; it starts on the machine's cycle.
void Player::change_synth_if_asked() {
  if (options_.synth == current_.synth || crossfade_left_ > 0) return;
  if (current_.synth == SF_SYNTH_NONE) {
    begin(current_, options_.synth, machine_->clk > machine_->start_clk && delivered_ > 0);
    return;
  }
  // Only where the block ended cleanly: a write that is still to come must not be in the state already.
  if (!machine_->writes.empty()) return;
  begin(next_, options_.synth, true);
  put_in_step(next_, current_.latency);
  crossfade_left_ = in_force_.sample_rate_hz * kCrossfadeMs / 1000;
}

int Player::render(int16_t* samples, int frames) {
  if (!started_ || samples == nullptr || frames < 1 || frames > SF_MAX_FRAMES) return 0;
  int done = 0;
  tapped_ = 0;
  while (done < frames) {
    change_synth_if_asked();
    int block = std::min(frames - done, kBlockFrames);
    if (crossfade_left_ > 0) block = std::min(block, crossfade_left_);
    make_frames(block);
    mix(samples + done * in_force_.channels, block);
    done += block;
    delivered_ += static_cast<uint64_t>(block);
  }
  return frames;
}

namespace {
int16_t clip(int32_t value) { return static_cast<int16_t>(std::min(32767, std::max(-32768, value))); }
}  // namespace

// The chips of a machine whose CPU has stopped would drone for ever: their sound is faded out.
int32_t Player::after_jam(int32_t sample, uint64_t frame) const {
  if (frame < silence_from_) return sample;
  const int64_t fade = in_force_.sample_rate_hz * kJamFadeMs / 1000;
  const int64_t left = fade - static_cast<int64_t>(frame - silence_from_);
  return left > 0 ? static_cast<int32_t>(sample * left / fade) : 0;
}

void Player::mix(int16_t* samples, int frames) {
  const int chips = tune_.chips;
  // Left and right weights in 1/256 of each chip's share; several chips share the full level.
  int left[kMaxChips], right[kMaxChips];
  for (int chip = 0; chip < chips; chip++) {
    const int side = chips == 1 ? 0 : chips == 2 ? (chip == 0 ? -1 : 1) : (chip == 0 ? -1 : chip == 1 ? 0 : 1);
    const int away = in_force_.channels == 2 ? side * in_force_.separation : 0;
    left[chip] = 256 * (100 - away) / 100;
    right[chip] = 256 * (100 + away) / 100;
  }
  const int next_total = in_force_.sample_rate_hz * kCrossfadeMs / 1000;
  const auto sample_of = [](const Voicing& voicing, int chip, size_t frame) -> int32_t {
    return frame < voicing.made[chip].size() ? voicing.made[chip][frame] : 0;
  };
  const bool with_noise = current_.synth == SF_SYNTH_REFERENCE;
  if (with_noise) noise_.go_to(delivered_ * static_cast<uint64_t>(in_force_.channels));
  for (int frame = 0; frame < frames; frame++) {
    int32_t sum_left = 0, sum_right = 0;
    for (int chip = 0; chip < chips; chip++) {
      int32_t value = sample_of(current_, chip, static_cast<size_t>(frame));
      if (crossfade_left_ > 0) {
        const int32_t other = sample_of(next_, chip, static_cast<size_t>(frame));
        const int32_t weight = (next_total - (crossfade_left_ - frame)) * 256 / next_total;
        value += (other - value) * weight / 256;
      }
      sum_left += value * left[chip];
      sum_right += value * right[chip];
    }
    const uint64_t place = delivered_ + static_cast<uint64_t>(frame);
    const auto finished = [&](int32_t sum) {
      const int32_t sample = after_jam(sum / (256 * chips), place);
      return clip(with_noise ? noise_.round(sample) : sample);
    };
    int16_t* const out = samples + frame * in_force_.channels;
    out[0] = finished(sum_left);
    if (in_force_.channels == 2) out[1] = finished(sum_right);
  }
  const auto used = [&](const Voicing& voicing) { return std::min(voicing.ready(chips), static_cast<size_t>(frames)); };
  current_.drop(used(current_), chips);
  if (crossfade_left_ == 0) return;
  next_.drop(used(next_), chips);
  crossfade_left_ -= frames;
  if (crossfade_left_ == 0) {
    current_ = std::move(next_);
    next_ = Voicing();
  }
}

int Player::prepare_reference() {
  if (!started_) return SF_NO_TUNE;
  for (int chip = 0; chip < tune_.chips; chip++)
    ReferenceSynth::prepare(models_[chip] == 8580 ? ChipModel::mos8580 : ChipModel::mos6581);
  return SF_OK;
}

// --- without sound ---------------------------------------------------------------------------------------------------

int Player::trace(sf_write* writes, int capacity, double until_seconds) {
  if (!started_ || writes == nullptr || capacity < 1 || !(until_seconds >= 0) || until_seconds > 1e7) return 0;
  const uint64_t until = cycle_at(until_seconds);
  int stored = 0;
  for (;;) {
    std::vector<RegisterWrite>& made = machine_->writes;
    while (handed_out_ < made.size() && stored < capacity && made[handed_out_].cycle < until) {
      const RegisterWrite& write = made[handed_out_++];
      writes[stored++] = {
          static_cast<double>(write.cycle - machine_->start_clk), write.chip, write.reg, write.value, {}};
    }
    if (stored == capacity) return stored;
    if (handed_out_ < made.size()) break;  // the rest lies beyond
    made.clear();
    handed_out_ = 0;
    if (machine_->clk >= until) break;
    run_to(std::min(until, machine_->clk + kSilentStep));
  }
  traced_ = std::max(traced_, until_seconds);
  return stored;
}

int Player::seek(double seconds) {
  if (!started_) return SF_NO_TUNE;
  if (!(seconds >= 0) || seconds > 1e6) return SF_BAD_OPTION;
  const double rate = in_force_.sample_rate_hz;
  const uint64_t frame = static_cast<uint64_t>(seconds * rate);
  if (cycle_of_frame(frame) < machine_->clk || frame < delivered_) {
    const PlayerOptions now = options_;
    options_ = in_force_;
    const int status = start(song_);
    options_ = now;
    if (status != SF_OK) return status;
  }
  const uint64_t target = cycle_of_frame(frame);
  while (machine_->clk < target) {
    run_to(std::min(target, machine_->clk + kSilentStep));
    machine_->writes.clear();
  }
  crossfade_left_ = 0;
  next_ = Voicing();
  begin(current_, options_.synth, machine_->clk > machine_->start_clk && frame > 0, target);
  delivered_ = frame;
  return SF_OK;
}

// --- options and facts -----------------------------------------------------------------------------------------------

int Player::set_option(int option, double value) {
  if (!(value >= -1e9 && value <= 1e9)) return SF_BAD_OPTION;
  const int whole = static_cast<int>(value);
  const auto within = [&](int low, int high) { return value == whole && whole >= low && whole <= high; };
  bool good = false;
  switch (option) {
    case SF_OPT_SYNTH:
      if ((good = within(SF_SYNTH_NONE, SF_SYNTH_REFERENCE))) options_.synth = whole;
      break;
    case SF_OPT_SAMPLE_RATE:
      if ((good = within(8000, 192000))) options_.sample_rate_hz = whole;
      break;
    case SF_OPT_CHANNELS:
      if ((good = within(1, 2))) options_.channels = whole;
      break;
    case SF_OPT_CHIP_MODEL:
      if ((good = whole == value && (whole == 0 || whole == 6581 || whole == 8580))) options_.chip_model = whole;
      break;
    case SF_OPT_CLOCK:
      if ((good = within(0, 2))) options_.clock = whole;
      break;
    case SF_OPT_FILTER:
      if ((good = within(0, 1))) options_.filter_enabled = whole != 0;
      break;
    case SF_OPT_PATH:
      if ((good = within(SF_PATH_CHOOSE, SF_PATH_FULL))) options_.path = whole;
      break;
    case SF_OPT_MUTE:
      if ((good = within(0, 0xfff))) options_.muted = static_cast<uint32_t>(whole);
      break;
    case SF_OPT_SEPARATION:
      if ((good = within(0, 100))) options_.separation = in_force_.separation = whole;
      break;
    case SF_OPT_TAPS:
      if ((good = within(0, 1))) options_.taps = whole != 0;
      break;
    default:
      break;
  }
  if (good && (option == SF_OPT_MUTE || option == SF_OPT_FILTER)) {
    apply_switches(current_);
    apply_switches(next_);
  }
  return good ? SF_OK : SF_BAD_OPTION;
}

double Player::option(int option) const {
  switch (option) {
    case SF_OPT_SYNTH:
      return options_.synth;
    case SF_OPT_SAMPLE_RATE:
      return options_.sample_rate_hz;
    case SF_OPT_CHANNELS:
      return options_.channels;
    case SF_OPT_CHIP_MODEL:
      return options_.chip_model;
    case SF_OPT_CLOCK:
      return options_.clock;
    case SF_OPT_FILTER:
      return options_.filter_enabled;
    case SF_OPT_PATH:
      return options_.path;
    case SF_OPT_MUTE:
      return options_.muted;
    case SF_OPT_SEPARATION:
      return options_.separation;
    case SF_OPT_TAPS:
      return options_.taps;
    default:
      return -1;
  }
}

double Player::info(int field) const {
  switch (field) {
    case SF_INFO_SONGS:
      return loaded_ ? tune_.songs : 0;
    case SF_INFO_START_SONG:
      return loaded_ ? tune_.start_song : 0;
    case SF_INFO_SONG:
      return started_ ? song_ : 0;
    case SF_INFO_CHIPS:
      return loaded_ ? tune_.chips : 0;
    case SF_INFO_CLOCK_HZ:
      return is_ntsc_ ? kNtsc.clock_hz : kPal.clock_hz;
    case SF_INFO_IS_NTSC:
      return is_ntsc_;
    case SF_INFO_MODEL_0:
    case SF_INFO_MODEL_1:
    case SF_INFO_MODEL_2:
      return started_ && field - SF_INFO_MODEL_0 < tune_.chips ? models_[field - SF_INFO_MODEL_0] : 0;
    case SF_INFO_ADDRESS_0:
    case SF_INFO_ADDRESS_1:
    case SF_INFO_ADDRESS_2:
      return loaded_ && field - SF_INFO_ADDRESS_0 < tune_.chips ? tune_.addresses[field - SF_INFO_ADDRESS_0] : 0;
    case SF_INFO_IS_RSID:
      return loaded_ && tune_.is_rsid;
    case SF_INFO_PATH:
      return in_force_.path == SF_PATH_FULL || machine_->used_exact_bus ? 2 : 1;
    case SF_INFO_STATUS:
      return status_;
    case SF_INFO_CYCLE:
      return started_ ? static_cast<double>(machine_->clk - machine_->start_clk) : 0;
    case SF_INFO_POSITION:
      if (!started_) return 0;
      return std::max(traced_, static_cast<double>(delivered_) / in_force_.sample_rate_hz);
    case SF_INFO_FIRST_WRITE:
      return first_write_;
    default:
      return -1;
  }
}

}  // namespace sidflow
