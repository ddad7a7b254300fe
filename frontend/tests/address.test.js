// SPDX-License-Identifier: GPL-3.0-or-later
/** Which addresses name a song and a second, and which kinds of trouble do problems belong to? */
import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, songInAddress } from "../page/address.js";
import { kindOf } from "../page/trouble.js";

const ID = "6a95f080-7496-47e0-add9-659fbf67fd0a";

test("an address and what it names are each other's inverse", () => {
  const song = /** @type {any} */ ({ publicId: ID });
  for (const seconds of [0, 1, 83.9, 7200]) {
    const { pathname, search } = new URL(addressOf(song, seconds), "http://here/");
    assert.deepEqual(songInAddress({ pathname, search }), { publicId: ID, seconds: Math.floor(seconds) });
  }
});

test("nonsense behind the question mark is the beginning", () => {
  for (const search of ["?t=", "?t=x", "?t=-1", "?t=NaN", "?t=Infinity", "?t=1e9", "?u=5", ""]) {
    assert.deepEqual(songInAddress({ pathname: `/tune/${ID}`, search }), { publicId: ID, seconds: 0 }, search);
  }
});

test("other addresses name no song", () => {
  for (const pathname of ["/", "/tune/", "/tune/5", `/tunes/${ID}`, `/tune/${ID}/more`]) {
    assert.equal(songInAddress({ pathname, search: "?t=5" }), null, pathname);
  }
});

test("trouble is known by the answer's status, else by the problem's word", () => {
  const problem = { code: "x", message: "" };
  assert.equal(kindOf({ ...problem, status: 503 }), "server");
  assert.equal(kindOf({ ...problem, status: 429 }), "busy");
  assert.equal(kindOf({ ...problem, status: 404 }), "gone");
  assert.equal(kindOf({ ...problem, code: "network", status: 0 }), "network");
  assert.equal(kindOf({ ...problem, code: "worker" }), "engine");
  assert.equal(kindOf({ ...problem, code: "truncated" }), "truncated");
});
