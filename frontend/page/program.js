// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What plays now, what next, and what before? Turns wishes (this tune, the next song, back) into the player's commands, keeps
 * the queue filled, lets the address follow, and goes on by itself when a song is over or does not play.
 */
import { followWithAddress, songInAddress } from "./address.js";
import { firstOf, Queue } from "./queue.js";
import { keep, recall } from "./queue-session.js";
import { fetchPage, following, lines, tuneBefore, tuneOfRow } from "./tune-list.js";
import { firstSong, songBeside } from "./tunes.js";

/** @typedef {import("./tunes.js").Song} Song */
/** @typedef {import("./tunes.js").Tune} Tune */
/** @typedef {{song: Song, seconds: number}} Place */

/** "Previous" begins the song again when it has been playing for longer than this. */
const AGAIN_AFTER_SECONDS = 3;
/** Time to read why a tune does not play before the next one does. */
const READING_MS = 1800;
const FAILURES_IN_A_ROW = 5;
/** What the next tune would suffer from too, and what a person can do something about: nothing goes on by itself then. */
export const STAY = new Set([
  ...["network", "server", "busy", "unavailable", "engine", "needs_roms", "rom-mismatch"],
  ...["press-again", "not-prepared", "broken-off"],
]);

export class Program {
  /**
   * @param {Document} document
   * @param {import("../player/player.js").Player<Song>} player
   * @param {{find: (publicId: string) => Promise<Song>, begin: () => void, changed: () => void, say: (text: string) => void}} means
   *   find a song that stands nowhere on the page; prepare for another tune; what comes next changed; tell a person
   */
  constructor(document, player, means) {
    this.document = document;
    this.player = player;
    this.means = means;
    this.queue = new Queue();
    /** What the play button begins with: what the address names, else what played on the page before. @type {Place | null} */
    this.offered = this.#offer();
    this.failures = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.advancing = undefined;
    /** The list's next page on its way. @type {{more: string, done: Promise<void>} | null} */
    this.filling = null;
  }

  /** @returns {Song | null} */
  get present() {
    return this.player.state.track;
  }

  /** The song that plays when this one is over. */
  get next() {
    return this.present && this.queue.after(this.present);
  }

  // ---- wishes ----

  /** Pressing the tune that plays pauses it. @param {Element} row */
  pressTune(row) {
    const tune = tuneOfRow(row);
    if (tune.fileId === this.present?.tune.fileId && this.player.state.phase !== "failed") this.toggle();
    else this.#fromList(firstSong(tune), 0, row.closest("[data-list]") ?? this.document);
  }

  /** Pressing the song that plays pauses it. @param {number} number */
  pressSong(number) {
    const song = (this.present ?? this.offered?.song)?.tune.songs.find((one) => one.song === number);
    if (song && song.song === this.present?.song && this.player.state.phase !== "failed") this.toggle();
    else if (this.present) this.#start(song ?? null);
    else this.#fromList(song ?? null);
  }

  toggle() {
    const { phase } = this.player.state;
    if (phase === "playing" || phase === "loading") this.player.command({ type: "pause" });
    else if (phase === "paused") this.player.command({ type: "resume" });
    else this.again();
  }

  /** Begins what is there to begin: the song that failed or ended, what is offered, or the list. */
  again() {
    const { phase, startSeconds } = this.player.state;
    if (this.present) this.#start(this.present, { seconds: phase === "failed" ? startSeconds : 0 });
    else if (!this.offered) this.#fromList(firstSong(lines(this.document).find(({ tune }) => firstOf(tune))?.tune));
    else if (this.queue.entries.length > 0) this.#start(this.offered.song, this.offered);
    else this.#fromList(this.offered.song, this.offered.seconds);
  }

  nextSong() {
    const song = this.present;
    if (!song) return;
    const sister = this.queue.wholeTunes ? this.queue.after(song) : songBeside(song, 1);
    if (sister?.tune.fileId === song.tune.fileId) this.#start(sister);
    else void this.nextTune();
  }

