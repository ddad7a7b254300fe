// SPDX-License-Identifier: GPL-3.0-or-later
/** Which tune sounds, made by whom and on which chips, and which of its songs? The panel beside the list, and the list's mark. */
import { address } from "../shared/format.js";
import { lines } from "./tune-list.js";

/** @typedef {import("./tunes.js").Song} Song */
/** @typedef {import("./tunes.js").Tune} Tune */
/** @typedef {import("../player/states.js").State<Song>} State */
/** @typedef {import("../player/messages.d.ts").SongFacts} SongFacts */

/** STIL's own field names, as people read them. @type {Record<string, string>} */
const NOTE_LABELS = {
  NAME: "Name",
  AUTHOR: "By",
  TITLE: "Covers",
  ARTIST: "Of",
  COMMENT: "About",
  BUG: "Known fault",
};

export class NowPlaying {
  /** @param {Document} document */
  constructor(document) {
    this.document = document;
    this.root = /** @type {HTMLElement} */ (document.getElementById("now"));
    this.scopes = /** @type {HTMLElement} */ (document.getElementById("scopes"));
    // The site's own name stands behind whatever else the page is called after.
    this.siteTitle = document.title.split("·").at(-1)?.trim() ?? "";
    /** @type {Song | null} */
    this.shown = null;
  }

  /** @param {State} state @param {Song | null} offered what the play button begins with while nothing plays */
  show(state, offered) {
    const { track, phase } = state;
    this.document.documentElement.dataset.phase = phase;
    this.mark(state);
    if (track) this.document.title = `${phase === "playing" ? "▶ " : ""}${track.tune.title} · ${this.siteTitle}`;
    const song = track ?? offered;
    if (!song || this.shown === song) return;
    const sameTune = this.shown?.tune === song.tune;
    this.shown = song;
    if (!sameTune) this.#tune(song.tune);
    // What the server wrote about the tune of its page stays until something plays.
    if (track) this.notes([], song.song);
    this.#facts([song.tune.chips, song.tune.clock], song);
    this.#currentSong(song.song);
    const alike = this.root.querySelector("a[data-show=alike]");
    if (alike instanceof HTMLAnchorElement) {
      alike.href = `/tune/${song.publicId}/similar`;
      alike.hidden = false;
    }
  }

  /** The list's mark at what plays. @param {State} state */
  mark({ track, phase }) {
    for (const { row, tune } of lines(this.document)) this.#mark(row, tune.fileId === track?.fileId, phase);
  }

  /** What the engine found out. @param {SongFacts} facts */
  facts(facts) {
    const chips = facts.chips.map((chip) => `${chip.model} ${address(chip.address)}`);
    if (this.shown) this.#facts([...chips, facts.isNtsc ? "NTSC" : "PAL"], this.shown);
    this.scopes.dataset.chips = String(facts.chips.length);
    for (const [index, figure] of [...this.scopes.children].entries()) {
      if (!(figure instanceof HTMLElement)) continue;
      figure.hidden = index >= facts.chips.length;
      const label = figure.querySelector("[data-show=chip]");
      if (label) label.textContent = chips[index] ?? "";
    }
  }

  /** What STIL says about the tune and this song. @param {import("../player/sessions.js").Note[]} notes @param {number} song */
  notes(notes, song) {
    const list = this.root.querySelector("[data-show=notes]");
    if (!(list instanceof HTMLElement)) return;
    const shown = notes.filter((note) => note.text && (note.song === null || note.song === song));
    list.hidden = shown.length === 0;
    list.replaceChildren(
      ...shown.flatMap((note) => [this.#text("dt", NOTE_LABELS[note.field] ?? note.field), this.#text("dd", note.text)]),
    );
  }

  /** A tune that did not play says why in the list. @param {Tune} tune @param {string} reason */
  blame(tune, reason) {
    const row = lines(this.document).find((line) => line.tune.fileId === tune.fileId)?.row;
    const what = row?.querySelector(".tune__what");
    if (!row || !what) return;
    row.classList.add("tune--broken");
    const line = what.querySelector(".tune__reason") ?? what.appendChild(this.document.createElement("span"));
    line.className = "tune__reason";
    line.textContent = reason;
  }

  /** @param {Element} row @param {boolean} current @param {string} phase */
  #mark(row, current, phase) {
    row.classList.toggle("tune--current", current);
    row.classList.toggle("tune--sounding", current && phase === "playing");
    const button = row.querySelector("button");
    if (current) button?.setAttribute("aria-current", "true");
    else button?.removeAttribute("aria-current");
  }

  /** @param {Tune} tune */
  #tune(tune) {
    this.#say("title", tune.title);
    this.#say("author", tune.author);
    this.#say("released", tune.released);
    const songs = this.root.querySelector("[data-show=songs]");
    if (!(songs instanceof HTMLElement)) return;
    songs.hidden = tune.songs.length < 2;
    songs.replaceChildren(...(songs.hidden ? [] : tune.songs.map((song) => this.#songButton(song))));
  }

  /** @param {Song} song */
  #songButton(song) {
    const button = this.document.createElement("button");
    button.type = "button";
    button.className = "song";
    button.dataset.act = "song";
    button.dataset.song = String(song.song);
    button.textContent = String(song.song);
    button.setAttribute("aria-label", `Song ${song.song}`);
    return button;
  }

  /** @param {number} song */
  #currentSong(song) {
    for (const button of this.root.querySelectorAll(".song")) {
      const current = button instanceof HTMLElement && Number(button.dataset.song) === song;
      if (current) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
      if (current) scrollInto(button);
    }
  }

  /** @param {string[]} facts @param {Song} track */
  #facts(facts, track) {
    const count = track.tune.songs.length;
    const all = count > 1 ? [...facts, `song ${track.song} of ${count}`] : facts;
    const list = this.root.querySelector("[data-show=facts]");
    list?.replaceChildren(
      ...all.filter(Boolean).map((fact) => {
        const item = this.document.createElement("li");
        item.textContent = fact;
        return item;
      }),
    );
  }

  /** @param {string} tag @param {string} text */
  #text(tag, text) {
    const element = this.document.createElement(tag);
    element.textContent = text;
    return element;
  }

  /** @param {string} what @param {string} text */
  #say(what, text) {
    const element = this.root.querySelector(`[data-show=${what}]`);
    if (element) element.textContent = text;
  }
}

/** Scrolls within the button's own box, never the page. @param {HTMLElement} button */
function scrollInto(button) {
  const box = button.parentElement;
  if (!box) return;
  box.scrollTop = button.offsetTop - box.offsetTop - box.clientHeight / 2;
  box.scrollLeft = button.offsetLeft - box.offsetLeft - box.clientWidth / 2;
}
