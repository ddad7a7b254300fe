// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Which way does the sound leave this page? The best that this browser allows here, by trying, never by name:
 *
 *   shared     AudioWorklet and shared memory: the emulator writes, the audio thread reads, nothing passes the page
 *   port       AudioWorklet without shared memory (the page is not cross-origin isolated): blocks by a port between the two
 *   scheduled  no AudioWorklet (plain http from another host): the page schedules AudioBuffers ahead
 *
 * All three read the same ring with the same reader, so fades, pauses, epochs and underruns are the same.
 */

import { PlayError } from "../shared/problem.js";
import { latencyFrames } from "./latency.js";
import { PHASE, RING_BYTES, Ring } from "./ring.js";
import { applyRead, applyToRing } from "./ring-link.js";
import { ScheduledOutput } from "./scheduled-output.js";

/** @typedef {import("./messages.d.ts").FromWorklet} FromWorklet */
/** @typedef {import("./messages.d.ts").ToWorklet} ToWorklet */
/** @typedef {import("./messages.d.ts").RingMessage} RingMessage */
/** @typedef {import("./messages.d.ts").Transport} Transport */
/** @typedef {(fact: {type: "sounding" | "over", epoch: number}) => void} Tell */
/**
 * @typedef {object} Output
 * @property {"shared" | "port" | "scheduled"} kind
 * @property {Ring} ring for those who look on
 * @property {Transport} transport for the emulator
 * @property {Transferable[]} transfer what must be given away with `transport`
 * @property {number} aheadSeconds how far the emulator shall be ahead of the reader
 * @property {(message: RingMessage) => void} hear what the emulator told the page about the ring
 * @property {() => void} play
 * @property {() => void} pause
 * @property {() => number} framesUnheard frames that were read and are still on their way to the ear
 */

const AHEAD_SECONDS = 3;

/** @returns {"shared" | "port" | "scheduled"} what this page may use */
export function possibleKind() {
  if (!("audioWorklet" in AudioContext.prototype) || !globalThis.AudioWorkletNode) return "scheduled";
  return globalThis.crossOriginIsolated && globalThis.SharedArrayBuffer ? "shared" : "port";
}

/**
 * @param {AudioContext} context
 * @param {AudioNode} destination
 * @param {string} workletUrl
 * @param {Tell} tell
 * @returns {Promise<Output>}
 */
export async function openOutput(context, destination, workletUrl, tell) {
  const kind = possibleKind();
  if (kind === "scheduled") return new ScheduledOutput(context, destination, tell);
  await context.audioWorklet.addModule(workletUrl).catch(() => {
    throw new PlayError("network", "A part of the player could not be loaded: the server cannot be reached.");
  });
  const node = new AudioWorkletNode(context, "sidflow-output", { numberOfInputs: 0, outputChannelCount: [2] });
  node.connect(destination);
  return new WorkletOutput(context, node, kind, tell);
}

/** @implements {Output} */
class WorkletOutput {
  /** @param {AudioContext} context @param {AudioWorkletNode} node @param {"shared" | "port"} kind @param {Tell} tell */
  constructor(context, node, kind, tell) {
    this.kind = kind;
    this.context = context;
    this.node = node;
    this.tell = tell;
    this.aheadSeconds = AHEAD_SECONDS;
    const buffer = kind === "shared" ? new SharedArrayBuffer(RING_BYTES) : null;
    this.ring = new Ring(buffer ?? new ArrayBuffer(RING_BYTES));
    const channel = buffer ? null : new MessageChannel();
    /** @type {Transport} */
    this.transport = buffer
      ? { kind: "shared", buffer }
      : { kind: "port", port: /** @type {MessageChannel} */ (channel).port1 };
    this.transfer = channel ? [channel.port1] : [];
    node.port.onmessage = (event) => this.#fact(event.data);
    this.#send({ type: "connect", buffer, port: channel?.port2 ?? null }, channel ? [channel.port2] : []);
  }

  /** @param {RingMessage} message */
  hear(message) {
    applyToRing(this.ring, message);
  }

  play() {
    this.#send({ type: "play" });
  }

  pause() {
    this.#send({ type: "pause" });
  }

  framesUnheard() {
    return latencyFrames(this.context);
  }

  /** @param {FromWorklet} fact */
  #fact(fact) {
    if (fact.type === "read") applyRead(this.ring, fact);
    else if (fact.type === "sounding") this.tell(fact);
    else if (fact.phase === PHASE.ENDED) this.tell({ type: "over", epoch: fact.epoch });
  }

  /** @param {ToWorklet} message @param {Transferable[]} [transfer] */
  #send(message, transfer = []) {
    this.node.port.postMessage(message, transfer);
  }
}
