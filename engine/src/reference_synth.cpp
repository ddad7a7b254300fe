// SPDX-License-Identifier: GPL-3.0-or-later
#include "reference_synth.h"

#include <algorithm>
#include <cmath>

#include "Filter6581.h"
#include "Filter8580.h"
#include "SID.h"

namespace sidflow {

namespace {

constexpr int kChunkCycles = 2048;
// A write reaches libsidplayfp's SID after the chip's cycle in which the CPU makes it: the chip is this far ahead.
constexpr uint64_t kWriteDelay = 1;
constexpr uint8_t kVolumeRegister = 0x18;
constexpr uint8_t kFilterRegister = 0x17;
constexpr uint8_t kDigiMute = 8;
// The warm-up of a chip that takes over: its filter finds its working point, then the mean of the sound is measured
// (the output's high-pass at 1.6 Hz would need a second to find it), then the resampler's memory fills.
constexpr double kFilterSeconds = 0.006;
constexpr double kMeasureSeconds = 0.032;
constexpr double kResamplerSeconds = 0.005;
constexpr int kMeasureStep = 16;  // cycles; the measured point is behind a 16 kHz low-pass

reSIDfp::ChipModel model_of(ChipModel model) {
  return model == ChipModel::mos6581 ? reSIDfp::MOS6581 : reSIDfp::MOS8580;
}

// reSIDfp keeps the 23-bit noise register the other way round.
uint32_t mirrored(uint32_t noise) {
  uint32_t result = 0;
  for (int bit = 0; bit < 23; bit++) result |= ((noise >> bit) & 1) << (22 - bit);
  return result;
}

// When an output that was let go, or a noise register under the test bit, loses its next bit.
struct FadeTimes {
  uint32_t wait, step;
  uint32_t left(uint64_t elapsed) const {
    return static_cast<uint32_t>(elapsed < wait ? wait - elapsed : step - (elapsed - wait) % step);
  }
};
constexpr FadeTimes kOutputFade[2] = {{54000, 1400}, {800000, 50000}};
constexpr FadeTimes kNoiseFade[2] = {{50000, 15000}, {986000, 314300}};

void build_common_rows(reSIDfp::FilterModelConfig& tables) {
  tables.volumeRow(0);
  tables.volumeRow(15);
  tables.resonanceRow(0);
  tables.resonanceRow(15);
  for (unsigned int inputs = 0; inputs < 3; inputs++) tables.summerRow(inputs);
  for (unsigned int inputs = 3; inputs < 5; inputs++) tables.mixerRow(inputs);
}

double pass_hz(double rate) { return rate > 44000. ? 20000. : rate * 0.45; }

double intermediate_hz(double clock_hz, double rate) {
  const double pass = pass_hz(rate);
  return 2. * pass + std::sqrt(2. * pass * clock_hz * (rate - 2. * pass) / rate);
}

// In samples of its output: Kaiser's estimate of a low-pass that lets `pass` through and has 96 dB beyond (rate -
// pass).
double half_of_filter(double rate, double pass) {
  constexpr double kAttenuation = 96.33, kPi = 3.14159265358979;
  const double transition = (1. - 2. * pass / rate) * 2. * kPi;
  return ((kAttenuation - 7.95) / (2.285 * transition) + 0.5) / 2.;
}

}  // namespace

ReferenceSynth::ReferenceSynth() = default;
ReferenceSynth::~ReferenceSynth() = default;

// The steps of reSIDfp's TwoPassSincResampler: to an intermediate rate, then to ours.
double ReferenceSynth::cycles_per_second_of_sound(double clock_hz, int sample_rate_hz) {
  const double rate = sample_rate_hz;
  const double between_hz = intermediate_hz(clock_hz, rate);
  return std::floor(clock_hz / between_hz * 1024.) * std::floor(between_hz / rate * 1024.) / (1024. * 1024.) * rate;
}

double ReferenceSynth::latency_frames(double clock_hz, int sample_rate_hz) {
  const double rate = sample_rate_hz;
  const double between_hz = intermediate_hz(clock_hz, rate);
  return half_of_filter(between_hz, pass_hz(rate)) * rate / between_hz + half_of_filter(rate, pass_hz(rate));
}

void ReferenceSynth::prepare(ChipModel model) {
  if (model == ChipModel::mos6581) {
    build_common_rows(*reSIDfp::FilterModelConfig6581::getInstance());
  } else {
    build_common_rows(*reSIDfp::FilterModelConfig8580::getInstance());
  }
}

void ReferenceSynth::make_chip(const SynthSettings& settings, uint64_t cycle) {
  settings_ = settings;
  sid_ = std::make_unique<reSIDfp::SID>(model_of(settings.model));
  sid_->setSamplingParameters(settings.clock_hz, reSIDfp::RESAMPLE, settings.sample_rate_hz);
  sid_->reset();  // the resampler's memory is not cleared when it is made
  sid_->enableFilter(settings.filter_enabled);
  for (int voice = 0; voice < 3; voice++) sid_->voiceAt(voice).setMuted((muted_ >> voice) & 1);
  ahead_.clear();
  cycles_per_sample_ = cycles_per_second_of_sound(settings.clock_hz, settings.sample_rate_hz) / settings.sample_rate_hz;
  start_ = now_ = cycle;
  delivered_ = 0;
}

// A chip at power-on: its levels swing in, audibly, as the real one's and libsidplayfp's do; the volume is the
// KERNAL's.
void ReferenceSynth::reset(const SynthSettings& settings, uint64_t cycle) {
  make_chip(settings, cycle);
  const uint8_t registers[32] = {};
  write_all(registers);
  write(kVolumeRegister, 0x0f);
  run(kWriteDelay);
}

void ReferenceSynth::resume(const SynthSettings& settings, const SidState& state) {
  make_chip(settings, state.cycle);
  start_ -= settings.head_start;
  write_all(state.registers);

  // The resampler's first sample comes with its first cycle, so one sample more than is due is always there.
  const double seconds = kFilterSeconds + kMeasureSeconds + kResamplerSeconds;
  const uint64_t warm_up =
      static_cast<uint64_t>(std::ceil(seconds * settings.sample_rate_hz) * cycles_per_sample_) + settings.head_start;
  take_over(state, warm_up);
  const uint64_t filtering = static_cast<uint64_t>(kFilterSeconds * settings.clock_hz);
  const uint64_t measuring = static_cast<uint64_t>(kMeasureSeconds * settings.clock_hz);
  run(filtering);
  sid_->outputFilter().settleAt(mean_level(measuring));
  run(warm_up - filtering - measuring);
  take_over(state, 0);
  if (ahead_.size() > 1) ahead_.erase(ahead_.begin(), ahead_.end() - 1);
}

// Puts the state's voices into the chip as they were `rewind_cycles` earlier. With rewinding, levels stand still and
// hard sync and noise are not followed back: the call without rewinding puts all of it right.
void ReferenceSynth::take_over(const SidState& state, uint64_t rewind_cycles) {
  const int model = state.model == ChipModel::mos8580;
  for (int i = 0; i < 3; i++) {
    const VoiceState& voice = state.voices[i];
    const bool test = (state.control(i) & 8) != 0;
    const uint32_t run_on = test ? 0 : static_cast<uint32_t>(rewind_cycles * state.frequency(i));
    sid_->voiceAt(i).wave()->resume((voice.phase - run_on) & 0xffffff, mirrored(voice.noise.bits), voice.noise_delay,
                                    voice.next_pulse_high, state.waveform_output(i, false),
                                    kOutputFade[model].left(state.cycle - voice.timer_cycle),
                                    kNoiseFade[model].left(state.cycle - voice.test_cycle));
    take_over_envelope(i, voice.envelope, rewind_cycles > 0);
  }
  sid_->resync();
}

void ReferenceSynth::take_over_envelope(int voice, const Envelope& from, bool hold) {
  reSIDfp::EnvelopeGenerator::Standing at;
  at.level = from.level;
  at.level_before = from.level_before;
  at.phase = static_cast<unsigned int>(from.phase);
  at.next_phase = static_cast<unsigned int>(from.next_phase);
  at.position = from.position;
  at.match = from.match;
  at.match_seen = from.match_seen;
  at.counts = from.counts && !hold;
  at.exponential_counter = from.exponential_counter;
  at.exponential_period = from.exponential_period;
  at.next_exponential_period = from.next_exponential_period;
  at.phase_delay = hold ? 0 : from.phase_delay;
  at.step_delay = hold ? 0 : from.step_delay;
  at.exponential_delay = hold ? 0 : from.exponential_delay;
  sid_->voiceAt(voice).envelope()->resume(at);
}

// Runs and answers the mean level at the output filter's high-pass.
int ReferenceSynth::mean_level(uint64_t cycles) {
  int64_t sum = 0;
  int64_t count = 0;
  for (uint64_t done = 0; done < cycles; done += kMeasureStep) {
    run(std::min<uint64_t>(kMeasureStep, cycles - done));
    sum += sid_->outputFilter().lowPassed();
    count++;
  }
  return static_cast<int>(sum / std::max<int64_t>(count, 1));
}

void ReferenceSynth::run(uint64_t cycles) {
  int16_t made[kChunkCycles];  // a cycle makes one sample at most
  while (cycles > 0) {
    const unsigned int step = static_cast<unsigned int>(std::min<uint64_t>(cycles, kChunkCycles));
    const int count = sid_->clock(step, made);
    ahead_.insert(ahead_.end(), made, made + count);
    cycles -= step;
  }
}

void ReferenceSynth::run_to(uint64_t cycle) {
  if (cycle <= now_) return;
  run(cycle - now_);
  now_ = cycle;
}

int ReferenceSynth::render(const RegisterWrite* writes, int count, uint8_t chip, uint64_t end_cycle, int16_t* samples,
                           int capacity) {
  if (!sid_) return 0;
  for (int i = 0; i < count; i++) {
    if (writes[i].chip != chip) continue;
    run_to(std::min(writes[i].cycle, end_cycle));
    write(writes[i].reg, writes[i].value);
  }
  run_to(end_cycle);

  const uint64_t elapsed = now_ - start_;
  size_t due = 0;
  while (due < ahead_.size() && due < static_cast<size_t>(capacity) &&
         static_cast<uint64_t>(static_cast<double>(delivered_ + due + 1) * cycles_per_sample_) <= elapsed) {
    due++;
  }
  std::copy_n(ahead_.begin(), due, samples);
  ahead_.erase(ahead_.begin(), ahead_.begin() + due);
  delivered_ += due;
  return static_cast<int>(due);
}

void ReferenceSynth::write(uint8_t reg, uint8_t value) {
  registers_[reg & 0x1f] = value;
  if (reg == kVolumeRegister && (muted_ & kDigiMute) != 0) value |= 0x0f;
  sid_->write(reg, value);
}

void ReferenceSynth::write_all(const uint8_t* registers) {
  for (int reg = 0; reg < 32; reg++) write(static_cast<uint8_t>(reg), registers[reg]);
}

void ReferenceSynth::set_filter_enabled(bool enabled) {
  settings_.filter_enabled = enabled;
  if (!sid_) return;
  sid_->enableFilter(enabled);
  // reSIDfp works out its mixer anew only when this register is written.
  sid_->write(kFilterRegister, registers_[kFilterRegister]);
}

void ReferenceSynth::set_muted(uint8_t voices) {
  muted_ = voices;
  if (!sid_) return;
  for (int voice = 0; voice < 3; voice++) sid_->voiceAt(voice).setMuted((voices >> voice) & 1);
  write(kVolumeRegister, registers_[kVolumeRegister]);
}

uint8_t ReferenceSynth::osc3() const { return sid_ ? sid_->read(0x1b) : 0; }
uint8_t ReferenceSynth::env3() const { return sid_ ? sid_->read(0x1c) : 0; }

}  // namespace sidflow
