// SPDX-License-Identifier: GPL-3.0-or-later
/** The other thread of the ring's test: writes epochs of numbered blocks as fast as there is room, and flushes in the middle. */
import { workerData } from "node:worker_threads";
import { BLOCK_FRAMES, CHANNELS, HEADER, Ring } from "../player/ring.js";

const ring = new Ring(workerData.buffer);
const block = new Int16Array(BLOCK_FRAMES * CHANNELS);
const sleeper = new Int32Array(new SharedArrayBuffer(4));

for (let epoch = 1; epoch <= workerData.epochs; epoch++) {
  ring.flush(epoch);
  for (let written = 0; written < workerData.blocks; written++) {
    while (!ring.hasRoom()) Atomics.wait(sleeper, 0, 0, 1);
    for (let i = 0; i < BLOCK_FRAMES; i++) {
      block[2 * i] = ((written * BLOCK_FRAMES + i) % 30000) + 1;
      block[2 * i + 1] = -epoch;
    }
    ring.writeBlock(block, null, null);
  }
  // All but the last epoch are cut off while frames of theirs are still unread.
  if (epoch === workerData.epochs) ring.end(0);
  else while (ring.get(HEADER.EPOCH_READ) !== epoch) Atomics.wait(sleeper, 0, 0, 1);
}
