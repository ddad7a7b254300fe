// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What comes next? The tunes that follow the one that plays, those that were played before it, and which song of a tune is next.
 *
 * Tunes that a person added stay when another list begins; those that came from a list make room for the new one's.
 */
import { songBeside } from "./tunes.js";

/** @typedef {import("./tunes.js").Song} Song */
/** @typedef {import("./tunes.js").Tune} Tune */
/** @typedef {{key: number, tune: Tune, chosen: boolean}} Entry `chosen`: a person put it here */

/** Tunes that "previous" leads back through. */
const REMEMBERED = 30;
/** With fewer tunes than this the next page of the list is worth fetching. */
const ENOUGH = 10;
export const MOST_ENTRIES = 200;

export class Queue {
  constructor() {
    /** @type {Entry[]} */
    this.entries = [];
    /** The newest last. @type {Tune[]} */
    this.played = [];
    /** Where the list goes on that the entries came from; "" at its end. */
    this.more = "";
    /** Shall all songs of a tune play before the next tune? */
    this.wholeTunes = true;
    /** With which song the tune began: all songs were played when it comes again. @type {Song | null} */
    this.begun = null;
    this.keys = 0;
  }

  /** Another list is played from some place on. @param {Tune[]} following @param {string} more */
  begin(following, more) {
    const chosen = this.entries.filter((entry) => entry.chosen);
    this.entries = [...chosen, ...this.#entries(following, false)];
    this.more = more;
  }

  /** The list goes on. @param {Tune[]} following @param {string} more */
  extend(following, more) {
    this.entries.push(...this.#entries(following, false).slice(0, MOST_ENTRIES - this.entries.length));
    this.more = more;
  }

  /** A person's wish: behind everything that was wished before, before what the list brings. @param {Tune} tune */
  add(tune) {
    const last = this.entries.findLastIndex((entry) => entry.chosen);
    this.entries.splice(last + 1, 0, ...this.#entries([tune], true));
  }

  /** @param {Tune} tune */
  addFirst(tune) {
    this.entries.unshift(...this.#entries([tune], true));
  }

  /** @param {number} key @returns {Entry | undefined} */
  find(key) {
    return this.entries.find((entry) => entry.key === key);
  }

  /** @param {number} key @param {number} place counted from 0; beyond either end is the end @returns {number} the place */
  move(key, place) {
    const from = this.entries.findIndex((entry) => entry.key === key);
    const [entry] = from < 0 ? [] : this.entries.splice(from, 1);
    const to = Math.min(Math.max(0, place), this.entries.length);
    if (entry) this.entries.splice(to, 0, entry);
    return to;
  }

  /** @param {number} key */
  remove(key) {
    this.entries = this.entries.filter((entry) => entry.key !== key);
  }

  clear() {
    this.entries = [];
    this.more = "";
  }

  /** Is it time to fetch the list's next page? */
  get wantsMore() {
    return this.more !== "" && this.entries.length < ENOUGH;
  }

  /** A song begins to play. @param {Song} song @param {Tune | undefined} before the tune that played until now */
  start(song, before) {
    if (before?.fileId === song.tune.fileId) return;
    this.begun = song;
    if (!before) return;
    this.played.push(before);
    this.played.splice(0, this.played.length - REMEMBERED);
  }

  /** The song that follows by itself; null: nothing does. @param {Song} song */
  after(song) {
    return (this.wholeTunes ? this.#nextOfTune(song) : null) ?? this.peek();
  }

  /** What comes first, without taking it out. @returns {Song | null} */
  peek() {
    return firstOf(this.entries[0]?.tune);
  }

  /** The tune of that entry, or the first, comes out; what stood before it counts as played. @param {number} [key] @returns {Tune | null} */
  take(key) {
    const place = key === undefined ? 0 : this.entries.findIndex((entry) => entry.key === key);
    if (place < 0) return null;
    const taken = this.entries.splice(0, place + 1);
    const entry = taken.pop();
    this.played.push(...taken.map((one) => one.tune));
    return entry?.tune ?? null;
  }

  /** The tune that was played before; the present one will come again after it. @param {Tune} present @returns {Tune | null} */
  back(present) {
    const tune = this.played.pop();
    if (!tune) return null;
    this.entries.unshift(...this.#entries([present], false));
    return tune;
  }

  /** Round the songs of the tune, from the one that it began with. @param {Song} song @returns {Song | null} */
  #nextOfTune(song) {
    const next = songBeside(song, 1) ?? song.tune.songs[0];
    return !next || next.song === song.song || next.song === this.begun?.song ? null : next;
  }

  /** @param {Tune[]} tunes @param {boolean} chosen @returns {Entry[]} */
  #entries(tunes, chosen) {
    return tunes.filter((tune) => firstOf(tune)).map((tune) => ({ key: ++this.keys, tune, chosen }));
  }
}

/** The song that a tune begins with, unless it is known not to play. @param {Tune | undefined} tune @returns {Song | null} */
export function firstOf(tune) {
  if (!tune || tune.reason) return null;
  return tune.songs.find((song) => song.song === tune.startSong) ?? tune.songs[0] ?? null;
}
