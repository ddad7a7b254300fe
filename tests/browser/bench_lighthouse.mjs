// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What does Lighthouse 12 say of a page? `node tests/browser/bench_lighthouse.mjs URL` prints `name value unit`, medians of ROUNDS.
 *
 * Its own mobile profile for the four categories; for the time to interactive 700 kbit/s, 300 ms round trips and no CPU slowdown,
 * both simulated from one load. Lighthouse is fetched on first use into .build/: 200 packages are no part of building the site.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const VERSION = "12.8.2";
const ROUNDS = 3;
const HOME = resolve(dirname(fileURLToPath(import.meta.url)), "../../.build/lighthouse");
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const SLOW_NETWORK = {
  formFactor: "mobile",
  throttlingMethod: "simulate",
  throttling: { rttMs: 300, throughputKbps: 700, cpuSlowdownMultiplier: 1 },
  onlyAudits: ["interactive", "first-contentful-paint"],
};

/** @param {string} name of a module in HOME */
async function fetched(name) {
  const folder = join(HOME, "node_modules", name);
  if (!existsSync(folder)) {
    mkdirSync(HOME, { recursive: true });
    execFileSync("npm", ["install", "--prefix", HOME, "--no-save", "--no-audit", "--no-fund", `lighthouse@${VERSION}`], { stdio: "ignore" });
  }
  const { default: path } = await import(pathToFileURL(join(folder, "package.json")).href, { with: { type: "json" } });
  return import(pathToFileURL(join(folder, path.main ?? path.exports?.["."] ?? "index.js")).href);
}

/** @param {number[]} values */
function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

const [, , url] = process.argv;
if (!url) throw new Error("Which URL?");
const { default: lighthouse } = await fetched("lighthouse");
const { launch } = await fetched("chrome-launcher");
/** @type {Record<string, number[]>} */
const figures = {};
/** @param {string} name @param {number} value */
const note = (name, value) => {
  figures[name] ??= [];
  figures[name].push(value);
};
for (let round = 0; round < ROUNDS; round++) {
  const chrome = await launch({
    chromePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu"],
  });
  const general = { port: chrome.port, output: "json", logLevel: "error" };
  const mobile = await lighthouse(url, { ...general, onlyCategories: CATEGORIES });
  for (const name of CATEGORIES) note(`lighthouse_${name} points`, 100 * mobile.lhr.categories[name].score);
  if (round === 0) {
    for (const audit of Object.values(mobile.lhr.audits)) {
      if (audit.score !== null && audit.score < 0.9) console.error(`${audit.score} ${audit.id}: ${audit.displayValue ?? audit.title}`);
    }
  }
  const slow = await lighthouse(url, { ...general, ...SLOW_NETWORK });
  note("interactive_700kbit_300ms ms", slow.lhr.audits.interactive.numericValue);
  note("first_paint_700kbit_300ms ms", slow.lhr.audits["first-contentful-paint"].numericValue);
  chrome.kill();
}
for (const [name, values] of Object.entries(figures)) {
  const [what, unit] = name.split(" ");
  console.log(`${what} ${Math.round(median(values))} ${unit}`);
}
