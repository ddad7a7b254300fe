// SPDX-License-Identifier: GPL-3.0-or-later
/** What went wrong, in a code for programs and a sentence for people? (RFC 9457 problem details on our side of the wire.) */

export class PlayError extends Error {
  /** @param {string} code @param {string} message @param {number} [status] of the answer, 0 without one */
  constructor(code, message, status = 0) {
    super(message);
    this.name = "PlayError";
    this.code = code;
    this.status = status;
  }
}

/** The error that an answer describes. @param {Response} response @returns {Promise<PlayError>} */
export async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  const code = String(problem.code ?? `http-${response.status}`);
  const message = String(problem.detail ?? problem.title ?? `The server answered with an error (HTTP ${response.status}).`);
  return new PlayError(code, message, response.status);
}
