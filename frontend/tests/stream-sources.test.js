// SPDX-License-Identifier: GPL-3.0-or-later
/** Is what this browser plays best tried first, and is a rendering waited for that the server has yet to make? Against a real server. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { cliSourcesOf, isReady, sourcesOf, untilReady } from "../player/stream-sources.js";

const STREAMS = { streamUrls: { wav: "/w", m4a: "/m", flac: "/f", cli: "/c" }, fallbackHlsUrl: "/h" };
const NOBODY = new AbortController().signal;

/** @param {any} streams @param {any} [abilities] */
function transports(streams, { mediaSource = true, refuses = /never/ } = {}) {
  const canPlay = (/** @type {string} */ type) => !refuses.test(type);
  return sourcesOf(streams, { mediaSource, canPlay }).map(({ transport }) => transport);
}

test("HLS comes first, then the smallest file", () => {
  assert.deepEqual(transports(STREAMS), ["hls", "m4a", "flac", "wav"]);
  assert.deepEqual(transports({ ...STREAMS, fallbackHlsUrl: null }), ["m4a", "flac", "wav"]);
});

test("without Media Source Extensions the browser itself plays HLS, where it can", () => {
  assert.deepEqual(transports(STREAMS, { mediaSource: false })[0], "hls-native");
  assert.deepEqual(transports(STREAMS, { mediaSource: false, refuses: /mpegurl/ })[0], "m4a");
});

test("a browser without AAC gets FLAC", () => {
  assert.deepEqual(transports(STREAMS, { refuses: /mp4a/ }), ["flac", "wav"]);
});

test("what the server does not have is not tried", () => {
  assert.deepEqual(transports({ streamUrls: {}, fallbackHlsUrl: null }), []);
  assert.deepEqual(cliSourcesOf({ streamUrls: {}, fallbackHlsUrl: null }), []);
  assert.equal(cliSourcesOf(STREAMS)[0]?.url, "/c");
});

/**
 * Answers one after the other, the last one again and again.
 * @param {import("node:test").TestContext} context
 * @param {{status: number, body?: unknown}[]} answers
 */
async function server(context, answers) {
  /** @type {(string | undefined)[]} */
  const ranges = [];
  const http = createServer((request, response) => {
    ranges.push(request.headers.range);
    const { status, body } = answers[Math.min(ranges.length, answers.length) - 1] ?? { status: 500 };
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body ?? {}));
  });
  await new Promise((resolve) => http.listen(0, "127.0.0.1", () => resolve(undefined)));
  context.after(() => http.close());
  const { port } = /** @type {import("node:net").AddressInfo} */ (http.address());
  return { url: `http://127.0.0.1:${port}/stream.m4a`, ranges };
}

/** @param {number} percentComplete */
const making = (percentComplete) => ({
  status: 202,
  body: { status: "rendering", progress: { percentComplete, message: "Rendering" }, retryAfter: 0.01 },
});

test("what is being made is waited for, and how far it is told", async (context) => {
  const { url, ranges } = await server(context, [making(0), making(50), { status: 206 }]);
  /** @type {(number | null | undefined)[]} */
  const told = [];
  await untilReady(url, NOBODY, (progress) => told.push(progress?.percent));
  assert.deepEqual(told, [0, 50, undefined]);
  assert.deepEqual(ranges, ["bytes=0-0", "bytes=0-0", "bytes=0-0"], "one byte is enough to know");
});

test("what is there at once is told nothing of", async (context) => {
  const { url } = await server(context, [{ status: 206 }]);
  await untilReady(url, NOBODY, () => assert.fail());
});

test("a refusal has the status, the server's sentence and when to come back", async (context) => {
  const body = { code: "too-many-requests", detail: "Too many songs.", retryAfterSeconds: 7 };
  const { url } = await server(context, [{ status: 429, body }]);
  await assert.rejects(
    untilReady(url, NOBODY, () => {}),
    { code: "too-many-requests", status: 429, retryAfterSeconds: 7, message: "Too many songs." },
  );
});

test("nobody waits any longer for a song that was left", async (context) => {
  const { url } = await server(context, [{ status: 202, body: { retryAfter: 60 } }]);
  const left = new AbortController();
  const waiting = untilReady(url, left.signal, () => left.abort());
  await assert.rejects(waiting, { name: "AbortError" });
});

test("a network that is away has its own word", async () => {
  await assert.rejects(
    untilReady("http://127.0.0.1:1/stream.m4a", NOBODY, () => {}),
    { code: "network" },
  );
});

test("looking whether it is there begins nothing", async (context) => {
  assert.equal(await isReady((await server(context, [{ status: 200 }])).url, NOBODY), true);
  assert.equal(await isReady((await server(context, [making(0)])).url, NOBODY), false);
  assert.equal(await isReady((await server(context, [{ status: 404 }])).url, NOBODY), false);
});
