// SPDX-License-Identifier: GPL-3.0-or-later
//
// What does Debian's libsidplayfp make of a tune: which writes reach its SIDs and when, how does it sound, how long
// does it take? A test-only program; nothing that is shipped links with libsidplayfp.
//
//   oracle trace FILE SONG CYCLES      first `# driver ADDRESS LENGTH MODEL`, then `cycle chip register value` a line
//   oracle state FILE SONG CYCLES      after every step of a few thousand cycles: milliseconds, chip, 32 registers
//   oracle time  FILE SONG CYCLES SYNTH RATE   `CPU-seconds emulated-seconds`; SYNTH: none, interpolate, resample
//   oracle sound FILE SONG CYCLES RATE OUT     16-bit mono samples of its reSIDfp, resampled
// Cycles count from power-on (trace lines too). Options before the verb: --kernal (a small KERNAL of our own instead of
// the library's), --delay N (power-on delay in cycles, none unless told: so is the sidplayfp command asked), --fp (its
// reSIDfp answers what a tune reads from the chip, else its quicker reSID). Exit status 3: the CPU jammed; what came
// before stands.
//
// The library tells nobody about single writes. `Spy` therefore looks over its builder's shoulder: it takes the chip
// objects that the builder keeps and replaces one entry of their virtual function table, `write`. The places were found
// by looking at Debian's 2.4.2 binary; `Spy::attach` checks them before it believes them, and `state`, which needs no
// such trick, is there to check the spy.
#include <sidplayfp/SidConfig.h>
#include <sidplayfp/SidInfo.h>
#include <sidplayfp/SidTune.h>
#include <sidplayfp/SidTuneInfo.h>
#include <sidplayfp/builders/resid.h>
#include <sidplayfp/builders/residfp.h>
#include <sidplayfp/sidplayfp.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

namespace {

constexpr int kExitJammed = 3;

[[noreturn]] void fail(const std::string &sentence) {
  std::fprintf(stderr, "oracle: %s\n", sentence.c_str());
  std::exit(1);
}

// ---- the spy ----

struct Write {
  int64_t cycle;
  int chip, reg, value;
};

// Inside a chip object: the table pointer, 32 last-written registers, the builder, the event scheduler; inside the
// scheduler: the first event, then the time in half cycles.
constexpr int kBuilderAt = 40, kSchedulerAt = 48, kTimeAt = 8;
// In front of the table stand two words of type information; `write` is the sixth of its thirteen functions.
constexpr int kTableFront = 2, kWriteSlot = 5, kTableSlots = 13;
using WriteFunction = void (*)(void *chip, uint8_t reg, uint8_t value);

std::vector<Write> recorded;
std::vector<void *> chips;
WriteFunction original_write;
void *spied_table[kTableFront + kTableSlots];

template <typename T>
T field(const void *object, int offset) {
  T value;
  std::memcpy(&value, static_cast<const char *>(object) + offset, sizeof value);
  return value;
}

int64_t machine_cycle() { return field<int64_t>(field<void *>(chips[0], kSchedulerAt), kTimeAt) >> 1; }

void spied_write(void *chip, uint8_t reg, uint8_t value) {
  for (size_t i = 0; i < chips.size(); i++)
    if (chips[i] == chip) recorded.push_back({machine_cycle(), static_cast<int>(i), reg, value});
  original_write(chip, reg, value);
}

// ReSIDBuilder is the quicker one and right for all that is written; ReSIDfpBuilder answers reads of OSC3 and ENV3 as
// the chip does.
template <typename Builder>
class Spy : public Builder {
 public:
  Spy() : Builder("spy") {}

