// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How does a song play that the server has rendered? A media element plays it: it goes on when the page is hidden or the phone
 * locked, and needs neither WebAssembly nor shared memory.
 *
 * What breaks is loaded again at the same place, with a new session where the old one is over; what the server has yet to make
 * is waited for.
 */
import { PlayError } from "../shared/problem.js";
import { attach, FEED_BROKE } from "./attach.js";
import { cliSourcesOf, isReady, sourcesOf, untilReady } from "./stream-sources.js";

/** @typedef {import("./adapter.d.ts").Adapter} Adapter */
/** @typedef {import("./adapter.d.ts").AdapterEvent} AdapterEvent */
/** @typedef {import("./stream-sources.js").Source} Source */
/** @typedef {import("./adapter.d.ts").PlayableTrack} Track */
/**
 * @typedef {object} Open a song that is open
 * @property {number} epoch
 * @property {Track} track
 * @property {number} base where the epoch begins
 * @property {number} place where to be once there is something to play
 * @property {boolean} attached has the element what it plays?
 * @property {boolean} loading
 * @property {boolean} sounding was it said that the epoch sounds?
 * @property {number} repairs loads that came to nothing
 * @property {AbortSignal} signal
 */

const REPAIRS = 3;
const SLOW_MS = 5000;
const STUCK_MS = 20_000;
/** So long before the end the next song is asked for, so that it is ready then. */
const ASK_NEXT_SECONDS = 40;
const MOVES = ["playing", "timeupdate", "seeked", "canplay"];

/** @implements {Adapter} */
export class StreamAdapter {
  /**
   * @param {"stream" | "cli"} name our own engine's rendering, or sidplayfp's
   * @param {import("./sessions.js").Sessions} sessions
   */
  constructor(name, sessions) {
    this.name = name;
    this.sessions = sessions;
    /** @type {(event: AdapterEvent) => void} */
    this.onEvent = () => {};
    this.element = new Audio();
    this.element.preload = "auto";
    // A CDN's answers are taken as what they are: open to every site.
    this.element.crossOrigin = "anonymous";
    /** @type {Open | null} */
    this.song = null;
    /** @type {Track | null} */
    this.next = null;
    this.paused = false;
    this.transport = "";
    this.waits = 0;
    /** @type {() => void} */
    this.detach = () => {};
    /** @type {ReturnType<typeof setTimeout>[]} */
    this.patience = [];
    for (const move of MOVES) this.element.addEventListener(move, () => this.#moved());
    this.element.addEventListener("waiting", () => this.#ranDry());
    this.element.addEventListener("pause", () => this.#stopped());
    this.element.addEventListener("ended", () => this.song?.attached && this.#tell({ type: "over", epoch: this.song.epoch }));
    for (const end of ["error", FEED_BROKE]) this.element.addEventListener(end, () => this.#broke());
    addEventListener("online", () => this.patience.length > 0 && this.#broke());
  }

  available() {
    return { ok: /** @type {const} */ (true) };
  }

  /** iPhones let only an element sound that a press has touched. @param {boolean} pressed */
  warmUp(pressed) {
    if (pressed && !this.song) this.element.load();
  }

  /** Is there something to play at once? @param {Track} track @param {AbortSignal} signal @returns {Promise<boolean>} */
  async ready(track, signal) {
    const [source] = this.#sources(await this.sessions.streams(track, signal));
    return source !== undefined && (await isReady(source.url, signal).catch(() => false));
  }

  /** What will probably be played next. @param {Track | null} track */
  expect(track) {
    this.next = track;
  }

  /** @param {number} epoch @param {Track} track @param {number} startSeconds @param {AbortSignal} signal */
  async open(epoch, track, startSeconds, signal) {
    this.paused = false;
    const song = { epoch, track, base: startSeconds, place: startSeconds, attached: false, loading: false };
    this.song = { ...song, sounding: false, repairs: 0, signal };
    await this.#load(this.song);
    this.#tell({ type: "opened", epoch: this.song.epoch, facts: null });
  }

  pause() {
    this.paused = true;
    this.element.pause();
    this.#beEasy();
  }

  resume() {
    this.paused = false;
    if (this.song?.attached) this.#play();
  }

  /** @param {number} epoch @param {number} seconds */
  seek(epoch, seconds) {
    const { song, element } = this;
    if (!song) return;
    Object.assign(song, { epoch, base: seconds, place: seconds, sounding: false });
    this.#beEasy();
    if (song.attached) element.currentTime = Math.min(seconds, Number.isFinite(element.duration) ? element.duration : seconds);
  }

  stop() {
    this.song = null;
    this.#clear();
  }

  /** @param {number} volume 0..1: squared, which is nearer to what the ear calls half */
  setVolume(volume) {
    this.element.volume = volume * volume;
  }

  /** @param {number} epoch */
  secondsHeard(epoch) {
    return this.song?.epoch === epoch ? Math.max(0, this.#place() - this.song.base) : 0;
  }

  statistics() {
    const { transport, waits } = this;
    return { transport, synth: "", underruns: waits, soundingFrames: 0, handedFrames: 0, sampleRateHz: 0 };
  }

  // ---- loading ----

  /** @param {import("./stream-sources.js").Streams} streams */
  #sources(streams) {
    const abilities = {
      mediaSource: "MediaSource" in globalThis,
      canPlay: (/** @type {string} */ type) => this.element.canPlayType(type) !== "",
    };
    return (this.name === "cli" ? cliSourcesOf : sourcesOf)(streams, abilities);
  }

  /** Puts into the element what can be played, from `song.place` on. Throws PlayError. @param {Open} song */
  async #load(song) {
    const { track, signal } = song;
    song.loading = true;
    song.attached = false;
    try {
      this.#clear();
      /** @type {unknown} */
      let problem = new PlayError("not-rendered", "The server has no rendering of this tune that this browser can play.");
      for (let index = 0, renewed = false; ; index++) {
        const source = this.#sources(await this.sessions.streams(track, signal))[index];
        if (!source) throw problem;
        try {
          await untilReady(source.url, signal, (progress) => this.#tell({ type: "preparing", epoch: song.epoch, progress }));
          await this.#attach(song, source);
          return;
        } catch (error) {
          problem = error;
          const { code, status } = error instanceof PlayError ? error : { code: "", status: 0 };
          if (signal.aborted || code === "network" || code === "not-prepared") throw error;
          if (status === 410 && !renewed) {
            renewed = true;
            index--;
            this.sessions.forget(track);
          }
        }
      }
    } finally {
      song.loading = false;
    }
  }

  /** @param {Open} song @param {Source} source */
  async #attach(song, source) {
    const { element } = this;
    this.#clear();
    this.detach = await attach(element, source, song.place, song.signal);
    song.signal.throwIfAborted();
    this.transport = source.transport;
    if (song.place > 0) element.currentTime = Math.min(song.place, element.duration);
    song.attached = true;
    if (!this.paused) this.#play();
  }

  #clear() {
    this.#beEasy();
    this.element.pause();
    const { detach } = this;
    this.detach = () => {};
    detach();
  }

  #play() {
    const { song } = this;
    this.element.play().catch((error) => {
      if (error.name !== "NotAllowedError" || song !== this.song || !song) return;
      this.#fail(song, new PlayError("press-again", "The browser wants another press before it lets this tune sound."));
    });
  }

  // ---- what the element says ----

  /** The ear's place in the song, seconds. */
  #place() {
    const { song, element } = this;
    if (!song) return 0;
    return song.attached && !element.seeking ? element.currentTime : song.place;
  }

  #moved() {
    const { song, element } = this;
    if (!song?.attached || element.seeking) return;
    song.place = element.currentTime;
    if (element.paused || element.readyState < element.HAVE_FUTURE_DATA) return;
    this.#beEasy();
    if (!song.sounding) this.#tell({ type: "sounding", epoch: song.epoch });
    song.sounding = true;
    if (song.place > song.base + SLOW_MS / 1000) song.repairs = 0;
    this.#askNext();
  }

  /** The network is slower than the song. */
  #ranDry() {
    const { song } = this;
    if (!song?.attached || this.paused || this.patience.length > 0) return;
    if (song.sounding && !this.element.seeking) {
      this.waits++;
      song.sounding = false;
      this.#tell({ type: "waiting", epoch: song.epoch });
    }
    const message = "The network is slow: the tune goes on when more of it has come.";
    const { epoch } = song;
    this.patience = [
      setTimeout(() => this.#tell({ type: "notice", epoch, code: "slow-network", message }), SLOW_MS),
      setTimeout(() => this.#broke(), STUCK_MS),
    ];
  }

  #beEasy() {
    for (const timer of this.patience.splice(0)) clearTimeout(timer);
  }

  /** Paused by somebody else: a call, a headset that was pulled out, another tab. */
  #stopped() {
    const { song, element } = this;
    if (!song?.attached || this.paused || element.ended || !element.paused) return;
    this.paused = true;
    this.#tell({ type: "paused", epoch: song.epoch });
  }

