// SPDX-License-Identifier: GPL-3.0-or-later
/** What went wrong, in a code for programs and a sentence for people? (RFC 9457 problem details on our side of the wire.) */

export class PlayError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {number} [status] of the answer, 0 without one
   * @param {number} [retryAfterSeconds] when the server wants to be asked again, 0 where it said nothing
   */
  constructor(code, message, status = 0, retryAfterSeconds = 0) {
    super(message);
    this.name = "PlayError";
    this.code = code;
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The error that an answer describes. @param {Response} response @returns {Promise<PlayError>} */
export async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  const code = String(problem.code ?? `http-${response.status}`);
  const message = String(problem.detail ?? problem.title ?? `The server answered with an error (HTTP ${response.status}).`);
  const id = problem.errorId ? ` Its name in the server's log is ${problem.errorId}.` : "";
  const retryAfter = Number(problem.retryAfterSeconds ?? response.headers.get("Retry-After")) || 0;
  return new PlayError(code, message + id, response.status, retryAfter);
}