  // Call with a tune loaded. The builder hands its chips out in the order of its set: first chip first.
  void attach() {
    for (auto *chip : this->sidobjs) {
      auto *object = reinterpret_cast<void *>(chip);
      if (field<sidbuilder *>(object, kBuilderAt) != static_cast<sidbuilder *>(this))
        fail("this libsidplayfp is laid out otherwise than version 2.4.2");
      chips.push_back(object);
    }
    void **table = field<void **>(chips.at(0), 0);
    std::memcpy(spied_table, table - kTableFront, sizeof spied_table);
    original_write = reinterpret_cast<WriteFunction>(spied_table[kTableFront + kWriteSlot]);
    spied_table[kTableFront + kWriteSlot] = reinterpret_cast<void *>(&spied_write);
    void **spied = spied_table + kTableFront;
    for (void *object : chips) std::memcpy(object, &spied, sizeof spied);
  }
};

// ---- a KERNAL of our own: the interrupt entries and exits at their known places, RTS everywhere else ----

void put(std::vector<uint8_t> &rom, int address, std::initializer_list<int> bytes) {
  for (int byte : bytes) rom[static_cast<size_t>(address++ - 0xe000)] = static_cast<uint8_t>(byte);
}

std::vector<uint8_t> small_kernal() {
  std::vector<uint8_t> rom(0x2000, 0x60);
  // IRQ entry: save A, X, Y; BRK goes through ($0316), an interrupt through ($0314).
  put(rom, 0xff48,
      {0x48, 0x8a, 0x48, 0x98, 0x48, 0xba, 0xbd, 0x04, 0x01, 0x29, 0x10, 0xf0, 0x03, 0x6c, 0x16, 0x03, 0x6c, 0x14,
       0x03});
  put(rom, 0xea31, {0x4c, 0x7e, 0xea});
  put(rom, 0xea7e, {0xad, 0x0d, 0xdc});
  put(rom, 0xea81, {0x68, 0xa8, 0x68, 0xaa, 0x68, 0x40});
  put(rom, 0xfe43, {0x78, 0x6c, 0x18, 0x03});
  put(rom, 0xfe47, {0x40});
  put(rom, 0xfebc, {0x68, 0xa8, 0x68, 0xaa, 0x68, 0x40});
  put(rom, 0xfce2, {0x02});
  put(rom, 0xfffa, {0x43, 0xfe, 0xe2, 0xfc, 0x48, 0xff});
  return rom;
}

// ---- playing ----

struct Request {
  std::string verb, file;
  int song = 0;
  int64_t cycles = 0;
  bool kernal = false, fp = false;
  int delay = 0;
  unsigned seed = 1;  // what a C program has that sets none, as the sidplayfp command
  std::vector<std::string> rest;
};

Request parse(int argc, char **argv) {
  Request request;
  int i = 1;
  for (; i < argc && argv[i][0] == '-'; i++) {
    if (std::string(argv[i]) == "--kernal") request.kernal = true;
    if (std::string(argv[i]) == "--fp") request.fp = true;
    if (std::string(argv[i]) == "--seed" && i + 1 < argc) request.seed = static_cast<unsigned>(std::atoi(argv[++i]));
    if (std::string(argv[i]) == "--delay" && i + 1 < argc) request.delay = std::atoi(argv[++i]);
  }
  if (argc - i < 4)
    fail("usage: oracle [--kernal] [--fp] [--delay N] [--seed N] trace|state|time|sound FILE SONG CYCLES ...");
  request.verb = argv[i];
  request.file = argv[i + 1];
  request.song = std::atoi(argv[i + 2]);
  request.cycles = std::atoll(argv[i + 3]);
  for (i += 4; i < argc; i++) request.rest.emplace_back(argv[i]);
  return request;
}

struct Session {
  sidplayfp player;
  std::vector<uint8_t> kernal = small_kernal();
  std::unique_ptr<SidTune> tune;

