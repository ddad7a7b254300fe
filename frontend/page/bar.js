// SPDX-License-Identifier: GPL-3.0-or-later
/** What does the player bar show? The state of the player, and nothing that the state does not say. */
import { clock, spokenTime } from "../shared/format.js";

/** @typedef {import("./tunes.js").Song} Song */
/** @typedef {import("../player/states.js").State<Song>} State */

const NOTICE_MS = 9000;
const BUSY = { loading: true, idle: false, playing: false, paused: false, ended: false, failed: false };

export class Bar {
  /** @param {HTMLElement} root @param {number} defaultLengthMs of songs whose length nobody knows */
  constructor(root, defaultLengthMs) {
    this.root = root;
    this.defaultLengthMs = defaultLengthMs;
    this.seek = /** @type {HTMLInputElement} */ (root.querySelector("[data-act=seek]"));
    this.previewing = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.noticed = undefined;
  }

  /** Seconds. @param {Song} song */
  lengthOf(song) {
    return (song.lengthMs ?? this.defaultLengthMs) / 1000;
  }

  /**
   * `offered`: what the play button begins with while nothing plays; `next`: what plays afterwards; `silent`: which voices are not heard.
   * @param {State} state
   * @param {{offered: {song: Song, seconds: number} | null, next: string, silent: string}} more
   */
  show(state, { offered, next, silent }) {
    const { root } = this;
    const { phase } = state;
    const track = state.track ?? offered?.song;
    const running = phase === "playing" || phase === "loading";
    root.dataset.phase = phase;
    root.dataset.revision = String(state.revision);
    root.dataset.track = state.track?.publicId ?? "";
    root.toggleAttribute("data-running", running);
    root.setAttribute("aria-busy", String(BUSY[phase]));
    this.#say("toggle", running ? "Pause" : "Play");
    this.#say("next", next);
    if (!track) return;
    const { tune, song } = track;
    this.#say("title", tune.title);
    const place = tune.songs.length > 1 ? `song ${song} of ${tune.songs.length}` : "";
    this.#say("author", [silent, place, tune.author].filter(Boolean).join(" · "));
    const length = this.lengthOf(track);
    this.#say("length", clock(length));
    this.seek.disabled = phase === "failed" || phase === "idle";
    this.seek.max = String(Math.floor(length));
    if (!state.track && offered) this.#stand(Math.min(offered.seconds, length));
  }

  /** @param {State} state @param {number} seconds @param {import("../player/adapter.d.ts").Adapter} adapter */
  position(state, seconds, adapter) {
    const { dataset } = this.root;
    const statistics = adapter.statistics();
    dataset.way = adapter.name;
    dataset.position = seconds.toFixed(2);
    dataset.transport = statistics.transport;
    dataset.synth = statistics.synth;
    dataset.underruns = String(statistics.underruns);
    dataset.sounding = String(statistics.soundingFrames);
    dataset.handed = String(statistics.handedFrames);
    if (!this.previewing && state.track) this.#stand(Math.min(seconds, this.lengthOf(state.track)));
  }

  /** The thumb is being dragged: show where it stands. @param {number} seconds */
  preview(seconds) {
    this.previewing = true;
    this.#stand(seconds);
    // The drag ends with a "change", whose seek moves the position; a drag that ends nowhere is over soon.
    clearTimeout(this.dragging);
    this.dragging = setTimeout(() => {
      this.previewing = false;
    }, 400);
  }

  /**
   * @param {string} text for a person to read; it goes by itself
   * @param {boolean} [seenElsewhere] then it is for screen readers only
   */
  notice(text, seenElsewhere = false) {
    clearTimeout(this.noticed);
    this.#say("notice", text);
    this.root.querySelector(".notice")?.classList.toggle("unseen", seenElsewhere);
    this.noticed = setTimeout(() => this.#say("notice", ""), NOTICE_MS);
  }

  /** @param {number} seconds */
  #stand(seconds) {
    const { seek } = this;
    const whole = String(Math.floor(seconds));
    if (!this.previewing && seek.value !== whole) seek.value = whole;
    const max = Number(seek.max) || 1;
    // The picture behind it is filled as far, too.
    seek.parentElement?.style.setProperty("--done", `${Math.min(100, (100 * seconds) / max).toFixed(2)}%`);
    if (seek.dataset.second === whole) return;
    seek.dataset.second = whole;
    seek.setAttribute("aria-valuetext", `${spokenTime(seconds)} of ${spokenTime(max)}`);
    this.#say("elapsed", clock(seconds));
  }

  /** @param {string} what @param {string} text */
  #say(what, text) {
    const element = this.root.querySelector(`[data-show=${what}]`);
    if (element && element.textContent !== text) element.textContent = text;
  }
}
