/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What may a program ask of the engine? The one door into it, the same for the native library and for WebAssembly.
 *
 * Plain C, no 64-bit integers in signatures (JavaScript's plain numbers reach everything): times are doubles, exact up
 * to 2^53. No function exits, throws or blocks; work is limited by emulated cycles. A player is not thread-safe; two
 * players share nothing but read-only tables (which the first reference synth of a process builds, so build one
 * before starting threads).
 */
#ifndef SIDFLOW_ENGINE_H
#define SIDFLOW_ENGINE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SF_API_VERSION 1
#define SF_MAX_CHIPS 3
#define SF_VOICES_PER_CHIP 3
/* The most frames one sf_render call makes; ask again for more. */
#define SF_MAX_FRAMES 8192

/* What happened. 0 is well; everything else has a code word (sf_status_code) and a sentence (sf_status_message). */
enum sf_status {
  SF_OK = 0,
  SF_NO_TUNE = 1,   /* nothing is loaded or started yet */
  SF_TRUNCATED = 2, /* shorter than its header says or than a header is */
  SF_BAD_MAGIC = 3, /* neither PSID nor RSID */
  SF_BAD_VERSION = 4,
  SF_BAD_DATA_OFFSET = 5,
  SF_NO_DATA = 6,        /* a header and no program */
  SF_BAD_SONG_COUNT = 7, /* 0 songs, or more than 256 */
  SF_RSID_LOAD = 8,      /* RSID: load address field not 0, or the program below $07E8 */
  SF_RSID_PLAY = 9,      /* RSID: play address not 0 */
  SF_RSID_SPEED = 10,    /* RSID: speed bits not 0 */
  SF_RSID_INIT = 11,     /* RSID: init under a ROM, in I/O, or below $07E8; BASIC flag with an init address */
  SF_LOAD_RANGE = 12,    /* the program would run past $FFFF */
  SF_MUS_DATA = 13,      /* Compute!'s Sidplayer data without its player */
  SF_NEEDS_ROMS = 14,    /* BASIC tune: needs the BASIC and KERNAL ROMs */
  SF_SONG_RANGE = 15,    /* no such song in this tune */
  SF_NO_ROOM = 16,       /* the tune leaves no memory page for the player's driver */
  SF_INIT_TIMEOUT = 17,  /* a PSID's init did not return within SF_INIT_CYCLE_LIMIT cycles */
  SF_JAMMED = 18,        /* the CPU ran into a JAM opcode; the sound so far is kept, silence follows */
  SF_BAD_ROM = 19,       /* wrong size for this ROM */
  SF_BAD_OPTION = 20,    /* unknown option or a value outside its range */
  SF_NO_MEMORY = 21
};
/* How long a PSID's init may run before the tune is called broken: ten seconds of a PAL C64. */
#ifndef SF_INIT_CYCLE_LIMIT /* the fuzz target's build is less patient */
#define SF_INIT_CYCLE_LIMIT 9852480
#endif

enum sf_option {
  SF_OPT_SYNTH = 0,       /* enum sf_synth; may change while playing: the change-over is not heard */
  SF_OPT_SAMPLE_RATE = 1, /* Hz, 8000..192000 (default 44100); takes effect at sf_start */
  SF_OPT_CHANNELS = 2,    /* 1 or 2 (default 1); takes effect at sf_start */
  SF_OPT_CHIP_MODEL = 3,  /* 0 as the tune says (unknown: 6581), 6581, 8580; takes effect at sf_start */
  SF_OPT_CLOCK = 4,       /* 0 as the tune says (unknown: PAL), 1 PAL, 2 NTSC; takes effect at sf_start */
  SF_OPT_FILTER = 5,      /* 1 (default) or 0: filters bypassed */
  SF_OPT_PATH = 6,        /* enum sf_path; takes effect at sf_start */
  SF_OPT_MUTE = 7,        /* bit chip*3+voice silences that voice (default 0); bits 9.. mute the chips' digis */
  SF_OPT_SEPARATION = 8,  /* stereo placement of several chips, 0 (all centre) .. 100 (default 60) */
  SF_OPT_TAPS = 9         /* 1: fill the taps while rendering (default 0) */
};
enum sf_synth { SF_SYNTH_NONE = 0, SF_SYNTH_FAST = 1, SF_SYNTH_REFERENCE = 2 };
enum sf_path { SF_PATH_CHOOSE = 0, SF_PATH_FULL = 1 };

enum sf_info {
  SF_INFO_SONGS = 0,
  SF_INFO_START_SONG = 1,
  SF_INFO_SONG = 2, /* the one that was started */
  SF_INFO_CHIPS = 3,
  SF_INFO_CLOCK_HZ = 4, /* cycles per second of the machine in use */
  SF_INFO_IS_NTSC = 5,
  SF_INFO_MODEL_0 = 6, /* 6581 or 8580, as played; MODEL_1 and MODEL_2 follow */
  SF_INFO_MODEL_1 = 7,
  SF_INFO_MODEL_2 = 8,
  SF_INFO_ADDRESS_0 = 9, /* 0xd400 ...; ADDRESS_1 and ADDRESS_2 follow, 0 where there is no chip */
  SF_INFO_ADDRESS_1 = 10,
  SF_INFO_ADDRESS_2 = 11,
  SF_INFO_IS_RSID = 12,
  SF_INFO_PATH = 13,       /* 1 while the fast path serves, 2 on the full machine */
  SF_INFO_STATUS = 14,     /* enum sf_status of the last call or of the machine (SF_JAMMED) */
  SF_INFO_CYCLE = 15,      /* machine cycles since sf_start's time 0 */
  SF_INFO_POSITION = 16,   /* seconds of sound (or of trace) delivered since the song's beginning */
  SF_INFO_FIRST_WRITE = 17 /* cycle of the first SID write that init made; -1 before it */
};

/* One write to a SID register. 16 bytes in both builds. `cycle` counts from sf_start's time 0; subtract
 * SF_INFO_FIRST_WRITE for the trace format of trace_tune. */
typedef struct sf_write {
  double cycle;
  uint8_t chip; /* 0.. in the order of the chips' addresses in the header */
  uint8_t reg;  /* 0x00..0x1f */
  uint8_t value;
  uint8_t reserved[5];
} sf_write;

typedef struct sf_player sf_player;

int sf_api_version(void);
/* Static, NUL-terminated, English: "jammed"; "The tune's program ran into ...". Unknown numbers have texts too. */
const char *sf_status_code(int status);
const char *sf_status_message(int status);

/* For callers without malloc (JavaScript): memory that sf_load and friends read from or write to. */
void *sf_allocate(uint32_t size);
void sf_release(void *memory);

sf_player *sf_new(void); /* NULL: out of memory */
void sf_free(sf_player *player);

/* Copies the file in; the caller may release it. Answers a status. */
int sf_load(sf_player *player, const uint8_t *file, uint32_t size);
/* kind: 0 KERNAL (8192 bytes), 1 BASIC (8192), 2 CHARGEN (4096). Copied; takes effect at sf_start. */
int sf_set_rom(sf_player *player, int kind, const uint8_t *rom, uint32_t size);
int sf_set_option(sf_player *player, int option, double value);
double sf_get_option(sf_player *player, int option);
double sf_info(sf_player *player, int field);

/* Power on, and stand at the beginning of a song (1..songs; 0: the tune's start song). Answers a status. */
int sf_start(sf_player *player, int song);

/* Builds the tables that the reference synth of the loaded tune's chip models needs (the first time in a process: half
 * a second). Without it the first use builds them. Needs a started song. Answers a status. */
int sf_prepare_reference(sf_player *player);

/* Makes `frames` (1..SF_MAX_FRAMES) frames of 16-bit sound, interleaved where there are two channels. Answers the
 * frames made, always all of them once a song is started (after a jam: silence, with SF_INFO_STATUS telling), or 0. */
int sf_render(sf_player *player, int16_t *samples, int frames);

/* What each voice did during the last sf_render: after it, voice v of chip c stands at
 * sf_taps(player) + (c * 3 + v) * SF_MAX_FRAMES, one 16-bit value a frame (muted voices too). */
const int16_t *sf_taps(sf_player *player);
/* The 32 registers of a chip as last written. */
const uint8_t *sf_registers(sf_player *player, int chip);

/* Runs without sound up to `until_seconds` after the song's beginning and hands out the writes on the way. Answers how
 * many were stored; `capacity` means "call again". Not to be mixed with sf_render within one song, except that
 * sf_start begins anew. */
int sf_trace(sf_player *player, sf_write *writes, int capacity, double until_seconds);

/* Stands at `seconds` after the song's beginning (backwards: from the beginning or a keyframe, quickly). The next
 * sf_render goes on there. Answers a status. */
int sf_seek(sf_player *player, double seconds);

/* For tests of the CPU and the chips around it: a bare machine, no tune (native builds only). 64 KiB of RAM everywhere,
 * no I/O, unless `io` is 1. registers: a, x, y, s, p, pc low, pc high. */
typedef struct sf_bench sf_bench;
#ifndef __EMSCRIPTEN__
sf_bench *sf_bench_new(int io);
void sf_bench_free(sf_bench *bench);
uint8_t *sf_bench_ram(sf_bench *bench);
void sf_bench_set(sf_bench *bench, const uint8_t registers[7]);
void sf_bench_get(sf_bench *bench, uint8_t registers[7]);
/* Executes one instruction (or the interrupt that is due) and answers its cycles; 0: the CPU is jammed.
 * which: 0 the full machine's interpreter, 1 the fast path's. */
int sf_bench_step(sf_bench *bench, int which);
/* Bus accesses of the last step on the full machine: up to `capacity` of (address << 9 | is_write << 8 | value). */
int sf_bench_accesses(sf_bench *bench, uint32_t *accesses, int capacity);
/* Reads or writes one byte as the CPU would, through banking and I/O, costing no time. */
int sf_bench_peek(sf_bench *bench, int address);
void sf_bench_poke(sf_bench *bench, int address, int value);
#endif

#ifdef __cplusplus
}
#endif
#endif
