// SPDX-License-Identifier: GPL-3.0-or-later
/** Which ROMs has a C64, what do people call them, and how large is each? */

/** @typedef {"kernal" | "basic" | "chargen"} RomKind */
/** @typedef {Partial<Record<RomKind, ArrayBuffer>>} Roms */

/** @type {Record<RomKind, {name: string, bytes: number}>} */
export const ROMS = {
  kernal: { name: "KERNAL", bytes: 8192 },
  basic: { name: "BASIC", bytes: 8192 },
  chargen: { name: "character", bytes: 4096 },
};
export const ROM_KINDS = /** @type {RomKind[]} */ (Object.keys(ROMS));
