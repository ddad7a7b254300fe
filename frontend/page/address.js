// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Which address has what plays? /tune/ID, and with ?t=SECONDS a place in it. The address bar follows what plays; what a person
 * chose becomes a step of the browser's history, what came by itself does not.
 */

/** @typedef {import("./tunes.js").Song} Song */

const TUNE = /^\/tune\/([0-9a-f-]{36})\/?$/;
/** Longer than any song: an address may say anything. */
const MOST_SECONDS = 24 * 3600;

/** @param {Song} song @param {number} [seconds] @returns {string} */
export function addressOf(song, seconds = 0) {
  const second = Math.floor(seconds);
  return `/tune/${song.publicId}${second > 0 ? `?t=${second}` : ""}`;
}

/** What the address bar names; null: no song. @param {{pathname: string, search: string}} place */
export function songInAddress({ pathname, search }) {
  const publicId = TUNE.exec(pathname)?.[1];
  if (!publicId) return null;
  const seconds = Number(new URLSearchParams(search).get("t") ?? 0);
  return { publicId, seconds: seconds > 0 && seconds < MOST_SECONDS ? seconds : 0 };
}

/** Is this a page whose own address stays, whatever plays and is looked for in it? */
export function keepsAddress() {
  return "keepsAddress" in document.body.dataset;
}

/** @param {Song} song @param {boolean} chosen by a person, just now */
export function followWithAddress(song, chosen) {
  if (keepsAddress()) return;
  const address = addressOf(song);
  const here = songInAddress(location);
  if (here?.publicId === song.publicId) history.replaceState(history.state, "", address);
  else if (chosen) history.pushState(null, "", address);
  // A list, to which somebody went back while the music plays on, keeps its address.
  else if (here) history.replaceState(null, "", address);
}

/** Puts a text where the person can paste it from. Also without https, where browsers keep the clipboard's own door shut. @param {string} text */
export async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (!copied) throw new Error("The browser does not let this page copy.");
}
