// SPDX-License-Identifier: GPL-3.0-or-later
/** Which tunes and songs does a list hold, and where does a picture of a wave begin? */
import assert from "node:assert/strict";
import { test } from "node:test";
import { standingWave } from "../page/standing-wave.js";
import { firstSong, readTunes, songBeside } from "../page/tunes.js";

const ROWS = [
  { dataset: { title: "One", author: "A", startSong: "2", tracks: "a1,1, a2,2,61000 a3,3, " } },
  { dataset: { title: "Broken", reason: "The file is cut off.", reasonCode: "truncated", tracks: "b1,1, " } },
  { dataset: { title: "Empty", tracks: "" } },
  { dataset: { title: "Two", startSong: "1", tracks: "c1,1, c2,2, " } },
];
const TUNES = readTunes(ROWS);
/** @param {any} song */
const id = (song) => song?.publicId ?? null;
const [one, broken] = TUNES;

test("rows become tunes and songs", () => {
  assert.equal(TUNES.length, 4);
  assert.deepEqual(
    one?.songs.map((song) => [song.publicId, song.song, song.lengthMs]),
    [
      ["a1", 1, null],
      ["a2", 2, 61000],
      ["a3", 3, null],
    ],
  );
  assert.equal(new Set(one?.songs.map((song) => song.fileId)).size, 1);
  assert.deepEqual(broken?.reason, { code: "truncated", message: "The file is cut off." });
  assert.deepEqual(broken?.songs[0]?.obstacle, broken?.reason);
});

test("a tune begins with its start song", () => {
  assert.equal(id(firstSong(one)), "a2");
  assert.equal(firstSong(TUNES[2]), null);
  assert.equal(firstSong(undefined), null);
});

test("songs have neighbours within their tune", () => {
  const [a1, a2, a3] = one?.songs ?? [];
  if (!a1 || !a2 || !a3) throw new Error("rows were not read");
  assert.equal(id(songBeside(a2, 1)), "a3");
  assert.equal(id(songBeside(a2, -1)), "a1");
  assert.equal(songBeside(a3, 1), null);
  assert.equal(songBeside(a1, -1), null);
});

test("a standing wave begins at a rising crossing, wherever in the wave the picture was taken", () => {
  for (const phase of [0, 0.2, 0.77]) {
    const taps = new Int16Array(1280).map((_, i) => 3000 + 8000 * Math.sin(2 * Math.PI * (i / 90 + phase)));
    const { first, middle, peak } = standingWave(taps);
    assert.ok((taps[first - 1] ?? 0) < middle && (taps[first] ?? 0) >= middle, `phase ${phase}`);
    assert.ok(first + 640 <= taps.length);
    assert.ok(Math.abs(middle - 3000) < 20 && Math.abs(peak - 8000) < 20);
  }
});

test("silence is a flat line", () => {
  assert.deepEqual(standingWave(new Int16Array(1280)), { first: 640, middle: 0, peak: 0 });
});
