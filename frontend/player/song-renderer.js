// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How does a song become blocks in the ring, early enough and no earlier than needed?
 *
 * A song starts on the fast synth, whose first block is there within milliseconds. Once REFERENCE_NEEDS_SECONDS lie ready, the
 * reference synth's tables are built (half a second of this thread, the first time) and the engine changes over, which is
 * not heard. A device on which the reference synth cannot keep ahead goes back to the fast one and stays there.
 */

import { BLOCK_FRAMES, CHANNELS, CHIPS, REGISTER_BYTES, TAP_FRAMES, TAP_STEP, VOICES } from "./ring.js";
import { ROM_KINDS } from "./rom-kinds.js";

/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {import("./messages.d.ts").FromEmulator} FromEmulator */
/** @typedef {import("./messages.d.ts").SongFacts} SongFacts */
/** @typedef {Extract<import("./messages.d.ts").ToEmulator, {type: "open"}>} OpenMessage */
/**
 * Where blocks go: the shared ring, or one's own ring and messages.
 * @typedef {object} Outlet
 * @property {() => number} framesAhead
 * @property {() => boolean} hasRoom
 * @property {(samples: Int16Array, taps: Int16Array | null, registers: Uint8Array | null) => void} writeBlock
 * @property {(epoch: number) => void} flush
 * @property {(frames: number) => void} end
 */

const SYNTH = { fast: 1, reference: 2 };
/** sf_status SF_JAMMED. */
const STATUS_JAMMED = 18;
const REFERENCE_NEEDS_SECONDS = 2;
/** Below this many times real time, with little lying ready, the reference synth is too slow here. */
const SPEED_NEEDED = 1.25;
/** With at least this speed, measured before, a song may start on the reference synth. */
const SPEED_TO_START_WITH = 3;
/** Weight of one block in the running mean of the speed. */
const SPEED_WEIGHT = 0.05;

export class SongRenderer {
  /**
   * @param {Engine} engine
   * @param {Outlet} outlet
   * @param {{sampleRateHz: number, aheadSeconds: number, tell: (message: FromEmulator) => void, now: () => number}} means
   *   now in milliseconds
   */
  constructor(engine, outlet, { sampleRateHz, aheadSeconds, tell, now }) {
    this.engine = engine;
    this.outlet = outlet;
    this.rate = sampleRateHz;
    this.aheadFrames = Math.round(aheadSeconds * sampleRateHz);
    this.tell = tell;
    this.now = now;
    /** Does anybody look at the scopes? */
    this.looking = true;
    this.epoch = 0;
    this.active = false;
    /** @type {"fast" | "reference"} */
    this.synth = "fast";
    this.referenceTooSlow = false;
    /** @type {Set<string>} chip models whose tables stand */
    this.prepared = new Set();
    /** Times real time for one chip; 0 before it was measured. */
    this.referenceSpeed = 0;
    this.models = "";
    this.chips = 1;
    this.channels = 1;
    this.lengthSeconds = 0;
    this.fadeFrames = 0;
    this.framesLeft = 0;
    this.block = new Int16Array(BLOCK_FRAMES * CHANNELS);
    this.taps = new Int16Array(VOICES * TAP_FRAMES);
    this.registers = new Uint8Array(REGISTER_BYTES);
  }

  /** Loads a file and stands at the beginning of a song. Throws EngineError. @param {OpenMessage} message */
  open(message) {
    this.stop(message.epoch);
    const { engine } = this;
    engine.load(new Uint8Array(message.file));
    engine.setOption("sampleRate", this.rate);
    engine.setOption("taps", this.looking ? 1 : 0);
    for (const [name, value] of Object.entries(message.options)) engine.setOption(name, value);
    for (const kind of ROM_KINDS) engine.setRom(kind, new Uint8Array(message.roms[kind] ?? new ArrayBuffer(0)));
    this.chips = Math.min(CHIPS, engine.info("chips") || 1);
    this.channels = this.chips > 1 ? 2 : 1;
    engine.setOption("channels", this.channels);
    engine.setOption("synth", SYNTH.fast);
    engine.start(message.song);
    this.lengthSeconds = message.lengthSeconds;
    this.fadeFrames = Math.max(1, Math.round(message.fadeSeconds * this.rate));
    const facts = this.#facts();
    this.models = [...new Set(facts.chips.map((chip) => chip.model))].sort().join();
    this.#chooseSynth();
    this.#standAt(message.startSeconds);
    this.tell({ type: "opened", epoch: this.epoch, facts });
  }

  /** Goes on elsewhere in the song. Throws EngineError. @param {number} epoch @param {number} seconds */
  seek(epoch, seconds) {
    this.stop(epoch);
    if (this.lengthSeconds <= 0) return;
    this.#chooseSynth();
    this.#standAt(seconds);
  }

  /** What was rendered before is worth nothing any more. @param {number} epoch */
  stop(epoch) {
    this.epoch = epoch;
    this.active = false;
    this.outlet.flush(epoch);
  }

  /** @param {boolean} wanted */
  look(wanted) {
    this.looking = wanted;
    this.engine.setOption("taps", wanted ? 1 : 0);
  }

