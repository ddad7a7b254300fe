// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How does JavaScript play a tune? The engine's C interface (engine/include/sidflow_engine.h) on its WebAssembly build, as
 * one class: numbers have names, statuses other than "well" are thrown, and arrays are views of the engine's memory.
 *
 * It needs nothing of a page, a worker or node beyond WebAssembly itself. One Engine is one player with its own memory.
 */

/** What the engine calls for: time only passes when it is asked to render, so it needs next to nothing. */
const IMPORTS = {
  env: { emscripten_notify_memory_growth: () => {} },
  wasi_snapshot_preview1: {
    /** @param {number} code */
    proc_exit: (code) => {
      throw new Error(`The engine gave up (${code}).`);
    },
  },
};

/** enum sf_option, in its order. */
const OPTIONS = ["synth", "sampleRate", "channels", "chipModel", "clock", "filter", "path", "mute", "separation", "taps"];
/** enum sf_info, in its order. */
const FACTS = [
  ["songs", "startSong", "song", "chips", "clockHz", "isNtsc", "model0", "model1", "model2"],
  ["address0", "address1", "address2", "isRsid", "path", "status", "cycle", "position", "firstWrite"],
].flat();
const ROMS = ["kernal", "basic", "chargen"];
const BAD_OPTION = 20;
const NO_MEMORY = 21;
const VOICES_PER_CHIP = 3;
const REGISTERS = 32;
/** struct sf_write: a double, then chip, register and value in a byte each, padded to 16. */
const WRITE_BYTES = 16;
const TRACE_CAPACITY = 4096;

/** The most frames that one render() makes. */
export const MAX_FRAMES = 8192;

/**
 * One write to a SID register. `cycle` counts from the song's time 0.
 * @typedef {{cycle: number, chip: number, register: number, value: number}} RegisterWrite
 */

/**
 * The functions of sidflow_engine.h; pointers are numbers.
 * @typedef {object} Exports
 * @property {WebAssembly.Memory} memory
 * @property {() => void} _initialize
 * @property {() => number} sf_api_version
 * @property {(status: number) => number} sf_status_code
 * @property {(status: number) => number} sf_status_message
 * @property {(bytes: number) => number} sf_allocate
 * @property {(pointer: number) => void} sf_release
 * @property {() => number} sf_new
 * @property {(player: number) => void} sf_free
 * @property {(player: number, file: number, bytes: number) => number} sf_load
 * @property {(player: number, kind: number, rom: number, bytes: number) => number} sf_set_rom
 * @property {(player: number, option: number, value: number) => number} sf_set_option
 * @property {(player: number, option: number) => number} sf_get_option
 * @property {(player: number, field: number) => number} sf_info
 * @property {(player: number, song: number) => number} sf_start
 * @property {(player: number) => number} sf_prepare_reference
 * @property {(player: number, samples: number, frames: number) => number} sf_render
 * @property {(player: number) => number} sf_taps
 * @property {(player: number, chip: number) => number} sf_registers
 * @property {(player: number, writes: number, capacity: number, untilSeconds: number) => number} sf_trace
 * @property {(player: number, seconds: number) => number} sf_seek
 */

/** The engine would not: `status` is an enum sf_status, `code` its word, `message` its sentence. */
export class EngineError extends Error {
  /** @param {number} status @param {string} code @param {string} message */
  constructor(status, code, message) {
    super(message);
    this.name = "EngineError";
    this.status = status;
    this.code = code;
  }
}

/** @param {WebAssembly.Module | BufferSource | Response | Promise<Response>} source @returns {Promise<WebAssembly.Module>} */
async function compiled(source) {
  const given = await source;
  if (given instanceof WebAssembly.Module) return given;
  if (typeof Response === "function" && given instanceof Response) return WebAssembly.compile(await given.arrayBuffer());
  return WebAssembly.compile(/** @type {BufferSource} */ (given));
}

export class Engine {
  /** @type {Exports} */
  #c;
  /** @type {number} */
  #player;
  #samples = 0;
  #writes = 0;
  #writeCapacity = 0;
  /** Channels of the song that is playing. */
  #channels = 1;

  /**
   * @param {WebAssembly.Module | BufferSource | Response | Promise<Response>} source engine.wasm, compiled or not
   * @returns {Promise<Engine>}
   */
  static async instantiate(source) {
    const instance = await WebAssembly.instantiate(await compiled(source), IMPORTS);
    return new Engine(/** @type {Exports} */ (/** @type {unknown} */ (instance.exports)));
  }

