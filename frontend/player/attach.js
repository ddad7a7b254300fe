// SPDX-License-Identifier: GPL-3.0-or-later
/** How does a media element get what it shall play, until it knows how long that is? */
import { PlayError } from "../shared/problem.js";

const METADATA_PATIENCE_MS = 20_000;
/** On the element: hls.js does not go on. */
export const FEED_BROKE = "feedbroke";

/**
 * Throws PlayError where the browser cannot play it, or `signal` ended the waiting; nothing is attached then.
 * @param {HTMLMediaElement} element
 * @param {import("./stream-sources.js").Source} source
 * @param {number} seconds where it will begin
 * @param {AbortSignal} signal
 * @returns {Promise<() => void>} takes it off again
 */
export async function attach(element, { kind, url }, seconds, signal) {
  const feed = kind === "hls" ? await hlsFeed() : null;
  signal.throwIfAborted();
  const known = metadata(element, signal);
  const detach = feed
    ? feed(element, url, seconds, () => element.dispatchEvent(new Event(FEED_BROKE)))
    : setSource(element, url);
  try {
    await known;
  } catch (error) {
    detach();
    throw error;
  }
  return detach;
}

/** @param {HTMLMediaElement} element @param {string} url */
function setSource(element, url) {
  element.src = url;
  return () => {
    element.removeAttribute("src");
    element.load();
  };
}

async function hlsFeed() {
  const { canFeed, feed } = await import("./hls-feed.js").catch(() => {
    throw new PlayError("no-hls", "A part of the player could not be loaded.");
  });
  if (!canFeed()) throw new PlayError("not-playable", "This browser refuses HLS.");
  return feed;
}

/** Until the element knows how long what it plays is. @param {HTMLMediaElement} element @param {AbortSignal} signal @returns {Promise<void>} */
function metadata(element, signal) {
  const over = new AbortController();
  /** @type {Promise<void>} */
  const known = new Promise((resolve, reject) => {
    const refuse = () => reject(new PlayError("not-playable", "The browser cannot play what the server sends."));
    const timer = setTimeout(refuse, METADATA_PATIENCE_MS);
    over.signal.addEventListener("abort", () => clearTimeout(timer));
    element.addEventListener("loadedmetadata", () => resolve(), { signal: over.signal });
    for (const end of ["error", FEED_BROKE]) element.addEventListener(end, refuse, { signal: over.signal });
    signal.addEventListener("abort", () => reject(signal.reason), { signal: over.signal });
  });
  return known.finally(() => over.abort());
}
