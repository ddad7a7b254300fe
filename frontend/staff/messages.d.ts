// SPDX-License-Identifier: GPL-3.0-or-later
// What does the server say about jobs? The documents of the REST API (docs/openapi.yaml), in the envelopes of jobs/live/consumers.py.

export interface Progress {
  current: number;
  total: number | null;
  percentComplete: number | null;
  message: string;
}

export type State = "pending" | "running" | "paused" | "completed" | "failed" | "cancelled" | "stalled";

export interface Job {
  id: string;
  type: string;
  title: string;
  status: State;
  priority: number;
  progress: Progress;
  wish: "pause" | "cancel" | null;
  origin: string;
  askedBy: string | null;
  attempt: number;
  result: Record<string, unknown> | null;
  problem: { title?: string; detail?: string } | null;
  createdAt: string;
  durationMs: number;
}

export interface Line {
  number: number;
  at: string;
  level: "info" | "warning" | "error";
  text: string;
}

export type Message =
  | { type: "jobs"; items: Job[] }
  | { type: "job"; job: Job | null }
  | { type: "lines"; jobId: string; items: Line[] };
