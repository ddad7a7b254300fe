// SPDX-License-Identifier: GPL-3.0-or-later
// How does plain C reach the engine? Every function of sidflow_engine.h, as a thin edge around Player.
#include <cstdlib>
#include <new>

#include "../include/sidflow_engine.h"
#include "player.h"
#include "status_text.h"

struct sf_player {
  sidflow::Player player;
};

extern "C" {

int sf_api_version(void) { return SF_API_VERSION; }
const char* sf_status_code(int status) { return sidflow::status_code(status); }
const char* sf_status_message(int status) { return sidflow::status_message(status); }

void* sf_allocate(uint32_t size) { return std::malloc(size); }
void sf_release(void* memory) { std::free(memory); }

sf_player* sf_new(void) { return new (std::nothrow) sf_player; }
void sf_free(sf_player* player) { delete player; }

int sf_load(sf_player* player, const uint8_t* file, uint32_t size) { return player->player.load(file, size); }
int sf_set_rom(sf_player* player, int kind, const uint8_t* rom, uint32_t size) {
  return player->player.set_rom(kind, rom, size);
}
int sf_set_option(sf_player* player, int option, double value) { return player->player.set_option(option, value); }
double sf_get_option(sf_player* player, int option) { return player->player.option(option); }
double sf_info(sf_player* player, int field) { return player->player.info(field); }
int sf_start(sf_player* player, int song) { return player->player.start(song); }
int sf_prepare_reference(sf_player* player) { return player->player.prepare_reference(); }
int sf_render(sf_player* player, int16_t* samples, int frames) { return player->player.render(samples, frames); }
const int16_t* sf_taps(sf_player* player) { return player->player.taps(); }
const uint8_t* sf_registers(sf_player* player, int chip) {
  return player->player.registers(chip >= 0 && chip < SF_MAX_CHIPS ? chip : 0);
}
int sf_trace(sf_player* player, sf_write* writes, int capacity, double until_seconds) {
  return player->player.trace(writes, capacity, until_seconds);
}
int sf_seek(sf_player* player, double seconds) { return player->player.seek(seconds); }

}  // extern "C"
