// SPDX-License-Identifier: GPL-3.0-or-later
/** How does the table of jobs stay up to date? Lines that are there are written over; new jobs come in at the top. */
import { write } from "./job-words.js";
import { fetched, Live } from "./live.js";
import { steer, tellLive } from "./steering.js";

/** @typedef {import("./messages.d.ts").Job} Job */

const MOST_ROWS = 50;

export class JobsTable {
  /** @param {HTMLElement} table */
  constructor(table) {
    this.table = table;
    this.body = /** @type {HTMLElement} */ (table.querySelector("tbody"));
    this.pollUrl = table.dataset.poll ?? "";
    steer(table, this.pollUrl);
    new Live({
      address: () => table.dataset.address ?? "",
      hear: (message) => message.type === "jobs" && this.show(message.items),
      ask: async () => [{ type: "jobs", items: (await fetched(`${this.pollUrl}?limit=${MOST_ROWS}`)).items }],
      tell: tellLive,
    });
  }

  /** @param {Job[]} jobs in any order */
  show(jobs) {
    for (const job of [...jobs].sort((a, b) => Number(a.id) - Number(b.id))) {
      const row = this.body.querySelector(`[data-job="${job.id}"]`) ?? this.#newRow(job);
      if (row) write(row, job);
    }
  }

  /** A line for a job that the page has not shown yet, where one belongs. @param {Job} job @returns {Element | null} */
  #newRow(job) {
    const newest = this.body.querySelector("[data-job]");
    const isNew = !(newest instanceof HTMLElement) || Number(newest.dataset.job) < Number(job.id);
    const template = document.getElementById("job-row");
    if (!("takesNew" in this.table.dataset) || !isNew || !(template instanceof HTMLTemplateElement)) return null;
    const row = /** @type {Element} */ (/** @type {Element} */ (template.content.firstElementChild).cloneNode(true));
    for (const one of row.querySelectorAll("form, a")) {
      const name = one instanceof HTMLFormElement ? "action" : "href";
      one.setAttribute(name, (one.getAttribute(name) ?? "").replace("/0/", `/${job.id}/`));
    }
    this.body.prepend(row);
    while (this.body.children.length > MOST_ROWS) this.body.lastElementChild?.remove();
    document.querySelector("[data-empty]")?.setAttribute("hidden", "");
    return row;
  }
}
