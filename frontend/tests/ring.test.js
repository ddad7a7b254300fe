// SPDX-License-Identifier: GPL-3.0-or-later
/** Does the ring carry every frame once, in order, across its wraps, its flushes, and between real threads? */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import {
  BLOCK_FRAMES,
  CAPACITY_FRAMES,
  CHANNELS,
  HEADER,
  PHASE,
  RING_BYTES,
  Ring,
  TAP_FRAMES,
  VOICES,
} from "../player/ring.js";
import { applyRead, applyToRing, readMessage } from "../player/ring-link.js";
import { FADE_FRAMES, PRIME_FRAMES, RingReader } from "../player/ring-reader.js";

const TURN = 128;
/** Blocks that make the reader begin. */
const PRIMED = PRIME_FRAMES / BLOCK_FRAMES;

/** A block whose frames hold a running number, so that a lost or doubled frame shows. @param {number} first */
function numbered(first) {
  const block = new Int16Array(BLOCK_FRAMES * CHANNELS);
  for (let i = 0; i < BLOCK_FRAMES; i++) {
    block[2 * i] = ((first + i) % 30000) + 1;
    block[2 * i + 1] = -(((first + i) % 30000) + 1);
  }
  return block;
}

/** @param {Ring} ring @param {number} blocks @param {number} [first] */
function fill(ring, blocks, first = 0) {
  for (let i = 0; i < blocks; i++) ring.writeBlock(numbered(first + i * BLOCK_FRAMES), null, null);
}

/** One turn of the audio thread. @param {RingReader} reader @param {number} [frames] */
function turn(reader, frames = TURN) {
  const left = new Float32Array(frames);
  const right = new Float32Array(frames);
  reader.process(left, right);
  return { left, right };
}

/** The running number that a sample stands for. @param {number | undefined} sample */
const numberOf = (sample) => Math.round((sample ?? 0) * 32768);

/** A ring whose frame numbers begin at `start`, with a reader that stands in epoch 1. @param {number} [start] */
function ringAt(start = 0) {
  const ring = new Ring(new SharedArrayBuffer(RING_BYTES));
  for (const word of [HEADER.WRITE, HEADER.READ, HEADER.FLUSH_TO]) ring.set(word, start | 0);
  const reader = new RingReader(ring);
  ring.flush(1);
  turn(reader);
  return { ring, reader };
}

for (const start of [0, CAPACITY_FRAMES - BLOCK_FRAMES, 2 ** 31 - 5 * BLOCK_FRAMES, 2 ** 32 - 3 * BLOCK_FRAMES]) {
  test(`frames come out once and in order, also across the wrap from frame ${start}`, () => {
    const { ring, reader } = ringAt(start);
    let written = 0;
    let expected = 1;
    for (let round = 0; round < 400; round++) {
      while (ring.framesAhead() < 8 * BLOCK_FRAMES && ring.hasRoom()) {
        ring.writeBlock(numbered(written), null, null);
        written += BLOCK_FRAMES;
      }
      for (let i = 0; i < 8; i++) {
        const { left, right } = turn(reader);
        for (let frame = 0; frame < TURN; frame++) {
          if (expected > FADE_FRAMES) {
            assert.equal(numberOf(left[frame]), ((expected - 1) % 30000) + 1);
            assert.equal(numberOf(right[frame]), -(((expected - 1) % 30000) + 1));
          }
          expected++;
        }
      }
    }
    assert.ok(written > CAPACITY_FRAMES, "the ring went round");
    assert.equal(ring.framesPlayed(1), expected - 1);
    assert.equal(ring.get(HEADER.UNDERRUNS), 0);
  });
}

test("the writer stops before what the reader or one who looks back still needs", () => {
  const { ring } = ringAt();
  let blocks = 0;
  while (ring.hasRoom()) {
    fill(ring, 1);
    blocks++;
    assert.ok(blocks < 1000);
  }
  assert.ok(blocks * BLOCK_FRAMES <= CAPACITY_FRAMES - 20 * BLOCK_FRAMES, `${blocks} blocks`);
});

