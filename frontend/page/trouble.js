// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What does a person see when nothing can sound, and what can they do? A card over the scopes, which are flat then: what
 * happened, and one thing to do. It goes when something plays. The bar's notice tells the same to a screen reader.
 */

/** @typedef {import("../player/states.js").Problem} Problem */
/** @typedef {{title: string, advice: string, act: string, label: string}} Words `advice`: what to do, after the problem's own sentence */

const AGAIN = { act: "again", label: "Try again" };
const NEXT = { act: "next-tune", label: "Next tune" };
const NOTHING = { act: "", label: "" };

/** @type {Record<string, Words>} */
const WORDS = {
  network: { title: "No connection", advice: "It goes on by itself when the network is back.", ...AGAIN },
  busy: { title: "A moment, please", advice: "It goes on by itself.", ...AGAIN },
  server: { title: "The server has trouble", advice: "That is not your fault. Try again in a moment.", ...AGAIN },
  gone: { title: "This tune is gone", advice: "The list may be old; another tune will play.", ...NEXT },
  needs_roms: { title: "This tune needs ROMs", advice: "", act: "own-roms", label: "Choose ROM files" },
  "rom-mismatch": { title: "The site's ROMs are not right", advice: "", act: "own-roms", label: "Use your own" },
  unavailable: { title: "This browser cannot play", advice: "A current Firefox, Chrome, Edge or Safari can.", ...NOTHING },
  "press-again": { title: "Press once more", advice: "", act: "again", label: "Play" },
  "not-prepared": { title: "The server is busy", advice: "", ...AGAIN },
  "broken-off": { title: "The sound broke off", advice: "", ...AGAIN },
  engine: { title: "The player did not start", advice: "", ...AGAIN },
};
const TUNE = { title: "This tune does not play", advice: "", ...NEXT };
const GONE = new Set([404, 410]);
/** Without a word of the server's about when to come back. */
const BUSY_SECONDS = 5;

/** Which of the words fit. @param {Problem} problem */
export function kindOf({ code, status = 0, retryAfterSeconds = 0 }) {
  if (status === 429 || (status === 503 && retryAfterSeconds > 0)) return "busy";
  if (status >= 500) return "server";
  if (GONE.has(status)) return "gone";
  if (code === "worker" || code === "unknown") return "engine";
  return code;
}

export class Trouble {
  /** @param {Document} document @param {() => void} again */
  constructor(document, again) {
    this.root = /** @type {HTMLElement} */ (document.getElementById("trouble"));
    this.button = /** @type {HTMLButtonElement} */ (this.root.querySelector("button"));
    this.again = again;
    /** What is waited for. */
    this.kind = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.waiting = undefined;
    addEventListener("online", () => {
      if (this.kind === "network") again();
    });
  }

  /** @param {Problem} problem @param {string} [next] what plays in a moment all the same */
  show(problem, next = "") {
    this.kind = kindOf(problem);
    const words = WORDS[this.kind] ?? TUNE;
    this.#say("trouble", words.title);
    this.#say("why", problem.message);
    this.#say("advice", next ? `Next: ${next}.` : words.advice);
    this.button.dataset.act = words.act;
    this.button.textContent = words.label;
    this.button.hidden = words.act === "";
    this.root.hidden = false;
    clearTimeout(this.waiting);
    if (this.kind === "busy") this.waiting = setTimeout(this.again, 1000 * (problem.retryAfterSeconds || BUSY_SECONDS));
  }

  /** Does the card stand in the window? */
  get inView() {
    const { top, bottom } = this.root.getBoundingClientRect();
    return !this.root.hidden && top >= 0 && bottom <= innerHeight;
  }

  hide() {
    this.kind = "";
    this.root.hidden = true;
    clearTimeout(this.waiting);
  }

  /** @param {string} what @param {string} text */
  #say(what, text) {
    const element = this.root.querySelector(`[data-show=${what}]`);
    if (element) element.textContent = text;
  }
}
