// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How does sound come out where there is no AudioWorklet? The page reads the ring into AudioBuffers, each starting where the
 * one before ends, far enough ahead that a page that hangs for two seconds is not heard.
 *
 * A pause stops the context's clock with everything in its place. Another epoch closes the gate over what is scheduled and
 * opens a new one.
 */
import { latencyFrames } from "./latency.js";
import { distance, HEADER, PHASE, RING_BYTES, Ring } from "./ring.js";
import { applyToRing } from "./ring-link.js";
import { FADE_FRAMES, RingReader } from "./ring-reader.js";

const SCHEDULED_SECONDS = 2.5;
/** What the emulator keeps ready in the ring beyond that. */
const AHEAD_SECONDS = 1;
const CHUNK_FRAMES = 2048;
/** The page's thread, which fills up, may be held up right after a start or a seek. */
const FIRST_DELAY_SECONDS = 0.1;
const RAMP_SECONDS = 0.006;
const FILL_EVERY_MS = 25;

/** @typedef {import("./outputs.js").Output} Output */

/** @implements {Output} */
export class ScheduledOutput {
  /** @param {AudioContext} context @param {AudioNode} destination @param {import("./outputs.js").Tell} tell */
  constructor(context, destination, tell) {
    this.kind = /** @type {const} */ ("scheduled");
    this.context = context;
    this.destination = destination;
    this.tell = tell;
    this.aheadSeconds = AHEAD_SECONDS;
    this.ring = new Ring(new ArrayBuffer(RING_BYTES));
    this.reader = new RingReader(this.ring);
    /** @type {import("./messages.d.ts").Transport} */
    this.transport = { kind: "page" };
    /** @type {Transferable[]} */
    this.transfer = [];
    this.open = true;
    this.gate = this.#newGate();
    /** @type {Set<AudioBufferSourceNode>} scheduled and not over */
    this.sources = new Set();
    /** Context time up to which this epoch's sound is scheduled; 0: none is. */
    this.until = 0;
    this.told = { sounding: 0, over: 0 };
    /** @type {(() => void)[]} */
    this.readers = [];
    setInterval(() => this.#fill(), FILL_EVERY_MS);
  }

  /** Somebody who wants to know what was read (the emulator, to know its room). @param {() => void} reader */
  onRead(reader) {
    this.readers.push(reader);
  }

  /** @param {import("./messages.d.ts").RingMessage} message */
  hear(message) {
    applyToRing(this.ring, message);
    if (message.type === "flush") this.#drop();
    this.#fill();
  }

  play() {
    this.open = true;
    void this.context.resume();
    this.gate.gain.setTargetAtTime(1, this.context.currentTime, RAMP_SECONDS / 3);
  }

  pause() {
    this.open = false;
    this.gate.gain.setTargetAtTime(0, this.context.currentTime, RAMP_SECONDS / 3);
    setTimeout(() => {
      if (!this.open) void this.context.suspend();
    }, RAMP_SECONDS * 3000);
  }

  framesUnheard() {
    const scheduled = Math.max(0, this.until - this.context.currentTime);
    return Math.round(scheduled * this.context.sampleRate) + latencyFrames(this.context);
  }

  #newGate() {
    const gate = new GainNode(this.context, { gain: this.open ? 1 : 0 });
    gate.connect(this.destination);
    return gate;
  }

  /** Lets go of everything that is scheduled, over a short ramp. */
  #drop() {
    const now = this.context.currentTime;
    this.gate.gain.setTargetAtTime(0, now, RAMP_SECONDS / 3);
    for (const source of this.sources) source.stop(now + RAMP_SECONDS);
    this.gate = this.#newGate();
    this.until = 0;
    this.reader.gain = 0;
  }

  #fill() {
    const before = this.ring.get(HEADER.READ);
    while (this.until - this.context.currentTime < SCHEDULED_SECONDS && this.#mayRead()) {
      const left = new Float32Array(CHUNK_FRAMES);
      const right = new Float32Array(CHUNK_FRAMES);
      const from = this.ring.get(HEADER.READ);
      this.reader.process(left, right);
      if (distance(this.ring.get(HEADER.READ), from) <= 0) break;
      this.#schedule(left, right);
    }
    if (this.ring.get(HEADER.READ) !== before || this.#following()) for (const reader of this.readers) reader();
    this.#report();
  }

  /** The reader would call less than this an underrun; here it only means that the emulator is still at it. */
  #mayRead() {
    const { ring } = this;
    return ring.framesAhead() >= CHUNK_FRAMES + FADE_FRAMES || ring.get(HEADER.END_EPOCH) === ring.get(HEADER.EPOCH);
  }

  #following() {
    const { ring } = this;
    if (ring.get(HEADER.EPOCH) === ring.get(HEADER.EPOCH_READ)) return false;
    // Nothing lies ready, but the reader can already stand where the new epoch begins.
    this.reader.process(new Float32Array(1), new Float32Array(1));
    return true;
  }

  /** @param {Float32Array<ArrayBuffer>} left @param {Float32Array<ArrayBuffer>} right */
  #schedule(left, right) {
    const { context, ring } = this;
    const buffer = new AudioBuffer({ length: left.length, numberOfChannels: 2, sampleRate: context.sampleRate });
    buffer.copyToChannel(left, 0);
    buffer.copyToChannel(right, 1);
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(this.gate);
    this.sources.add(source);
    source.onended = () => this.sources.delete(source);
    if (this.until > 0 && this.until < context.currentTime) Atomics.add(ring.header, HEADER.UNDERRUNS, 1);
    const at = Math.max(this.until, context.currentTime + (this.until > 0 ? 0 : FIRST_DELAY_SECONDS));
    source.start(at);
    this.until = at + buffer.duration;
  }

  #report() {
    const { ring, told } = this;
    const epoch = ring.get(HEADER.EPOCH_READ);
    if (this.reader.sounding && told.sounding !== epoch) {
      told.sounding = epoch;
      this.tell({ type: "sounding", epoch });
    }
    const over = ring.get(HEADER.PHASE) === PHASE.ENDED && this.until <= this.context.currentTime;
    if (over && told.over !== epoch) {
      told.over = epoch;
      this.tell({ type: "over", epoch });
    }
  }
}
