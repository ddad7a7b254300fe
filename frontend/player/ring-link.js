// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How do two rings stay alike where memory cannot be shared?
 *
 * The writer does everything to its own ring and says so; the other side does the same to its own. The reader's words of
 * the header travel the other way every few milliseconds, so the writer knows how much room there is.
 */
import { BLOCK_FRAMES, CHANNELS, HEADER } from "./ring.js";

/** @typedef {import("./messages.d.ts").RingMessage} RingMessage */
/** @typedef {import("./messages.d.ts").ReadMessage} ReadMessage */
/** @typedef {import("./ring.js").Ring} Ring */

const FIRST_READER_WORD = HEADER.READ;
const LAST_READER_WORD = HEADER.HANDED;
const SILENT_BLOCK = new Int16Array(BLOCK_FRAMES * CHANNELS);

/** @param {Ring} ring @param {RingMessage} message */
export function applyToRing(ring, message) {
  if (message.type === "block") ring.writeBlock(message.samples ?? SILENT_BLOCK, message.taps, message.registers);
  else if (message.type === "flush") ring.flush(message.epoch);
  else ring.end(message.frames);
}

/** The reader's words, to be sent. @param {Ring} ring @returns {ReadMessage} */
export function readMessage(ring) {
  return { type: "read", words: ring.header.slice(FIRST_READER_WORD, LAST_READER_WORD + 1) };
}

/** @param {Ring} ring @param {ReadMessage} message */
export function applyRead(ring, message) {
  ring.header.set(message.words, FIRST_READER_WORD);
}
