// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Which ROMs does a tune get that needs some? The visitor's own where they are enough; else the site's, each of which is
 * held against the SHA-256 in the site's manifest before anything uses it, also when it comes from this browser's cache.
 */
import { sha256 } from "../shared/sha256.js";
import { ownRoms } from "./own-roms.js";
import { ROM_KINDS, ROMS } from "./rom-kinds.js";

/** @typedef {import("./rom-kinds.js").RomKind} RomKind */
/** @typedef {import("./rom-kinds.js").Roms} Roms */
/** @typedef {Partial<Record<RomKind, {sha256: string, sizeBytes: number}>>} Promised */

const MANIFEST_URL = "/api/prefs/rom-manifest";
const CACHE = "sidflow-roms";

/** A PlayError in all but name: importing that would make a chunk of its own, one more request for every listener. */
class RomsError extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** @type {Map<string, ArrayBuffer>} by SHA-256: where there is no Cache Storage, this page's memory has to do */
const seen = new Map();

/**
 * The ROMs for a tune, copies. Throws RomsError, whose message says which are missing and what to do.
 * @param {string[]} needs kinds that it cannot do without
 * @param {string[]} served kinds that the site has for its session
 * @param {(kind: RomKind) => Promise<ArrayBuffer>} fetchRom by the tune's session
 * @returns {Promise<Roms>}
 */
export async function findRoms(needs, served, fetchRom) {
  const own = await ownRoms();
  const lacking = ROM_KINDS.filter((kind) => needs.includes(kind) && !own[kind]);
  if (lacking.length === 0) return own;
  if (served.length === 0) throw new RomsError("needs_roms", missing(lacking));
  return siteRoms(served, fetchRom);
}

/** @param {RomKind[]} lacking */
function missing(lacking) {
  const names = lacking.map((kind) => ROMS[kind].name).join(" and ");
  const [what, which] = lacking.length > 1 ? [`${names} ROMs`, "files of them"] : [`${names} ROM`, "a file of it"];
  return `This tune is a BASIC program: it needs the ${what}, which this site has not got. Choose ${which} under “Your own ROMs”.`;
}

/** @param {string[]} served @param {(kind: RomKind) => Promise<ArrayBuffer>} fetchRom @returns {Promise<Roms>} */
async function siteRoms(served, fetchRom) {
  try {
    return await checked(served, await manifest(), fetchRom);
  } catch (error) {
    if (!(error instanceof RomsError) || error.code !== "rom-mismatch") throw error;
    // Staff may have put another bundle in place between the manifest and the ROM.
    return checked(served, await manifest(), fetchRom);
  }
}

/** @returns {Promise<Promised>} */
async function manifest() {
  const response = await fetch(MANIFEST_URL).catch(() => null);
  if (!response?.ok) throw new RomsError("network", "The list of the site's ROMs could not be loaded. Try again.");
  return (await response.json()).bundles[0]?.roms ?? {};
}

/** @param {string[]} served @param {Promised} promised @param {(kind: RomKind) => Promise<ArrayBuffer>} fetchRom @returns {Promise<Roms>} */
async function checked(served, promised, fetchRom) {
  const kinds = ROM_KINDS.filter((kind) => served.includes(kind));
  const roms = kinds.map(async (kind) => [kind, (await romOf(kind, promised[kind]?.sha256 ?? "", fetchRom)).slice(0)]);
  return Object.fromEntries(await Promise.all(roms));
}

/** @param {RomKind} kind @param {string} wanted SHA-256 @param {(kind: RomKind) => Promise<ArrayBuffer>} fetchRom */
async function romOf(kind, wanted, fetchRom) {
  const kept = seen.get(wanted) ?? (await fromCache(wanted));
  if (kept && hashOf(kept) === wanted) return kept;
  const rom = await fetchRom(kind);
  if (hashOf(rom) !== wanted) {
    throw new RomsError(
      "rom-mismatch",
      `The ${ROMS[kind].name} ROM that the site sent is not the one that its list promises, so this tune is not played.`,
    );
  }
  seen.set(wanted, rom);
  await intoCache(wanted, rom);
  return rom;
}

/** @param {ArrayBuffer} rom */
function hashOf(rom) {
  return sha256(new Uint8Array(rom));
}

/** @param {string} hash @returns {Promise<ArrayBuffer | null>} */
async function fromCache(hash) {
  try {
    const found = await (await caches.open(CACHE)).match(address(hash));
    return (await found?.arrayBuffer()) ?? null;
  } catch {
    return null; // not a secure page, or a browser that keeps nothing
  }
}

/** @param {string} hash @param {ArrayBuffer} rom */
async function intoCache(hash, rom) {
  try {
    await (await caches.open(CACHE)).put(address(hash), new Response(rom.slice(0)));
  } catch {
    // It is in memory all the same.
  }
}

/** A name in the cache; nothing is ever asked of the server there. @param {string} hash */
function address(hash) {
  return `/roms/${hash}`;
}
