// SPDX-License-Identifier: GPL-3.0-or-later
/** What happens when a control of a job is pressed? The API is asked; what it answers, or why it refuses, is shown at once. */

import { problemOf } from "../shared/problem.js";
import { timesWritten, write } from "./job-words.js";

/** Lets the controls' forms in an element act without leaving the page. @param {HTMLElement} element @param {string} jobsUrl */
export function steer(element, jobsUrl) {
  element.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.dataset.verb) return;
    const job = form.closest("[data-job]");
    if (!(job instanceof HTMLElement)) return;
    event.preventDefault();
    void send(form, job, `${jobsUrl}/${job.dataset.job}`);
  });
}

/** @param {HTMLFormElement} form @param {HTMLElement} job @param {string} url */
async function send(form, job, url) {
  const token = form.querySelector("input[name=csrfmiddlewaretoken]");
  const headers = { "X-CSRFToken": token instanceof HTMLInputElement ? token.value : "" };
  const verb = form.dataset.verb ?? "";
  const wish = verb === "cancel" ? { method: "DELETE", headers } : { method: "POST", headers };
  complain("");
  const before = timesWritten(job);
  try {
    const answer = await fetch(verb === "cancel" ? url : `${url}/${verb}`, wish);
    if (!answer.ok) throw await problemOf(answer);
    const had = job.contains(document.activeElement);
    const answered = await answer.json();
    // News that came while the answer was on its way may be newer, and are followed by more where they are not.
    if (timesWritten(job) === before) write(job, answered);
    // The button that was pressed is gone: whoever came by key stays in this line.
    if (had && form.hidden)
      /** @type {HTMLElement | null} */ (job.querySelector("form[data-verb]:not([hidden]) button, a"))?.focus();
  } catch (error) {
    complain(error instanceof TypeError ? "The server does not answer." : String(/** @type {Error} */ (error).message));
  }
}

/** @param {string} text */
function complain(text) {
  const place = document.querySelector("[data-trouble]");
  if (!(place instanceof HTMLElement)) return;
  place.textContent = text;
  place.hidden = !text;
}

/** @param {string} words how up to date the page is */
export function tellLive(words) {
  const place = document.querySelector("[data-live]");
  if (place && place.textContent !== words) place.textContent = words;
}
