// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What plays, and who may change that? The one owner of playback state: it takes commands, moves the state machine, and has
 * an adapter carry the change out.
 *
 * Events: "state" after every change; "opened" (detail: SongFacts, or null) when the song is known; "notice" (detail: code,
 * message) for what a person should read; "preparing" (detail: Progress, or null) while a server makes the song; "way" (detail:
 * why) when it is clear which adapter plays.
 */
import { PlayError } from "../shared/problem.js";
import { abortable } from "./sessions.js";
import { IDLE, reduce } from "./states.js";

/** @typedef {import("./adapter.d.ts").Adapter} Adapter */
/** @typedef {import("./adapter.d.ts").AdapterEvent} AdapterEvent */
/**
 * @template {import("./adapter.d.ts").PlayableTrack} T
 * @typedef {import("./states.js").Command<T> & {ifRevision?: number}} PlayerCommand `ifRevision`: only if this is still the state
 */

/** @template {import("./adapter.d.ts").PlayableTrack} T */
export class Player extends EventTarget {
  /** @param {import("./ways.js").Ways} ways */
  constructor(ways) {
    super();
    /** @type {import("./states.js").State<T>} */
    this.state = IDLE;
    this.ways = ways;
    /** The adapter that plays, or did. @type {Adapter} */
    this.adapter = ways.wasm;
    this.opening = new AbortController();
    /** Is it open which adapter plays? */
    this.choosing = false;
    ways.onAdapter = (adapter) => this.#listenTo(adapter);
    this.#listenTo(ways.wasm);
  }

  /** What an adapter says that plays no more, or perhaps, is nobody's business. @param {Adapter} adapter */
  #listenTo(adapter) {
    adapter.onEvent = (event) => {
      if (adapter === this.adapter && !this.choosing) this.#hear(event);
    };
  }

  /** @param {boolean} pressed */
  warmUp(pressed) {
    this.ways.warmUp(pressed);
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
    if (phase === "idle" || phase === "failed") return startSeconds;
    return startSeconds + this.adapter.secondsHeard(epoch);
  }

  /** @param {PlayerCommand<T>} command @param {import("./states.js").Phase} before */
  #carryOut(command, before) {
    const { state, adapter } = this;
    if (command.type === "play") void this.#open();
    else if (command.type === "stop") {
      this.choosing = false;
      this.opening.abort();
      adapter.stop(state.epoch);
    } else if (this.choosing) return;
    else if (command.type === "pause") adapter.pause();
    else if (command.type === "resume") adapter.resume();
    else {
      adapter.seek(state.epoch, state.startSeconds);
      if (before === "ended") adapter.resume();
    }
  }

  /** Lets it be chosen anew which adapter plays: at the same place, and paused where it was. */
  reopen(seconds = this.seconds) {
    const { phase, track } = this.state;
    if (!track || (phase !== "playing" && phase !== "loading" && phase !== "paused")) return;
    this.#move({ type: "play", track, startSeconds: seconds });
    if (phase === "paused") this.#move({ type: "pause" });
    void this.#open();
  }

  async #open() {
    this.opening.abort();
    this.opening = new AbortController();
    const { signal } = this.opening;
    const { track } = this.state;
    this.adapter.stop(this.state.epoch);
    this.ways.touch();
    this.choosing = false;
    let chosen = false;
    try {
      // ROMs may be there that the catalogue knows nothing of: the visitor's own.
      if (track?.obstacle && track.obstacle.code !== "needs_roms")
        throw new PlayError(track.obstacle.code, track.obstacle.message);
      if (!track) return;
      const way = this.ways.choose(track, signal);
      // Asking takes time; where nothing needs to be asked, the press is still being heard when the sound opens.
      if (way instanceof Promise) this.choosing = true;
      this.#use(way instanceof Promise ? await abortable(way, signal) : way);
      chosen = true;
      const { epoch, startSeconds, phase } = this.state;
      const open = this.adapter.open(epoch, track, startSeconds, signal);
      if (phase === "paused") this.adapter.pause();
      await open;
    } catch (error) {
      // A seek on the way here has begun a newer epoch of the same opening.
      if (!signal.aborted) this.#fail(problemFrom(error), chosen);
    }
  }

  /** @param {import("./ways.js").Way} way */
  #use({ adapter, because }) {
    this.choosing = false;
    if (adapter !== this.adapter) this.adapter.pause();
    this.adapter = adapter;
    this.#say("way", because);
  }

  /** Another adapter may be able to. @param {import("./states.js").Problem} problem @param {boolean} [chosen] was there one? @param {number} [seconds] */
  #fail(problem, chosen = true, seconds = this.seconds) {
    const { phase, track, epoch } = this.state;
    this.choosing = false;
    const open = phase === "loading" || phase === "playing" || phase === "paused";
    if (chosen && open && this.ways.gaveUp(this.adapter, track, problem)) this.reopen(seconds);
    else this.#move({ type: "failed", epoch, problem, seconds });
  }

  /** @param {AdapterEvent} event */
  #hear(event) {
    if (event.type === "lost") this.#fail(event.problem);
    else if (event.epoch !== this.state.epoch) return;
    else if (event.type === "failed") this.#fail(event.problem, true, event.seconds);
    else if (event.type === "opened") this.#say("opened", event.facts);
    else if (event.type === "preparing") this.#say("preparing", event.progress);
    else if (event.type === "notice") this.#say("notice", event);
    else this.#move(event);
  }

  /** @param {string} type @param {unknown} detail */
  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
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
