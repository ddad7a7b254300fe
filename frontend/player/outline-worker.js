// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How loud is a song along its length? This worker plays it through with the light synth at a low rate, far faster than it
 * sounds, and tells the levels as they come. It rests as long as it works, so that what sounds meanwhile has the processor.
 */
import { Engine } from "./engine.js";

/** @typedef {import("./messages.d.ts").ToOutline} ToOutline */
/** @typedef {import("./messages.d.ts").FromOutline} FromOutline */

const RATE_HZ = 8000;
const FAST = 1;
const MAX_FRAMES = 8192;
const STEPS = 240;
/** Levels are told in heaps: each is a message and a picture to draw. */
const HEAP = 24;

/** @type {Promise<WebAssembly.Module> | null} */
let module = null;
/** The newest wish: an older one ends at its next rest. */
let wanted = 0;

/** @param {string} url @returns {Promise<WebAssembly.Module>} */
async function compile(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** @param {Engine} engine @param {number} frames @returns {number} the mean square of a stretch of sound, of 1 */
function meanSquare(engine, frames) {
  let sum = 0;
  for (let rest = frames; rest > 0; rest -= MAX_FRAMES) {
    for (const sample of engine.render(Math.min(rest, MAX_FRAMES))) sum += sample * sample;
  }
  return sum / frames / 32768 / 32768;
}

/** @param {FromOutline} message */
function tell(message) {
  self.postMessage(message);
}

/** @param {ToOutline} wish */
async function outline({ id, engineUrl, file, song, lengthSeconds, roms }) {
  module ??= compile(engineUrl);
  const engine = await Engine.instantiate(await module);
  try {
    engine.setOption("synth", FAST);
    engine.setOption("sampleRate", RATE_HZ);
    for (const [kind, bytes] of Object.entries(roms)) engine.setRom(kind, new Uint8Array(bytes));
    engine.load(new Uint8Array(file));
    engine.start(song);
    const frames = Math.max(1, Math.round((lengthSeconds * RATE_HZ) / STEPS));
    const levels = new Float32Array(STEPS);
    for (let step = 0; step < STEPS && id === wanted; ++step) {
      const began = performance.now();
      levels[step] = Math.sqrt(meanSquare(engine, frames));
      if ((step + 1) % HEAP === 0) tell({ id, levels: levels.slice(0, step + 1), steps: STEPS });
      await new Promise((resolve) => setTimeout(resolve, performance.now() - began));
    }
  } finally {
    engine.free();
  }
}

self.onmessage = (event) => {
  const wish = /** @type {ToOutline} */ (event.data);
  wanted = wish.id;
  // A song that cannot be played through has no picture; that it does not play is told by who plays it.
  outline(wish).catch(() => {
    module = null;
  });
};
