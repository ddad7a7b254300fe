// SPDX-License-Identifier: GPL-3.0-or-later
/** What comes next, in which order, and what was before? */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_ENTRIES, Queue } from "../page/queue.js";
import { readTunes } from "../page/tunes.js";

/** @param {string} name @param {number} songs @param {number} [startSong] @param {string} [reason] */
const row = (name, songs, startSong = 1, reason = "") => ({
  dataset: {
    title: name,
    startSong: String(startSong),
    reason,
    tracks: Array.from({ length: songs }, (_, i) => `${name}${i + 1},${i + 1},`).join(" "),
  },
});
const TUNES = readTunes([row("a", 3, 2), row("b", 1), row("c", 1, 1, "cut off"), row("d", 2), row("e", 1)]);
const [a, b, c, d, e] = /** @type {[any, any, any, any, any]} */ (TUNES);
/** @param {Queue} queue */
const names = (queue) => queue.entries.map((entry) => entry.tune.title).join("");
/** @param {import("../page/tunes.js").Tune[]} tunes */
const queueOf = (tunes) => {
  const queue = new Queue();
  queue.begin(tunes, "");
  return queue;
};

test("a list fills the queue with what can be played", () => {
  assert.equal(names(queueOf([b, c, d])), "bd");
});

test("what a person added stands before the list and outlives it, in the order of the wishes", () => {
  const queue = queueOf([b, d]);
  queue.add(e);
  queue.add(a);
  assert.equal(names(queue), "eabd");
  queue.addFirst(d);
  assert.equal(names(queue), "deabd");
  queue.begin([b], "");
  assert.equal(names(queue), "deab");
  queue.add(c);
  assert.equal(names(queue), "deab", "a tune that cannot be played is not taken");
});

test("entries move, never beyond an end, and go", () => {
  const queue = queueOf([a, b, d]);
  const [first, , last] = queue.entries.map((entry) => entry.key);
  assert.equal(queue.move(first ?? 0, 1), 1);
  assert.equal(names(queue), "bad");
  assert.equal(queue.move(last ?? 0, Number.NEGATIVE_INFINITY), 0);
  assert.equal(names(queue), "dba");
  assert.equal(queue.move(last ?? 0, Number.POSITIVE_INFINITY), 2);
  queue.remove(first ?? 0);
  assert.equal(names(queue), "bd");
});

test("all songs of a tune play once, from the one it began with, and then the next tune", () => {
  const queue = queueOf([b]);
  const [a1, a2, a3] = a.songs;
  queue.start(a2, undefined);
  assert.equal(queue.after(a2), a3);
  assert.equal(queue.after(a3), a1);
  assert.equal(queue.after(a1), b.songs[0]);
  queue.wholeTunes = false;
  assert.equal(queue.after(a2), b.songs[0]);
});

test("taking an entry from the middle lets Back lead through those before it", () => {
  const queue = queueOf([b, d, e]);
  queue.start(a.songs[0], undefined);
  assert.equal(queue.take(queue.entries[1]?.key), d);
  queue.start(d.songs[0], a);
  assert.equal(names(queue), "e");
  assert.equal(queue.back(d), a);
  assert.equal(queue.back(a), b);
  assert.equal(names(queue), "ade");
  assert.equal(queue.back(b), null);
});

test("the next page is wanted when few are left, and a queue has an end", () => {
  const queue = queueOf([b, d]);
  assert.equal(queue.wantsMore, false);
  queue.begin([b, d], "/?after=x");
  assert.equal(queue.wantsMore, true);
  queue.extend(
    Array.from({ length: 300 }, () => e),
    "/?after=y",
  );
  assert.equal(queue.entries.length, MOST_ENTRIES);
  assert.equal(queue.wantsMore, false);
  queue.clear();
  assert.equal(queue.wantsMore, false);
});
