// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How does a SID tune play in this very browser? The engine as WebAssembly in a worker, the sound by an audio worklet.
 *
 * The adapter owns the threads and carries commands and facts; it decides nothing about state.
 */

import { openOutput, possibleKind } from "./outputs.js";
import { HEADER } from "./ring.js";
import { readMessage } from "./ring-link.js";
import { ScheduledOutput } from "./scheduled-output.js";

/** @typedef {import("./adapter.d.ts").Adapter} Adapter */
/** @typedef {import("./adapter.d.ts").AdapterEvent} AdapterEvent */
/** @typedef {import("./messages.d.ts").FromEmulator} FromEmulator */
/** @typedef {import("./messages.d.ts").ToEmulator} ToEmulator */
/** @typedef {{emulatorWorkerUrl: string, workletUrl: string, engineUrl: string, defaultLengthMs: number}} Urls */
/** @typedef {import("./adapter.d.ts").PlayableTrack} Track */

/** A song whose length is known ends by itself; one that is cut off at the default length is faded. */
const FADE_SECONDS = { known: 0.5, unknown: 3 };
/** A context that nobody has heard for so long is stopped, so that the sound card may sleep. */
const SLEEP_AFTER_MS = 20_000;
const VOLUME_RAMP_SECONDS = 0.015;

/** @implements {Adapter} */
export class WasmAdapter {
  name = "wasm";

  /**
   * @param {Urls} urls
   * @param {import("./sessions.js").Sessions} sessions
   */
  constructor(urls, sessions) {
    this.urls = urls;
    this.sessions = sessions;
    /** @type {(event: AdapterEvent) => void} */
    this.onEvent = () => {};
    this.synth = "";
    this.paused = false;
    this.looking = true;
    this.volume = 1;
    this.mute = 0;
    /** What open() has not yet sent to the emulator; a seek meanwhile changes it. @type {{epoch: number, seconds: number} | null} */
    this.pending = null;
    /** @type {Worker | null} */
    this.worker = null;
    /** @type {AudioContext | null} */
    this.context = null;
    /** @type {GainNode | null} */
    this.gain = null;
    /** @type {import("./outputs.js").Output | null} */
    this.output = null;
    /** @type {Promise<import("./outputs.js").Output> | null} */
    this.opening = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.sleep = undefined;
  }

  available() {
    if (!globalThis.WebAssembly)
      return {
        ok: /** @type {const} */ (false),
        reason: "It has no WebAssembly, or it is switched off: the C64 cannot be emulated.",
        clause: "this browser has no WebAssembly, or it is switched off",
      };
    if (!globalThis.AudioContext)
      return {
        ok: /** @type {const} */ (false),
        reason: "It has no Web Audio: nothing can sound.",
        clause: "this browser has no Web Audio",
      };
    return { ok: /** @type {const} */ (true) };
  }

  /** What a person should know about how the sound travels here; "" when there is nothing to say. */
  hint() {
    if (possibleKind() !== "scheduled") return "";
    if (isSecureContext)
      return "This browser has no AudioWorklet, its best way to sound. Playing works, with slower reactions.";
    return "This address is not secure (https), so the browser keeps its best audio path to itself. Playing works, with slower reactions.";
  }

  /** @param {boolean} pressed */
  warmUp(pressed) {
    this.#emulator();
    if (!pressed) return;
    this.opening ??= this.#openOutput();
    this.opening.catch(() => {
      this.opening = null;
    });
  }

  /** @param {number} epoch @param {Track} track @param {number} startSeconds @param {AbortSignal} signal */
  async open(epoch, track, startSeconds, signal) {
    this.warmUp(true);
    this.resume();
    const pending = { epoch, seconds: startSeconds };
    this.pending = pending;
    const { sessions } = this;
    const [file, roms] = await Promise.all([sessions.bytes(track, signal), sessions.roms(track, signal), this.opening]);
    signal.throwIfAborted();
    this.pending = null;
    const known = track.lengthMs !== null;
    const lengthSeconds = (track.lengthMs ?? this.urls.defaultLengthMs) / 1000;
    const fadeSeconds = Math.min(known ? FADE_SECONDS.known : FADE_SECONDS.unknown, lengthSeconds / 4);
    const { song } = track;
    const options = { mute: this.mute };
    const place = { epoch: pending.epoch, startSeconds: pending.seconds };
    this.#send({ type: "open", ...place, file, song, lengthSeconds, fadeSeconds, options, roms }, [file]);
  }

  pause() {
    this.paused = true;
    this.output?.pause();
    this.sleep = setTimeout(() => void this.context?.suspend(), SLEEP_AFTER_MS);
  }

  resume() {
    this.paused = false;
    clearTimeout(this.sleep);
    void this.context?.resume();
    this.output?.play();
  }

