// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * From where does the sound of a song come: from this device, which emulates the C64, or from a rendering of the server's?
 *
 * The device first: it begins at once, seeks at once, and its voices can be seen and silenced. Without shared memory a
 * rendering that is ready comes before it, one that had to be made first does not. docs/player.md has the reasons.
 */

/** @typedef {"wasm" | "stream" | "cli"} WayName */
/** @typedef {"auto" | "device" | "server" | "sidplayfp"} Preference */
/** @typedef {{stream: boolean, ready: boolean, cli: boolean}} Offer what the server has of a song; `ready`: made already */
/** @typedef {{clause: string, hard: boolean}} Obstacle why not to emulate, after "because"; `hard`: it cannot, otherwise it would be poor */
/**
 * @typedef {object} Facts
 * @property {Preference} preference
 * @property {Obstacle | null} obstacle
 * @property {boolean} shared may the threads share memory?
 */
/** @typedef {{name: WayName, because: string}} Choice `because`: a sentence where it is not what a person expects, else "" */

export const PREFERENCES = /** @type {const} */ (["auto", "device", "server", "sidplayfp"]);
/** Gaps in the sound within so many milliseconds that a person would not bear. */
const GAPS = 4;
const GAPS_WITHIN_MS = 20_000;

/** Does the choice need to know what the server has? @param {Facts} facts */
export function needsOffer({ preference, obstacle, shared }) {
  return obstacle !== null || (preference === "auto" ? !shared : preference !== "device");
}

/**
 * The way to play a song. "wasm" with a hard obstacle means that there is none.
 * @param {Facts} facts
 * @param {Offer} offer
 * @returns {Choice}
 */
export function choose({ preference, obstacle, shared }, { stream, ready, cli }) {
  const byServer = preference === "server" || preference === "sidplayfp";
  if (preference === "sidplayfp" && cli) return { name: "cli", because: "Played by the server's sidplayfp, as you chose." };
  if (byServer && stream) {
    const because = preference === "server" ? "as you chose." : "which has no sidplayfp rendering of it.";
    return { name: "stream", because: `Played from the server, ${because}` };
  }
  if (obstacle && (stream || cli)) {
    return { name: stream ? "stream" : "cli", because: `Played from the server because ${obstacle.clause}.` };
  }
  if (!obstacle && preference === "auto" && !shared && ready) {
    return { name: "stream", because: "Played from the server because this page may not share memory between its threads." };
  }
  return { name: "wasm", because: byServer && !obstacle ? "Played by this device: the server has no rendering of it." : "" };
}

/** Does the emulation keep up? Counts the gaps in its sound. */
export class Gaps {
  constructor() {
    /** @type {number[]} when */
    this.heard = [];
    this.known = 0;
  }

  /** @param {number} underruns so far @param {number} nowMs @returns {boolean} were there too many lately? */
  tooMany(underruns, nowMs) {
    for (; this.known < underruns; this.known++) this.heard.push(nowMs);
    this.known = underruns;
    this.heard = this.heard.filter((when) => nowMs - when < GAPS_WITHIN_MS);
    return this.heard.length >= GAPS;
  }
}
