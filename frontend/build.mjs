// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How does browser source become what browsers load? esbuild, one file a thread: `node frontend/build.mjs [--watch]`.
 *
 * Writes static/dist/ (not committed), prints every file's size, and fails where one is over its line in frontend/sizes.json.
 * Raise a line on purpose, in the change that needs it. The engine's wasm is put into static/dist/ by its own build and is left alone.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build, context } from "esbuild";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const OUT = join(ROOT, "static/dist");
const watch = process.argv.includes("--watch");

/** @type {import("esbuild").BuildOptions} */
const COMMON = {
  absWorkingDir: ROOT,
  outdir: OUT,
  bundle: true,
  format: "esm",
  target: ["chrome109", "firefox114", "safari16.4"],
  minify: !watch,
  sourcemap: watch ? "inline" : false,
  legalComments: "none",
  logLevel: "warning",
};

/** The page's entry is small and fetches the player as a hashed chunk; its styles are one file, with the C64 theme's font beside it. */
const PAGE = {
  ...COMMON,
  entryPoints: ["frontend/page/page.js", "frontend/page/page.css"],
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  assetNames: "fonts/[name]-[hash]",
  loader: /** @type {const} */ ({ ".woff2": "file" }),
};
/** What plays is a bundle of its own: a module that the page's entry and the player shared would be one more round trip before the page lives. */
const ROOM = { ...PAGE, entryPoints: ["frontend/page/room.js"], entryNames: "chunks/[name]-[hash]", metafile: true };
/** The administration has its own, which no visitor loads. */
const STAFF = {
  ...COMMON,
  entryPoints: ["staff.js", "staff.css", "staff-play.js", "staff-play.css"].map((name) => `frontend/staff/${name}`),
};
/** Workers and worklets are one file each: import maps do not reach them, and every further file would need its own headers. */
const THREADS = {
  ...COMMON,
  entryPoints: ["frontend/player/emulator-worker.js", "frontend/player/audio-worklet.js", "frontend/player/outline-worker.js"],
};

for (const folder of ["chunks", "fonts"]) rmSync(join(OUT, folder), { recursive: true, force: true });
if (watch) {
  for (const options of [PAGE, STAFF, THREADS]) await (await context(options)).watch();
} else {
  const [room] = await Promise.all([build(ROOM), build(THREADS), build(STAFF)]);
  await build({ ...PAGE, splitting: false, plugins: [roomAt(builtFrom(room, "frontend/page/room.js"))] });
  process.exitCode = report() ? 0 : 1;
}

/** @param {import("esbuild").BuildResult} result @param {string} source @returns {string} the file that it became, below OUT */
function builtFrom({ metafile }, source) {
  const [file] = Object.entries(metafile?.outputs ?? {}).find(([, output]) => output.entryPoint === source) ?? [];
  if (!file) throw new Error(`${source} became nothing.`);
  return relative(OUT, resolve(ROOT, file));
}

/** Lets `import("./room.js")` find the bundle that was made of it. @param {string} file @returns {import("esbuild").Plugin} */
function roomAt(file) {
  return {
    name: "room",
    setup({ onResolve }) {
      onResolve({ filter: /^\.\/room\.js$/ }, () => ({ path: `./${file}`, external: true }));
    },
  };
}

/** Prints the sizes. @returns {boolean} is everything within its budget? */
function report() {
  const budget = JSON.parse(readFileSync(join(ROOT, "frontend/sizes.json"), "utf8"));
  let good = true;
  console.log("file                              bytes    gzip  brotli  budget (brotli)");
  for (const file of files(OUT)) {
    const bytes = readFileSync(file);
    const brotli = brotliCompressSync(bytes).length;
    const name = relative(OUT, file).replace(/-[0-9A-Z]{8}\./, ".");
    const allowed = budget[name];
    const verdict =
      allowed === undefined ? "no line in frontend/sizes.json" : brotli > allowed ? `${allowed} EXCEEDED` : allowed;
    console.log(`${name.padEnd(31)} ${pad(bytes.length)} ${pad(gzipSync(bytes).length)} ${pad(brotli)}  ${verdict}`);
    good &&= allowed !== undefined && brotli <= allowed;
  }
  return good;
}

/** @param {string} folder @returns {string[]} */
function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** @param {number} number */
function pad(number) {
  return String(number).padStart(7);
}
