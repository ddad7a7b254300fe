// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What do the voices look like at this moment? Each is drawn from the engine's own taps, at the frame that the ear hears now,
 * with what its registers say beside it: waveform and note.
 *
 * A wave is drawn from a rising crossing of its middle, so that it stands still while its pitch does. Drawing stops when
 * nobody looks or nothing moves; with reduced motion it draws a few pictures a second.
 */
import { note, waveform } from "../shared/format.js";
import { SEARCHED, SHOWN, standingWave } from "./standing-wave.js";

/** @typedef {{ring: import("../player/ring.js").Ring, frame: number, sampleRateHz: number}} Moment */

const CALM_MS = 280;
const LABELS_EVERY_MS = 90;
/** A tap value that fills a lane when nothing louder was heard lately; and how fast loudness is forgotten, a picture. */
const LEAST_PEAK = 5000;
const PEAK_FALL = 0.995;
const PAL_HZ = 985248;

export class Scopes {
  /** @param {Document} document @param {() => Moment | null} now */
  constructor(document, now) {
    this.now = now;
    this.figures = [...document.querySelectorAll(".scope")]
      .filter((one) => one instanceof HTMLElement)
      .map((one) => new Scope(one));
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.running = false;
    this.drawn = 0;
    this.labelled = 0;
    document.documentElement.addEventListener("themechange", () => this.#repaint());
    addEventListener("resize", () => this.#repaint());
  }

  /** @param {boolean} wanted */
  run(wanted) {
    if (wanted === this.running) return;
    this.running = wanted;
    if (wanted) requestAnimationFrame((time) => this.#frame(time));
  }

  /** Flat lines: nothing sounds. */
  rest() {
    for (const figure of this.figures) figure.clear();
  }

  /** Sizes and colours changed. */
  #repaint() {
    for (const figure of this.figures) figure.measured = false;
    const moment = this.now();
    if (!this.running && moment) this.#draw(moment);
  }

  /** @param {number} time in ms */
  #frame(time) {
    if (!this.running) return;
    requestAnimationFrame((next) => this.#frame(next));
    if (this.calm.matches && time - this.drawn < CALM_MS) return;
    const moment = this.now();
    if (!moment) return;
    this.drawn = time;
    this.#draw(moment);
    if (time - this.labelled < LABELS_EVERY_MS) return;
    this.labelled = time;
    for (const [chip, figure] of this.figures.entries())
      if (!figure.hidden) figure.label(moment.ring.registersAt(chip, moment.frame));
  }

  /** @param {Moment} moment */
  #draw(moment) {
    for (const [chip, figure] of this.figures.entries()) if (!figure.hidden) figure.draw(moment, chip);
  }
}

class Scope {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.canvas = /** @type {HTMLCanvasElement} */ (root.querySelector("canvas"));
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.lanes = [...root.querySelectorAll(".lane")].filter((lane) => lane instanceof HTMLElement);
    this.labels = this.lanes.map((lane) => lane.querySelector("b + span"));
    this.taps = new Int16Array(SHOWN + SEARCHED);
    this.peaks = [LEAST_PEAK, LEAST_PEAK, LEAST_PEAK];
    /** @type {string[]} */
    this.colours = [];
    this.measured = false;
  }

  get hidden() {
    return this.root.hidden;
  }

  clear() {
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    for (const [voice, label] of this.labels.entries()) {
      if (label) label.textContent = "";
      this.lanes[voice]?.removeAttribute("data-gate");
    }
  }

  /** Takes the canvas' size on the screen and the theme's colours. */
  #measure() {
    this.measured = true;
    const scale = Math.min(2, devicePixelRatio || 1);
    const box = this.canvas.getBoundingClientRect();
    this.canvas.width = Math.round(box.width * scale);
    this.canvas.height = Math.round(box.height * scale);
    this.scale = scale;
    this.colours = this.lanes.map((lane) => getComputedStyle(lane).getPropertyValue("--voice").trim());
  }

  /** @param {Moment} moment @param {number} chip */
  draw(moment, chip) {
    if (!this.measured) this.#measure();
    const { context, canvas } = this;
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (let voice = 0; voice < 3; voice++) {
      moment.ring.copyTaps(chip * 3 + voice, moment.frame, this.taps);
      this.#drawVoice(voice);
    }
  }

  /** @param {number} voice */
  #drawVoice(voice) {
    const { context, canvas, taps } = this;
    const height = canvas.height / 3;
    const { first, middle, peak } = standingWave(taps);
    const loudest = Math.max(peak, (this.peaks[voice] ?? 0) * PEAK_FALL, LEAST_PEAK);
    this.peaks[voice] = loudest;
    const gain = (height * 0.42) / loudest;
    const base = height * (voice + 0.5);
    const step = canvas.width / (SHOWN - 1);
    context.beginPath();
    for (let i = 0; i < SHOWN; i++) context.lineTo(i * step, base - ((taps[first + i] ?? 0) - middle) * gain);
    context.strokeStyle = this.colours[voice] ?? "#fff";
    context.lineJoin = "round";
    const scale = this.scale ?? 1;
    const silent = this.lanes[voice]?.hasAttribute("data-silent");
    context.globalAlpha = silent ? 0 : 0.18;
    context.lineWidth = 7 * scale;
    context.stroke();
    context.globalAlpha = silent ? 0.3 : 1;
    context.lineWidth = 2 * scale;
    context.stroke();
  }

  /** @param {Uint8Array} registers of the chip */
  label(registers) {
    for (const [voice, label] of this.labels.entries()) {
      const control = registers[voice * 7 + 4] ?? 0;
      const frequency = (registers[voice * 7] ?? 0) | ((registers[voice * 7 + 1] ?? 0) << 8);
      const shape = waveform(control);
      const pitch = shape && shape !== "noise" ? note((frequency * PAL_HZ) / 0x1000000) : "";
      const text = `${pitch ? `${pitch} ` : ""}${shape}`;
      if (label && label.textContent !== text) label.textContent = text;
      this.lanes[voice]?.toggleAttribute("data-gate", (control & 1) === 1);
    }
  }
}
