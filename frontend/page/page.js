// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What happens before anybody plays anything? Little: colours, keys, and listening for the first sign that somebody will.
 *
 * The player is a chunk of its own. It is fetched at the first sign (a pointer over the tunes or down anywhere, focus, a key) and
 * warmed up, so that the click that follows finds it there.
 */

import { switchThemes } from "../shared/themes.js";
import { actionOfKey } from "./keys.js";
import { Library } from "./library.js";
import { isKept } from "./queue-kept.js";

/** @typedef {import("./room.js").Room} Room */

/** @type {Promise<Room> | null} */
let room = null;

/** The part of the page that plays, fetched once; a failed fetch is tried again at the next sign. @returns {Promise<Room>} */
function openRoom() {
  room ??= import("./room.js").then((module) => new module.Room(document));
  room.catch(() => {
    room = null;
  });
  return room;
}

/** @param {Event} event a sign of interest; pressing something is more than looking at it */
function warmUp(event) {
  if (event.type === "pointerover" && !(event.target instanceof Element && event.target.closest("[data-act]"))) return;
  const pressed = event.type === "pointerdown" || event.type === "keydown";
  const target = event.target instanceof Element ? event.target.closest("[data-act]") : null;
  openRoom()
    .then((open) => open.warmUp({ pressed, target }))
    .catch(() => {});
}

/** @param {string} action @param {Element | null} [element] */
async function act(action, element = null) {
  if (action === "help") /** @type {HTMLDialogElement | null} */ (document.getElementById("keys"))?.showModal();
  else {
    const open = await openRoom().catch(() => null);
    if (open) open.act(action, element);
    else tell("The player could not be loaded: the server cannot be reached. Check the connection and try again.");
  }
}

/** @param {string} text for a person, before there is a player to say it */
function tell(text) {
  const notice = document.querySelector("#player [data-show=notice]");
  if (notice) notice.textContent = text;
}

if (document.getElementById("player")) {
  for (const sign of ["pointerover", "pointerdown", "focusin", "keydown"]) {
    document.addEventListener(sign, warmUp, { passive: true });
  }
}
document.addEventListener("click", (event) => {
  const element = event.target instanceof Element ? event.target.closest("button[data-act]") : null;
  if (element instanceof HTMLElement) void act(element.dataset.act ?? "", element);
});
for (const type of ["input", "change"]) {
  document.addEventListener(type, (event) => {
    const element = event.target;
    if (element instanceof HTMLInputElement && element.dataset.act) void act(`${element.dataset.act}-${type}`, element);
  });
}
document.addEventListener("keydown", (event) => {
  const action = actionOfKey(event);
  if (!action) return;
  event.preventDefault();
  void act(action);
});
// Back and Forward lead through the tunes that were chosen, also after a reload.
addEventListener("popstate", () => void act("go"));
// A visit that came from another page of ours has a tune to show and a queue; a browser that cannot play says so before anybody tries.
if (isKept() || !globalThis.WebAssembly || !globalThis.AudioContext) openRoom().catch(() => {});
switchThemes(document);
if (document.getElementById("library")) new Library(document);
