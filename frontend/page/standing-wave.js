// SPDX-License-Identifier: GPL-3.0-or-later
/** Where in a voice's last milliseconds does a picture begin, so that the wave stands still while its pitch does? */

/** Tap frames across a lane: 29 ms at 44.1 kHz, one and a half waves of a deep bass. */
export const SHOWN = 640;
/** Tap frames before them in which a crossing is looked for. */
export const SEARCHED = 640;

/**
 * Where to begin drawing so that the wave stands still: at the rising crossing of its middle that follows the deepest
 * valley; the newest place where there is none.
 * @param {Int16Array} taps SHOWN + SEARCHED
 * @returns {{first: number, middle: number, peak: number}} index, middle of the swing, and half of the swing
 */
export function standingWave(taps) {
  let low = 32767;
  let high = -32768;
  for (const value of taps) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const middle = (low + high) / 2;
  const peak = (high - low) / 2;
  let first = SEARCHED;
  let deepest = Number.POSITIVE_INFINITY;
  let valley = Number.POSITIVE_INFINITY;
  for (let i = 1; i < SEARCHED; i++) {
    const value = taps[i] ?? 0;
    valley = Math.min(valley, value);
    if (value < middle || (taps[i - 1] ?? 0) >= middle) continue;
    if (valley <= deepest) {
      deepest = valley;
      first = i;
    }
    valley = Number.POSITIVE_INFINITY;
  }
  return { first, middle, peak };
}
