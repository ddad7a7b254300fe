// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How do clicks, keys and the player come together on the page? The room hands actions to whom they concern, and turns the
 * player's state into what is seen.
 */
import { Player } from "../player/player.js";
import { Sessions } from "../player/sessions.js";
import { WasmAdapter } from "../player/wasm-adapter.js";
import { Ways } from "../player/ways.js";
import { clock } from "../shared/format.js";
import { addressOf, copy } from "./address.js";
import { Bar } from "./bar.js";
import { tellMediaSession } from "./media-session.js";
import { NowPlaying } from "./now-playing.js";
import { Program, STAY } from "./program.js";
import { QueuePanel } from "./queue-panel.js";
import { Scopes } from "./scopes.js";
import { SeekPicture } from "./seek-picture.js";
import { SoundFrom } from "./sound-from.js";
import { kindOf, Trouble } from "./trouble.js";
import { tuneOfRow, tuneOfTrack } from "./tune-list.js";
import { TuneMenu } from "./tune-menu.js";
import { firstSong } from "./tunes.js";
import { VoiceButtons } from "./voice-buttons.js";
import { Volume } from "./volume.js";

/** @typedef {import("./tunes.js").Song} Song */
/** @typedef {import("./tunes.js").Tune} Tune */
/** @typedef {{playUrl: string, tracksUrl: string, detectUrl: string, selectedTrackId: string | null, outlineWorkerUrl: string} & import("../player/wasm-adapter.js").Urls} Config */

const SEEK_STEP_SECONDS = 5;
const STATISTICS_EVERY_MS = 250;

export class Room {
  /** @param {Document} document */
  constructor(document) {
    this.document = document;
    /** @type {Config} */
    this.config = JSON.parse(document.getElementById("player-config")?.textContent ?? "{}");
    this.sessions = new Sessions(this.config);
    const wasm = new WasmAdapter(this.config, this.sessions);
    this.wasm = wasm;
    const ways = new Ways(wasm, this.sessions);
    /** @type {Player<Song>} */
    this.player = new Player(ways);
    this.bar = new Bar(/** @type {HTMLElement} */ (document.getElementById("player")), this.config.defaultLengthMs);
    this.now = new NowPlaying(document);
    this.scopes = new Scopes(document, () => wasm.moment());
    const seek = /** @type {HTMLElement} */ (document.querySelector("#player .seek"));
    this.picture = new SeekPicture(seek, this.config, this.sessions);
    this.volume = new Volume(this.bar, ways);
    const voiceless = () => this.from.refuse();
    this.voices = new VoiceButtons(document, (voices) => this.#mute(voices.mask), voiceless);
    this.program = new Program(document, this.player, {
      find: async (publicId) => this.#find(publicId),
      begin: () => this.#beginTune(),
      changed: () => this.#queueChanged(),
      say: (text) => this.bar.notice(text),
    });
    this.queue = new QueuePanel(document, this.program.queue, () => this.#queueChanged());
    this.trouble = new Trouble(document, () => this.program.again());
    this.menu = new TuneMenu(document, (action, tune) => this.#choose(action, tune));
    this.from = new SoundFrom(document, this.player, this.config.detectUrl, {
      say: (text, seen) => this.bar.notice(text, seen),
      again: () => this.program.again(),
      unable: (message) => this.trouble.show({ code: "unavailable", message }),
    });
    this.#listen();
    this.#openOwnRoms();
    this.#show();
  }

  /**
   * Somebody may play something soon.
   * @param {{pressed: boolean, target: Element | null}} sign
   */
  warmUp({ pressed, target }) {
    this.player.warmUp(pressed);
    const row = pressed && target?.matches("[data-act=tune]") ? target.closest(".tune") : null;
    const song = row && firstSong(tuneOfRow(row));
    if (song && !song.tune.reason) this.sessions.prefetch(song);
  }

  /** @param {string} action @param {Element | null} element where it came from */
  act(action, element) {
    const { program } = this;
    const value = element instanceof HTMLInputElement ? Number(element.value) : 0;
    const row = element?.closest(".tune");
    if (action === "tune") row && program.pressTune(row);
    else if (action === "song") program.pressSong(Number(element instanceof HTMLElement && element.dataset.song));
    else if (action === "toggle") program.toggle();
    else if (action === "next-song") program.nextSong();
    else if (action === "previous-song") program.previousSong();
    else if (action === "next-tune") void program.nextTune();
    else if (action === "previous-tune") program.previousTune();
    else if (action === "back") this.seek(this.player.seconds - SEEK_STEP_SECONDS);
    else if (action === "forward") this.seek(this.player.seconds + SEEK_STEP_SECONDS);
    else if (action === "seek-input") this.bar.preview(value);
    else if (action === "seek-change") this.seek(value);
    else if (action.startsWith("song-")) program.pressSong(Number(action.slice(5)));
    else if (action === "again") program.again();
    else if (action === "own-roms") this.#showOwnRoms();
    else if (action === "go") program.go().catch((error) => this.bar.notice(error.message));
    else if (action === "tune-menu") element && this.menu.open(element);
    else if (action === "queue-play") program.playEntry(this.queue.entryOf(element)?.key ?? 0);
    else if (action === "add-focused" || action === "next-focused") this.#enqueueFocused(action === "next-focused");
    else if (action === "copy-link") void this.#copyLink();
    else if (action === "sound-from") element && this.from.open(element);
    else if (!this.queue.act(action, element) && !this.voices.act(action, element)) this.volume.act(action, value);
  }

  // ---- actions ----

  #showOwnRoms() {
    const section = this.document.getElementById("own-roms");
    if (!(section instanceof HTMLDetailsElement)) return;
    section.open = true;
    section.scrollIntoView({ block: "center" });
    section.querySelector("input")?.focus();
  }

  /** @param {string} action of the sheet @param {Tune} tune */
  #choose(action, tune) {
    if (action === "tune-next" || action === "tune-add") this.program.enqueue(tune, action === "tune-next");
    const song = firstSong(tune);
    if (action === "tune-link" && song) void this.#copy(addressOf(song), `The link to ${tune.title} is copied.`);
  }

  /** @param {boolean} first */
  #enqueueFocused(first) {
    const row = this.document.activeElement?.closest(".tune");
    if (row) this.program.enqueue(tuneOfRow(row), first);
    else this.bar.notice("Go to a tune of the list first: Tab leads there.");
  }

