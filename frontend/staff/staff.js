// SPDX-License-Identifier: GPL-3.0-or-later
/** What does script do in the administration? It keeps what is shown up to date, and sends what a button would send without leaving the page. */
import { switchThemes } from "../shared/themes.js";
import { JobsTable } from "./jobs-table.js";
import { OneJob } from "./one-job.js";

switchThemes(document);
for (const table of document.querySelectorAll("[data-jobs]")) if (table instanceof HTMLElement) new JobsTable(table);
for (const job of document.querySelectorAll("[data-one-job]")) if (job instanceof HTMLElement) new OneJob(job);
