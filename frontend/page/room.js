// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How do clicks, keys and the player come together on the page? The room turns actions into the player's commands and the
 * player's state into what is seen, and goes on to the next song by itself.
 */
import { Player } from "../player/player.js";
import { Sessions } from "../player/sessions.js";
import { WasmAdapter } from "../player/wasm-adapter.js";
import { Bar } from "./bar.js";
import { tellMediaSession } from "./media-session.js";
import { NowPlaying } from "./now-playing.js";
import { Scopes } from "./scopes.js";
import { firstSong, readTunes, songAfter, songBefore, tuneBeside } from "./tunes.js";
import { VoiceButtons } from "./voice-buttons.js";
import { Volume } from "./volume.js";

/** @typedef {import("./tunes.js").Song} Song */
/** @typedef {import("./tunes.js").Tune} Tune */
/** @typedef {{playUrl: string, tracksUrl: string, selectedTrackId: string | null} & import("../player/wasm-adapter.js").Urls} Config */

const SEEK_STEP_SECONDS = 5;
/** "Previous" begins the song again when it has been playing for longer than this. */
const AGAIN_AFTER_SECONDS = 3;
/** Time to read why a tune does not play before the next one does. */
const READING_MS = 1800;
const FAILURES_IN_A_ROW = 5;
const STATISTICS_EVERY_MS = 250;

export class Room {
  /** @param {Document} document */
  constructor(document) {
    this.document = document;
    /** @type {Config} */
    this.config = JSON.parse(document.getElementById("player-config")?.textContent ?? "{}");
    this.rows = [...document.querySelectorAll(".tune")].filter((row) => row instanceof HTMLElement);
    this.tunes = readTunes(this.rows);
    this.sessions = new Sessions(this.config);
    const wasm = new WasmAdapter(this.config, this.sessions);
    this.wasm = wasm;
    /** @type {Player<Song>} */
    this.player = new Player([wasm]);
    this.bar = new Bar(/** @type {HTMLElement} */ (document.getElementById("player")), this.config.defaultLengthMs);
    this.now = new NowPlaying(document, this.rows);
    this.scopes = new Scopes(document, () => wasm.moment());
    this.volume = new Volume(this.bar, wasm);
    this.voices = new VoiceButtons(document, (voices) => this.#mute(voices.mask));
    this.failures = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.advancing = undefined;
    this.#listen();
    this.#openOwnRoms();
    this.#show();
  }

  /**
   * Somebody may play something soon.
   * @param {{pressed: boolean, target: Element | null}} sign
   */
  warmUp({ pressed, target }) {
    this.wasm.warmUp(pressed);
    const song = pressed && target ? this.#songOf(target) : null;
    if (song && !song.tune.reason) this.sessions.prefetch(song);
  }

  /** @param {string} action @param {Element | null} element where it came from */
  act(action, element) {
    const song = this.player.state.track;
    const value = element instanceof HTMLInputElement ? Number(element.value) : 0;
    if (action === "tune" || action === "song") this.#press(element ? this.#songOf(element) : null, action === "tune");
    else if (action === "toggle") this.#toggle();
    else if (action === "next-song") this.#play(song && songAfter(this.tunes, song));
    else if (action === "previous-song") this.#previous(song && songBefore(this.tunes, song));
    else if (action === "next-tune") this.#play(song && tuneBeside(this.tunes, song.tune, 1));
    else if (action === "previous-tune") this.#previous(song && tuneBeside(this.tunes, song.tune, -1));
    else if (action === "back") this.#seek(this.player.seconds - SEEK_STEP_SECONDS);
    else if (action === "forward") this.#seek(this.player.seconds + SEEK_STEP_SECONDS);
    else if (action === "seek-input") this.bar.preview(value);
    else if (action === "seek-change") this.#seek(value);
    else if (action.startsWith("song-")) this.#play(song?.tune.songs[Number(action.slice(5)) - 1] ?? null);
    else if (!this.voices.act(action, element)) this.volume.act(action, value);
  }

  // ---- actions ----

  /** The song that a pressed row or number stands for. @param {Element} element @returns {Song | null} */
  #songOf(element) {
    if (!(element instanceof HTMLElement)) return null;
    if (element.dataset.act === "song") {
      return this.player.state.track?.tune.songs.find((one) => one.song === Number(element.dataset.song)) ?? null;
    }
    const row = element.closest(".tune");
    return row instanceof HTMLElement ? firstSong(this.tunes[this.rows.indexOf(row)]) : null;
  }