  async #copyLink() {
    const song = this.program.present ?? this.program.offered?.song;
    const seconds = this.program.present ? this.player.seconds : (this.program.offered?.seconds ?? 0);
    if (!song) this.bar.notice("Nothing plays that a link could lead to.");
    else await this.#copy(addressOf(song, seconds), `The link is copied. It begins at ${clock(seconds)}.`);
  }

  /** @param {string} address @param {string} done */
  async #copy(address, done) {
    const link = new URL(address, location.href).href;
    await copy(link).then(
      () => this.bar.notice(done),
      () => this.bar.notice(`The browser does not let this page copy. The link is ${link}`),
    );
  }

  /** @param {number} seconds */
  seek(seconds) {
    const { track } = this.player.state;
    if (!track) return;
    const last = Math.max(0, this.bar.lengthOf(track) - 1);
    this.player.command({ type: "seek", seconds: Math.min(Math.max(0, seconds), last) });
  }

  #beginTune() {
    this.voices.begin();
    this.wasm.setMute(0);
  }

  /** What the ring holds was rendered with the old voices, so the song goes on from here with the new ones. @param {number} mask */
  #mute(mask) {
    this.wasm.setMute(mask);
    const { phase } = this.player.state;
    const running = phase === "playing" || phase === "loading" || phase === "paused";
    if (running) this.player.command({ type: "seek", seconds: this.player.seconds });
    else this.#show();
  }

  /** Few visitors have ROMs of their own: what watches over them is fetched when they open the section. */
  #openOwnRoms() {
    const section = this.document.getElementById("own-roms");
    if (!(section instanceof HTMLDetailsElement)) return;
    const open = async () => (await import("./own-roms.js")).watchOwnRoms(section);
    if (section.open) void open();
    else section.addEventListener("toggle", () => void open(), { once: true });
  }

  /** A song that the page does not show. Throws PlayError. @param {string} publicId @returns {Promise<Song>} */
  async #find(publicId) {
    const tune = tuneOfTrack(await this.sessions.track(publicId));
    return /** @type {Song} */ (tune.songs[0]);
  }

  // ---- what the player says ----

  #listen() {
    const { player, document } = this;
    player.addEventListener("state", () => this.#changed());
    player.addEventListener("opened", (event) => {
      const song = player.state.track;
      const { detail } = /** @type {CustomEvent} */ (event);
      if (detail) this.now.facts(detail);
      if (detail) this.voices.has(detail.chips.length);
      if (song) this.now.notes(this.sessions.notes.get(song.fileId) ?? [], song.song);
    });
    player.addEventListener("notice", (event) => this.bar.notice(/** @type {CustomEvent} */ (event).detail.message));
    document.addEventListener("visibilitychange", () => this.#look());
    addEventListener("pagehide", () => this.program.keep());
    // Another list (a search, a folder) may show the tune that plays.
    const list = new MutationObserver(() => this.now.mark(player.state));
    for (const place of document.querySelectorAll("main, .library")) list.observe(place, { childList: true, subtree: true });
    setInterval(() => this.#tick(), STATISTICS_EVERY_MS);
    tellMediaSession(this);
  }

  #changed() {
    const { state } = this.player;
    if (state.ready && state.phase === "playing") this.#sounding();
    this.#show();
    if (state.phase !== "failed") this.trouble.hide();
    this.sessions.keepFresh(state.phase === "playing" ? state.track : null);
    if (state.phase === "ended") this.program.over();
    else if (state.phase === "failed") this.#failed();
  }

  #sounding() {
    const { track } = this.player.state;
    // Emulating a whole song to draw it is not for a device that leaves playing to the server.
    if (track && this.from.emulates) this.picture.show(track, this.bar.lengthOf(track));
    this.program.sounds();
    performance.mark("sidflow:sound");
    const { next } = this.program;
    this.player.adapter.expect?.(next);
    if (!this.from.emulates) return;
    const tune = this.program.queue.peek();
    if (tune) this.sessions.prefetch(tune);
    const hint = this.wasm.hint();
    if (hint && !this.hinted) this.bar.notice(hint);
    this.hinted = true;
  }

  #failed() {
    const { track, problem } = this.player.state;
    if (!track || !problem) return;
    const kind = kindOf(problem);
    const next = this.program.skip(kind);
    if (!STAY.has(kind)) this.now.blame(track.tune, problem.message);
    this.trouble.show(problem, next?.tune.title);
    this.bar.notice(`${track.tune.title}: ${problem.message}${next ? ` Next: ${next.tune.title}.` : ""}`, this.trouble.inView);
  }

  // ---- what is seen ----

  #queueChanged() {
    this.queue.show();
    this.program.keep();
    this.#show();
  }

  #show() {
    const { state } = this.player;
    const { next, offered } = this.program;
    const following = next && state.track ? describeNext(state.track, next) : "";
    this.bar.show(state, { offered, next: following, silent: this.voices.voices.describe() });
    this.now.show(state, offered?.song ?? null);
    this.picture.turnTo(state.track);
    this.#look();
    this.#tick();
  }

  /** The scopes are drawn while somebody can see them and something moves. */
  #look() {
    const { phase, track } = this.player.state;
    const seen = this.document.visibilityState === "visible" && this.from.emulates;
    this.wasm.look(seen);
    this.scopes.run(seen && phase === "playing");
    if (!track || phase === "ended" || phase === "failed") this.scopes.rest();
  }

  #tick() {
    const { state, seconds } = this.player;
    this.bar.position(state, seconds, this.player.adapter);
    this.from.watch();
  }
}

/** @param {Song} song @param {Song} next */
function describeNext(song, next) {
  if (next.tune.fileId !== song.tune.fileId) return `Next: ${next.tune.title}`;
  return `Next: song ${next.song} of ${song.tune.songs.length}`;
}
