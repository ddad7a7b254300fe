// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What is the SHA-256 of some bytes? (FIPS 180-4.) Written out because browsers keep crypto.subtle from pages that did not
 * come over https, and one way of hashing is better than two; 8 KB take under a millisecond.
 */

const PRIMES = firstPrimes(64);
/** The first 32 bits of the fractions of the primes' cube roots, and of the first eight's square roots. */
const ROUNDS = Uint32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const START = Uint32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const BLOCK_BYTES = 64;

/** @param {number} count */
function firstPrimes(count) {
  /** @type {number[]} */
  const primes = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}

/** @param {number} root */
function fraction(root) {
  return Math.floor((root - Math.floor(root)) * 2 ** 32);
}

/** @param {number} word @param {number} by */
function rotated(word, by) {
  return (word >>> by) | (word << (32 - by));
}

/** @param {Uint8Array} bytes @returns {string} 64 hexadecimal digits */
export function sha256(bytes) {
  const padded = withPadding(bytes);
  const state = START.slice();
  const words = new Uint32Array(64);
  for (let at = 0; at < padded.byteLength; at += BLOCK_BYTES) mix(state, words, padded, at);
  return [...state].map((word) => word.toString(16).padStart(8, "0")).join("");
}

/** A one bit, zeros, and the length in bits, to whole blocks. @param {Uint8Array} bytes */
function withPadding(bytes) {
  const size = Math.ceil((bytes.length + 9) / BLOCK_BYTES) * BLOCK_BYTES;
  const padded = new Uint8Array(size);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(size - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(size - 4, (bytes.length << 3) >>> 0);
  return view;
}

/** @param {Uint32Array} state @param {Uint32Array} words room for 64 @param {DataView} data @param {number} at the block */
function mix(state, words, data, at) {
  for (let i = 0; i < 64; i++) words[i] = i < 16 ? data.getUint32(at + 4 * i) : expanded(words, i);
  let [a, b, c, d, e, f, g, h] = /** @type {[number, number, number, number, number, number, number, number]} */ ([...state]);
  for (let i = 0; i < 64; i++) {
    const sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const first = (h + sum1 + ((e & f) ^ (~e & g)) + (ROUNDS[i] ?? 0) + (words[i] ?? 0)) | 0;
    const sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const second = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] = ((state[i] ?? 0) + word) | 0;
}

/** @param {Uint32Array} words @param {number} i */
function expanded(words, i) {
  const [near, far] = [words[i - 2] ?? 0, words[i - 15] ?? 0];
  const one = rotated(near, 17) ^ rotated(near, 19) ^ (near >>> 10);
  const zero = rotated(far, 7) ^ rotated(far, 18) ^ (far >>> 3);
  return (one + zero + (words[i - 7] ?? 0) + (words[i - 16] ?? 0)) | 0;
}
