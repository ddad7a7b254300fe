// SPDX-License-Identifier: GPL-3.0-or-later
// What does a PSID or RSID file ask of the machine? Its header, checked, and where its program lies.
//
// Source: the SID file format description in HVSC's DOCUMENTS.
#pragma once
#include <cstdint>
#include <vector>

#include "machine.h"

namespace sidflow {

enum class Clock : uint8_t { unknown, pal, ntsc, any };

struct TuneFile {
  bool is_rsid = false;
  int version = 1;
  uint16_t load = 0, init = 0, play = 0;  // resolved: never 0 where the format gives 0 a meaning (play 0 stays)
  int songs = 1, start_song = 1;
  uint32_t speed = 0;
  bool is_basic = false;
  bool is_playsid = false;
  Clock clock = Clock::unknown;
  int chips = 1;
  uint16_t addresses[kMaxChips] = {0xd400, 0, 0};
  int models[kMaxChips] = {0, 0, 0};  // 0 unknown or both, 6581, 8580
  uint8_t start_page = 0, page_count = 0;
  std::vector<uint8_t> program;  // what goes to `load`

  // 0 vertical blank, 1 CIA timer.
  bool is_cia_timed(int song) const;
};

// Answers an sf_status; `tune` is only meaningful with SF_OK.
int parse_tune(const uint8_t* file, uint32_t size, TuneFile& tune);

}  // namespace sidflow
