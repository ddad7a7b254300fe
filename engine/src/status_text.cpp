// SPDX-License-Identifier: GPL-3.0-or-later
#include "status_text.h"

#include <cstddef>

namespace sidflow {

namespace {
struct Text {
  const char* code;
  const char* message;
};
// In the order of enum sf_status.
constexpr Text kTexts[] = {
    {"ok", "All is well."},
    {"no_tune", "No tune has been loaded and started yet."},
    {"truncated", "The file ends before its header or its data does."},
    {"bad_magic", "This is not a SID file: it begins neither with PSID nor with RSID."},
    {"bad_version", "The file has a version of the SID format that does not exist (PSID 1 to 4, RSID 2 to 4)."},
    {"bad_data_offset", "The header's data offset does not fit the file's version."},
    {"no_data", "The file has a header and no program behind it."},
    {"bad_song_count", "The header's number of songs is not between 1 and 256."},
    {"rsid_load", "An RSID tune must take its load address from the data, and load at $07E8 or above."},
    {"rsid_play", "An RSID tune must have no play address."},
    {"rsid_speed", "An RSID tune must have no speed bits."},
    {"rsid_init", "An RSID tune's init address must lie in plain RAM at $07E8 or above (and be 0 for a BASIC tune)."},
    {"load_range", "The tune's program would run past the end of memory at $FFFF."},
    {"mus_data", "The file holds Compute!'s Sidplayer data (MUS), which needs a player that is not in the file."},
    {"needs_roms", "This tune is a BASIC program: it needs the BASIC and KERNAL ROMs."},
    {"song_range", "The tune has no song of that number."},
    {"no_room", "The tune leaves no free page of memory for the player's driver."},
    {"init_timeout", "The tune's init routine did not return within ten seconds of C64 time."},
    {"jammed", "The tune's program ran into an opcode that stops the CPU. The sound up to there was kept."},
    {"bad_rom", "The ROM file has the wrong size (KERNAL and BASIC 8192 bytes, CHARGEN 4096)."},
    {"bad_option", "There is no such option, or the value is outside its range."},
    {"no_memory", "There is not enough memory."},
};
constexpr int kCount = static_cast<int>(sizeof kTexts / sizeof kTexts[0]);
}  // namespace

const char* status_code(int status) { return status >= 0 && status < kCount ? kTexts[status].code : "unknown"; }

const char* status_message(int status) {
  return status >= 0 && status < kCount ? kTexts[status].message : "An unknown error happened in the engine.";
}

}  // namespace sidflow
