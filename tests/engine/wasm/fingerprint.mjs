// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What does the WebAssembly build make of a tune? One JSON job a line on standard input, one JSON answer a line.
 *
 * A job: {file, song, options, start, seconds, kind}. kind "sound" answers the SHA-256 of the samples (16 bits, little
 * endian) from `start` seconds on, "trace" that of the writes as sf_write without its padding. Errors are answered as
 * {status, code, message}. Every job gets a player of its own in the same process.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Engine, EngineError } from "../../../frontend/player/engine.js";

const module = new WebAssembly.Module(readFileSync(new URL("../../../static/dist/engine.wasm", import.meta.url)));
const BLOCK = 4096;

function sound(engine, { start, seconds }) {
  const hash = createHash("sha256");
  if (start > 0) engine.seek(start);
  let left = Math.round(seconds * engine.getOption("sampleRate"));
  for (; left > 0; left -= BLOCK) hash.update(engine.render(Math.min(left, BLOCK)));
  return hash.digest("hex");
}

function trace(engine, { seconds }) {
  const hash = createHash("sha256");
  const packed = new DataView(new ArrayBuffer(11));
  let writes = engine.trace(seconds, 1000);
  for (; writes.length > 0; writes = engine.trace(seconds, 1000)) {
    for (const { cycle, chip, register, value } of writes) {
      packed.setFloat64(0, cycle, true);
      packed.setUint8(8, chip);
      packed.setUint8(9, register);
      packed.setUint8(10, value);
      hash.update(packed);
    }
  }
  return hash.digest("hex");
}

async function answer(job) {
  const engine = await Engine.instantiate(module);
  try {
    engine.load(readFileSync(job.file));
    for (const [name, value] of Object.entries(job.options)) engine.setOption(name, value);
    engine.start(job.song);
    return { hash: job.kind === "sound" ? sound(engine, job) : trace(engine, job) };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { status: error.status, code: error.code, message: error.message };
  }
}

for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(await answer(JSON.parse(line))));
