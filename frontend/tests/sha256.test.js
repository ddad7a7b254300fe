// SPDX-License-Identifier: GPL-3.0-or-later
/** Is our SHA-256 everybody's SHA-256? Node's own is the oracle, around every edge of a block. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { sha256 } from "../shared/sha256.js";

test("every length around the edges of the blocks, and ROMs", () => {
  for (const length of [...Array(200).keys(), 4096, 8192, 8193, 100_000]) {
    const bytes = randomBytes(length);
    assert.equal(sha256(bytes), createHash("sha256").update(bytes).digest("hex"), `${length} bytes`);
  }
});
