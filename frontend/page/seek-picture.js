// SPDX-License-Identifier: GPL-3.0-or-later
/** How does the seek bar show where a song is loud and where it is quiet? A worker finds out once the song sounds; here it is drawn. */

/** @typedef {import("./tunes.js").Song} Song */
/** @typedef {import("../player/messages.d.ts").FromOutline} FromOutline */

const HEIGHT = 24;
const LEAST = 1;
/** The sound comes first. */
const PATIENCE_MS = 1500;
const PICTURES_KEPT = 50;

export class SeekPicture {
  /**
   * @param {HTMLElement} root with the seek slider and two paths
   * @param {{outlineWorkerUrl: string, engineUrl: string}} urls
   * @param {import("../player/sessions.js").Sessions} sessions
   */
  constructor(root, urls, sessions) {
    this.root = root;
    this.urls = urls;
    this.sessions = sessions;
    /** @type {Song | null} */
    this.song = null;
    this.id = 0;
    /** @type {Worker | null} */
    this.worker = null;
    /** @type {Map<string, FromOutline>} by song, the newest last */
    this.known = new Map();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.waiting = undefined;
  }

  /** Another song has no picture yet. @param {Song | null} song that is shown, whether it sounds or not */
  turnTo(song) {
    if (!song || song.publicId === this.song?.publicId) return;
    this.song = null;
    ++this.id;
    clearTimeout(this.waiting);
    this.#draw(this.known.get(song.publicId) ?? null);
  }

  /** @param {Song | null} song that sounds @param {number} lengthSeconds */
  show(song, lengthSeconds) {
    if (!song || song.publicId === this.song?.publicId) return;
    this.song = song;
    ++this.id;
    const known = this.known.get(song.publicId);
    this.#draw(known ?? null);
    clearTimeout(this.waiting);
    if (known && known.levels.length === known.steps) return;
    const { id } = this;
    this.waiting = setTimeout(() => void this.#ask(id, song, lengthSeconds).catch(() => {}), PATIENCE_MS);
  }

  /** @param {number} id @param {Song} song @param {number} lengthSeconds */
  async #ask(id, song, lengthSeconds) {
    const [file, roms] = await Promise.all([this.sessions.bytes(song), this.sessions.roms(song)]);
    if (id !== this.id) return;
    const engineUrl = new URL(this.urls.engineUrl, location.href).href;
    this.#outliner().postMessage({ id, engineUrl, file, song: song.song, lengthSeconds, roms }, [file]);
  }

  #outliner() {
    if (this.worker) return this.worker;
    const worker = new Worker(this.urls.outlineWorkerUrl, { type: "module", name: "sidflow-outline" });
    worker.onmessage = (event) => this.#hear(event.data);
    this.worker = worker;
    return worker;
  }

  /** @param {FromOutline} outline */
  #hear(outline) {
    if (outline.id !== this.id || !this.song) return;
    this.known.delete(this.song.publicId);
    this.known.set(this.song.publicId, outline);
    const [oldest] = this.known.keys();
    if (this.known.size > PICTURES_KEPT && oldest !== undefined) this.known.delete(oldest);
    this.#draw(outline);
  }

  /** @param {FromOutline | null} outline */
  #draw(outline) {
    this.root.toggleAttribute("data-picture", outline !== null);
    const shape = outline ? shapeOf(outline) : "";
    for (const path of this.root.querySelectorAll("path")) path.setAttribute("d", shape);
  }
}

/** Bars as high as the parts are loud, as an SVG path. @param {Pick<FromOutline, "levels" | "steps">} outline */
export function shapeOf({ levels, steps }) {
  const loudest = Math.max(...levels);
  const bars = Array.from({ length: steps }, (_, step) => {
    const level = levels[step] ?? 0;
    const height = Math.max(LEAST, level > 0 ? (level / loudest) * HEIGHT : 0);
    return `M${step} ${HEIGHT}v${(-height).toFixed(1)}h1v${height.toFixed(1)}z`;
  });
  return bars.join("");
}
