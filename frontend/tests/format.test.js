// SPDX-License-Identifier: GPL-3.0-or-later
/** Are times, addresses, notes and waveforms written as people write them? */
import assert from "node:assert/strict";
import { test } from "node:test";
import { address, clock, count, note, spokenTime, waveform } from "../shared/format.js";

test("times", () => {
  assert.deepEqual([0, 9.99, 60, 83.4, 3599, 3600, 7325].map(clock), [
    "0:00",
    "0:09",
    "1:00",
    "1:23",
    "59:59",
    "1:00:00",
    "2:02:05",
  ]);
  assert.deepEqual([-3, Number.NaN, Number.POSITIVE_INFINITY].map(clock), ["0:00", "0:00", "0:00"]);
  assert.deepEqual([0, 1, 60, 61.9, 180].map(spokenTime), [
    "0 seconds",
    "1 second",
    "1 minute",
    "1 minute 1 second",
    "3 minutes",
  ]);
  assert.equal(count(1, "song"), "1 song");
  assert.equal(count(37, "song"), "37 songs");
});

test("addresses", () => {
  assert.deepEqual([0xd400, 0xde00, 0x20].map(address), ["$D400", "$DE00", "$0020"]);
});

test("notes", () => {
  assert.deepEqual([261.63, 440, 27.5, 4186, 16.35, 466.16].map(note), ["C-4", "A-4", "A-0", "C-8", "C-0", "A#4"]);
  assert.deepEqual([0, 3, Number.NaN, 60000].map(note), ["", "", "", ""]);
});

test("waveforms of a control register", () => {
  assert.deepEqual([0x11, 0x21, 0x41, 0x81, 0x51, 0x01].map(waveform), ["tri", "saw", "pulse", "noise", "tri+pulse", ""]);
});