  /** @param {Exports} exports of a fresh instance */
  constructor(exports) {
    this.#c = exports;
    this.#c._initialize();
    this.#player = this.#c.sf_new();
    if (this.#player === 0) this.#check(NO_MEMORY);
    this.#samples = this.#allocate(MAX_FRAMES * 2 * 2);
  }

  /** Reads a PSID or RSID file. @param {Uint8Array} file */
  load(file) {
    this.#lend(file, (pointer) => this.#c.sf_load(this.#player, pointer, file.length));
  }

  /** Takes effect at start(). @param {string} kind "kernal", "basic" or "chargen" @param {Uint8Array} bytes none: take it out */
  setRom(kind, bytes) {
    const number = ROMS.indexOf(kind);
    if (number < 0) this.#check(BAD_OPTION);
    this.#lend(bytes, (pointer) => this.#c.sf_set_rom(this.#player, number, pointer, bytes.length));
  }

  /** @param {string} name enum sf_option, like "sampleRate" @param {number} value */
  setOption(name, value) {
    this.#check(this.#c.sf_set_option(this.#player, this.#number(OPTIONS, name), value));
  }

  /** @param {string} name @returns {number} */
  getOption(name) {
    return this.#c.sf_get_option(this.#player, this.#number(OPTIONS, name));
  }

  /** Powers on and stands at a song's beginning. @param {number} [song] from 1; 0: the tune's start song */
  start(song = 0) {
    this.#check(this.#c.sf_start(this.#player, song));
    this.#channels = this.getOption("channels");
  }

  /** Builds the tables that most tunes need of the reference synth. */
  prepareReference() {
    this.#check(this.#c.sf_prepare_reference(this.#player));
  }

  /**
   * Makes the next frames of sound, left and right in turn where there are two channels.
   * @param {number} frames 1..MAX_FRAMES
   * @returns {Int16Array} in the engine's memory: valid until the next call of anything here; empty: no song is started
   */
  render(frames) {
    const made = this.#c.sf_render(this.#player, this.#samples, frames);
    return new Int16Array(this.#c.memory.buffer, this.#samples, made * this.#channels);
  }

  /** What a voice did during the last render(). @param {number} chip @param {number} voice @param {number} frames @returns {Int16Array} as render() */
  taps(chip, voice, frames) {
    const first = this.#c.sf_taps(this.#player) + (chip * VOICES_PER_CHIP + voice) * MAX_FRAMES * 2;
    return new Int16Array(this.#c.memory.buffer, first, frames);
  }

  /** A chip's registers as last written. @param {number} chip @returns {Uint8Array} 32 values; as render() */
  registers(chip) {
    return new Uint8Array(this.#c.memory.buffer, this.#c.sf_registers(this.#player, chip), REGISTERS);
  }

  /**
   * Runs without sound and answers the writes on the way.
   * @param {number} untilSeconds after the song's beginning
   * @param {number} [capacity] as many writes as this: there are more, ask again
   * @returns {RegisterWrite[]}
   */
  trace(untilSeconds, capacity = TRACE_CAPACITY) {
    if (capacity > this.#writeCapacity) {
      this.#c.sf_release(this.#writes);
      this.#writes = this.#allocate(capacity * WRITE_BYTES);
      this.#writeCapacity = capacity;
    }
    const count = this.#c.sf_trace(this.#player, this.#writes, capacity, untilSeconds);
    const view = new DataView(this.#c.memory.buffer, this.#writes, count * WRITE_BYTES);
    return Array.from({ length: count }, (_, index) => {
      const at = index * WRITE_BYTES;
      const [chip, register, value] = [view.getUint8(at + 8), view.getUint8(at + 9), view.getUint8(at + 10)];
      return { cycle: view.getFloat64(at, true), chip, register, value };
    });
  }

  /** The next render() goes on there. @param {number} seconds after the song's beginning */
  seek(seconds) {
    this.#check(this.#c.sf_seek(this.#player, seconds));
  }

  /** @param {string} name enum sf_info, like "songs" @returns {number} */
  info(name) {
    return this.#c.sf_info(this.#player, this.#number(FACTS, name));
  }

  /** How the last call, or the machine, stands. @returns {{status: number, code: string, message: string}} */
  status() {
    const status = this.info("status");
    return { status, ...this.describe(status) };
  }

  /** The words for an enum sf_status. @param {number} status @returns {{code: string, message: string}} */
  describe(status) {
    return { code: this.#text(this.#c.sf_status_code(status)), message: this.#text(this.#c.sf_status_message(status)) };
  }

  /** Gives the player's memory back; nothing may be called after it. */
  free() {
    this.#c.sf_free(this.#player);
    this.#c.sf_release(this.#samples);
    this.#c.sf_release(this.#writes);
  }

  /** @param {number} status */
  #check(status) {
    if (status === 0) return;
    const { code, message } = this.describe(status);
    throw new EngineError(status, code, message);
  }

  /** @param {string[]} names @param {string} name @returns {number} */
  #number(names, name) {
    const number = names.indexOf(name);
    if (number < 0) this.#check(BAD_OPTION);
    return number;
  }

  /** @param {number} bytes @returns {number} */
  #allocate(bytes) {
    const pointer = this.#c.sf_allocate(bytes);
    if (pointer === 0) this.#check(NO_MEMORY);
    return pointer;
  }

  /** Shows the engine some bytes for the time of one call. @param {Uint8Array} bytes @param {(pointer: number) => number} call */
  #lend(bytes, call) {
    const pointer = this.#allocate(Math.max(1, bytes.length));
    new Uint8Array(this.#c.memory.buffer, pointer, bytes.length).set(bytes);
    const status = call(pointer);
    this.#c.sf_release(pointer);
    this.#check(status);
  }

  /** @param {number} pointer of ASCII that ends in 0 @returns {string} */
  #text(pointer) {
    const bytes = new Uint8Array(this.#c.memory.buffer);
    const end = bytes.indexOf(0, pointer);
    return String.fromCharCode(...bytes.subarray(pointer, end));
  }
}