  previousSong() {
    const sister = this.present && songBeside(this.present, -1);
    if (!this.#again()) sister ? this.#start(sister) : this.#back();
  }

  previousTune() {
    if (!this.#again()) this.#back();
  }

  /** @param {{chosen?: boolean}} [how] */
  async nextTune({ chosen = true } = {}) {
    const { present } = this;
    if (this.queue.entries.length === 0) await this.#fill();
    // Somebody chose something else while the list's next page was on its way.
    if (present !== this.present) return;
    const tune = this.queue.take();
    if (tune) this.#start(firstSong(tune), { chosen });
    else this.means.say("That was the last tune of this list.");
  }

  /** @param {number} key of an entry of the queue */
  playEntry(key) {
    this.#start(firstSong(this.queue.take(key) ?? undefined));
  }

  /** @param {Tune} tune @param {boolean} first before everything else */
  enqueue(tune, first) {
    if (!firstOf(tune)) this.means.say(`${tune.title} cannot be played: ${tune.reason?.message ?? "it has no songs."}`);
    else {
      if (first) this.queue.addFirst(tune);
      else this.queue.add(tune);
      this.means.say(first ? `Next: ${tune.title}.` : `${tune.title} is in the queue.`);
      this.means.changed();
    }
  }

  /** The address changed by Back or Forward: its song plays, if it has one. */
  async go() {
    const wish = songInAddress(location);
    // A page about a tune that somebody reads, while another may play.
    if (!wish || wish.publicId === this.present?.publicId || history.state?.read) return;
    const { present } = this;
    const song = this.#known(wish.publicId) ?? (await this.means.find(wish.publicId));
    // Somebody went on, or chose something else, while the song was looked for.
    if (present !== this.present || songInAddress(location)?.publicId !== wish.publicId) return;
    this.#start(song, { seconds: wish.seconds, chosen: false });
  }

  // ---- what the player says ----

  sounds() {
    this.failures = 0;
  }

  /** The song is over. */
  over() {
    const { present, next } = this;
    if (present && next?.tune.fileId === present.tune.fileId) this.#start(next, { chosen: false });
    else void this.nextTune({ chosen: false });
  }

  /** A song does not play: goes on where that helps. @param {string} kind of trouble @returns {Song | null} what plays in a moment */
  skip(kind) {
    const next = this.queue.peek();
    if (!next || STAY.has(kind) || ++this.failures >= FAILURES_IN_A_ROW) return null;
    this.advancing = setTimeout(() => void this.nextTune({ chosen: false }), READING_MS);
    return next;
  }

  /** For the page that comes after this one. */
  keep() {
    const place = this.present ? { song: this.present, seconds: this.player.seconds } : this.offered;
    keep(this.queue, place?.song ?? null, place?.seconds ?? 0);
  }

  // ---- how ----

  /** @param {Song | null | undefined} song @param {number} [seconds] @param {ParentNode} [list] a list within the page goes on by itself */
  #fromList(song, seconds = 0, list = this.document) {
    if (!song) return;
    const { tunes, more } = following(list, song.tune);
    this.queue.begin(tunes, more);
    this.#start(song, { seconds });
  }

  /** @param {Song | null | undefined} song @param {{seconds?: number, chosen?: boolean, remember?: boolean}} [how] */
  #start(song, { seconds = 0, chosen = true, remember = true } = {}) {
    clearTimeout(this.advancing);
    if (!song) return;
    const before = this.present?.tune;
    if (song.tune.fileId !== before?.fileId) this.means.begin();
    this.queue.start(song, remember ? before : undefined);
    followWithAddress(song, chosen);
    this.offered = null;
    this.player.command({ type: "play", track: song, startSeconds: seconds });
    this.means.changed();
    void this.#fill();
  }

  /** A song that is well under way begins again before anything goes back. @returns {boolean} */
  #again() {
    if (!this.present || this.player.seconds <= AGAIN_AFTER_SECONDS) return false;
    return this.player.command({ type: "seek", seconds: 0 });
  }

  #back() {
    const tune = this.present?.tune;
    if (!tune) return;
    const before = this.queue.back(tune) ?? tuneBefore(this.document, tune);
    if (before) this.#start(firstSong(before), { remember: false });
    else this.player.command({ type: "seek", seconds: 0 });
  }

  /** Fetches the list's next page when few tunes are left; what goes wrong is tried again with the next song. */
  async #fill() {
    if (!this.queue.wantsMore) return;
    const { more } = this.queue;
    // The page of a list that was left is nobody's to wait for.
    if (this.filling?.more !== more) this.filling = { more, done: this.#extend(more) };
    await this.filling.done;
  }

  /** @param {string} more */
  async #extend(more) {
    try {
      const page = await fetchPage(more);
      if (this.queue.more !== more) return;
      this.queue.extend(page.tunes, page.more);
      this.means.changed();
    } catch {
      // The next song tries again.
    } finally {
      if (this.filling?.more === more) this.filling = null;
    }
  }

  /** @returns {Place | null} */
  #offer() {
    const kept = recall(this.queue);
    const wish = songInAddress(location);
    if (!wish) return kept;
    if (kept?.song.publicId === wish.publicId) return { song: kept.song, seconds: wish.seconds || kept.seconds };
    const song = this.#known(wish.publicId);
    return song && { song, seconds: wish.seconds };
  }

  /** A song that stands somewhere on the page. @param {string} publicId @returns {Song | null} */
  #known(publicId) {
    const tunes = [
      ...(this.present ? [this.present.tune] : []),
      ...lines(this.document).map(({ tune }) => tune),
      ...this.queue.entries.map(({ tune }) => tune),
      ...this.queue.played,
    ];
    return tunes.flatMap(({ songs }) => songs).find((song) => song.publicId === publicId) ?? null;
  }
}
