// SPDX-License-Identifier: GPL-3.0-or-later
// What do the player's threads say to each other? Every message is one of these unions; docs/player.md draws who sends which.

import type { Roms } from "./rom-kinds.js";

/** A blob of one chip's facts, as played. */
export interface ChipFacts {
  model: number; // 6581 or 8580
  address: number; // 0xd400 ...
}

/** What the engine found out about the song that it started. */
export interface SongFacts {
  song: number;
  songs: number;
  chips: ChipFacts[];
  isNtsc: boolean;
}

/** Numbers for the engine's options, by the names of engine.js (lower camel case of sidflow_engine.h). */
export type EngineOptions = Record<string, number>;

/** How blocks leave the emulator worker. */
export type Transport =
  | { kind: "shared"; buffer: SharedArrayBuffer } // straight into the ring that the worklet reads
  | { kind: "port"; port: MessagePort } // samples to the worklet by this port, taps to the page
  | { kind: "page" }; // everything to the page, which schedules AudioBuffers

// ---- page → emulator worker ----

export type ToEmulator =
  | { type: "boot"; engineUrl: string }
  | { type: "connect"; transport: Transport; sampleRateHz: number; aheadSeconds: number }
  | {
      type: "open";
      epoch: number;
      file: ArrayBuffer;
      song: number;
      startSeconds: number;
      lengthSeconds: number;
      fadeSeconds: number;
      options: EngineOptions;
      /** For tunes that need them. */
      roms: Roms;
    }
  | { type: "seek"; epoch: number; seconds: number }
  | { type: "stop"; epoch: number }
  | { type: "options"; options: EngineOptions }
  | { type: "look"; wanted: boolean } // does anybody look at the scopes?
  | ReadMessage; // where the page is the reader

// ---- emulator worker → page ----

export type FromEmulator =
  | { type: "booted" }
  | { type: "opened"; epoch: number; facts: SongFacts }
  | { type: "synth"; epoch: number; synth: "fast" | "reference"; reason: "start" | "prepared" | "too-slow" }
  | { type: "jammed"; epoch: number; code: string; message: string; seconds: number }
  | { type: "failed"; epoch: number; code: string; message: string }
  | RingMessage; // where memory is not shared

// ---- page → worklet ----

export type ToWorklet =
  | { type: "connect"; buffer: SharedArrayBuffer | null; port: MessagePort | null }
  | { type: "play" }
  | { type: "pause" };

// ---- worklet → page ----

export type FromWorklet =
  | { type: "phase"; phase: number; epoch: number; underruns: number }
  | { type: "sounding"; epoch: number }
  | ReadMessage; // where memory is not shared

// ---- rings that are kept alike by messages, where memory is not shared ----

/** From the writer: do the same to your ring. */
export type RingMessage =
  | { type: "block"; samples: Int16Array | null; taps: Int16Array | null; registers: Uint8Array | null }
  | { type: "flush"; epoch: number }
  | { type: "end"; frames: number };

/** From the reader: the words of the header that are its own. */
export interface ReadMessage {
  type: "read";
  words: Int32Array;
}

// ---- page → outline worker, and back ----

export interface ToOutline {
  id: number;
  engineUrl: string;
  file: ArrayBuffer;
  song: number;
  lengthSeconds: number;
  roms: Roms;
}

/** The loudness (root mean square, of 1) of the first of so many equal parts of the song. */
export interface FromOutline {
  id: number;
  levels: Float32Array;
  steps: number;
}
