// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Who runs the C64? This worker: it owns the engine, renders ahead into the ring, and reports facts.
 *
 * It never needs the page's thread once a song is open, so a page that hangs for two seconds is not heard. It paces itself:
 * slices of SLICE_MS while there is work, with a message to itself between them so that commands get their turn, and a
 * timer while the ring is full (workers' timers keep running when the page is in the background).
 */
import { Engine, EngineError } from "./engine.js";
import { HEADER, RING_BYTES, Ring } from "./ring.js";
import { applyRead } from "./ring-link.js";
import { SongRenderer } from "./song-renderer.js";

/** @typedef {import("./messages.d.ts").ToEmulator} ToEmulator */
/** @typedef {import("./messages.d.ts").FromEmulator} FromEmulator */
/** @typedef {import("./messages.d.ts").RingMessage} RingMessage */
/** @typedef {import("./messages.d.ts").Transport} Transport */
/** @typedef {Extract<ToEmulator, {type: "connect"}>} ConnectMessage */

const SLICE_MS = 10;
const FULL_RING_NAP_MS = 40;
/** While the reader has not followed a flush there may be no room; it follows within one turn of the audio thread. */
const FLUSH_NAP_MS = 2;

/** @type {Promise<Engine> | null} */
let engine = null;
let engineUrl = "";
/** @type {ConnectMessage | null} */
let connection = null;
/** @type {Ring | null} */
let ring = null;
/** @type {SongRenderer | null} */
let renderer = null;
let looking = true;
/** Commands are carried out in order, though the first waits for the engine to arrive. */
let line = Promise.resolve();

/** @param {FromEmulator} message @param {Transferable[]} [transfer] */
function tell(message, transfer = []) {
  self.postMessage(message, { transfer });
}

// ---- the engine ----

/** @returns {Promise<Engine>} */
async function loadEngine() {
  const module = await compile(engineUrl);
  const loaded = await Engine.instantiate(module);
  tell({ type: "booted" });
  return loaded;
}

/** The one engine; what did not arrive may arrive at the next try. @returns {Promise<Engine>} */
function theEngine() {
  engine ??= loadEngine();
  const asked = engine;
  asked.catch(() => {
    if (engine === asked) engine = null;
  });
  return asked;
}

/** Compiles while it streams where the server names the type rightly. @param {string} url @returns {Promise<WebAssembly.Module>} */
async function compile(url) {
  const response = await fetch(url).catch(() => {
    throw new Error("The player's engine could not be loaded: the server cannot be reached.");
  });
  if (!response.ok) throw new Error(`The player's engine could not be loaded (HTTP ${response.status}).`);
  if (response.headers.get("Content-Type") === "application/wasm") return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

// ---- the way out ----

/** @param {Ring} own @param {(message: RingMessage) => void} send @returns {import("./song-renderer.js").Outlet} */
function mirrored(own, send) {
  return {
    framesAhead: () => own.framesAhead(),
    hasRoom: () => own.hasRoom(),
    writeBlock(samples, taps, registers) {
      own.writeBlock(samples, taps, registers);
      send({ type: "block", samples: samples.slice(), taps: taps?.slice() ?? null, registers: registers?.slice() ?? null });
    },
    flush(epoch) {
      own.flush(epoch);
      send({ type: "flush", epoch });
    },
    end(frames) {
      own.end(frames);
      send({ type: "end", frames });
    },
  };
}

/** @param {RingMessage} message the arrays in it are given away */
function tellPage(message) {
  const arrays = message.type === "block" ? [message.samples, message.taps, message.registers] : [];
  tell(
    message,
    arrays.flatMap((array) => (array ? [/** @type {ArrayBuffer} */ (array.buffer)] : [])),
  );
}

/** Samples go to the audio thread, what is drawn goes to the page. @param {MessagePort} port @returns {(message: RingMessage) => void} */
function shareOut(port) {
  return (message) => {
    if (message.type !== "block") {
      port.postMessage(message);
      tellPage(message);
      return;
    }
    const samples = /** @type {Int16Array} */ (message.samples);
    port.postMessage({ type: "block", samples, taps: null, registers: null }, [samples.buffer]);
    tellPage({ ...message, samples: null });
  };
}

/** @param {Transport} transport @returns {{ring: Ring, outlet: import("./song-renderer.js").Outlet}} */
function openOutlet(transport) {
  if (transport.kind === "shared") {
    const shared = new Ring(transport.buffer);
    return { ring: shared, outlet: shared };
  }
  const own = new Ring(new ArrayBuffer(RING_BYTES));
  if (transport.kind === "page") return { ring: own, outlet: mirrored(own, tellPage) };
  transport.port.onmessage = (event) => hearReader(event.data);
  return { ring: own, outlet: mirrored(own, shareOut(transport.port)) };
}

/** @param {ConnectMessage} message */
async function connect(message) {
  connection = message;
  const { ring: chosen, outlet } = openOutlet(message.transport);
  ring = chosen;
  const { sampleRateHz, aheadSeconds } = message;
  renderer = new SongRenderer(await theEngine(), outlet, { sampleRateHz, aheadSeconds, tell, now: () => performance.now() });
  renderer.look(looking);
}

// ---- pacing ----

const bell = new MessageChannel();
bell.port1.onmessage = work;
let rung = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let nap;

function wake() {
  if (rung) return;
  rung = true;
  clearTimeout(nap);
  bell.port2.postMessage(null);
}

function work() {
  rung = false;
  if (!renderer?.active) return;
  const epoch = renderer.epoch;
  try {
    if (renderer.work(SLICE_MS)) {
      wake();
      return;
    }
  } catch (error) {
    fail(epoch, error);
    return;
  }
  const flushing = ring && ring.get(HEADER.EPOCH_READ) !== epoch && !ring.hasRoom();
  nap = setTimeout(wake, flushing ? FLUSH_NAP_MS : FULL_RING_NAP_MS);
}

// ---- commands ----

/** @param {number} epoch @param {unknown} error */
function fail(epoch, error) {
  const known = error instanceof EngineError;
  const message = error instanceof Error ? error.message : String(error);
  renderer?.stop(epoch);
  tell({ type: "failed", epoch, code: known ? error.code : "engine", message });
  if (known || !connection) return;
  // A trap inside the engine leaves it in no known state: the next song gets a new one.
  engine = null;
  const again = connection;
  line = line.then(() => connect(again)).catch(() => {});
}

/** Where the reader has come to: not a command, so it does not wait in line. @param {import("./messages.d.ts").ReadMessage} message */
function hearReader(message) {
  if (!ring) return;
  applyRead(ring, message);
  wake();
}

/** @param {Exclude<ToEmulator, {type: "read"}>} message */
async function obey(message) {
  if (message.type === "boot") {
    engineUrl = message.engineUrl;
    await theEngine();
  } else if (message.type === "connect") await connect(message);
  else if (message.type === "look") {
    looking = message.wanted;
    renderer?.look(looking);
  } else play(await theRenderer(), message);
  wake();
}

async function theRenderer() {
  if (!renderer && connection) await connect(connection); // the engine did not arrive the first time
  if (!renderer) throw new Error("The player's engine is not ready.");
  return renderer;
}

/** @param {SongRenderer} renderer @param {Extract<ToEmulator, {type: "open" | "seek" | "stop" | "options"}>} message */
function play(renderer, message) {
  if (message.type === "open") renderer.open(message);
  else if (message.type === "seek") renderer.seek(message.epoch, message.seconds);
  else if (message.type === "stop") renderer.stop(message.epoch);
  else for (const [name, value] of Object.entries(message.options)) renderer.engine.setOption(name, value);
}

self.onmessage = (event) => {
  const message = /** @type {ToEmulator} */ (event.data);
  if (message.type === "read") {
    hearReader(message);
    return;
  }
  line = line
    .then(() => obey(message))
    .catch((error) => {
      if (message.type !== "boot") fail("epoch" in message ? message.epoch : 0, error);
    });
};