  /** What came is not to be played, or nothing comes: once more from here, with a new session where the old one is over. */
  #broke() {
    const { song } = this;
    if (!song?.attached || song.loading) return;
    song.place = this.#place();
    if (song.sounding) this.#tell({ type: "waiting", epoch: song.epoch });
    song.sounding = false;
    if (++song.repairs > REPAIRS) {
      this.#fail(song, new PlayError("broken-off", "What the server sends breaks off again and again."));
    } else void this.#load(song).catch((error) => this.#fail(song, error));
  }

  /** @param {Open} song @param {unknown} error */
  #fail(song, error) {
    if (song.signal.aborted || song !== this.song) return;
    const known = error instanceof PlayError ? error : new PlayError("broken-off", "What the server sends cannot be played.");
    const { code, message, status, retryAfterSeconds } = known;
    const seconds = song.place;
    this.stop();
    this.#tell({ type: "failed", epoch: song.epoch, problem: { code, message, status, retryAfterSeconds }, seconds });
  }

  /** @param {AdapterEvent} event */
  #tell(event) {
    this.onEvent(event);
  }

  /** Near the end the server may begin to make what comes next; how that goes shows when it is played. */
  #askNext() {
    const { next, element, song } = this;
    if (!next || !song || !(element.duration - element.currentTime < ASK_NEXT_SECONDS)) return;
    this.next = null;
    const ask = async () => {
      const [source] = this.#sources(await this.sessions.streams(next));
      if (source) await fetch(source.url, { headers: { Range: "bytes=0-0" } });
    };
    ask().catch(() => {});
  }
}
