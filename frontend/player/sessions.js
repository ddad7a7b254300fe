// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How does a track become bytes? A play session is asked for, its SID file is fetched, and an expired session is renewed.
 *
 * Files are kept (a tune's songs share one), and so is an answer that was asked for ahead of a click.
 */
import { PlayError, problemOf } from "../shared/problem.js";

/** @typedef {{id: string, expiresAt: string, sidUrl: string}} Session */
/** @typedef {{session: Session, asked: number}} Kept */
/** @typedef {{song: number | null, field: string, text: string}} Note what STIL says; song null: about the whole file */

const FILES_KEPT = 12;
/** A session that is about to expire is as good as expired. */
const MARGIN_MS = 5000;

export class Sessions {
  /** @param {{playUrl: string}} urls */
  constructor({ playUrl }) {
    this.playUrl = playUrl;
    /** @type {Map<string, Promise<Session>>} by track */
    this.sessions = new Map();
    /** @type {Map<string, Promise<ArrayBuffer>>} by file, the newest last */
    this.files = new Map();
    /** @type {Map<string, Note[]>} by file */
    this.notes = new Map();
  }

  /**
   * The bytes of a track's SID file. Throws PlayError.
   * @param {{publicId: string, fileId: string}} track
   * @param {AbortSignal} [signal] ends the waiting, not the fetching: what comes is kept for the next time
   * @returns {Promise<ArrayBuffer>} a copy, to be given away
   */
  async bytes(track, signal) {
    const bytes = await abortable(this.#file(track), signal);
    return bytes.slice(0);
  }

  /** Asks ahead of time; what goes wrong will be told when it matters. @param {{publicId: string, fileId: string}} track */
  prefetch(track) {
    this.#file(track).catch(() => {});
  }

  /** @param {{publicId: string, fileId: string}} track @returns {Promise<ArrayBuffer>} */
  #file({ publicId, fileId }) {
    const kept = this.files.get(fileId);
    const file = kept ?? this.#fetch(publicId, fileId);
    this.files.delete(fileId);
    this.files.set(fileId, file);
    if (!kept) file.catch(() => this.files.delete(fileId));
    const [oldest] = this.files.keys();
    if (this.files.size > FILES_KEPT && oldest !== undefined) this.files.delete(oldest);
    return file;
  }

  /** @param {string} publicId @param {string} fileId @returns {Promise<ArrayBuffer>} */
  async #fetch(publicId, fileId) {
    let response = await ask((await this.#session(publicId, fileId)).sidUrl);
    if (response.status === 410) {
      this.sessions.delete(publicId);
      response = await ask((await this.#session(publicId, fileId)).sidUrl);
    }
    if (!response.ok) throw await problemOf(response);
    return response.arrayBuffer();
  }

  /** @param {string} publicId @param {string} fileId @returns {Promise<Session>} */
  async #session(publicId, fileId) {
    const kept = this.sessions.get(publicId);
    if (kept && isFresh(await kept)) return kept;
    const fresh = this.#play(publicId, fileId);
    this.sessions.set(publicId, fresh);
    fresh.catch(() => this.sessions.delete(publicId));
    return fresh;
  }

  /** @param {string} publicId @param {string} fileId @returns {Promise<Session>} */
  async #play(publicId, fileId) {
    const response = await ask(this.playUrl, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ trackIds: [publicId] }),
    });
    if (!response.ok) throw await problemOf(response);
    const answer = await response.json();
    const { session, track } = answer.items[0] ?? {};
    this.notes.set(fileId, track?.notes ?? []);
    if (!session) throw new PlayError("track-not-found", "This tune is not in the collection any more.");
    return session;
  }
}

/** @param {Session} session */
function isFresh(session) {
  return Date.parse(session.expiresAt) - Date.now() > MARGIN_MS;
}

/** fetch, with a sentence for a network that is away. @param {string} url @param {RequestInit} [init] */
async function ask(url, init) {
  try {
    return await fetch(url, init);
  } catch {
    throw new PlayError("network", "The server cannot be reached. Check the connection and try again.");
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<T>}
 */
function abortable(promise, signal) {
  if (!signal) return promise;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}
