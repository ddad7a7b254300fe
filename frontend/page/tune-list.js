// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Which tunes does the list show now, and what follows them? Lists come and go (a search, a folder), so rows are asked when it
 * matters, and a tune is the same wherever its first song is.
 */
import { PlayError } from "../shared/problem.js";
import { readTunes } from "./tunes.js";

/** @typedef {import("./tunes.js").Tune} Tune */
/** @typedef {{row: HTMLElement, tune: Tune}} Line */

/** The server refuses nothing that it linked, but a page in which it does may not be asked again and again. */
const LONGEST_WAIT_MS = 20_000;

/** @type {WeakMap<Element, Tune>} */
const known = new WeakMap();

/** @param {Element} row @returns {Tune} */
export function tuneOfRow(row) {
  let tune = known.get(row);
  if (!tune) {
    [tune] = row instanceof HTMLElement ? readTunes([row]) : [];
    if (!tune) throw new Error("A row of the list is no element of HTML.");
    known.set(row, tune);
  }
  return tune;
}

/** @param {ParentNode} place @returns {Line[]} */
export function lines(place) {
  return [...place.querySelectorAll(".tune")].flatMap((row) =>
    row instanceof HTMLElement ? [{ row, tune: tuneOfRow(row) }] : [],
  );
}

/**
 * A tune of one song, as the API names it.
 * @param {{id: string, title: string, author: string, released: string, song: number, lengthMs: number | null,
 *   reason: {code: string, message: string} | null}} track
 * @returns {Tune}
 */
export function tuneOfTrack({ id, title, author, released, song, lengthMs, reason }) {
  const obstacle = { reason: reason?.message ?? "", reasonCode: reason?.code ?? "" };
  const dataset = { title, author, released, startSong: String(song), tracks: `${id},${song},${lengthMs ?? ""}`, ...obstacle };
  return /** @type {Tune} */ (readTunes([{ dataset }])[0]);
}

/** The tunes behind one of the list, and where the list goes on. @param {ParentNode} place @param {Tune} tune */
export function following(place, tune) {
  const all = lines(place).map((line) => line.tune);
  const at = all.findIndex((one) => one.fileId === tune.fileId);
  return { tunes: all.slice(at + 1), more: nextPage(place) };
}

/** The tune before one of the list that can play. @param {ParentNode} place @param {Tune} tune @returns {Tune | null} */
export function tuneBefore(place, tune) {
  const all = lines(place).map((line) => line.tune);
  const at = all.findIndex((one) => one.fileId === tune.fileId);
  return all.slice(0, Math.max(0, at)).findLast((one) => !one.reason) ?? null;
}

/**
 * The list's next page, as the link under the list has it. Throws PlayError.
 * @param {string} address
 * @returns {Promise<{tunes: Tune[], more: string}>}
 */
export async function fetchPage(address) {
  const response = await fetch(address, {
    headers: { Accept: "text/html" },
    signal: AbortSignal.timeout(LONGEST_WAIT_MS),
  }).catch(() => {
    throw new PlayError("network", "The list's next tunes cannot be reached.");
  });
  if (!response.ok)
    throw new PlayError("list", `The list's next tunes did not come (HTTP ${response.status}).`, response.status);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return { tunes: lines(page).map((line) => line.tune), more: nextPage(page, response.url) };
}

/** @param {ParentNode} place @param {string} [base] */
function nextPage(place, base = location.href) {
  const link = place.querySelector(".more a");
  const address = link?.getAttribute("href");
  return address ? new URL(address, base).href : "";
}
