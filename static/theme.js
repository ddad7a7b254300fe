// SPDX-License-Identifier: GPL-3.0-or-later
// Which colours does the page have before its first paint? Runs in the head, before anything is drawn: no flash of another theme.
// Without a choice it is dark, the home theme: browsers say "light" for everybody who never chose, so they cannot be asked.
(() => {
  const root = document.documentElement;
  root.dataset.script = "on";
  try {
    const theme = localStorage.getItem("sidflow.theme");
    if (theme === "light" || theme === "c64") root.dataset.theme = theme;
  } catch {
    // Storage is closed to us: the home theme it is.
  }
})();
