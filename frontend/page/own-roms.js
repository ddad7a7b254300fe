// SPDX-License-Identifier: GPL-3.0-or-later
/** How does a visitor choose ROMs of their own? Files go into this browser's store (player/own-roms.js) and nowhere else. */
import { forgetOwnRom, keepOwnRom, ownRoms } from "../player/own-roms.js";
import { ROM_KINDS } from "../player/rom-kinds.js";

/** @typedef {import("../player/rom-kinds.js").RomKind} RomKind */

/** Shows what is kept and takes what is chosen. @param {HTMLElement} section */
export function watchOwnRoms(section) {
  for (const kind of ROM_KINDS) {
    const line = section.querySelector(`[data-rom="${kind}"]`);
    if (line) watchLine(line, kind);
  }
}

/** @param {Element} line @param {RomKind} kind */
function watchLine(line, kind) {
  const input = /** @type {HTMLInputElement} */ (line.querySelector("input"));
  const state = /** @type {HTMLElement} */ (line.querySelector("[data-show=state]"));
  const forget = /** @type {HTMLButtonElement} */ (line.querySelector("[data-forget]"));
  let changed = false;
  /** @param {() => Promise<unknown>} change @param {string} done */
  const act = async (change, done) => {
    changed = true;
    try {
      await change();
      state.textContent = done;
    } catch (error) {
      state.textContent = error instanceof Error ? error.message : String(error);
    }
    forget.hidden = !(await ownRoms())[kind];
  };
  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    if (file) void act(async () => keepOwnRom(kind, await file.arrayBuffer()), "Kept in this browser.");
  });
  forget.addEventListener("click", () => {
    input.value = "";
    void act(() => forgetOwnRom(kind), "Forgotten.");
  });
  void ownRoms().then((roms) => {
    // Somebody was quicker than the store: what they did is said.
    if (changed) return;
    state.textContent = roms[kind] ? "Kept in this browser." : "None.";
    forget.hidden = !roms[kind];
  });
}
