// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Which adapter plays a song? Keeps what the visitor prefers, knows what did not work, and fetches the adapter that plays the
 * server's renderings when it is wanted for the first time. choose-adapter.js has the rules.
 */
import { PlayError } from "../shared/problem.js";
import { choose, needsOffer, PREFERENCES } from "./choose-adapter.js";

/** @typedef {import("./adapter.d.ts").Adapter} Adapter */
/** @typedef {import("./choose-adapter.js").Preference} Preference */
/** @typedef {import("./states.js").Problem} Problem */
/** @typedef {import("./stream-adapter.js").StreamAdapter} StreamAdapter */
/** @typedef {import("./stream-adapter.js").Track} Track */
/** @typedef {{adapter: Adapter, because: string}} Way */

const KEY = "sidflow.sound-from";
/** What the emulation's own fault is; the tune's faults would be the same on the server. */
const EMULATION_FAULTS = new Set(["worker", "engine", "unknown"]);
/** What another way would suffer from too. */
const EVERYBODY_S = new Set(["network", "press-again"]);

export class Ways {
  /**
   * @param {Adapter} wasm
   * @param {import("./sessions.js").Sessions} sessions
   */
  constructor(wasm, sessions) {
    this.wasm = wasm;
    this.sessions = sessions;
    this.preference = recall();
    /** @type {Map<string, StreamAdapter>} */
    this.servers = new Map();
    /** @type {(adapter: Adapter) => void} hears of every adapter, before it plays anything */
    this.onAdapter = () => {};
    /** Why the emulation is not to be tried again on this page. @type {{clause: string, problem: Problem | null} | null} */
    this.broken = null;
    /** The song that the server could not give. */
    this.refused = "";
    this.volume = 1;
  }

  /** Takes effect with the next song that is opened. @param {Preference} preference */
  prefer(preference) {
    this.preference = preference;
    this.broken = null;
    this.refused = "";
    try {
      localStorage.setItem(KEY, preference);
    } catch {
      // Storage is closed to us: the choice holds for this page.
    }
  }

  /** Somebody may play something soon. @param {boolean} pressed a person did something, so sound may open */
  warmUp(pressed) {
    if (this.wasm.available().ok && (this.preference === "auto" || this.preference === "device")) this.wasm.warmUp(pressed);
    else void this.#server("stream").catch(() => {});
    if (pressed) this.touch();
  }

  /** A person presses something just now: iPhones let only those media elements sound that a press has reached. */
  touch() {
    for (const adapter of this.servers.values()) adapter.warmUp(true);
  }

  /** @param {number} volume 0..1 */
  setVolume(volume) {
    this.volume = volume;
    for (const adapter of [this.wasm, ...this.servers.values()]) adapter.setVolume(volume);
  }

  /**
   * The way for a song: at once where that is clear, else when the server has said what it has. Throws PlayError.
   * @param {Track} track
   * @param {AbortSignal} signal
   * @returns {Way | Promise<Way>}
   */
  choose(track, signal) {
    const facts = { preference: this.preference, obstacle: this.#obstacle(), shared: mayShare() };
    if (!needsOffer(facts)) return { adapter: this.wasm, because: "" };
    return this.#ask(track, facts, signal);
  }

  /** @param {Track} track @param {import("./choose-adapter.js").Facts} facts @param {AbortSignal} signal @returns {Promise<Way>} */
  async #ask(track, facts, signal) {
    const { streamUrls, fallbackHlsUrl } = await this.sessions.streams(track, signal);
    const { cli, ...ours } = this.refused === track.publicId ? {} : streamUrls;
    const stream = Object.keys(ours).length > 0 || (fallbackHlsUrl !== null && this.refused !== track.publicId);
    const unasked = !facts.obstacle && facts.preference === "auto";
    const ready = stream && unasked && (await (await this.#server("stream")).ready(track, signal));
    const { name, because } = choose(facts, { stream, ready, cli: cli !== undefined });
    if (name !== "wasm") return { adapter: await this.#server(name), because };
    if (facts.obstacle?.hard) throw this.#impossible();
    return { adapter: this.wasm, because };
  }

  /** An adapter did not play a song. Is it worth choosing again? @param {Adapter} adapter @param {Track | null} track @param {Problem} problem */
  gaveUp(adapter, track, problem) {
    if (!track || EVERYBODY_S.has(problem.code)) return false;
    if (adapter === this.wasm) {
      if (this.broken || !EMULATION_FAULTS.has(problem.code)) return false;
      this.broken = { clause: "the emulation did not start here", problem };
      return true;
    }
    if (this.refused === track.publicId || this.#obstacle()?.hard) return false;
    this.refused = track.publicId;
    return true;
  }

  /** The emulation plays with gaps. Is it worth choosing again? */
  tooSlow() {
    if (this.broken || this.preference === "device") return false;
    this.broken = { clause: "this device is too slow to emulate it without gaps", problem: null };
    return true;
  }

  /** @returns {import("./choose-adapter.js").Obstacle | null} */
  #obstacle() {
    const available = this.wasm.available();
    if (!available.ok) return { clause: available.clause, hard: true };
    return this.broken && { clause: this.broken.clause, hard: this.broken.problem !== null };
  }

  /** Nothing can play. What broke is tried again the next time. */
  #impossible() {
    const available = this.wasm.available();
    const problem = this.broken?.problem;
    this.broken = null;
    if (!available.ok) return new PlayError("unavailable", available.reason);
    return new PlayError(problem?.code ?? "unknown", problem?.message ?? "", problem?.status, problem?.retryAfterSeconds);
  }

  /** @param {"stream" | "cli"} name @returns {Promise<StreamAdapter>} */
  async #server(name) {
    const known = this.servers.get(name);
    if (known) return known;
    const { StreamAdapter } = await import("./stream-adapter.js").catch(() => {
      throw new PlayError("network", "A part of the player could not be loaded: the server cannot be reached.");
    });
    const adapter = this.servers.get(name) ?? new StreamAdapter(name, this.sessions);
    this.servers.set(name, adapter);
    adapter.setVolume(this.volume);
    this.onAdapter(adapter);
    return adapter;
  }
}

function mayShare() {
  return Boolean(globalThis.crossOriginIsolated && globalThis.SharedArrayBuffer);
}

/** @returns {Preference} */
function recall() {
  try {
    const kept = localStorage.getItem(KEY);
    return PREFERENCES.find((one) => one === kept) ?? "auto";
  } catch {
    return "auto";
  }
}