test("nothing sounds before enough lies ready, and the beginning is a ramp", () => {
  const { ring, reader } = ringAt();
  fill(ring, PRIMED - 1);
  assert.ok(turn(reader).left.every((sample) => sample === 0));
  assert.equal(ring.get(HEADER.PHASE), PHASE.WAITING);
  fill(ring, 1);
  const loud = new Ring(ring.buffer);
  loud.samples.fill(20000);
  const { left } = turn(reader);
  assert.equal(ring.get(HEADER.PHASE), PHASE.PLAYING);
  for (let i = 1; i < TURN; i++) assert.ok((left[i] ?? 0) > (left[i - 1] ?? 0), "grows");
  assert.ok((left[0] ?? 1) < 0.01);
});

test("a ring that runs dry is faded out before its last frame, counted once, and primed anew", () => {
  const { ring, reader } = ringAt();
  ring.samples.fill(20000);
  const block = new Int16Array(BLOCK_FRAMES * CHANNELS).fill(20000);
  for (let i = 0; i < PRIMED; i++) ring.writeBlock(block, null, null);
  let before = 0;
  let steepest = 0;
  for (let i = 0; i < 80; i++) {
    for (const sample of turn(reader).left) {
      steepest = Math.max(steepest, Math.abs(sample - before));
      before = sample;
    }
  }
  assert.equal(before, 0);
  assert.ok(steepest < 0.01, `a jump of ${steepest}`);
  assert.equal(ring.get(HEADER.UNDERRUNS), 1);
  assert.equal(ring.get(HEADER.PHASE), PHASE.WAITING);
  const stood = ring.framesPlayed(1);
  for (let i = 0; i < PRIMED - 1; i++) ring.writeBlock(block, null, null);
  turn(reader);
  assert.equal(ring.framesPlayed(1), stood, "waits to be primed");
  ring.writeBlock(block, null, null);
  turn(reader);
  assert.ok(ring.framesPlayed(1) > stood);
});

test("a pause fades out, holds its place, and goes on with the very next frame", () => {
  const { ring, reader } = ringAt();
  fill(ring, 16);
  for (let i = 0; i < 10; i++) turn(reader);
  reader.pause();
  turn(reader);
  turn(reader);
  const stood = ring.framesPlayed(1);
  for (let i = 0; i < 10; i++) assert.ok(turn(reader).left.every((sample) => sample === 0));
  assert.equal(ring.framesPlayed(1), stood);
  assert.equal(ring.get(HEADER.PHASE), PHASE.PAUSED);
  reader.play();
  const { left } = turn(reader);
  const gainOfLast = TURN / FADE_FRAMES;
  assert.ok(Math.abs(numberOf(left[TURN - 1]) / gainOfLast - (stood + TURN)) < 3);
  assert.equal(ring.get(HEADER.UNDERRUNS), 0);
});

test("after a flush the old song fades out and the first frame that follows is the new song's", () => {
  const { ring, reader } = ringAt();
  fill(ring, 10);
  for (let i = 0; i < 10; i++) turn(reader);
  ring.flush(2);
  assert.equal(ring.framesAhead(), 0);
  assert.equal(ring.framesPlayed(2), 0);
  fill(ring, 8, 20000);
  const heard = [];
  for (let i = 0; i < 8; i++) heard.push(...turn(reader).left);
  assert.equal(ring.get(HEADER.EPOCH_READ), 2);
  const silence = heard.indexOf(0);
  assert.ok(silence > 0 && silence <= 2 * TURN, "the old song faded within two turns");
  assert.equal(numberOf(heard.at(-1)), 20000 + ring.framesPlayed(2));
});

test("two flushes in a row lead to the newer one", () => {
  const { ring, reader } = ringAt();
  fill(ring, 10);
  for (let i = 0; i < 4; i++) turn(reader);
  ring.flush(2);
  fill(ring, 1, 5000);
  ring.flush(3);
  fill(ring, 8, 9000);
  for (let i = 0; i < 8; i++) turn(reader);
  assert.equal(ring.get(HEADER.EPOCH_READ), 3);
  assert.equal(numberOf(turn(reader).left[TURN - 1]), 9000 + ring.framesPlayed(3));
});

test("a full ring takes a flush, has room when the reader has followed, and not before", () => {
  const { ring, reader } = ringAt();
  while (ring.hasRoom()) fill(ring, 1);
  ring.flush(2);
  assert.equal(ring.hasRoom(), false);
  turn(reader);
  assert.equal(ring.hasRoom(), true);
});

