// SPDX-License-Identifier: GPL-3.0-or-later
/** Which key does what? Single keys, as long as the focus is nowhere that needs them for itself. */

/** @type {Readonly<Record<string, string>>} */
export const KEYS = {
  " ": "toggle",
  ArrowLeft: "back",
  ArrowRight: "forward",
  ArrowUp: "louder",
  ArrowDown: "softer",
  m: "mute",
  n: "next-song",
  p: "previous-song",
  N: "next-tune",
  P: "previous-tune",
  q: "queue",
  e: "add-focused",
  E: "next-focused",
  c: "copy-link",
  s: "solo-next",
  d: "digis",
  0: "all-voices",
  "?": "help",
};

/**
 * The action of a key press; "" where it means nothing to the player.
 * @param {KeyboardEvent} event
 */
export function actionOfKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return "";
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("dialog, textarea, select, [contenteditable], input:not([type=range], [type=radio])")) return "";
  const takesArrows = target?.matches("input");
  if (takesArrows && event.key.startsWith("Arrow")) return "";
  // A focused button or link takes the space bar itself.
  if (event.key === " " && target?.closest("button, a, input, summary")) return "";
  // Shift makes other characters of digits on every keyboard: the key's place tells. Number pads play songs.
  const [, digit] = /^Digit([1-9])$/.exec(event.code) ?? [];
  if (event.shiftKey && digit) return `mute-voice-${digit}`;
  if (/^[1-9]$/.test(event.key)) return `song-${event.key}`;
  // Caps Lock shall not turn songs into tunes: the shift key decides, not the letter's case.
  const key = event.key.length === 1 && !event.shiftKey ? event.key.toLowerCase() : event.key;
  return KEYS[event.shiftKey && key.length === 1 ? key.toUpperCase() : key] ?? "";
}