  /** @param {number} epoch @param {number} seconds */
  seek(epoch, seconds) {
    if (this.pending) Object.assign(this.pending, { epoch, seconds });
    else this.#send({ type: "seek", epoch, seconds });
  }

  /** @param {number} epoch */
  stop(epoch) {
    this.pending = null;
    if (this.output) this.#send({ type: "stop", epoch });
  }

  /** @param {number} volume 0..1: squared, which is nearer to what the ear calls half */
  setVolume(volume) {
    this.volume = volume;
    if (this.gain && this.context) {
      this.gain.gain.setTargetAtTime(volume * volume, this.context.currentTime, VOLUME_RAMP_SECONDS);
    }
  }

  /** Takes effect with the next open() or seek(): what lies in the ring was rendered before. @param {number} mask as the engine's */
  setMute(mask) {
    this.mute = mask;
    if (this.output) this.#send({ type: "options", options: { mute: mask } });
  }

  /** @param {number} epoch */
  secondsHeard(epoch) {
    if (!this.output || !this.context) return 0;
    const frames = this.output.ring.framesPlayed(epoch) - this.output.framesUnheard();
    return Math.max(0, frames) / this.context.sampleRate;
  }

  /** Does anybody look at the scopes? @param {boolean} wanted */
  look(wanted) {
    if (!this.worker || wanted === this.looking) return;
    this.looking = wanted;
    this.#send({ type: "look", wanted });
  }

  /**
   * What is heard at this moment, for the scopes; null before there is sound.
   * @returns {{ring: import("./ring.js").Ring, frame: number, sampleRateHz: number} | null}
   */
  moment() {
    if (!this.output || !this.context) return null;
    const frame = (this.output.ring.get(HEADER.READ) - this.output.framesUnheard()) | 0;
    return { ring: this.output.ring, frame, sampleRateHz: this.context.sampleRate };
  }

  statistics() {
    const ring = this.output?.ring;
    return {
      transport: this.output?.kind ?? "",
      synth: this.synth,
      underruns: ring?.get(HEADER.UNDERRUNS) ?? 0,
      soundingFrames: (ring?.get(HEADER.SOUNDING) ?? 0) >>> 0,
      handedFrames: (ring?.get(HEADER.HANDED) ?? 0) >>> 0,
      sampleRateHz: this.context?.sampleRate ?? 0,
    };
  }

  /** The emulator worker, started and told to fetch its engine. */
  #emulator() {
    if (this.worker) return this.worker;
    const worker = new Worker(this.urls.emulatorWorkerUrl, { type: "module", name: "sidflow-emulator" });
    worker.onmessage = (event) => this.#hear(event.data);
    worker.onerror = () => this.#workerFailed();
    this.worker = worker;
    this.#send({ type: "boot", engineUrl: new URL(this.urls.engineUrl, location.href).href });
    return worker;
  }

  async #openOutput() {
    const context = new AudioContext({ latencyHint: "interactive" });
    this.context = context;
    const gain = new GainNode(context, { gain: this.volume * this.volume });
    gain.connect(context.destination);
    this.gain = gain;
    const output = await openOutput(context, gain, this.urls.workletUrl, (fact) => this.onEvent(fact));
    this.output = output;
    const { transport, transfer, aheadSeconds } = output;
    this.#send({ type: "connect", transport, sampleRateHz: context.sampleRate, aheadSeconds }, transfer);
    if (output instanceof ScheduledOutput) output.onRead(() => this.#send(readMessage(output.ring)));
    if (this.paused) output.pause();
    return output;
  }

  /** @param {ToEmulator} message @param {Transferable[]} [transfer] */
  #send(message, transfer = []) {
    this.#emulator().postMessage(message, transfer);
  }

  /** @param {FromEmulator} message */
  #hear(message) {
    switch (message.type) {
      case "block":
      case "flush":
      case "end":
        this.output?.hear(message);
        break;
      case "opened":
        this.onEvent(message);
        break;
      case "synth":
        this.synth = message.synth;
        if (message.reason === "too-slow") {
          this.onEvent({
            type: "notice",
            epoch: message.epoch,
            code: "synth-too-slow",
            message: "This device is too slow for the exact chip model; the lighter one plays.",
          });
        }
        break;
      case "jammed":
        this.onEvent({ type: "notice", epoch: message.epoch, code: message.code, message: message.message });
        break;
      case "failed":
        this.onEvent({ type: "failed", epoch: message.epoch, problem: { code: message.code, message: message.message } });
        break;
      case "booted":
        break;
    }
  }

  /** The worker's script did not load or threw outside every handler: the next song starts with a new one. */
  #workerFailed() {
    this.worker?.terminate();
    this.worker = null;
    this.output = null;
    this.opening = null;
    void this.context?.close();
    this.context = null;
    const problem = { code: "worker", message: "The player's emulator could not be started. Reload the page to try again." };
    this.onEvent({ type: "lost", problem });
  }
}
