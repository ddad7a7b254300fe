// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Where does the sound come from, who chose that, and is the server still at it? The sheet with the choice, and what stands over
 * the scopes while the server's rendering plays: its voices cannot be seen.
 */
import { Gaps } from "../player/choose-adapter.js";
import { showBeside } from "./tune-menu.js";

/** @typedef {import("./tunes.js").Song} Song */
/** @typedef {import("../player/choose-adapter.js").Preference} Preference */
/** @typedef {import("../player/adapter.d.ts").Progress} Progress */

export class SoundFrom {
  /**
   * @param {Document} document
   * @param {import("../player/player.js").Player<Song>} player
   * @param {string} detectUrl which tells what the server can do
   * @param {{say: (text: string, seenElsewhere?: boolean) => void, again: () => void, unable: (message: string) => void}} means
   */
  constructor(document, player, detectUrl, means) {
    this.player = player;
    this.detectUrl = detectUrl;
    this.means = means;
    this.root = document.documentElement;
    this.sheet = /** @type {HTMLDialogElement} */ (document.getElementById("sound-from"));
    this.sidplayfp = /** @type {HTMLElement} */ (this.sheet.querySelector("[value=sidplayfp]"));
    this.card = /** @type {HTMLElement} */ (document.getElementById("from-server"));
    this.because = /** @type {HTMLElement} */ (this.card.querySelector("[data-show=because]"));
    this.preparing = /** @type {HTMLElement} */ (this.card.querySelector("[data-show=preparing]"));
    this.progress = /** @type {HTMLProgressElement} */ (this.card.querySelector("progress"));
    this.gaps = new Gaps();
    this.told = "";
    this.sheet.addEventListener("close", () => this.#chosen(/** @type {Preference | ""} */ (this.sheet.returnValue)));
    this.sheet.addEventListener("click", (event) => {
      if (event.target === this.sheet) this.sheet.close("");
    });
    player.addEventListener("way", (event) => this.#way(/** @type {CustomEvent} */ (event).detail));
    player.addEventListener("preparing", (event) => this.#prepare(/** @type {CustomEvent} */ (event).detail));
    player.addEventListener("state", () => {
      if (player.state.phase !== "loading" && player.state.phase !== "paused") this.#prepare(null);
    });
    const available = player.ways.wasm.available();
    if (!available.ok) void this.#foretell(available);
  }

  /** Is it this device that plays? */
  get emulates() {
    return this.player.adapter === this.player.ways.wasm;
  }

  /** Only the emulation has voices. @returns {boolean} are there none now? */
  refuse() {
    if (this.emulates) return false;
    this.means.say("The server's sound has all voices in one: only this device can silence some of them.");
    return true;
  }

  /** @param {Element} button that asked for it */
  open(button) {
    const { preference } = this.player.ways;
    for (const choice of this.sheet.querySelectorAll("button")) {
      choice.setAttribute("aria-pressed", String(choice.value === preference));
    }
    showBeside(this.sheet, button);
    void this.#detect().then(({ cli }) => {
      this.sidplayfp.hidden = !cli?.available;
    });
  }

  /** Called a few times a second: does the emulation keep up? */
  watch() {
    const { player } = this;
    const { underruns } = player.adapter.statistics();
    if (!this.emulates || player.state.phase !== "playing") this.gaps.known = underruns;
    else if (this.gaps.tooMany(underruns, performance.now()) && player.ways.tooSlow()) player.reopen();
  }

  // ---- how ----

  /** @param {Preference | ""} preference */
  #chosen(preference) {
    if (preference === "" || preference === this.player.ways.preference) return;
    this.player.ways.prefer(preference);
    if (this.player.state.phase === "failed") this.means.again();
    else this.player.reopen();
  }

  /** Before anybody presses anything: will the server play, or nobody? @param {{reason: string, clause: string}} unable */
  async #foretell({ reason, clause }) {
    const { stream } = await this.#detect();
    this.player.warmUp(false);
    if (this.player.state.phase !== "idle") return;
    if (!stream?.available) this.means.unable(reason);
    else this.#show(`Tunes are played from the server because ${clause}.`);
  }

  /** @param {string} because */
  #way(because) {
    this.#show(this.emulates ? "" : because);
    if (because !== this.told) this.#say(because || "Played by this device.");
    this.told = because;
  }

  /** @param {string} because of the server's playing; "": this device does */
  #show(because) {
    this.root.toggleAttribute("data-from-server", because !== "");
    this.card.hidden = because === "";
    this.because.textContent = because;
  }

  /** The card says the same, to those who see it. @param {string} text */
  #say(text) {
    const { top, bottom } = this.card.getBoundingClientRect();
    this.means.say(text, !this.card.hidden && top >= 0 && bottom <= innerHeight);
  }

  /** @param {Progress | null} progress */
  #prepare(progress) {
    if (progress && this.progress.hidden) this.#say(`${this.told} It is being prepared: a moment, please.`);
    this.progress.hidden = progress === null;
    const percent = progress?.percent ?? null;
    if (percent === null) this.progress.removeAttribute("value");
    else this.progress.value = percent;
    const how = [percent === null ? "" : `${Math.round(percent)} %`, progress?.message ?? ""].filter(Boolean).join(" · ");
    this.preparing.textContent = progress ? `Being prepared on the server${how && `: ${how}`}` : "";
  }

  /** @returns {Promise<Record<string, {available: boolean, reason?: string | null}>>} empty where the server does not say */
  async #detect() {
    try {
      const response = await fetch(this.detectUrl);
      return response.ok ? await response.json() : {};
    } catch {
      return {};
    }
  }
}
