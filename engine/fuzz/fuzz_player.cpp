// SPDX-License-Identifier: GPL-3.0-or-later
// Can any file, with any options and any order of calls, crash the engine, hang it, or make it break its word?
//
// An input is 24 bytes that say what to do, then the bytes of a tune. Work is bounded: at most eight calls, each of
// some hundredths of a second of C64 time; the slow reference synth is asked for a few samples in one input of many.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "sidflow_engine.h"

namespace {

constexpr size_t kScriptBytes = 24;
constexpr int kCalls = 8;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

// The bytes that steer; past the end they are 0.
struct Script {
  const uint8_t* data;
  size_t size;
  size_t at = 0;
  uint8_t next() { return at < size ? data[at++] : 0; }
};

void check_status(int status) {
  require(status >= SF_OK && status <= SF_NO_MEMORY, "a status is one of the declared ones");
  require(*sf_status_code(status) != 0 && *sf_status_message(status) != 0, "each status has its texts");
}

// Values worth trying for each option, in and out of range.
void set_some_option(sf_player* player, uint8_t which, uint8_t choice) {
  static const double rates[] = {44100, 22050, 11025, 8000, 48000, 192000, 7999, 192001};
  static const double values[] = {0,     1,   2,   3,    6581, 8580, 100,      -1,
                                  1e300, 0.5, 511, 4095, -0.0, NAN,  INFINITY, 2147483648.0};
  const int option = which % 12;
  const double value = option == SF_OPT_SAMPLE_RATE ? rates[choice % 8] : values[choice % 16];
  // The reference synth comes only where `run` means it: one input with it costs as much as a thousand without.
  if (option == SF_OPT_SYNTH && value == SF_SYNTH_REFERENCE) return;
  const double before = sf_get_option(player, option);
  const int status = sf_set_option(player, option, value);
  check_status(status);
  const double after = sf_get_option(player, option);
  require(status == SF_OK || after == before || (std::isnan(after) && std::isnan(before)),
          "a refused value changes nothing");
}

void trace_some(sf_player* player, double until, int capacity) {
  static sf_write writes[256];
  capacity = std::clamp(capacity, 1, 256);
  double last = -1;
  for (int batch = 0; batch < 16; ++batch) {
    const int count = sf_trace(player, writes, capacity, until);
    require(count >= 0 && count <= capacity, "a trace stores no more than it may");
    for (int index = 0; index < count; ++index) {
      require(writes[index].cycle >= last, "writes come in order");
      require(writes[index].chip < SF_MAX_CHIPS && writes[index].reg < 32, "writes are to chips that exist");
      last = writes[index].cycle;
    }
    if (count < capacity) return;
  }
}

void render_some(sf_player* player, int frames) {
  static int16_t samples[SF_MAX_FRAMES * 2 + 1];
  const int channels = sf_get_option(player, SF_OPT_CHANNELS) == 2 ? 2 : 1;
  samples[frames * channels] = 0x1234;
  const int made = sf_render(player, samples, frames);
  require(made == frames || made == 0, "all frames or none");
  // The channel count may have been changed after the start, when the old one is still in force.
  if (channels == 2) require(samples[frames * 2] == 0x1234, "no more samples than asked for");
  const int16_t* taps = sf_taps(player);
  if (taps && made) {
    volatile int16_t last = taps[(SF_MAX_CHIPS * SF_VOICES_PER_CHIP - 1) * SF_MAX_FRAMES + made - 1];
    (void)last;
  }
}

void look_around(sf_player* player) {
  for (int field = -1; field < SF_INFO_FIRST_WRITE + 2; ++field) sf_info(player, field);
  for (int chip = -1; chip <= SF_MAX_CHIPS; ++chip) {
    const uint8_t* registers = sf_registers(player, chip);
    if (registers && chip >= 0 && chip < SF_MAX_CHIPS) {
      volatile uint8_t last = registers[31];
      (void)last;
    }
  }
  check_status(static_cast<int>(sf_info(player, SF_INFO_STATUS)));
}

// A KERNAL, BASIC or character ROM made of the script's bytes: whatever it is, it must do no harm.
void set_some_rom(sf_player* player, uint8_t which, uint8_t fill) {
  std::vector<uint8_t> rom(which % 3 == 2 ? 4096 : 8192, fill);
  if (which & 0x40) rom.pop_back();
  if (rom.size() >= 4) rom[rom.size() - 3] = 0xe0;
  check_status(sf_set_rom(player, which % 4, rom.data(), static_cast<uint32_t>(rom.size())));
}

void one_call(sf_player* player, uint8_t what, uint8_t how) {
  switch (what & 7) {
    case 0:
      trace_some(player, how / 10000.0, 1 + (what >> 3) * 8);
      break;
    case 1:
    case 2:
      render_some(player, how == 255 ? SF_MAX_FRAMES : 1 + how / 2);
      break;
    case 3:
      check_status(sf_seek(player, how == 255 ? NAN : how == 254 ? -1.0 : how / 5000.0));
      break;
    case 4:
      set_some_option(player, what >> 3, how);
      break;
    case 5:
      check_status(sf_start(player, how < 250 ? how % 5 : how == 250 ? 256 : how == 251 ? 257 : how == 252 ? -1 : 33));
      break;
    case 6:
      look_around(player);
      break;
    default:
      set_some_rom(player, what >> 3, how);
      break;
  }
}

void use_reference_synth(sf_player* player, int frames) {
  if (sf_set_option(player, SF_OPT_SYNTH, SF_SYNTH_REFERENCE) != SF_OK) return;
  check_status(sf_prepare_reference(player));
  render_some(player, frames);
  sf_set_option(player, SF_OPT_SYNTH, SF_SYNTH_FAST);
  render_some(player, frames);
}

// FNV-1a of the input: chance that the input alone decides, so that what is found can be found again.
uint32_t fingerprint(const uint8_t* data, size_t size) {
  uint32_t hash = 2166136261u;
  for (size_t at = 0; at < size; ++at) hash = (hash ^ data[at]) * 16777619u;
  return hash;
}

// One input in a thousand, or all of them when the run is about the reference synth (`run REFERENCE=1`).
bool wants_reference_synth(uint8_t plan, const uint8_t* tune, size_t size) {
  static const bool always = std::getenv("SIDFLOW_FUZZ_REFERENCE") != nullptr;
  return always || ((plan & 0x80) && fingerprint(tune, size) % 512 == 0);
}

void run(sf_player* player, Script script, const uint8_t* tune, size_t size) {
  const uint8_t plan = script.next();
  sf_set_option(player, SF_OPT_SYNTH, plan & 1 ? SF_SYNTH_FAST : SF_SYNTH_NONE);
  sf_set_option(player, SF_OPT_PATH, plan & 2 ? SF_PATH_FULL : SF_PATH_CHOOSE);
  sf_set_option(player, SF_OPT_CHANNELS, plan & 4 ? 2 : 1);
  sf_set_option(player, SF_OPT_TAPS, plan & 8 ? 1 : 0);
  if (plan & 16) set_some_option(player, script.next(), script.next());
  const int loaded = sf_load(player, tune, static_cast<uint32_t>(size));
  check_status(loaded);
  const int started = sf_start(player, script.next() % 4);
  check_status(started);
  require(loaded == SF_OK || started != SF_OK, "what was not loaded does not start");
  for (int call = 0; call < kCalls; ++call) {
    const uint8_t what = script.next();
    one_call(player, what, script.next());
  }
  if (started == SF_OK && wants_reference_synth(plan, tune, size)) use_reference_synth(player, 64);
  look_around(player);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < kScriptBytes) return 0;
  sf_player* player = sf_new();
  require(player != nullptr, "there is memory for a player");
  run(player, Script{data, kScriptBytes}, data + kScriptBytes, size - kScriptBytes);
  sf_free(player);
  return 0;
}
