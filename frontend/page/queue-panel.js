// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How is the queue seen and put in order? A list whose entries are dragged by their grips (mouse or finger), moved by the
 * arrow keys on a grip, removed, and played. Every move is also told to a screen reader.
 */
import { count } from "../shared/format.js";

/** @typedef {import("./queue.js").Queue} Queue */
/** @typedef {import("./queue.js").Entry} Entry */

/** Near the list's edges a drag scrolls it, so many pixels at a time. */
const EDGE_PX = 40;
const SCROLL_PX = 12;
/** @type {Record<string, number>} */
const STEPS = { ArrowUp: -1, ArrowDown: 1, Home: Number.NEGATIVE_INFINITY, End: Number.POSITIVE_INFINITY };

export class QueuePanel {
  /** @param {Document} document @param {Queue} queue @param {() => void} onChange */
  constructor(document, queue, onChange) {
    this.document = document;
    this.queue = queue;
    this.onChange = onChange;
    this.root = /** @type {HTMLElement} */ (document.getElementById("queue"));
    this.list = /** @type {HTMLElement} */ (this.root.querySelector("ol"));
    this.template = /** @type {HTMLTemplateElement} */ (this.root.querySelector("template"));
    this.wholeTunes = /** @type {HTMLInputElement} */ (this.root.querySelector("[data-act=whole-tunes]"));
    this.opener = /** @type {HTMLElement} */ (document.querySelector("#player [data-act=queue]"));
    this.wholeTunes.checked = queue.wholeTunes;
    /** @type {Map<number, HTMLElement>} */
    this.items = new Map();
    this.list.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("pointerdown", (event) => this.#grab(event));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.open && !document.querySelector("dialog[open]")) this.toggle();
    });
    this.show();
  }

  get open() {
    return !this.root.hidden;
  }

  toggle() {
    this.root.hidden = this.open;
    this.document.documentElement.toggleAttribute("data-queue", this.open);
    this.opener.setAttribute("aria-expanded", String(this.open));
    this.show();
    if (this.open) this.root.focus();
    else this.opener.focus();
  }

  /** @param {string} action @param {Element | null} element @returns {boolean} was it one of ours? */
  act(action, element) {
    if (action === "queue") this.toggle();
    else if (action === "queue-clear") this.queue.clear();
    else if (action === "queue-remove") this.#remove(this.entryOf(element));
    else if (action === "whole-tunes-change") this.queue.wholeTunes = this.wholeTunes.checked;
    else return action === "queue-grip" || action === "whole-tunes-input";
    this.#changed();
    return true;
  }

  /** @param {Element | null} element @returns {Entry | undefined} */
  entryOf(element) {
    const item = element?.closest(".entry");
    return item instanceof HTMLElement ? this.queue.find(Number(item.dataset.key)) : undefined;
  }

  /** Draws what the queue holds; entries that stay keep their elements, and the focus. */
  show() {
    if (!this.open) return;
    const { entries, more } = this.queue;
    const focused = this.document.activeElement;
    const items = entries.map((entry) => this.items.get(entry.key) ?? this.#item(entry));
    this.items = new Map(entries.map((entry, place) => [entry.key, /** @type {HTMLElement} */ (items[place])]));
    this.list.replaceChildren(...items);
    if (focused instanceof HTMLElement && this.list.contains(focused)) focused.focus({ preventScroll: true });
    this.#say(
      "queue-count",
      entries.length > 0 ? `${count(entries.length, "tune")}${more ? ", and the list goes on" : ""}` : "",
    );
    this.root.toggleAttribute("data-empty", entries.length === 0);
  }

  /** For a screen reader. @param {string} text */
  tell(text) {
    this.#say("queue-said", text);
  }

  #changed() {
    this.show();
    this.onChange();
  }

  /** @param {Entry} entry */
  #item(entry) {
    const item = /** @type {HTMLElement} */ (this.template.content.firstElementChild?.cloneNode(true));
    const { title, author, songs } = entry.tune;
    item.dataset.key = String(entry.key);
    const say = (/** @type {string} */ part, /** @type {string} */ text) => {
      for (const element of item.querySelectorAll(`[data-part=${part}]`)) element.textContent = text;
    };
    say("title", title);
    say("author", [author, songs.length > 1 ? count(songs.length, "song") : ""].filter(Boolean).join(" · "));
    return item;
  }

  /** @param {Entry | undefined} entry */
  #remove(entry) {
    if (!entry) return;
    const place = this.queue.entries.indexOf(entry);
    this.queue.remove(entry.key);
    this.tell(`${entry.tune.title} is taken out.`);
    this.show();
    const neighbour = this.list.children[Math.min(place, this.list.children.length - 1)];
    const button = neighbour?.querySelector("[data-act=queue-remove]");
    if (button instanceof HTMLElement) button.focus();
    else this.root.focus();
  }

  /** @param {Entry} entry @param {number} place */
  #move(entry, place) {
    const to = this.queue.move(entry.key, place);
    this.tell(`${entry.tune.title}: place ${to + 1} of ${this.queue.entries.length}.`);
    this.#changed();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const target = event.target instanceof Element ? event.target : null;
    const entry = this.entryOf(target);
    if (!entry || event.ctrlKey || event.metaKey) return;
    const step = STEPS[event.key];
    if (step !== undefined && (event.altKey || target?.closest("[data-act=queue-grip]"))) {
      this.#move(entry, this.queue.entries.indexOf(entry) + step);
      this.items.get(entry.key)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Delete") {
      this.#remove(entry);
      this.#changed();
    } else return;
    event.preventDefault();
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    const grip = event.target instanceof Element ? event.target.closest("[data-act=queue-grip]") : null;
    const entry = this.entryOf(grip);
    const item = entry && this.items.get(entry.key);
    if (!(grip instanceof HTMLElement) || !entry || !item || event.button !== 0) return;
    // The list listens, not the grip: an element that is moved in the document loses its pointer.
    this.list.setPointerCapture(event.pointerId);
    item.classList.add("entry--held");
    const follow = (/** @type {PointerEvent} */ moved) => this.#follow(item, moved.clientY);
    const drop = () => {
      this.list.removeEventListener("pointermove", follow);
      item.classList.remove("entry--held");
      this.#move(entry, [...this.list.children].indexOf(item));
    };
    this.list.addEventListener("pointermove", follow);
    this.list.addEventListener("lostpointercapture", drop, { once: true });
  }

  /** The held entry stands where the pointer is. @param {HTMLElement} item @param {number} y */
  #follow(item, y) {
    const box = this.list.getBoundingClientRect();
    if (y < box.top + EDGE_PX) this.list.scrollTop -= SCROLL_PX;
    else if (y > box.bottom - EDGE_PX) this.list.scrollTop += SCROLL_PX;
    const before = [...this.list.children].find((other) => {
      const { top, height } = other.getBoundingClientRect();
      return other !== item && y < top + height / 2;
    });
    if (before ? before.previousElementSibling !== item : this.list.lastElementChild !== item) {
      this.list.insertBefore(item, before ?? null);
    }
  }

  /** @param {string} what @param {string} text */
  #say(what, text) {
    const element = this.root.querySelector(`[data-show=${what}]`);
    if (element) element.textContent = text;
  }
}
