// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How do lists change while the music plays on? Searches, filters, folders and authors are pages of their own; with script only
 * their list is fetched and put in the place of the one that is there. Without, or when anything is odd, the links just work.
 */
import { keepsAddress, songInAddress } from "./address.js";

/** Typing pauses this long before the search is asked. */
const TYPING_MS = 150;
const LONGEST_WAIT_MS = 20_000;

/** A step of the history that leads to a page: it shows a tune's page and does not play it. */
const READ = { read: true };

/** @param {unknown} state of the history */
export function isRead(state) {
  return typeof state === "object" && state !== null && "read" in state;
}

/** Pages that consist of a list. */
const LISTS = /^\/($|folders(\/|$)|authors(\/|$)|tune\/)/;

export class Library {
  /** @param {Document} document */
  constructor(document) {
    this.document = document;
    this.root = /** @type {HTMLElement} */ (document.getElementById("library"));
    this.form = /** @type {HTMLFormElement} */ (document.getElementById("search"));
    this.text = /** @type {HTMLInputElement} */ (document.getElementById("search-text"));
    /** The address whose list is shown, or on its way. */
    this.wanted = location.href;
    /** @type {AbortController | null} */
    this.asking = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.typing = undefined;
    this.#listen();
  }

  #listen() {
    const { document, form } = this;
    form.addEventListener("input", (event) => this.#typed(event.target === this.text));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#search({ move: true });
    });
    document.addEventListener("click", (event) => this.#click(event));
    document.addEventListener("keydown", (event) => this.#key(event));
    addEventListener("popstate", () => {
      const isList = !songInAddress(location) || isRead(history.state);
      if (isList && location.href !== this.wanted) void this.#show(location.href);
    });
  }

  /** @param {boolean} isText what was changed: the words, or a filter */
  #typed(isText) {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => void this.#search({ move: false }), isText ? TYPING_MS : 0);
  }

  /** @param {{move: boolean}} how does the focus move to what is found? */
  async #search({ move }) {
    clearTimeout(this.typing);
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string" && value.trim()) query.set(name, value.trim());
    }
    if (!this.form.checkValidity()) return;
    const text = query.toString();
    const address = new URL(text ? `/?${text}` : "/", location.href).href;
    if (address !== this.wanted) {
      // A search that is being typed is one step of the history, not one for each letter, however late the lists come.
      const refined = location.pathname === "/" && location.search !== "";
      if (!keepsAddress()) history[refined ? "replaceState" : "pushState"](null, "", address);
      if (!(await this.#show(address, { fill: false }))) return;
    }
    if (move) this.#found().querySelector("h2")?.focus();
  }

  /** @param {MouseEvent} event */
  #click(event) {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)
      return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || link.target || link.origin !== location.origin || !LISTS.test(link.pathname) || link.hash) return;
    const isMore = "more" in link.dataset;
    if (!this.root.contains(link) && !("list" in link.dataset)) return;
    event.preventDefault();
    if (isMore) void this.#more(link);
    else void this.#go(link.href);
  }

  /** @param {string} address */
  async #go(address) {
    if (!keepsAddress()) history.pushState(READ, "", address);
    // Whoever types into the search meanwhile keeps the focus.
    const found = await this.#show(address);
    if (!found) return;
    found.querySelector("h2")?.focus({ preventScroll: true });
    const { top } = this.root.getBoundingClientRect();
    if (top < 0 || top > innerHeight) this.root.scrollIntoView();
  }

  /**
   * Puts the list of that address in the place of this one.
   * @param {string} address @param {{fill?: boolean}} [how]
   * @returns {Promise<HTMLElement | null>} null: it did not come, or another was asked for meanwhile
   */
  async #show(address, { fill = true } = {}) {
    // What was typed just before is not searched for any more.
    clearTimeout(this.typing);
    if (fill) this.#fill(new URL(address).searchParams);
    this.wanted = address;
    const found = await this.#fetch(address);
    if (found) this.#found().replaceWith(found);
    if (found && !this.document.documentElement.dataset.phase?.match(/playing|loading|paused/)) {
      this.document.title = found.dataset.title ?? this.document.title;
    }
    return found;
  }

  /** The list goes on below. @param {HTMLAnchorElement} link */
  async #more(link) {
    // Another list is on its way, whose end is elsewhere.
    if (this.root.hasAttribute("aria-busy")) return;
    const found = await this.#fetch(link.href);
    const list = this.#found().querySelector("#tunes");
    if (!found || !list) return;
    const rows = [...found.querySelectorAll("#tunes > li")];
    list.append(...rows);
    const more = found.querySelector(".more");
    if (more) link.closest(".more")?.replaceWith(more);
    else link.closest(".more")?.remove();
    rows[0]?.querySelector("button")?.focus({ preventScroll: true });
  }

  /** The list of an address; null: another one was asked for meanwhile, or it did not come, which is said. @param {string} address */
  async #fetch(address) {
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    let late = false;
    const patience = setTimeout(() => {
      late = true;
      asking.abort();
    }, LONGEST_WAIT_MS);
    const part = new URL(address);
    part.searchParams.set("part", "library");
    this.root.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(part, { headers: { Accept: "text/html" }, signal: asking.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById("found");
      if (answer.ok && found) return found;
      this.#fail(address, page.querySelector("h1")?.textContent ?? `The server answered ${answer.status}.`);
    } catch {
      if (late || !asking.signal.aborted) this.#fail(address, "The server cannot be reached.");
    } finally {
      clearTimeout(patience);
      if (this.asking === asking) this.root.removeAttribute("aria-busy");
    }
    return null;
  }

  /** @param {string} address @param {string} reason */
  #fail(address, reason) {
    this.wanted = "";
    this.root.querySelector(".message--failed")?.remove();
    const message = this.document.createElement("div");
    message.className = "message message--failed";
    message.setAttribute("role", "alert");
    const said = this.document.createElement("p");
    said.textContent = `The list did not come: ${reason}`;
    const again = this.document.createElement("button");
    again.type = "button";
    again.className = "button";
    again.textContent = "Try again";
    again.addEventListener("click", () => void this.#show(address));
    message.append(said, again);
    this.#found().prepend(message);
  }

  /** The form says what is shown. @param {URLSearchParams} query */
  #fill(query) {
    for (const field of this.form.elements) {
      if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = query.get(field.name) ?? "";
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target instanceof Element ? event.target : null;
    if (event.key === "/" && !target?.closest("dialog, textarea, select, input:not([type=range], [type=radio])")) {
      event.preventDefault();
      this.text.focus();
      this.text.select();
    } else if (event.key === "ArrowDown" && target === this.text) {
      event.preventDefault();
      /** @type {HTMLElement | null} */ (this.#found().querySelector(".tune__button, .part"))?.focus();
    }
  }

  #found() {
    return /** @type {HTMLElement} */ (this.document.getElementById("found"));
  }
}
