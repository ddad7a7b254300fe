// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What do staff see beside the public player? The engine's state, from the data that the bar carries; where the bytes came from,
 * from the browser's own timings; and what the track is, from the server.
 */
import { fetched } from "./live.js";

const LOOK_EVERY_MS = 500;

class Machine {
  constructor() {
    this.bar = /** @type {HTMLElement} */ (document.getElementById("player"));
    this.panel = /** @type {HTMLElement} */ (document.getElementById("machine"));
    this.config = JSON.parse(document.getElementById("player-config")?.textContent ?? "{}");
    this.track = "";
    // Its name holds the hash of its bytes.
    this.#write({ engine: String(this.config.engineUrl).split("/").at(-1) ?? "" });
    setInterval(() => document.hidden || this.#look(), LOOK_EVERY_MS);
  }

  #look() {
    const { phase = "", transport = "", synth = "", underruns = "", track = "" } = this.bar.dataset;
    this.#write({ phase, transport, synth, underruns });
    this.#write({ file: arrival("/sid") });
    if (track === this.track) return;
    this.track = track;
    if (track) void this.#identify(track);
  }

  /** @param {string} track */
  async #identify(track) {
    try {
      const found = await fetched(`${this.panel.dataset.tracks}${track}`);
      if (track !== this.track) return;
      const { path, collection, md5, sizeBytes, format, version, song, clock, chips, rowUrl } = found;
      this.#write({
        id: found.id,
        path: `${collection}: ${path}`,
        md5,
        bytes: `${sizeBytes} bytes`,
        format: version === null ? format : `${format} v${version}`,
        memory: ["load", "init", "play"].map((name) => `${name} ${hex(found[`${name}Address`])}`).join(", "),
        speed: `${(found.speedBits >>> Math.min(song - 1, 31)) & 1 ? "CIA" : "VBI"} (${hex(found.speedBits)})`,
        clock,
        chips: chips.join(", "),
        state: found.fault || (found.missingSince ? `missing since ${found.missingSince}` : "sound"),
      });
      const row = this.panel.querySelector("a[data-row]");
      if (row instanceof HTMLAnchorElement) {
        row.href = rowUrl;
        row.hidden = false;
      }
    } catch {
      this.#write({ path: "The server does not say what this is." });
      this.track = "";
    }
  }

  /** @param {Record<string, string>} words */
  #write(words) {
    for (const [name, text] of Object.entries(words)) {
      const place = this.panel.querySelector(`[data-show="${name}"]`);
      if (place && place.textContent !== text) place.textContent = text;
    }
  }
}

/** @param {number | null} address */
function hex(address) {
  return address === null ? "–" : `$${address.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Where the newest file came from whose address ends so. @param {string} end */
function arrival(end) {
  const found = performance.getEntriesByType("resource").filter(({ name }) => new URL(name).pathname.endsWith(end));
  const newest = /** @type {PerformanceResourceTiming | undefined} */ (found.at(-1));
  if (!newest) return "";
  const how = newest.transferSize === 0 && newest.decodedBodySize > 0 ? "from the cache" : "from the server";
  return `${how}, ${Math.round(newest.duration)} ms`;
}

new Machine();
