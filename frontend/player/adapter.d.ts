// SPDX-License-Identifier: GPL-3.0-or-later
// What must a way of playing be able to do? The player drives every adapter through this and knows nothing else of it.

import type { SongFacts } from "./messages.d.ts";
import type { Fact, Problem } from "./states.js";

/** What is to be played. The catalogue's track, as the page knows it. */
export interface PlayableTrack {
  publicId: string;
  /** Which file it is of: a tune's songs share one. */
  fileId: string;
  song: number;
  /** Milliseconds, or null where nobody knows. */
  lengthMs: number | null;
  /** Why it cannot be played, where the catalogue knows already. */
  obstacle: Problem | null;
}

/** What an adapter reports. `Fact`s move the state machine; the others inform. */
export type AdapterEvent =
  | Fact
  | { type: "opened"; epoch: number; facts: SongFacts | null } // null: nothing that runs here knows the song
  | { type: "preparing"; epoch: number; progress: Progress | null } // a server makes it; null: it is made
  | { type: "notice"; epoch: number; code: string; message: string }
  | { type: "lost"; problem: Problem }; // the adapter broke, whatever it was doing

/** How far somebody is who makes what is to be played. */
export interface Progress {
  percent: number | null;
  message: string;
}

/** Figures for tests, for telemetry and for the curious. */
export interface AdapterStatistics {
  transport: string;
  synth: string;
  underruns: number;
  soundingFrames: number;
  handedFrames: number;
  sampleRateHz: number;
}

export interface Adapter {
  readonly name: string;
  /** Set by the player: hears what the adapter reports. */
  onEvent: (event: AdapterEvent) => void;
  /** Can it play here? A plain sentence says why not. */
  available(): { ok: true } | { ok: false; reason: string; clause: string }; // `clause` stands after "because"
  /** Something hints that a song will be played soon: fetch what takes time. `pressed`: a person did something, so sound may open. */
  warmUp(pressed: boolean): void;
  /** Open a track and let it sound, unless `pause` came in between. Facts about it carry `epoch`. */
  open(epoch: number, track: PlayableTrack, startSeconds: number, signal: AbortSignal): Promise<void>;
  pause(): void;
  resume(): void;
  /** Go on at `seconds` of the open track, as a new epoch. */
  seek(epoch: number, seconds: number): void;
  /** What will probably be played next, where it helps to know. */
  expect?(track: PlayableTrack | null): void;
  /** Be silent and forget the track. */
  stop(epoch: number): void;
  /** 0..1, as the ear wants it. */
  setVolume(volume: number): void;
  /** Seconds of `epoch` that have been heard. */
  secondsHeard(epoch: number): number;
  statistics(): AdapterStatistics;
}
