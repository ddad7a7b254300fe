// SPDX-License-Identifier: GPL-3.0-or-later
/** How is a job written on the page? The same words as jobs/pages/shown.py, over what the server has drawn. */

/** @typedef {import("./messages.d.ts").Job} Job */

/** @type {Record<import("./messages.d.ts").State, string[]>} what can be asked of a job in each state */
export const CONTROLS = {
  pending: ["pause", "cancel"],
  running: ["pause", "cancel"],
  paused: ["resume", "cancel"],
  stalled: ["resume", "cancel"],
  failed: ["retry"],
  cancelled: ["retry"],
  completed: [],
};

const UNITS = /** @type {const} */ ([
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
]);

/** 3,723,000 → "1 h 2 min"; "" for nothing. @param {number} ms */
export function duration(ms) {
  if (!ms) return "";
  const seconds = Math.round(ms / 1000);
  if (seconds < 1) return `${ms} ms`;
  const index = UNITS.findIndex(([size]) => seconds >= size);
  const [size, unit] = /** @type {readonly [number, string]} */ (UNITS[index]);
  const smaller = UNITS[index + 1];
  const whole = `${Math.floor(seconds / size)} ${unit}`;
  return smaller ? `${whole} ${Math.floor((seconds % size) / smaller[0])} ${smaller[1]}` : whole;
}

/** Why it failed, or what it does. @param {Job} job */
export function saying(job) {
  return job.problem ? (job.problem.detail ?? job.problem.title ?? "") : job.progress.message;
}

/** How often each element was written over. @type {WeakMap<Element, number>} */
const written = new WeakMap();

/** Changes whenever somebody writes a job over what stands in the element. @param {Element} element */
export function timesWritten(element) {
  return written.get(element) ?? 0;
}

/** Writes a job over what stands in an element. @param {Element} element @param {Job} job */
export function write(element, job) {
  if (!(element instanceof HTMLElement)) return;
  written.set(element, timesWritten(element) + 1);
  element.dataset.job = job.id;
  element.dataset.state = job.status;
  const percent = job.progress.percentComplete;
  const words = {
    title: job.title,
    state: job.status,
    wish: job.wish ? { pause: "pausing…", cancel: "cancelling…" }[job.wish] : "",
    percent: percent === null ? "" : `${percent} %`,
    message: saying(job),
    asked: job.askedBy ?? job.origin,
    created: job.createdAt.slice(0, 19).replace("T", " "),
    priority: String(job.priority),
    took: duration(job.durationMs),
    attempt: String(job.attempt),
    number: job.id,
    result: job.result && Object.keys(job.result).length ? JSON.stringify(job.result, null, 2) : "",
  };
  for (const place of element.querySelectorAll("[data-show]")) {
    const text = words[/** @type {keyof typeof words} */ (/** @type {HTMLElement} */ (place).dataset.show)];
    if (text !== undefined && place.textContent !== text) place.textContent = text;
  }
  const bar = element.querySelector("progress");
  if (bar instanceof HTMLProgressElement) {
    if (percent !== null) bar.value = percent;
    else if (job.status === "running") bar.removeAttribute("value");
    else bar.value = 0;
  }
  for (const form of element.querySelectorAll("form[data-verb]")) {
    if (form instanceof HTMLElement) form.hidden = !CONTROLS[job.status].includes(form.dataset.verb ?? "");
  }
}
