// SPDX-License-Identifier: GPL-3.0-or-later
/** What can be done with a tune of the list besides playing it? A small sheet at its + button: play next, add to the queue, copy its link. */
import { tuneOfRow } from "./tune-list.js";

/** @typedef {import("./tunes.js").Tune} Tune */

/** On narrower screens the sheet lies at the bottom, in reach of the thumb. */
const BESIDE_THE_BUTTON = "(min-width: 760px)";

export class TuneMenu {
  /** @param {Document} document @param {(action: string, tune: Tune) => void} onChoice everything but the way to the tune's own page */
  constructor(document, onChoice) {
    this.sheet = /** @type {HTMLDialogElement} */ (document.getElementById("tune-menu"));
    this.about = /** @type {HTMLElement} */ (this.sheet.querySelector("[value=tune-page]"));
    /** @type {HTMLElement | null} */
    this.link = null;
    this.title = /** @type {HTMLElement} */ (this.sheet.querySelector("h2"));
    /** @type {Tune | null} */
    this.tune = null;
    this.sheet.addEventListener("close", () => {
      if (this.sheet.returnValue === "tune-page") this.link?.click();
      else if (this.tune && this.sheet.returnValue) onChoice(this.sheet.returnValue, this.tune);
      this.tune = null;
    });
    // A press beside the sheet lands on the dialog itself: its content fills it.
    this.sheet.addEventListener("click", (event) => {
      if (event.target === this.sheet) this.sheet.close("");
    });
  }

  /** @param {Element} button in the tune's row */
  open(button) {
    const row = button.closest(".tune");
    if (!row) return;
    this.tune = tuneOfRow(row);
    this.link = row.querySelector("a.tune__page");
    this.about.hidden = !this.link;
    this.title.textContent = this.tune.title;
    showBeside(this.sheet, button);
  }
}

/** Opens a sheet: beside the button that asked for it where there is room. @param {HTMLDialogElement} sheet @param {Element} button */
export function showBeside(sheet, button) {
  sheet.returnValue = "";
  sheet.showModal();
  const beside = matchMedia(BESIDE_THE_BUTTON).matches;
  sheet.classList.toggle("menu--beside", beside);
  if (!beside) return;
  const { right, top } = button.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = sheet;
  sheet.style.left = `${Math.max(8, right - offsetWidth)}px`;
  sheet.style.top = `${Math.max(8, Math.min(top, innerHeight - offsetHeight - 8))}px`;
}
