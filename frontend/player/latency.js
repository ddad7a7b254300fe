// SPDX-License-Identifier: GPL-3.0-or-later
/** How long is a frame on its way from the audio graph's end to the ear? */

/** Frames between the graph's end and the ear. @param {AudioContext} context */
export function latencyFrames(context) {
  const seconds = context.outputLatency || context.baseLatency || 0;
  return Math.round(Math.min(1, Math.max(0, seconds)) * context.sampleRate);
}
