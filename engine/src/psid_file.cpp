// SPDX-License-Identifier: GPL-3.0-or-later
#include "psid_file.h"

#include <cstring>

#include "../include/sidflow_engine.h"

namespace sidflow {

namespace {

constexpr uint32_t kHeaderV1 = 0x76, kHeaderV2 = 0x7c;
constexpr uint16_t kLowestRsidAddress = 0x07e8;

uint16_t word(const uint8_t* file, uint32_t offset) {
  return static_cast<uint16_t>(file[offset] << 8 | file[offset + 1]);
}

int model_of(int bits) { return bits == 1 ? 6581 : bits == 2 ? 8580 : 0; }

// $D420-$D7E0 and $DE00-$DFE0 in steps of $20, kept as the middle eight bits; anything else is no chip.
uint16_t chip_address(uint8_t middle) {
  const bool valid = (middle & 1) == 0 && ((middle >= 0x42 && middle <= 0x7e) || middle >= 0xe0);
  return valid ? static_cast<uint16_t>(0xd000 | middle << 4) : 0;
}

void read_flags(const uint8_t* file, TuneFile& tune) {
  const uint16_t flags = word(file, 0x76);
  tune.is_basic = tune.is_rsid && (flags & 2);
  tune.is_playsid = !tune.is_rsid && (flags & 2);
  tune.clock = static_cast<Clock>(flags >> 2 & 3);
  tune.models[0] = model_of(flags >> 4 & 3);
  tune.start_page = file[0x78];
  tune.page_count = file[0x79];
  const uint16_t second = tune.version >= 3 ? chip_address(file[0x7a]) : 0;
  const uint16_t third = tune.version >= 4 ? chip_address(file[0x7b]) : 0;
  const int chip_flags[2] = {flags >> 6 & 3, flags >> 8 & 3};
  for (int extra = 0; extra < 2; extra++) {
    const uint16_t address = extra == 0 ? second : third;
    if (address == 0 || (extra == 1 && address == second)) continue;
    tune.addresses[tune.chips] = address;
    const int model = model_of(chip_flags[extra]);
    tune.models[tune.chips] = model ? model : tune.models[0];
    tune.chips++;
  }
}

int check_rsid(const uint8_t* file, TuneFile& tune) {
  if (word(file, 0x08) != 0 || tune.load < kLowestRsidAddress) return SF_RSID_LOAD;
  if (tune.play != 0) return SF_RSID_PLAY;
  if (tune.speed != 0) return SF_RSID_SPEED;
  if (tune.is_basic) return tune.init == 0 ? SF_OK : SF_RSID_INIT;
  const uint16_t init = tune.init ? tune.init : tune.load;
  const bool under_rom = init >= 0xa000 && init < 0xc000;
  if (under_rom || init >= 0xd000 || init < kLowestRsidAddress) return SF_RSID_INIT;
  return SF_OK;
}

}  // namespace

bool TuneFile::is_cia_timed(int song) const {
  const int index = song - 1;
  // The oldest format counts around after 32 songs; since PSID v2 the last bit serves all higher ones.
  const int bit = version == 1 || is_playsid ? index % 32 : index < 31 ? index : 31;
  return speed >> bit & 1;
}

int parse_tune(const uint8_t* file, uint32_t size, TuneFile& tune) {
  tune = TuneFile();
  if (size < 4)
    return size > 0 && std::memcmp(file, "PSID", size) && std::memcmp(file, "RSID", size) ? SF_BAD_MAGIC : SF_TRUNCATED;
  tune.is_rsid = file[0] == 'R';
  if ((file[0] != 'P' && file[0] != 'R') || std::memcmp(file + 1, "SID", 3) != 0) return SF_BAD_MAGIC;
  if (size < 6) return SF_TRUNCATED;
  tune.version = word(file, 0x04);
  if (tune.version < (tune.is_rsid ? 2 : 1) || tune.version > 4) return SF_BAD_VERSION;
  const uint32_t header = tune.version == 1 ? kHeaderV1 : kHeaderV2;
  if (size < header) return SF_TRUNCATED;
  const uint32_t data_offset = word(file, 0x06);
  if (data_offset != header) return SF_BAD_DATA_OFFSET;

  tune.songs = word(file, 0x0e);
  if (tune.songs < 1 || tune.songs > 256) return SF_BAD_SONG_COUNT;
  tune.start_song = word(file, 0x10);
  if (tune.start_song < 1 || tune.start_song > tune.songs) tune.start_song = 1;
  tune.init = word(file, 0x0a);
  tune.play = word(file, 0x0c);
  tune.speed = static_cast<uint32_t>(word(file, 0x12)) << 16 | word(file, 0x14);
  if (tune.version >= 2) {
    if (!tune.is_rsid && (word(file, 0x76) & 1)) return SF_MUS_DATA;
    read_flags(file, tune);
  }

  tune.load = word(file, 0x08);
  uint32_t start = data_offset;
  if (tune.load == 0) {
    if (size < start + 2) return size == start ? SF_NO_DATA : SF_TRUNCATED;
    tune.load = static_cast<uint16_t>(file[start] | file[start + 1] << 8);
    start += 2;
  }
  if (size <= start) return SF_NO_DATA;
  if (tune.is_rsid) {
    const int status = check_rsid(file, tune);
    if (status != SF_OK) return status;
  }
  if (tune.load + (size - start) > 0x10000) return SF_LOAD_RANGE;
  if (tune.init == 0 && !tune.is_basic) tune.init = tune.load;
  tune.program.assign(file + start, file + size);
  return SF_OK;
}

}  // namespace sidflow
