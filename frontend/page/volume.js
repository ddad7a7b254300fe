// SPDX-License-Identifier: GPL-3.0-or-later
/** How loud? The slider, the mute button, and the memory of both in this browser. */

const KEY = "sidflow.volume";
const STEP = 5;

export class Volume {
  /** @param {import("./bar.js").Bar} bar @param {{setVolume: (volume: number) => void}} sound */
  constructor(bar, sound) {
    this.sound = sound;
    this.slider = /** @type {HTMLInputElement} */ (bar.root.querySelector("[data-act=volume]"));
    this.button = /** @type {HTMLElement} */ (bar.root.querySelector("[data-act=mute]"));
    this.percent = recall() ?? Number(this.slider.value);
    this.muted = false;
    this.#apply();
  }

  /** @param {string} action @param {number} value of the slider, for its own actions */
  act(action, value) {
    if (action === "mute") this.muted = !this.muted;
    else if (action === "louder") this.#set(this.percent + STEP);
    else if (action === "softer") this.#set(this.percent - STEP);
    else if (action === "volume-input" || action === "volume-change") this.#set(value);
    else return;
    this.#apply();
  }

  /** Turning the knob ends the silence. @param {number} percent */
  #set(percent) {
    this.percent = Math.min(100, Math.max(0, percent));
    this.muted = false;
    try {
      localStorage.setItem(KEY, String(this.percent));
    } catch {
      // Storage is closed to us: the volume holds for this page.
    }
  }

  #apply() {
    this.sound.setVolume(this.muted ? 0 : this.percent / 100);
    this.slider.value = String(this.percent);
    this.slider.style.setProperty("--done", `${this.percent}%`);
    this.slider.setAttribute("aria-valuetext", this.muted ? "muted" : `${this.percent} percent`);
    this.button.setAttribute("aria-pressed", String(this.muted));
  }
}

/** @returns {number | null} */
function recall() {
  try {
    const kept = localStorage.getItem(KEY);
    return kept !== null && Number(kept) >= 0 && Number(kept) <= 100 ? Number(kept) : null;
  } catch {
    return null;
  }
}
