// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What comes out of the loudspeaker in the next 128 frames? Takes frames from the ring and never lets the sound jump.
 *
 * Every beginning and every stop goes through a ramp of FADE_FRAMES (5 ms): start, pause, seek, another song, and the ring
 * running dry. The reader plans for the last: it begins to fade while it still has the frames for it.
 *
 *            enough frames                   pause()
 *   WAITING ───────────────▶ PLAYING ───────────────▶ PAUSED
 *      ▲                      │ │ ▲                      │
 *      │   dry (an underrun)  │ │ └──────────────────────┘ play()
 *      ├──────────────────────┘ │ the song's last frame
 *      │  a new epoch           ▼
 *      └────────────────────── ENDED        (a new epoch leads to WAITING from everywhere; PAUSED keeps its wish to pause)
 */
import { CAPACITY_FRAMES, CHANNELS, distance, HEADER, PHASE } from "./ring.js";

export const FADE_FRAMES = 256;
/**
 * Frames that must lie ready before a song starts or goes on after running dry: 128 ms at 48 kHz. They are rendered in a
 * few milliseconds, but a cold engine's first blocks come unevenly, and more so on a busy machine.
 */
export const PRIME_FRAMES = 6144;

const SAMPLE_MASK = CAPACITY_FRAMES * CHANNELS - 1;

export class RingReader {
  /** @param {import("./ring.js").Ring} ring */
  constructor(ring) {
    this.ring = ring;
    this.gain = 0;
    this.wantsPause = false;
    /** Has this epoch handed out a frame that is not silence? */
    this.sounding = false;
  }

  pause() {
    this.wantsPause = true;
  }

  play() {
    this.wantsPause = false;
  }

  /** Fills both channels from the ring. @param {Float32Array} left @param {Float32Array} right -1..1, same length */
  process(left, right) {
    const ring = this.ring;
    const epoch = ring.get(HEADER.EPOCH);
    if (epoch !== ring.get(HEADER.EPOCH_READ) && this.gain === 0) this.#follow(epoch);
    const fresh = epoch === ring.get(HEADER.EPOCH_READ);
    const available = this.#available(fresh);
    const goOn = fresh && this.#mayPlay(available, left.length);
    this.#copy(left, right, available, goOn ? 1 : 0);
  }

  /** Stands at the beginning of the newest epoch. @param {number} epoch */
  #follow(epoch) {
    const ring = this.ring;
    ring.set(HEADER.READ, ring.get(HEADER.FLUSH_TO));
    ring.set(HEADER.EPOCH_READ, epoch);
    ring.set(HEADER.PHASE, PHASE.WAITING);
    this.sounding = false;
  }

  /** Frames that may be taken: up to what is written, or to the song's end. @param {boolean} fresh */
  #available(fresh) {
    const ring = this.ring;
    const read = ring.get(HEADER.READ);
    const written = distance(ring.get(HEADER.WRITE), read);
    // While the old epoch fades out its frames end where the new one begins.
    if (!fresh) return Math.max(0, Math.min(written, distance(ring.get(HEADER.FLUSH_TO), read)));
    this.toEnd = ring.get(HEADER.END_EPOCH) === ring.get(HEADER.EPOCH_READ);
    return this.toEnd ? Math.min(written, distance(ring.get(HEADER.END), read)) : written;
  }

  /** Decides the phase. @param {number} available frames @param {number} needed frames */
  #mayPlay(available, needed) {
    const ring = this.ring;
    const phase = ring.get(HEADER.PHASE);
    if (this.wantsPause) {
      if (phase !== PHASE.PAUSED) ring.set(HEADER.PHASE, PHASE.PAUSED);
      return false;
    }
    if (this.toEnd && available <= 0) {
      if (phase !== PHASE.ENDED) ring.set(HEADER.PHASE, PHASE.ENDED);
      return false;
    }
    if (this.toEnd || (phase === PHASE.PLAYING && available >= needed + FADE_FRAMES) || available >= PRIME_FRAMES) {
      if (phase !== PHASE.PLAYING) ring.set(HEADER.PHASE, PHASE.PLAYING);
      return true;
    }
    if (phase === PHASE.PLAYING) Atomics.add(ring.header, HEADER.UNDERRUNS, 1);
    ring.set(HEADER.PHASE, PHASE.WAITING);
    return false;
  }

  /**
   * @param {Float32Array} left
   * @param {Float32Array} right
   * @param {number} available frames that may be taken
   * @param {0 | 1} target gain to ramp to; at 0 no more frames are taken, so that going on continues where it stopped
   */
  #copy(left, right, available, target) {
    const ring = this.ring;
    const samples = ring.samples;
    const read = ring.get(HEADER.READ);
    const step = 1 / FADE_FRAMES;
    let gain = this.gain;
    let taken = 0;
    let sounding = 0;
    let at = (read * CHANNELS) & SAMPLE_MASK;
    for (let i = 0; i < left.length; i++) {
      if (gain < target) gain = Math.min(1, gain + step);
      else if (gain > target) gain = Math.max(0, gain - step);
      if (gain === 0 || taken >= available) {
        left[i] = 0;
        right[i] = 0;
        continue;
      }
      const l = samples[at] ?? 0;
      const r = samples[at + 1] ?? 0;
      left[i] = (l * gain) / 32768;
      right[i] = (r * gain) / 32768;
      if (l !== 0 || r !== 0) sounding++;
      at = (at + CHANNELS) & SAMPLE_MASK;
      taken++;
    }
    // Out of frames with the gain still up (a song shorter than the fade, a song's end): there is nothing left to fade.
    this.gain = taken >= available && target === 0 ? 0 : gain;
    if (taken === 0) return;
    if (sounding > 0) {
      this.sounding = true;
      Atomics.add(ring.header, HEADER.SOUNDING, sounding);
    }
    Atomics.add(ring.header, HEADER.HANDED, taken);
    ring.set(HEADER.READ, (read + taken) | 0);
  }
}
