// SPDX-License-Identifier: GPL-3.0-or-later
/** How does a job's page stay up to date? Its facts are written over, and its log grows; whoever reads further up is not moved. */
import { write } from "./job-words.js";
import { fetched, Live } from "./live.js";
import { steer, tellLive } from "./steering.js";

/** @typedef {import("./messages.d.ts").Job} Job */
/** @typedef {import("./messages.d.ts").Line} Line */

const MOST_LINES = 2000;
const CLOSE_TO_END_PX = 40;

export class OneJob {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.log = /** @type {HTMLElement} */ (document.getElementById("log"));
    this.last = Number(element.dataset.after);
    const url = element.dataset.poll ?? "";
    steer(element, url.slice(0, url.lastIndexOf("/")));
    this.log.scrollTop = this.log.scrollHeight;
    new Live({
      address: () => `${element.dataset.address}?after=${this.last}`,
      hear: (message) => this.hear(message),
      ask: async () => {
        const job = await fetched(url);
        const { items } = await fetched(`${element.dataset.logs}?full=true&after=${this.last}`);
        return [
          { type: "lines", jobId: job.id, items },
          { type: "job", job },
        ];
      },
      tell: tellLive,
    });
  }

  /** @param {import("./messages.d.ts").Message} message */
  hear(message) {
    if (message.type === "lines") this.#add(message.items);
    else if (message.type === "job" && message.job) this.#write(message.job);
  }

  /** @param {Job} job */
  #write(job) {
    write(this.element, job);
    const has = {
      "[data-result]": job.result && Object.keys(job.result).length,
      "[data-again]": /failed|cancelled/.test(job.status),
    };
    for (const [place, is] of Object.entries(has)) this.element.querySelector(place)?.toggleAttribute("hidden", !is);
  }

  /** @param {Line[]} lines some of which may be here already: they are asked for in more than one way */
  #add(lines) {
    const log = this.log;
    const follows = log.scrollHeight - log.scrollTop - log.clientHeight < CLOSE_TO_END_PX;
    for (const line of lines) {
      if (line.number <= this.last) continue;
      this.last = line.number;
      const item = document.createElement("p");
      item.dataset.level = line.level;
      const time = document.createElement("time");
      time.dateTime = line.at;
      time.textContent = line.at.slice(11, 19);
      item.append(time, ` ${line.text}`);
      log.append(item);
    }
    while (log.children.length > MOST_LINES) log.firstElementChild?.remove();
    if (follows) log.scrollTop = log.scrollHeight;
  }
}
