// SPDX-License-Identifier: GPL-3.0-or-later
/** Does the sheet of keys name every key that does something? */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { KEYS } from "../page/keys.js";

const NAMES = /** @type {Record<string, string>} */ ({
  " ": "Space",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
});
const sheet = readFileSync(new URL("../../templates/keys.html", import.meta.url), "utf8");
/** Every line's keys, like "Shift N P". */
const lines = [...sheet.matchAll(/<dt>(.*?)<\/dt>/g)].map(([, keys = ""]) =>
  [...keys.matchAll(/<kbd>(.*?)<\/kbd>/g)].map(([, key = ""]) => key),
);

for (const key of Object.keys(KEYS)) {
  test(`the sheet has ${JSON.stringify(key)}`, () => {
    const shifted = /^[A-Z]$/.test(key);
    const name = NAMES[key] ?? key.toUpperCase();
    assert.ok(lines.some((line) => line.includes(name) && line.includes("Shift") === shifted));
  });
}