  /** Pressing what plays pauses it. @param {Song | null} song @param {boolean} wholeTune */
  #press(song, wholeTune) {
    const { track, phase } = this.player.state;
    const same = wholeTune ? track?.tune === song?.tune : track === song;
    if (track && same && phase !== "failed") this.#toggle();
    else this.#play(song);
  }

  #toggle() {
    const { phase, track } = this.player.state;
    if (phase === "playing" || phase === "loading") this.player.command({ type: "pause" });
    else if (phase === "paused") this.player.command({ type: "resume" });
    else this.#play(track ?? this.#opening());
  }

  /** What the play button plays first: the song that the address names, else the first tune that can play. */
  #opening() {
    const songs = this.tunes.flatMap((tune) => tune.songs);
    const chosen = songs.find((song) => song.publicId === this.config.selectedTrackId);
    return chosen ?? firstSong(this.tunes.find((tune) => !tune.reason));
  }

  /** @param {Song | null | undefined} song */
  #play(song) {
    clearTimeout(this.advancing);
    if (!song) return;
    if (song.tune !== this.player.state.track?.tune) {
      this.voices.begin();
      this.wasm.setMute(0);
    }
    this.player.command({ type: "play", track: song });
  }

  /** @param {Song | null} song the one before */
  #previous(song) {
    if (this.player.seconds > AGAIN_AFTER_SECONDS || !song) this.#seek(0);
    else this.#play(song);
  }

  /** @param {number} seconds */
  #seek(seconds) {
    const { track } = this.player.state;
    if (!track) return;
    const last = Math.max(0, this.bar.lengthOf(track) - 1);
    this.player.command({ type: "seek", seconds: Math.min(Math.max(0, seconds), last) });
  }

  /** What the ring holds was rendered with the old voices, so the song goes on from here with the new ones. @param {number} mask */
  #mute(mask) {
    this.wasm.setMute(mask);
    if (this.player.command({ type: "seek", seconds: this.player.seconds })) return;
    this.#show();
  }

  /** Few visitors have ROMs of their own: what watches over them is fetched when they open the section. */
  #openOwnRoms() {
    const section = this.document.getElementById("own-roms");
    if (!(section instanceof HTMLDetailsElement)) return;
    const open = async () => (await import("./own-roms.js")).watchOwnRoms(section);
    if (section.open) void open();
    else section.addEventListener("toggle", () => void open(), { once: true });
  }

  // ---- what the player says ----

  #listen() {
    const { player, document } = this;
    player.addEventListener("state", () => this.#changed());
    player.addEventListener("opened", (event) => {
      const song = player.state.track;
      const { detail } = /** @type {CustomEvent} */ (event);
      this.now.facts(detail);
      this.voices.has(detail.chips.length);
      if (song) this.now.notes(this.sessions.notes.get(song.fileId) ?? [], song.song);
    });
    player.addEventListener("notice", (event) => this.bar.notice(/** @type {CustomEvent} */ (event).detail.message));
    document.addEventListener("visibilitychange", () => this.#look());
    setInterval(() => this.#tick(), STATISTICS_EVERY_MS);
    tellMediaSession(this);
  }

  #changed() {
    const { state } = this.player;
    if (state.ready && state.phase === "playing") this.#sounding();
    this.#show();
    this.sessions.keepFresh(state.phase === "playing" ? state.track : null);
    if (state.phase === "ended") this.#advance();
    else if (state.phase === "failed") this.#failed();
  }

  #sounding() {
    this.failures = 0;
    performance.mark("sidflow:sound");
    const { track } = this.player.state;
    const next = track && tuneBeside(this.tunes, track.tune, 1);
    if (next) this.sessions.prefetch(next);
    const hint = this.wasm.hint();
    if (hint && !this.hinted) this.bar.notice(hint);
    this.hinted = true;
  }

  #advance() {
    const { track } = this.player.state;
    const next = track && songAfter(this.tunes, track);
    if (next) this.#play(next);
    else this.bar.notice("That was the last tune on this page.");
  }

  #failed() {
    const { track, problem } = this.player.state;
    if (!track || !problem) return;
    this.now.mark(track.tune, problem.message);
    const next = tuneBeside(this.tunes, track.tune, 1);
    const goOn = next && problem.code !== "network" && problem.code !== "unavailable" && ++this.failures < FAILURES_IN_A_ROW;
    this.bar.notice(`${track.tune.title}: ${problem.message}${goOn ? ` Next: ${next.tune.title}.` : ""}`);
    if (goOn) this.advancing = setTimeout(() => this.#play(next), READING_MS);
  }

  // ---- what is seen ----

  #show() {
    const { state } = this.player;
    const next = state.track && songAfter(this.tunes, state.track);
    this.bar.show(state, next && state.track ? describeNext(state.track, next) : "", this.voices.voices.describe());
    this.now.show(state);
    this.#look();
    this.#tick();
  }

  /** The scopes are drawn while somebody can see them and something moves. */
  #look() {
    const { phase, track } = this.player.state;
    const seen = this.document.visibilityState === "visible";
    this.wasm.look(seen);
    this.scopes.run(seen && phase === "playing");
    if (!track || phase === "ended" || phase === "failed") this.scopes.rest();
  }

  #tick() {
    const { state, seconds } = this.player;
    this.bar.position(state, seconds, this.player.adapter.statistics());
  }
}

/** @param {Song} song @param {Song} next */
function describeNext(song, next) {
  if (next.tune !== song.tune) return `Next: ${next.tune.title}`;
  return `Next: song ${next.song} of ${song.tune.songs.length}`;
}
