// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What plays, and who may change that? The one owner of playback state: it takes commands, moves the state machine, and has
 * an adapter carry the change out.
 *
 * Events: "state" after every change; "opened" (detail: SongFacts) when the engine knows the song; "notice" (detail: code,
 * message) for what a person should read.
 */
import { PlayError } from "../shared/problem.js";
import { IDLE, reduce } from "./states.js";

/** @typedef {import("./adapter.d.ts").Adapter} Adapter */
/** @typedef {import("./adapter.d.ts").AdapterEvent} AdapterEvent */
/**
 * @template {import("./adapter.d.ts").PlayableTrack} T
 * @typedef {import("./states.js").Command<T> & {ifRevision?: number}} PlayerCommand `ifRevision`: only if this is still the state
 */

/** @template {import("./adapter.d.ts").PlayableTrack} T */
export class Player extends EventTarget {
  /** @param {Adapter[]} adapters the best first */
  constructor(adapters) {
    super();
    /** @type {import("./states.js").State<T>} */
    this.state = IDLE;
    this.adapters = adapters;
    for (const adapter of adapters) adapter.onEvent = (event) => this.#hear(event);
    this.adapter = this.#choose();
    this.opening = new AbortController();
  }

  /** The adapter that plays; one that is not available stays, to say why. */
  #choose() {
    const adapter = this.adapters.find((one) => one.available().ok) ?? this.adapters[0];
    if (!adapter) throw new Error("A player needs an adapter.");
    return adapter;
  }

  /** @param {boolean} pressed */
  warmUp(pressed) {
    if (this.adapter.available().ok) this.adapter.warmUp(pressed);
  }

  /**
   * Carries a command out. Answers whether it changed anything: it does not where the state has no room for it, or has moved
   * on from `ifRevision`.
   * @param {PlayerCommand<T>} command
   * @returns {boolean}
   */
  command(command) {
    if (command.ifRevision !== undefined && command.ifRevision !== this.state.revision) return false;
    const before = this.state;
    if (!this.#move(command)) return false;
    this.#carryOut(command, before.phase);
    return true;
  }

  /** Where the ear is in the song. */
  get seconds() {
    const { phase, epoch, startSeconds } = this.state;
    if (phase === "idle") return 0;
    return startSeconds + this.adapter.secondsHeard(epoch);
  }

  /** @param {PlayerCommand<T>} command @param {import("./states.js").Phase} before */
  #carryOut(command, before) {
    const { state, adapter } = this;
    if (command.type === "play") void this.#open();
    else if (command.type === "pause") adapter.pause();
    else if (command.type === "resume") adapter.resume();
    else if (command.type === "seek") {
      adapter.seek(state.epoch, state.startSeconds);
      if (before === "ended") adapter.resume();
    } else {
      this.opening.abort();
      adapter.stop(state.epoch);
    }
  }

  async #open() {
    this.opening.abort();
    this.opening = new AbortController();
    const { signal } = this.opening;
    const { epoch, track, startSeconds } = this.state;
    this.adapter.stop(epoch);
    const available = this.adapter.available();
    try {
      if (!available.ok) throw new PlayError("unavailable", available.reason);
      // ROMs may be there that the catalogue knows nothing of: the visitor's own.
      if (track?.obstacle && track.obstacle.code !== "needs_roms")
        throw new PlayError(track.obstacle.code, track.obstacle.message);
      if (track) await this.adapter.open(epoch, track, startSeconds, signal);
    } catch (error) {
      // A seek on the way here has begun a newer epoch of the same opening.
      if (!signal.aborted) this.#move({ type: "failed", epoch: this.state.epoch, problem: problemFrom(error) });
    }
  }

  /** @param {AdapterEvent} event */
  #hear(event) {
    if (event.type === "lost") this.#move({ type: "failed", epoch: this.state.epoch, problem: event.problem });
    else if (event.type === "opened" || event.type === "notice") {
      if (event.epoch !== this.state.epoch) return;
      this.dispatchEvent(new CustomEvent(event.type, { detail: event.type === "opened" ? event.facts : event }));
    } else this.#move(event);
  }

  /** @param {import("./states.js").Command<T> | import("./states.js").Fact} event @returns {boolean} */
  #move(event) {
    const next = reduce(this.state, event);
    if (next === this.state) return false;
    this.state = next;
    this.dispatchEvent(new Event("state"));
    return true;
  }
}

/** @param {unknown} error @returns {import("./states.js").Problem} */
function problemFrom(error) {
  if (!(error instanceof Error)) return { code: "unknown", message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : "unknown";
  const known = error instanceof PlayError ? { status: error.status, retryAfterSeconds: error.retryAfterSeconds } : {};
  return { code, message: error.message, ...known };
}
