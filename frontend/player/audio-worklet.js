// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Who feeds the sound card? The audio thread's processor: 128 frames a turn from the ring, facts to the page.
 *
 * Nothing here waits, allocates in the steady state or asks another thread for anything: a turn has under 3 ms. Only what
 * changes is told (another phase, the first sound of an epoch); the position is read from the shared header by whoever
 * wants it. Where memory is not shared, blocks come in by a port and the header goes out by messages instead.
 */
import { HEADER, RING_BYTES, Ring } from "./ring.js";
import { applyToRing, readMessage } from "./ring-link.js";
import { RingReader } from "./ring-reader.js";

/** @typedef {import("./messages.d.ts").ToWorklet} ToWorklet */
/** @typedef {import("./messages.d.ts").FromWorklet} FromWorklet */

/** Turns between two messages with the header, where it is not shared: 21 ms at 48 kHz. */
const TURNS_PER_MESSAGE = 8;

class SidflowOutput extends AudioWorkletProcessor {
  constructor() {
    super();
    /** @type {RingReader | null} */
    this.reader = null;
    /** @type {MessagePort | null} the emulator worker's, where memory is not shared */
    this.blocks = null;
    this.turns = 0;
    this.toldPhase = -1;
    this.toldEpoch = 0;
    this.toldSounding = 0;
    this.port.onmessage = (event) => this.#hear(event.data);
  }

  /** @param {ToWorklet} message */
  #hear(message) {
    if (message.type === "connect") this.#connect(message.buffer, message.port);
    else if (message.type === "pause") this.reader?.pause();
    else this.reader?.play();
  }

  /** @param {SharedArrayBuffer | null} buffer @param {MessagePort | null} port */
  #connect(buffer, port) {
    const ring = new Ring(buffer ?? new ArrayBuffer(RING_BYTES));
    this.reader = new RingReader(ring);
    this.blocks = port;
    if (port) port.onmessage = (event) => applyToRing(ring, event.data);
  }

  /** @param {Float32Array[][]} _inputs @param {Float32Array[][]} outputs @returns {boolean} stay alive */
  process(_inputs, outputs) {
    const [left, right] = outputs[0] ?? [];
    if (!this.reader || !left || !right) return true;
    this.reader.process(left, right);
    this.#tell(this.reader);
    return true;
  }

  /** @param {RingReader} reader */
  #tell(reader) {
    const { ring } = reader;
    const phase = ring.get(HEADER.PHASE);
    const epoch = ring.get(HEADER.EPOCH_READ);
    if (phase !== this.toldPhase || epoch !== this.toldEpoch) {
      this.toldPhase = phase;
      this.toldEpoch = epoch;
      this.#send({ type: "phase", phase, epoch, underruns: ring.get(HEADER.UNDERRUNS) });
    }
    if (reader.sounding && this.toldSounding !== epoch) {
      this.toldSounding = epoch;
      this.#send({ type: "sounding", epoch });
    }
    if (!this.blocks || ++this.turns % TURNS_PER_MESSAGE !== 0) return;
    const message = readMessage(ring);
    this.blocks.postMessage(message);
    this.#send(message);
  }

  /** @param {FromWorklet} message */
  #send(message) {
    this.port.postMessage(message);
  }
}

registerProcessor("sidflow-output", SidflowOutput);
