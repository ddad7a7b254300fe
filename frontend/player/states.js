// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * In which state is the player, and what may happen next? The one state machine; nobody else decides.
 *
 *             play                   sounding                 over
 *    idle ───────────▶ loading ─────────────────▶ playing ───────────▶ ended
 *     ▲                │  │  ▲                     │  ▲                 │
 *     │                │  │  │ resume, not ready   │  │ resume, ready   │ seek
 *     │                │  │  │              pause  ▼  │                 ▼
 *     │                │  └──┼───── pause ──────▶ paused             loading
 *     │ stop           │     └──────────────────────┘
 *     │                │ failed (also from playing and paused)
 *  everywhere          ▼
 *                    failed                    play leads to loading from everywhere
 *
 * What plays falls back to loading when it runs dry ("waiting"), and to paused when somebody else pauses it.
 *
 * `revision` grows with every change, so whoever drives the player from elsewhere can say which state a command meant.
 * `epoch` grows with every new beginning of sound (play, seek, stop); facts about an older epoch are nobody's business.
 */

/** @typedef {"idle" | "loading" | "playing" | "paused" | "ended" | "failed"} Phase */
/** @typedef {{code: string, message: string, status?: number, retryAfterSeconds?: number}} Problem `status` of a server's answer */
/**
 * @template T
 * @typedef {object} State
 * @property {Phase} phase
 * @property {number} revision
 * @property {number} epoch
 * @property {T | null} track what is played, as the page knows it
 * @property {number} startSeconds where the epoch begins in the song
 * @property {boolean} ready has this epoch sounded?
 * @property {Problem | null} problem why it failed
 */
/**
 * @template T
 * @typedef {{type: "play", track: T, startSeconds?: number} | {type: "pause"} | {type: "resume"} | {type: "seek", seconds: number}
 *   | {type: "stop"}} Command
 */
/**
 * @typedef {{type: "sounding" | "over" | "waiting" | "paused", epoch: number}
 *   | {type: "failed", epoch: number, problem: Problem, seconds?: number}} Fact `seconds`: where in the song, where that is known
 */

/** @type {State<any>} */
export const IDLE = Object.freeze({
  phase: "idle",
  revision: 0,
  epoch: 0,
  track: null,
  startSeconds: 0,
  ready: false,
  problem: null,
});

/**
 * The state after a command or a fact; the very same object when it changes nothing.
 * @template T
 * @param {State<T>} state
 * @param {Command<T> | Fact} event
 * @returns {State<T>}
 */
export function reduce(state, event) {
  const change = changes(state, event);
  return change ? { ...state, ...change, revision: state.revision + 1 } : state;
}

/**
 * @template T
 * @param {State<T>} state
 * @param {Command<T> | Fact} event
 * @returns {Partial<State<T>> | null}
 */
function changes(state, event) {
  if ("epoch" in event && event.epoch !== state.epoch) return null;
  const { phase, ready, epoch } = state;
  switch (event.type) {
    case "play":
      return {
        phase: "loading",
        epoch: epoch + 1,
        track: event.track,
        startSeconds: event.startSeconds ?? 0,
        ready: false,
        problem: null,
      };
    case "stop":
      return phase === "idle"
        ? null
        : { phase: "idle", epoch: epoch + 1, track: null, startSeconds: 0, ready: false, problem: null };
    case "pause":
      return phase === "playing" || phase === "loading" ? { phase: "paused" } : null;
    case "resume":
      return phase === "paused" ? { phase: ready ? "playing" : "loading" } : null;
    case "seek":
      if (phase === "idle" || phase === "failed") return null;
      return {
        phase: phase === "ended" ? "loading" : phase,
        epoch: epoch + 1,
        startSeconds: Math.max(0, event.seconds),
        ready: false,
      };
    case "sounding":
      if (ready) return null;
      return { ready: true, phase: phase === "loading" ? "playing" : phase };
    case "waiting":
      return phase === "playing" ? { phase: "loading", ready: false } : phase === "paused" && ready ? { ready: false } : null;
    case "paused":
      return phase === "playing" || phase === "loading" ? { phase: "paused" } : null;
    case "over":
      return phase === "playing" || phase === "loading" ? { phase: "ended", ready: false } : null;
    case "failed":
      if (phase === "idle" || phase === "failed") return null;
      return { phase: "failed", ready: false, problem: event.problem, startSeconds: event.seconds ?? state.startSeconds };
  }
}
