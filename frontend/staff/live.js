// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How does a page hear what is new? By a WebSocket; where that does not open, it asks every two seconds and goes on trying.
 *
 *     connecting ──► live ──► lost ──► (asking, while it tries again with growing pauses) ──► live
 */

/** @typedef {import("./messages.d.ts").Message} Message */

const ASK_EVERY_MS = 2000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const SIGN_IN_OVER = 4401;

export class Live {
  /**
   * @param {object} how
   * @param {() => string} how.address of the socket, with what is known so far
   * @param {(message: Message) => void} how.hear
   * @param {() => Promise<Message[]>} how.ask the same over HTTP; rejects where the server cannot be reached
   * @param {(words: string) => void} how.tell how up to date the page is
   */
  constructor({ address, hear, ask, tell }) {
    this.address = address;
    this.hear = hear;
    this.ask = ask;
    this.tell = tell;
    this.pauseMs = FIRST_PAUSE_MS;
    this.isLive = false;
    this.isOver = false;
    this.isAsking = false;
    this.#open();
    this.asking = setInterval(() => this.#ask(), ASK_EVERY_MS);
    // A page that comes back out of the browser's store has a dead socket.
    addEventListener("pageshow", (event) => event.persisted && this.#again(0));
  }

  #open() {
    const url = new URL(this.address(), location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    socket.addEventListener("open", () => {
      this.isLive = true;
      this.pauseMs = FIRST_PAUSE_MS;
      this.tell("Live");
    });
    socket.addEventListener("message", (event) => this.hear(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => {
      this.isLive = false;
      if (event.code === SIGN_IN_OVER) this.#end();
      else this.#again();
    });
  }

  /** Jitter: a server that was away is not asked by everybody at once. @param {number} [pauseMs] */
  #again(pauseMs = this.pauseMs * (0.5 + Math.random())) {
    if (this.isOver) return;
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
    setTimeout(() => this.#open(), pauseMs);
  }

  async #ask() {
    if (this.isLive || this.isOver || this.isAsking || document.hidden) return;
    this.isAsking = true;
    try {
      const messages = await this.ask();
      // What the socket says is newer than an answer that was long on its way.
      if (this.isLive) return;
      for (const message of messages) this.hear(message);
      this.tell("Asked every two seconds");
    } catch (error) {
      if (error instanceof SignInOver) this.#end();
      else if (!this.isLive) this.tell("The server does not answer. Trying again…");
    } finally {
      this.isAsking = false;
    }
  }

  #end() {
    this.isOver = true;
    clearInterval(this.asking);
    this.tell("You are signed out. Reload the page to sign in.");
  }
}

export class SignInOver extends Error {}

/** What an address answers. @param {string} url @returns {Promise<any>} rejects with SignInOver, or an Error with a sentence */
export async function fetched(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (answer.status === 401 || answer.status === 403) throw new SignInOver();
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.json();
}
