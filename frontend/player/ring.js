// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * How does sound travel from the thread that makes it to the thread that plays it, without a lock?
 *
 * One writer (the emulator worker), one reader (the audio worklet), any number of lookers-on (the page's scopes and clock).
 * All of them see one buffer:
 *
 *   header    16 words, see HEADER; every access is an Atomics operation
 *   samples   BLOCKS × BLOCK_FRAMES × 2 channels, 16-bit, interleaved
 *   taps      BLOCKS × 9 voices × TAP_FRAMES, 16-bit: what each voice did, every second frame
 *   registers BLOCKS × 3 chips × 32 bytes: the chips' registers when the block had been made
 *
 * so what is drawn lies beside what is heard and is looked up by the same frame number.
 *
 * Frame numbers only grow and wrap at 2^32. Distances are taken with `(a - b) | 0`, which stays right across the wrap, and
 * places with `frame & mask`, which does because the capacity is a power of two. The numbers themselves are never compared.
 *
 * Why it is right without locks:
 *  - WRITE is stored by the writer only, after the block's data; READ by the reader only, after it took the data. Atomics are
 *    sequentially consistent, so whoever sees the new number also sees (or is done with) the data.
 *  - Flushing (another song, a seek) must not move READ from the writer's side: the reader might be using it. So the writer
 *    says "from frame FLUSH_TO on it is epoch E": FLUSH_TO first, EPOCH second. The reader fades the old epoch out with frames
 *    that are still its own, then sets READ to FLUSH_TO and answers with EPOCH_READ. If the writer flushes twice while the
 *    reader looks, the reader may find the newer FLUSH_TO with the older EPOCH; it stands at the newer place, finds no
 *    frames yet, and sees the newer epoch in its next turn.
 *  - Behind READ the writer leaves HISTORY_FRAMES alone, for lookers-on: what the ear hears now was read a while ago.
 *
 * The same class serves an ordinary ArrayBuffer where memory cannot be shared: then each side has its own, and blocks
 * travel as messages.
 */

export const BLOCK_FRAMES = 1024;
export const BLOCKS = 256;
export const CAPACITY_FRAMES = BLOCK_FRAMES * BLOCKS;
export const HISTORY_FRAMES = BLOCK_FRAMES * 24;
export const CHANNELS = 2;
export const CHIPS = 3;
export const VOICES = 9;
export const TAP_STEP = 2;
export const TAP_FRAMES = BLOCK_FRAMES / TAP_STEP;
export const REGISTER_BYTES = CHIPS * 32;

/** Words of the header, by writer. */
export const HEADER = Object.freeze({
  // the emulator worker's
  WRITE: 0, // frame number after the last block
  FLUSH_TO: 1, // frame number at which EPOCH begins
  EPOCH: 2, // counts the beginnings: songs, seeks
  END: 3, // frame number after the last frame of the song, good while END_EPOCH === EPOCH
  END_EPOCH: 4,
  // the reader's
  READ: 5, // frame number of the next frame to play
  EPOCH_READ: 6, // the epoch that READ belongs to
  PHASE: 7, // one of PHASE
  UNDERRUNS: 8, // times that the ring ran dry in the middle of a song
  SOUNDING: 9, // frames handed out that were not silence (wraps)
  HANDED: 10, // frames of this ring handed out at all (wraps)
});
const HEADER_WORDS = 16;

/** What the reader is doing. */
export const PHASE = Object.freeze({ WAITING: 0, PLAYING: 1, PAUSED: 2, ENDED: 3 });

const SAMPLES_AT = HEADER_WORDS * 4;
const SAMPLES_BYTES = CAPACITY_FRAMES * CHANNELS * 2;
const TAPS_AT = SAMPLES_AT + SAMPLES_BYTES;
const TAPS_BYTES = BLOCKS * VOICES * TAP_FRAMES * 2;
const REGISTERS_AT = TAPS_AT + TAPS_BYTES;

/** Bytes that a ring's buffer must have. */
export const RING_BYTES = REGISTERS_AT + BLOCKS * REGISTER_BYTES;

const FRAME_MASK = CAPACITY_FRAMES - 1;
const BLOCK_MASK = BLOCKS - 1;

/** Frames from `b` to `a`, right across the wrap of the frame numbers. @param {number} a @param {number} b */
export const distance = (a, b) => (a - b) | 0;

export class Ring {
  /** @param {ArrayBuffer | SharedArrayBuffer} buffer of RING_BYTES, zeroed when new */
  constructor(buffer) {
    this.buffer = buffer;
    this.header = new Int32Array(buffer, 0, HEADER_WORDS);
    this.samples = new Int16Array(buffer, SAMPLES_AT, CAPACITY_FRAMES * CHANNELS);
    this.taps = new Int16Array(buffer, TAPS_AT, BLOCKS * VOICES * TAP_FRAMES);
    this.registers = new Uint8Array(buffer, REGISTERS_AT, BLOCKS * REGISTER_BYTES);
  }

  /** @param {number} word one of HEADER */
  get(word) {
    return Atomics.load(this.header, word);
  }

  /** @param {number} word one of HEADER @param {number} value */
  set(word, value) {
    Atomics.store(this.header, word, value);
  }

  // ---- the writer's side ----

  /** Frames that lie ready for the reader, counted from the writer's newest flush if the reader has not followed it yet. */
  framesAhead() {
    const write = this.get(HEADER.WRITE);
    const from = this.get(HEADER.EPOCH_READ) === this.get(HEADER.EPOCH) ? HEADER.READ : HEADER.FLUSH_TO;
    return distance(write, this.get(from));
  }

  /** May another block be written without touching what the reader, or one who looks back, still needs? */
  hasRoom() {
    const kept = distance(this.get(HEADER.WRITE), this.get(HEADER.READ));
    return kept + HISTORY_FRAMES + BLOCK_FRAMES <= CAPACITY_FRAMES;
  }

  /**
   * Appends one block. The caller has asked hasRoom().
   * @param {Int16Array} samples BLOCK_FRAMES × 2, interleaved
   * @param {Int16Array | null} taps VOICES × TAP_FRAMES, or null: nobody looks, the block's taps become silence
   * @param {Uint8Array | null} registers REGISTER_BYTES
   */
  writeBlock(samples, taps, registers) {
    const write = this.get(HEADER.WRITE);
    const block = (write >>> 10) & BLOCK_MASK;
    this.samples.set(samples, (write & FRAME_MASK) * CHANNELS);
    const tapsAt = block * VOICES * TAP_FRAMES;
    if (taps) this.taps.set(taps, tapsAt);
    else this.taps.fill(0, tapsAt, tapsAt + VOICES * TAP_FRAMES);
    if (registers) this.registers.set(registers, block * REGISTER_BYTES);
    this.set(HEADER.WRITE, (write + BLOCK_FRAMES) | 0);
  }

  /** Begins an epoch here: nothing written before belongs to it. @param {number} epoch */
  flush(epoch) {
    this.set(HEADER.FLUSH_TO, this.get(HEADER.WRITE));
    this.set(HEADER.EPOCH, epoch);
  }

  /** Says where the running epoch's song ends. @param {number} frames before the newest frame written */
  end(frames) {
    this.set(HEADER.END, (this.get(HEADER.WRITE) - frames) | 0);
    this.set(HEADER.END_EPOCH, this.get(HEADER.EPOCH));
  }

  // ---- for those who look on ----

  /** Frames of `epoch` that have been read, or 0 while the reader has not come to it. @param {number} epoch */
  framesPlayed(epoch) {
    // READ and EPOCH_READ change together at a flush: read again if the epoch moved in between.
    for (let tries = 0; tries < 4; tries++) {
      const before = this.get(HEADER.EPOCH_READ);
      const read = this.get(HEADER.READ);
      if (this.get(HEADER.EPOCH_READ) !== before) continue;
      return before === epoch ? Math.max(0, distance(read, this.get(HEADER.FLUSH_TO))) : 0;
    }
    return 0;
  }

  /**
   * Copies what a voice did in the last `into.length` tap frames before a moment.
   * @param {number} voice chip × 3 + voice
   * @param {number} endFrame frame number
   * @param {Int16Array} into oldest first
   */
  copyTaps(voice, endFrame, into) {
    const first = (endFrame >>> 0) - into.length * TAP_STEP;
    for (let i = 0; i < into.length; i++) {
      const frame = first + i * TAP_STEP;
      const block = (frame >>> 10) & BLOCK_MASK;
      const within = (frame & (BLOCK_FRAMES - 1)) >>> 1;
      into[i] = this.taps[(block * VOICES + voice) * TAP_FRAMES + within] ?? 0;
    }
  }

  /** The 32 registers of a chip around a moment, as a view. @param {number} chip @param {number} frame */
  registersAt(chip, frame) {
    const at = ((frame >>> 10) & BLOCK_MASK) * REGISTER_BYTES + chip * 32;
    return this.registers.subarray(at, at + 32);
  }
}
