// SPDX-License-Identifier: GPL-3.0-or-later
/** Is there a queue from an earlier page of this visit? Asked by every page before anything else of the player is loaded. */

export const KEY = "sidflow.queue";

export function isKept() {
  try {
    return sessionStorage.getItem(KEY) !== null;
  } catch {
    return false; // Storage is closed to us.
  }
}
