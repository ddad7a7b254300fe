// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How does a track become bytes? A play session is asked for, its SID file is fetched, and so are ROMs where it needs some.
 *
 * Files are kept (a tune's songs share one), and so is an answer that was asked for ahead of a click. What plays has a fresh
 * session at any time: it is renewed before it ends, and one that ended all the same (410) is renewed when that shows.
 */
import { PlayError, problemOf } from "../shared/problem.js";

/** @typedef {{id: string, expiresAt: string, sidUrl: string, romUrls: Record<string, string>} & import("./stream-sources.js").Streams} Session */
/** @typedef {{publicId: string, fileId: string}} Wish */
/** @typedef {{session: Session, asked: number}} Kept */
/** @typedef {{song: number | null, field: string, text: string}} Note what STIL says; song null: about the whole file */

const FILES_KEPT = 12;
/** A session that is about to expire is as good as expired. */
const MARGIN_MS = 5000;
/** Timers of a page in the background come up to a minute late. */
const RENEW_BEFORE_MS = 90_000;
const RENEW_AGAIN_MS = 30_000;

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
    /** @type {Map<string, string[]>} by file, kinds of ROMs */
    this.needs = new Map();
    /** @type {Wish | null} whose session is kept fresh */
    this.fresh = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.renewal = undefined;
  }

  /**
   * The bytes of a track's SID file. Throws PlayError.
   * @param {Wish} track
   * @param {AbortSignal} [signal] ends the waiting, not the fetching: what comes is kept for the next time
   * @returns {Promise<ArrayBuffer>} a copy, to be given away
   */
  async bytes(track, signal) {
    const bytes = await abortable(this.#file(track), signal);
    return bytes.slice(0);
  }

  /**
   * The ROMs that a track needs, by kind; none for nearly all. Throws PlayError, with what to do where they are missing.
   * @param {Wish} track
   * @param {AbortSignal} [signal]
   * @returns {Promise<import("./rom-kinds.js").Roms>}
   */
  async roms(track, signal) {
    await abortable(this.#file(track), signal);
    const needs = this.needs.get(track.fileId) ?? [];
    return needs.length > 0 ? abortable(this.#roms(track, needs), signal) : {};
  }

  /** @param {Wish} track @param {string[]} needs */
  async #roms({ publicId, fileId }, needs) {
    const { findRoms } = await import("./roms.js"); // few tunes need it
    const { romUrls } = await this.#session(publicId, fileId);
    return findRoms(needs, Object.keys(romUrls), (kind) =>
      this.#fetch(publicId, fileId, (session) => session.romUrls[kind] ?? ""),
    );
  }

  /** What the server has rendered of it, or would. Throws PlayError. @param {Wish} track @param {AbortSignal} [signal] */
  streams({ publicId, fileId }, signal) {
    return abortable(this.#session(publicId, fileId), signal);
  }

  /** Its session turned out to be over. @param {Wish} track */
  forget({ publicId }) {
    this.sessions.delete(publicId);
  }

  /** Has a session at any time for what plays; null: nothing does. @param {Wish | null} track */
  keepFresh(track) {
    if (track?.publicId === this.fresh?.publicId) return;
    this.fresh = track;
    clearTimeout(this.renewal);
    if (track) void this.#renewInTime(track);
  }

  /** @param {Wish} track */
  async #renewInTime(track) {
    let waitMs = RENEW_AGAIN_MS;
    try {
      const session = await this.#session(track.publicId, track.fileId);
      waitMs = Math.max(1000, Date.parse(session.expiresAt) - Date.now() - RENEW_BEFORE_MS);
    } catch {
      // The network is away: what plays goes on playing, and the next try comes soon.
    }
    if (this.fresh !== track) return;
    this.renewal = setTimeout(() => {
      this.sessions.delete(track.publicId);
      void this.#renewInTime(track);
    }, waitMs);
  }

  /** Asks ahead of time; what goes wrong will be told when it matters. @param {Wish} track */
  prefetch(track) {
    this.#file(track).catch(() => {});
  }

  /** @param {Wish} track @returns {Promise<ArrayBuffer>} */
  #file({ publicId, fileId }) {
    const kept = this.files.get(fileId);
    const file = kept ?? this.#sid(publicId, fileId);
    this.files.delete(fileId);
    this.files.set(fileId, file);
    if (!kept) file.catch(() => this.files.delete(fileId));
    const [oldest] = this.files.keys();
    if (this.files.size > FILES_KEPT && oldest !== undefined) this.files.delete(oldest);
    return file;
  }

  /** @param {string} publicId @param {string} fileId @returns {Promise<ArrayBuffer>} */
  async #sid(publicId, fileId) {
    try {
      return await this.#fetch(publicId, fileId, (session) => session.sidUrl);
    } catch (error) {
      // A CDN can be away; the site has the file too.
      const { sidUrl } = await this.#session(publicId, fileId);
      if (sidUrl.startsWith("/")) throw error;
      return this.#fetch(publicId, fileId, (session) => `/api/playback/${session.id}/sid`);
    }
  }

  /** @param {string} publicId @param {string} fileId @param {(session: Session) => string} urlIn @returns {Promise<ArrayBuffer>} */
  async #fetch(publicId, fileId, urlIn) {
    let response = await ask(urlIn(await this.#session(publicId, fileId)));
    if (response.status === 410) {
      this.sessions.delete(publicId);
      response = await ask(urlIn(await this.#session(publicId, fileId)));
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
    fresh.catch(() => this.sessions.get(publicId) === fresh && this.sessions.delete(publicId));
    return fresh;
  }

  /** What the catalogue knows of a track that stands nowhere on the page. Throws PlayError. @param {string} publicId */
  async track(publicId) {
    return (await this.#item(publicId)).track;
  }

  /** @param {string} publicId @param {string} fileId @returns {Promise<Session>} */
  async #play(publicId, fileId) {
    const { session, track } = await this.#item(publicId);
    this.notes.set(fileId, track.notes ?? []);
    this.needs.set(fileId, track.needsRoms ?? []);
    return session;
  }

  /** @param {string} publicId */
  async #item(publicId) {
    const response = await ask(this.playUrl, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ trackIds: [publicId] }),
    });
    if (!response.ok) throw await problemOf(response);
    const answer = await response.json();
    const [item] = answer.items;
    if (!item) throw new PlayError("track-not-found", "This tune is not in the collection any more.", 404);
    return item;
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
export function abortable(promise, signal) {
  if (!signal) return promise;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}
