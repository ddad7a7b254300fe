// SPDX-License-Identifier: GPL-3.0-or-later
/** How are times, addresses and notes written for people? */

/** 83.4 → "1:23"; an hour gets a third part. @param {number} seconds */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const s = String(whole % 60).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${s}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${s}`;
}

/** For a screen reader: 83.4 → "1 minute 23 seconds". @param {number} seconds */
export function spokenTime(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [];
  if (whole >= 60) parts.push(count(Math.floor(whole / 60), "minute"));
  if (whole % 60 > 0 || whole < 60) parts.push(count(whole % 60, "second"));
  return parts.join(" ");
}

/** @param {number} number @param {string} noun */
export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** 0xd400 → "$D400". @param {number} address */
export function address(address) {
  return `$${address.toString(16).toUpperCase().padStart(4, "0")}`;
}

const NOTES = ["C-", "C#", "D-", "D#", "E-", "F-", "F#", "G-", "G#", "A-", "A#", "B-"];

/** The nearest note as trackers write it, 261.6 Hz → "C-4"; "" below hearing. @param {number} hz */
export function note(hz) {
  if (!(hz >= 16)) return "";
  const semitones = Math.round(12 * Math.log2(hz / 440)) + 57; // above C-0
  const octave = Math.floor(semitones / 12);
  return octave > 9 ? "" : `${NOTES[semitones - octave * 12]}${octave}`;
}

/** The waveforms that a SID control register selects, "pulse+saw"; "" for none. @param {number} control register $D404 */
export function waveform(control) {
  return [
    [0x10, "tri"],
    [0x20, "saw"],
    [0x40, "pulse"],
    [0x80, "noise"],
  ]
    .filter(([bit]) => control & Number(bit))
    .map(([, name]) => name)
    .join("+");
}