  /**
   * Renders until enough lies ready or the time is up.
   * @param {number} budgetMs
   * @returns {boolean} is there more to do at once?
   */
  work(budgetMs) {
    const until = this.now() + budgetMs;
    while (this.active && this.outlet.framesAhead() < this.aheadFrames && this.outlet.hasRoom()) {
      this.#renderBlock();
      if (this.now() >= until) break;
    }
    if (!this.active) return false;
    this.#considerSynth();
    return this.outlet.framesAhead() < this.aheadFrames && this.outlet.hasRoom();
  }

  /** @param {number} seconds */
  #standAt(seconds) {
    const at = Math.min(Math.max(0, seconds), this.lengthSeconds);
    if (at > 0 || this.engine.info("position") > 0) this.engine.seek(at);
    this.framesLeft = Math.round((this.lengthSeconds - at) * this.rate);
    this.active = true;
    if (this.framesLeft <= 0) this.#finish(0);
  }

  #renderBlock() {
    const began = this.now();
    const { engine, block } = this;
    spread(engine.render(BLOCK_FRAMES), this.channels, block);
    const jammed = engine.info("status") === STATUS_JAMMED;
    this.#fade(block);
    if (this.looking) this.#look();
    this.outlet.writeBlock(block, this.looking ? this.taps : null, this.looking ? this.registers : null);
    this.framesLeft -= BLOCK_FRAMES;
    this.#measure(this.now() - began);
    if (jammed) this.#jam();
    else if (this.framesLeft <= 0) this.#finish(-this.framesLeft);
  }

  /** The song is over. @param {number} surplus frames of the last block that lie behind the end */
  #finish(surplus) {
    this.active = false;
    this.outlet.end(surplus);
  }

  #jam() {
    const seconds = this.engine.info("position");
    const { code, message } = this.engine.describe(STATUS_JAMMED);
    this.#finish(0);
    this.tell({ type: "jammed", epoch: this.epoch, code, message, seconds });
  }

  /** Fades the song's last frames out. @param {Int16Array} block */
  #fade(block) {
    if (this.framesLeft - BLOCK_FRAMES >= this.fadeFrames) return;
    for (let i = 0; i < BLOCK_FRAMES; i++) {
      const gain = Math.min(1, Math.max(0, (this.framesLeft - i - 1) / this.fadeFrames));
      block[2 * i] = Math.round((block[2 * i] ?? 0) * gain);
      block[2 * i + 1] = Math.round((block[2 * i + 1] ?? 0) * gain);
    }
  }

  /** Takes what each voice did beside the block just rendered. */
  #look() {
    for (let chip = 0; chip < this.chips; chip++) {
      for (let voice = 0; voice < 3; voice++) {
        const tap = this.engine.taps(chip, voice, BLOCK_FRAMES);
        const at = (chip * 3 + voice) * TAP_FRAMES;
        for (let i = 0; i < TAP_FRAMES; i++) this.taps[at + i] = tap[i * TAP_STEP] ?? 0;
      }
      this.registers.set(this.engine.registers(chip), chip * 32);
    }
  }

  /** @returns {SongFacts} */
  #facts() {
    const { engine } = this;
    const chips = [];
    for (let chip = 0; chip < this.chips; chip++) {
      chips.push({ model: engine.info(`model${chip}`), address: engine.info(`address${chip}`) });
    }
    return { song: engine.info("song"), songs: engine.info("songs"), chips, isNtsc: engine.info("isNtsc") === 1 };
  }

  // ---- which synth ----

  #chooseSynth() {
    const known = this.prepared.has(this.models) && this.referenceSpeed / this.chips >= SPEED_TO_START_WITH;
    this.#use(known && !this.referenceTooSlow ? "reference" : "fast", "start");
  }

  #considerSynth() {
    const ahead = this.outlet.framesAhead() / this.rate;
    if (this.synth === "fast" && !this.referenceTooSlow && ahead >= REFERENCE_NEEDS_SECONDS) {
      this.engine.prepareReference();
      this.prepared.add(this.models);
      this.#use("reference", "prepared");
    } else if (this.synth === "reference" && this.referenceSpeed / this.chips < SPEED_NEEDED && ahead < 1) {
      this.referenceTooSlow = true;
      this.#use("fast", "too-slow");
    }
  }

  /** @param {"fast" | "reference"} synth @param {"start" | "prepared" | "too-slow"} reason */
  #use(synth, reason) {
    this.synth = synth;
    this.engine.setOption("synth", SYNTH[synth]);
    this.tell({ type: "synth", epoch: this.epoch, synth, reason });
  }

  /** Keeps the running mean of the reference synth's speed, times real time for one chip. @param {number} ms that one block took */
  #measure(ms) {
    if (this.synth !== "reference") return;
    const speed = (this.chips * BLOCK_FRAMES * 1000) / this.rate / Math.max(ms, 0.1);
    this.referenceSpeed = this.referenceSpeed ? this.referenceSpeed + (speed - this.referenceSpeed) * SPEED_WEIGHT : speed;
  }
}

/** Writes one block of one or two channels as two. @param {Int16Array} from @param {number} channels @param {Int16Array} into */
function spread(from, channels, into) {
  if (channels === 2) into.set(from.subarray(0, into.length));
  else for (let i = 0; i < BLOCK_FRAMES; i++) into[2 * i] = into[2 * i + 1] = from[i] ?? 0;
}
