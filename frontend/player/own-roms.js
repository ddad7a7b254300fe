// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Which ROMs has this visitor chosen? They are kept in this browser's IndexedDB and go from there into the emulator, nowhere
 * else.
 */

import { ROM_KINDS, ROMS } from "./rom-kinds.js";

/** @typedef {import("./rom-kinds.js").RomKind} RomKind */
/** @typedef {import("./rom-kinds.js").Roms} Roms */

const DATABASE = "sidflow-own-roms";
const STORE = "roms";

/** All that were chosen; none where the browser keeps nothing. @returns {Promise<Roms>} */
export async function ownRoms() {
  try {
    const entries = ROM_KINDS.map(async (kind) => [kind, await run("readonly", (store) => store.get(kind))]);
    return Object.fromEntries((await Promise.all(entries)).filter(([, rom]) => rom instanceof ArrayBuffer));
  } catch {
    return {};
  }
}

/** Keeps one. Throws an Error with a sentence for a person. @param {RomKind} kind @param {ArrayBuffer} rom */
export async function keepOwnRom(kind, rom) {
  const complaint = wrongSize(kind, rom.byteLength);
  if (complaint) throw new Error(complaint);
  await run("readwrite", (store) => store.put(rom, kind)).catch(() => {
    throw new Error("This browser keeps nothing for this site, so the file cannot be kept.");
  });
}

/** @param {RomKind} kind */
export async function forgetOwnRom(kind) {
  await run("readwrite", (store) => store.delete(kind));
}

/** Why so many bytes are not that ROM; "" where they can be. @param {RomKind} kind @param {number} bytes */
export function wrongSize(kind, bytes) {
  const { name, bytes: wanted } = ROMS[kind];
  if (bytes === wanted) return "";
  const hint = bytes === wanted + 2 ? " Its first two bytes are probably a load address: remove them." : "";
  return `The ${name} ROM has ${wanted} bytes; this file has ${bytes}.${hint}`;
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return done(request);
}

/** @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest} act @returns {Promise<unknown>} its result, once it is kept */
async function run(mode, act) {
  const database = await open();
  try {
    const transaction = database.transaction(STORE, mode);
    const result = done(act(transaction.objectStore(STORE)));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    return await result;
  } finally {
    database.close();
  }
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
