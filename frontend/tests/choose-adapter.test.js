// SPDX-License-Identifier: GPL-3.0-or-later
/** Does every visitor get the best way to hear a song, and are they told when it is not the expected one? */
import assert from "node:assert/strict";
import { test } from "node:test";
import { choose, Gaps, needsOffer } from "../player/choose-adapter.js";

const NOTHING = { stream: false, ready: false, cli: false };
const ON_DEMAND = { ...NOTHING, stream: true };
const READY = { ...ON_DEMAND, ready: true };
const ALL = { ...READY, cli: true };
const HARD = { clause: "it has no WebAssembly", hard: true };
const SLOW = { clause: "it is too slow", hard: false };

/** @type {[string, any, any, string, RegExp][]} preference, obstacle and shared memory, what the server has, who plays, what is told */
const CASES = [
  ["auto", { shared: true }, ALL, "wasm", /^$/],
  ["auto", { shared: false }, ALL, "stream", /share memory/],
  ["auto", { shared: false }, ON_DEMAND, "wasm", /^$/],
  ["auto", { shared: false }, NOTHING, "wasm", /^$/],
  ["auto", { shared: true, obstacle: HARD }, ON_DEMAND, "stream", /because it has no WebAssembly\.$/],
  ["auto", { shared: true, obstacle: HARD }, { ...NOTHING, cli: true }, "cli", /because it has no WebAssembly/],
  ["auto", { shared: true, obstacle: SLOW }, ON_DEMAND, "stream", /too slow/],
  ["auto", { shared: true, obstacle: SLOW }, NOTHING, "wasm", /^$/],
  ["auto", { shared: true, obstacle: HARD }, NOTHING, "wasm", /^$/],
  ["device", { shared: false }, ALL, "wasm", /^$/],
  ["device", { shared: true, obstacle: HARD }, READY, "stream", /WebAssembly/],
  ["server", { shared: true }, ON_DEMAND, "stream", /as you chose/],
  ["server", { shared: true }, NOTHING, "wasm", /no rendering/],
  ["server", { shared: true, obstacle: HARD }, READY, "stream", /as you chose/],
  ["sidplayfp", { shared: true }, ALL, "cli", /sidplayfp, as you chose/],
  ["sidplayfp", { shared: true }, READY, "stream", /no sidplayfp/],
  ["sidplayfp", { shared: true }, NOTHING, "wasm", /no rendering/],
];

for (const [preference, how, offer, name, told] of CASES) {
  const { shared, obstacle = null } = how;
  const device = `${shared ? "shared" : "unshared"}${obstacle ? ` that ${obstacle.clause}` : ""}`;
  test(`${preference} on a device ${device}, with ${JSON.stringify(offer)}: ${name}`, () => {
    const choice = choose(/** @type {any} */ ({ preference, obstacle, shared }), offer);
    assert.equal(choice.name, name);
    assert.match(choice.because, told);
  });
}

test("the server is asked only where its answer matters", () => {
  /** @param {any} facts */
  const asked = (facts) => needsOffer({ preference: "auto", obstacle: null, shared: true, ...facts });
  assert.equal(asked({}), false, "the usual visitor waits for nothing");
  assert.equal(asked({ preference: "device", shared: false }), false);
  assert.equal(asked({ shared: false }), true);
  assert.equal(asked({ preference: "server" }), true);
  assert.equal(asked({ preference: "device", obstacle: HARD }), true);
});

test("gaps are too many when they come close together", () => {
  const gaps = new Gaps();
  for (let minute = 0; minute < 10; minute++) assert.equal(gaps.tooMany(minute, minute * 60_000), false);
  assert.equal(gaps.tooMany(10, 700_000), false);
  assert.equal(gaps.tooMany(12, 701_000), false);
  assert.equal(gaps.tooMany(13, 702_000), true);
});

test("gaps are counted from now on when the count begins again", () => {
  const gaps = new Gaps();
  gaps.tooMany(3, 0);
  assert.equal(gaps.tooMany(0, 1000), false);
  assert.equal(gaps.tooMany(1, 2000), true);
});