test("the song's end is its last frame: no underrun, then silence", () => {
  const { ring, reader } = ringAt();
  fill(ring, 4);
  ring.end(100);
  for (let i = 0; i < 40; i++) turn(reader);
  assert.equal(ring.framesPlayed(1), 4 * BLOCK_FRAMES - 100);
  assert.equal(ring.get(HEADER.PHASE), PHASE.ENDED);
  assert.equal(ring.get(HEADER.UNDERRUNS), 0);
});

test("a song that ends while paused says so when it goes on", () => {
  const { ring, reader } = ringAt();
  fill(ring, 2);
  ring.end(0);
  for (let i = 0; i < 14; i++) turn(reader);
  reader.pause();
  for (let i = 0; i < 40; i++) turn(reader);
  assert.equal(ring.get(HEADER.PHASE), PHASE.PAUSED);
  reader.play();
  for (let i = 0; i < 40; i++) turn(reader);
  assert.equal(ring.get(HEADER.PHASE), PHASE.ENDED);
});

test("what is drawn is looked up by the frame that is heard", () => {
  const { ring } = ringAt();
  for (let block = 0; block < 4; block++) {
    const taps = new Int16Array(VOICES * TAP_FRAMES).map((_, i) =>
      Math.floor(i / TAP_FRAMES) === 4 ? block * 1000 + (i % TAP_FRAMES) : 0,
    );
    const registers = new Uint8Array(96).fill(block + 1);
    ring.writeBlock(numbered(0), taps, registers);
  }
  const into = new Int16Array(4);
  ring.copyTaps(4, 2 * BLOCK_FRAMES + 20, into);
  assert.deepEqual([...into], [2006, 2007, 2008, 2009]);
  assert.equal(ring.registersAt(1, 2 * BLOCK_FRAMES + 20)[0], 3);
});

test("rings kept alike by messages agree with the writer's, and the writer learns where the reader is", () => {
  const own = new Ring(new ArrayBuffer(RING_BYTES));
  const far = new Ring(new ArrayBuffer(RING_BYTES));
  const reader = new RingReader(far);
  /** @param {import("../player/messages.d.ts").RingMessage} message */
  const send = (message) => applyToRing(far, structuredClone(message));
  own.flush(1);
  send({ type: "flush", epoch: 1 });
  for (let i = 0; i < 3; i++) {
    const samples = numbered(i * BLOCK_FRAMES);
    own.writeBlock(samples, null, null);
    send({ type: "block", samples, taps: null, registers: null });
  }
  own.end(10);
  send({ type: "end", frames: 10 });
  for (let i = 0; i < 4; i++) turn(reader);
  applyRead(own, structuredClone(readMessage(far)));
  assert.equal(own.framesAhead(), 3 * BLOCK_FRAMES - 4 * TURN);
  assert.equal(own.framesPlayed(1), 4 * TURN);
  for (let i = 0; i < 30; i++) turn(reader);
  assert.equal(far.get(HEADER.PHASE), PHASE.ENDED);
});

test("a writer on another thread and a reader on this one lose and double nothing, with flushes in between", {
  timeout: 60_000,
}, async () => {
  const buffer = new SharedArrayBuffer(RING_BYTES);
  const ring = new Ring(buffer);
  const reader = new RingReader(ring);
  const worker = new Worker(new URL("./ring-writer.js", import.meta.url), { workerData: { buffer, epochs: 12, blocks: 300 } });
  const failed = new Promise((_, reject) => worker.once("error", reject));
  let epoch = 0;
  let last = 0;
  let checked = 0;
  const listen = (async () => {
    while (!(ring.get(HEADER.EPOCH_READ) === 12 && ring.get(HEADER.PHASE) === PHASE.ENDED)) {
      for (let i = 0; i < 64; i++) {
        const before = reader.gain;
        const { left, right } = turn(reader);
        const now = ring.get(HEADER.EPOCH_READ);
        // Only turns at full gain hold the numbers as they were written.
        if (before < 1 || reader.gain < 1 || now !== epoch || left[TURN - 1] === 0) {
          epoch = now;
          last = 0;
          continue;
        }
        for (let frame = 0; frame < TURN; frame++) {
          const value = numberOf(left[frame]);
          assert.equal(numberOf(right[frame]), -epoch, "the frame belongs to the epoch that is read");
          if (last) assert.equal(value, (last % 30000) + 1, "frames follow one another");
          last = value;
          checked++;
        }
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  try {
    await Promise.race([listen, failed]);
  } finally {
    await worker.terminate();
  }
  assert.ok(checked > 100_000, `${checked} frames checked`);
});