  void open(const Request &request, sidbuilder *builder, unsigned rate, SidConfig::sampling_method_t method) {
    if (request.kernal) player.setKernal(kernal.data());
    SidConfig config = player.config();
    config.powerOnDelay = static_cast<uint_least16_t>(request.delay);
    config.playback = SidConfig::MONO;
    config.frequency = rate;
    config.samplingMethod = method;
    config.fastSampling = true;
    config.sidEmulation = builder;
    if (!player.config(config)) fail(player.error());
    tune = std::make_unique<SidTune>(request.file.c_str());
    if (!tune->getStatus()) fail(tune->statusString());
    tune->selectSong(static_cast<unsigned>(request.song));
    if (!player.load(tune.get())) fail(player.error());
  }
  // One step without sound: 5000 of the library's events, some 2,300..4,700 cycles. At this rate it takes one at a
  // time.
  static constexpr unsigned kStepRate = 400000;
  void step() { player.play(nullptr, 0); }
};

// After a jam the library starts the song anew and its clock with it: time that goes back is a jam.
template <typename AfterStep>
int run_to(Session &session, const Request &request, AfterStep after_step) {
  for (int64_t last = 0; machine_cycle() < request.cycles;) {
    session.step();
    if (machine_cycle() < last || !session.player.isPlaying()) return kExitJammed;
    last = machine_cycle();
    after_step();
  }
  return 0;
}

template <typename Builder>
int trace(const Request &request) {
  Spy<Builder> spy;
  Session session;
  spy.create(session.player.info().maxsids());
  session.open(request, &spy, Session::kStepRate, SidConfig::INTERPOLATE);
  spy.attach();
  std::printf("# driver %04x %d %s\n", session.player.info().driverAddr(), session.player.info().driverLength(),
              session.player.info().speedString());
  size_t printed = 0;
  const int status = run_to(session, request, [&] {
    for (; printed < recorded.size(); printed++) {
      const Write &write = recorded[printed];
      if (write.cycle >= request.cycles) continue;
      std::printf("%lld %d %02x %02x\n", static_cast<long long>(write.cycle), write.chip, write.reg, write.value);
    }
  });
  return status;
}

int state(const Request &request) {
  Spy<ReSIDBuilder> spy;
  Session session;
  spy.create(session.player.info().maxsids());
  session.open(request, &spy, Session::kStepRate, SidConfig::INTERPOLATE);
  spy.attach();
  return run_to(session, request, [&] {
    for (unsigned chip = 0; chip < 3; chip++) {
      uint8_t registers[32];
      if (!session.player.getSidStatus(chip, registers)) continue;
      std::printf("%lld %u ", static_cast<long long>(machine_cycle()), chip);
      for (uint8_t value : registers) std::printf("%02x", value);
      std::printf("\n");
    }
  });
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

int measure(const Request &request) {
  if (request.rest.size() < 2) fail("time wants SYNTH and RATE");
  const bool synth = request.rest[0] != "none";
  const auto method = request.rest[0] == "resample" ? SidConfig::RESAMPLE_INTERPOLATE : SidConfig::INTERPOLATE;
  const unsigned rate = static_cast<unsigned>(std::atoi(request.rest[1].c_str()));
  const double seconds = static_cast<double>(request.cycles) / 985248.0;
  ReSIDfpBuilder builder("time");
  Session session;
  if (synth) builder.create(session.player.info().maxsids());
  session.open(request, synth ? &builder : nullptr, rate, method);
  std::vector<short> samples(4096);
  session.player.play(synth ? samples.data() : nullptr, synth ? 4096 : 0);
  const double begin = cpu_seconds();
  const uint_least32_t begin_ms = session.player.timeMs();
  while (session.player.timeMs() - begin_ms < seconds * 1000) {
    session.player.play(synth ? samples.data() : nullptr, synth ? 4096 : 0);
    if (!session.player.isPlaying() || session.player.timeMs() < begin_ms) return kExitJammed;
  }
  std::printf("%.6f %.6f\n", cpu_seconds() - begin, (session.player.timeMs() - begin_ms) / 1000.0);
  return 0;
}

int sound(const Request &request) {
  if (request.rest.size() < 2) fail("sound wants RATE and OUT");
  const unsigned rate = static_cast<unsigned>(std::atoi(request.rest[0].c_str()));
  ReSIDfpBuilder builder("sound");
  Session session;
  builder.create(session.player.info().maxsids());
  session.open(request, &builder, rate, SidConfig::RESAMPLE_INTERPOLATE);
  FILE *out = std::fopen(request.rest[1].c_str(), "wb");
  if (!out) fail("cannot write " + request.rest[1]);
  const double seconds = static_cast<double>(request.cycles) / 985248.0;
  std::vector<short> samples(4096);
  for (auto wanted = static_cast<int64_t>(seconds * rate); wanted > 0;) {
    const auto count = static_cast<uint_least32_t>(wanted < 4096 ? wanted : 4096);
    const uint_least32_t made = session.player.play(samples.data(), count);
    std::fwrite(samples.data(), sizeof(short), made, out);
    if (made < count || !session.player.isPlaying()) return std::fclose(out), kExitJammed;
    wanted -= made;
  }
  return std::fclose(out);
}

}  // namespace

int main(int argc, char **argv) {
  const Request request = parse(argc, argv);
  std::srand(request.seed);
  if (request.verb == "trace") return request.fp ? trace<ReSIDfpBuilder>(request) : trace<ReSIDBuilder>(request);
  if (request.verb == "state") return state(request);
  if (request.verb == "time") return measure(request);
  if (request.verb == "sound") return sound(request);
  fail("no such verb: " + request.verb);
}
