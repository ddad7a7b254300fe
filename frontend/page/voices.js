// SPDX-License-Identifier: GPL-3.0-or-later
/** Which voices are heard? Those that nobody silenced; while some are heard alone, only those. */

/** Voices of all chips, counted from 0: three of the first chip, three of the second, three of the third. */
export const VOICES = 9;
const VOICES_PER_CHIP = 3;
/** Bits 9, 10 and 11 of the engine's mute option: the digis of the three chips. */
const DIGIS = 0b111 << VOICES;

export class Voices {
  constructor() {
    /** @type {Set<number>} */
    this.muted = new Set();
    /** @type {Set<number>} */
    this.alone = new Set();
    this.digisMuted = false;
    this.chips = 1;
  }

  /** Voices of the tune that plays. */
  get count() {
    return this.chips * VOICES_PER_CHIP;
  }

  /** The engine's mute option. */
  get mask() {
    let mask = this.digisMuted || this.alone.size > 0 ? DIGIS : 0;
    for (let voice = 0; voice < VOICES; voice++) if (this.isSilent(voice)) mask |= 1 << voice;
    return mask;
  }

  /** @param {number} voice */
  isSilent(voice) {
    return this.alone.size > 0 ? !this.alone.has(voice) : this.muted.has(voice);
  }

  /** Everything sounds, on so many chips. @param {number} [chips] */
  reset(chips = this.chips) {
    this.muted.clear();
    this.alone.clear();
    this.digisMuted = false;
    this.chips = chips;
  }

  /** @param {number} voice */
  toggleMute(voice) {
    if (voice < this.count) toggle(this.muted, voice);
  }

  /** @param {number} voice */
  toggleAlone(voice) {
    if (voice < this.count) toggle(this.alone, voice);
  }

  /** The first voice alone, then the next one, after the last one all of them. */
  nextAlone() {
    const next = this.alone.size > 0 ? Math.max(...this.alone) + 1 : 0;
    this.alone.clear();
    if (next < this.count) this.alone.add(next);
  }

  /** For the bar: "voice 2 silent", "only voice 1"; "" when everything sounds. */
  describe() {
    const names = [...(this.alone.size > 0 ? this.alone : this.muted)].sort((a, b) => a - b).map((voice) => voice + 1);
    const voices = `voice${names.length > 1 ? "s" : ""} ${names.join(", ")}`;
    if (this.alone.size > 0) return `only ${voices}`;
    return [names.length > 0 ? `${voices} silent` : "", this.digisMuted ? "digis silent" : ""].filter(Boolean).join(", ");
  }
}

/** @param {Set<number>} set @param {number} value */
function toggle(set, value) {
  if (!set.delete(value)) set.add(value);
}
