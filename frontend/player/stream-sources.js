// SPDX-License-Identifier: GPL-3.0-or-later
/** Which of the server's renderings can this browser play, the best first, and is one ready to be played? */
import { PlayError, problemOf } from "../shared/problem.js";

/** @typedef {{streamUrls: Record<string, string>, fallbackHlsUrl: string | null}} Streams what a session says */
/** @typedef {{kind: "hls" | "file", transport: string, url: string}} Source `transport`: for the curious */
/** @typedef {{mediaSource: boolean, canPlay: (type: string) => boolean}} Abilities of this browser */
/** @typedef {import("./adapter.d.ts").Progress} Progress */

/** The smallest first. @type {[string, string][]} */
const FORMATS = [
  ["m4a", 'audio/mp4; codecs="mp4a.40.2"'],
  ["flac", "audio/flac"],
  ["wav", "audio/wav"],
];
const HLS_TYPE = "application/vnd.apple.mpegurl";
const POLL_MS = 1000;
const LONGEST_POLL_MS = 5000;
/** So long nothing may happen to a rendering that is waited for. */
const PATIENCE_MS = 90_000;

/**
 * What to try, in this order. HLS is fed by hls.js wherever there are Media Source Extensions: only iPhones have none, and there
 * the browser itself plays it well.
 * @param {Streams} streams
 * @param {Abilities} abilities
 * @returns {Source[]}
 */
export function sourcesOf({ streamUrls, fallbackHlsUrl }, { mediaSource, canPlay }) {
  /** @type {Source[]} */
  const sources = [];
  const aac = canPlay('audio/mp4; codecs="mp4a.40.2"');
  if (fallbackHlsUrl && aac && mediaSource) sources.push({ kind: "hls", transport: "hls", url: fallbackHlsUrl });
  else if (fallbackHlsUrl && aac && canPlay(HLS_TYPE)) {
    sources.push({ kind: "file", transport: "hls-native", url: fallbackHlsUrl });
  }
  for (const [format, type] of FORMATS) {
    const url = streamUrls[format];
    if (url && canPlay(type)) sources.push({ kind: "file", transport: format, url });
  }
  return sources;
}

/** The server's sidplayfp rendering. @param {Streams} streams @returns {Source[]} */
export function cliSourcesOf({ streamUrls }) {
  const url = streamUrls.cli;
  return url ? [{ kind: "file", transport: "cli", url }] : [];
}

/**
 * Waits until the server has made what the address leads to. Throws PlayError: with the answer's status where it refuses.
 * @param {string} url
 * @param {AbortSignal} signal
 * @param {(progress: Progress | null) => void} tell how far it is; null: it is there
 */
export async function untilReady(url, signal, tell) {
  let last = "";
  let since = performance.now();
  for (let told = false; ; told = true) {
    const waiting = await stateOf(url, signal);
    if (!waiting) {
      if (told) tell(null);
      return;
    }
    tell(waiting.progress);
    const now = JSON.stringify(waiting.progress);
    if (now !== last) since = performance.now();
    last = now;
    if (performance.now() - since > PATIENCE_MS) {
      throw new PlayError("not-prepared", "The server does not get round to preparing this tune. Try it again later.");
    }
    await pause(waiting.waitMs, signal);
  }
}

/** Is it there at once? Makes the server begin nothing. @param {string} url @param {AbortSignal} signal @returns {Promise<boolean>} */
export async function isReady(url, signal) {
  const response = await ask(url, { method: "HEAD", signal });
  return response.ok && response.status !== 202;
}

/**
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<{progress: Progress, waitMs: number} | null>} null: it can be played
 */
async function stateOf(url, signal) {
  // One byte says as much as all of them. A CDN has what is ready, and is asked as simply as can be: it need not know of CORS' preflights.
  const response = await ask(url, isElsewhere(url) ? { method: "HEAD", signal } : { headers: { Range: "bytes=0-0" }, signal });
  if (!response.ok) throw await problemOf(response);
  if (response.status !== 202) {
    void response.body?.cancel();
    return null;
  }
  const { progress, retryAfter } = await response.json();
  const waitMs = Math.min(LONGEST_POLL_MS, 1000 * Number(retryAfter) || POLL_MS);
  const { percentComplete, message } = progress ?? {};
  return {
    progress: { percent: Number.isFinite(percentComplete) ? percentComplete : null, message: String(message ?? "") },
    waitMs,
  };
}

/** @param {string} url */
function isElsewhere(url) {
  return "location" in globalThis && new URL(url, location.href).origin !== location.origin;
}

/** fetch, with a sentence for a network that is away. @param {string} url @param {RequestInit & {signal: AbortSignal}} init */
async function ask(url, init) {
  try {
    return await fetch(url, { ...init, cache: "no-store" });
  } catch (error) {
    if (init.signal.aborted) throw error;
    throw new PlayError("network", "The server cannot be reached. Check the connection and try again.");
  }
}

/** @param {number} ms @param {AbortSignal} signal @returns {Promise<void>} */
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
