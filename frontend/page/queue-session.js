// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What is kept while a visit goes from page to page? The queue, what plays and where in it, in this tab's session storage;
 * whether whole tunes play, in this browser. The server knows nothing of either.
 */
import { KEY } from "./queue-kept.js";
import { readTunes } from "./tunes.js";

/** @typedef {import("./tunes.js").Song} Song */
/** @typedef {import("./tunes.js").Tune} Tune */
/** @typedef {import("./queue.js").Queue} Queue */
/** @typedef {Record<string, string>} Written a tune as the attributes of its row */
/**
 * @typedef {object} Kept
 * @property {{tune: Written, chosen: boolean}[]} entries
 * @property {Written[]} played
 * @property {string} more
 * @property {{tune: Written, song: number, seconds: number} | null} present
 */

const WHOLE_TUNES = "sidflow.whole-tunes";

/** @param {Queue} queue @param {Song | null} song @param {number} seconds */
export function keep(queue, song, seconds) {
  /** @type {Kept} */
  const kept = {
    entries: queue.entries.map(({ tune, chosen }) => ({ tune: written(tune), chosen })),
    played: queue.played.map(written),
    more: queue.more,
    present: song && { tune: written(song.tune), song: song.song, seconds: Math.floor(seconds) },
  };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
    localStorage.setItem(WHOLE_TUNES, String(queue.wholeTunes));
  } catch {
    // Storage is closed to us, or full: the queue holds for this page.
  }
}

/** Fills the queue as it was. @param {Queue} queue @returns {{song: Song, seconds: number} | null} what played, and where */
export function recall(queue) {
  try {
    queue.wholeTunes = localStorage.getItem(WHOLE_TUNES) !== "false";
    /** @type {Kept | null} */
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    if (!kept) return null;
    queue.extend(read(kept.entries.map((entry) => entry.tune)), kept.more);
    for (const [place, entry] of queue.entries.entries()) entry.chosen = kept.entries[place]?.chosen ?? false;
    queue.played = read(kept.played);
    if (!kept.present) return null;
    const { tune, song: number, seconds } = kept.present;
    const song = read([tune])[0]?.songs.find((one) => one.song === number);
    return song ? { song, seconds } : null;
  } catch {
    // Closed to us, or written by another version of this page.
    return null;
  }
}

/** @param {Written[]} tunes @returns {Tune[]} */
function read(tunes) {
  return readTunes(tunes.map((dataset) => ({ dataset })));
}

/** @param {Tune} tune @returns {Written} */
function written({ title, author, released, chips, clock, startSong, reason, songs }) {
  const tracks = songs.map(({ publicId, song, lengthMs }) => `${publicId},${song},${lengthMs ?? ""}`).join(" ");
  const obstacle = { reason: reason?.message ?? "", reasonCode: reason?.code ?? "" };
  return { title, author, released, chips, clock, startSong: String(startSong), tracks, ...obstacle };
}
