// SPDX-License-Identifier: GPL-3.0-or-later
/** Is the seek bar's picture as high as the song is loud? */
import assert from "node:assert/strict";
import { test } from "node:test";
import { shapeOf } from "../page/seek-picture.js";

/** @param {string} shape @returns {number[]} the bars' heights */
function heights(shape) {
  return [...shape.matchAll(/v-([\d.]+)h1/g)].map(([, height]) => Number(height));
}

test("the loudest part is full, a quieter one lower, silence a line, and so is what is not known yet", () => {
  const [loud = 0, half = 0, quiet, silent, unknown] = heights(
    shapeOf({ levels: new Float32Array([0.5, 0.25, 0.0001, 0]), steps: 5 }),
  );
  assert.equal(loud, 24);
  assert.equal(half, 12);
  assert.deepEqual([quiet, silent, unknown], [1, 1, 1]);
});

test("a silent song is a line", () => {
  assert.deepEqual(heights(shapeOf({ levels: new Float32Array(3), steps: 3 })), [1, 1, 1]);
});
