// SPDX-License-Identifier: GPL-3.0-or-later
/** Does what plays have a fresh session at any time? Against a real server, whose sessions are short. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { setTimeout as later } from "node:timers/promises";
import { Sessions } from "../player/sessions.js";

const TRACK = { publicId: "0b3f2a54-6f0e-4f0b-9a53-0d2f0a3c7e11", fileId: "file" };

/**
 * Speaks /api/play and hands out a file by session.
 * @param {import("node:test").TestContext} context
 * @param {{lifetimeMs: number, goneUntil?: number, refuse?: () => boolean}} how `goneUntil`: sessions before this number are over
 */
async function server(context, { lifetimeMs, goneUntil = 0, refuse = () => false }) {
  let plays = 0;
  const http = createServer((request, response) => {
    if (request.method === "POST") {
      plays++;
      if (refuse()) return response.writeHead(503).end();
      const expiresAt = new Date(Date.now() + lifetimeMs).toISOString();
      const session = { id: `${plays}`, expiresAt, sidUrl: `${origin()}/${plays}/sid`, romUrls: {} };
      return response.end(JSON.stringify({ items: [{ track: { notes: [], needsRoms: [] }, session }], missing: [] }));
    }
    const over = Number(request.url?.split("/")[1]) < goneUntil;
    return response.writeHead(over ? 410 : 200).end(over ? "{}" : "PSID");
  });
  await new Promise((resolve) => http.listen(0, "127.0.0.1", () => resolve(undefined)));
  context.after(() => http.close());
  const origin = () => `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (http.address()).port}`;
  const sessions = new Sessions({ playUrl: `${origin()}/api/play` });
  context.after(() => sessions.keepFresh(null));
  return { sessions, plays: () => plays };
}

/** @param {() => boolean} holds */
async function until(holds) {
  for (let i = 0; i < 200 && !holds(); i++) await later(50);
  assert.ok(holds());
}

test("while a tune plays its session is renewed before it ends, and not after", async (context) => {
  const { sessions, plays } = await server(context, { lifetimeMs: 90_000 + 200 });
  await sessions.bytes(TRACK);
  assert.equal(plays(), 1);
  sessions.keepFresh(TRACK);
  await until(() => plays() >= 3);
  sessions.keepFresh(null);
  const before = plays();
  await later(1500);
  assert.equal(plays(), before);
});

test("a session that is good for long is left alone", async (context) => {
  const { sessions, plays } = await server(context, { lifetimeMs: 900_000 });
  await sessions.bytes(TRACK);
  sessions.keepFresh(TRACK);
  sessions.keepFresh({ ...TRACK });
  await later(1300);
  assert.equal(plays(), 1);
});

test("a session that is over all the same is replaced when that shows", async (context) => {
  const { sessions, plays } = await server(context, { lifetimeMs: 900_000, goneUntil: 2 });
  assert.equal(new TextDecoder().decode(await sessions.bytes(TRACK)), "PSID");
  assert.equal(plays(), 2);
});

test("a server that is away for a moment disturbs nobody", async (context) => {
  let away = false;
  const { sessions, plays } = await server(context, { lifetimeMs: 90_000 + 200, refuse: () => away });
  await sessions.bytes(TRACK);
  sessions.keepFresh(TRACK);
  away = true;
  await until(() => plays() >= 2);
  assert.equal(new TextDecoder().decode(await sessions.bytes(TRACK)), "PSID");
});
