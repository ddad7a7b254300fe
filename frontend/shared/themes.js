// SPDX-License-Identifier: GPL-3.0-or-later
/** Which colours did somebody choose? The choice is kept in this browser; static/theme.js applies it before the first paint. */

/** @param {Document} document */
export function switchThemes(document) {
  const root = document.documentElement;
  for (const radio of document.querySelectorAll("input[name=theme]")) {
    if (!(radio instanceof HTMLInputElement)) continue;
    radio.checked = radio.value === root.dataset.theme;
    radio.addEventListener("change", () => {
      root.dataset.theme = radio.value;
      try {
        localStorage.setItem("sidflow.theme", radio.value);
      } catch {
        // Storage is closed to us: the choice holds for this page.
      }
      root.dispatchEvent(new Event("themechange"));
    });
  }
}
