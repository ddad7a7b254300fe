// SPDX-License-Identifier: GPL-3.0-or-later
/** Does the player's state machine allow exactly the moves that its drawing shows? */
import assert from "node:assert/strict";
import { test } from "node:test";
import { IDLE, reduce } from "../player/states.js";

const TRACK = { publicId: "a" };
const PROBLEM = { code: "jammed", message: "The tune stopped." };

/** @param {any[]} events @param {any} [from] */
const after = (events, from = IDLE) => events.reduce((state, event) => reduce(state, event), from);
const LOADING = after([{ type: "play", track: TRACK }]);
const PLAYING = after([{ type: "sounding", epoch: 1 }], LOADING);
const PAUSED = after([{ type: "pause" }], PLAYING);
const PAUSED_EARLY = after([{ type: "pause" }], LOADING);
const ENDED = after([{ type: "over", epoch: 1 }], PLAYING);
const FAILED = after([{ type: "failed", epoch: 1, problem: PROBLEM }], LOADING);
const STATES = { IDLE, LOADING, PLAYING, PAUSED, PAUSED_EARLY, ENDED, FAILED };

/** What each event makes of each state; "-" is "nothing". @type {Record<string, [any, string[]]>} */
const TABLE = {
  //                                                       IDLE       LOADING    PLAYING    PAUSED     P. EARLY   ENDED      FAILED
  play: [{ type: "play", track: TRACK }, ["loading", "loading", "loading", "loading", "loading", "loading", "loading"]],
  pause: [{ type: "pause" }, ["-", "paused", "paused", "-", "-", "-", "-"]],
  resume: [{ type: "resume" }, ["-", "-", "-", "playing", "loading", "-", "-"]],
  seek: [{ type: "seek", seconds: 9 }, ["-", "loading", "playing", "paused", "paused", "loading", "-"]],
  stop: [{ type: "stop" }, ["-", "idle", "idle", "idle", "idle", "idle", "idle"]],
  sounding: [{ type: "sounding", epoch: 1 }, ["-", "playing", "-", "-", "paused", "ended", "failed"]],
  waiting: [{ type: "waiting", epoch: 1 }, ["-", "-", "loading", "paused", "-", "-", "-"]],
  paused: [{ type: "paused", epoch: 1 }, ["-", "paused", "paused", "-", "-", "-", "-"]],
  over: [{ type: "over", epoch: 1 }, ["-", "ended", "ended", "-", "-", "-", "-"]],
  failed: [{ type: "failed", epoch: 1, problem: PROBLEM }, ["-", "failed", "failed", "failed", "failed", "failed", "-"]],
};

for (const [name, [event, expected]] of Object.entries(TABLE)) {
  for (const [index, [stateName, state]] of Object.entries(STATES).entries()) {
    const wanted = expected[index];
    test(`${name} in ${stateName}: ${wanted}`, () => {
      const next = reduce(state, event);
      if (wanted === "-") assert.equal(next, state, "the very same state");
      else {
        assert.equal(next.phase, wanted);
        assert.equal(next.revision, state.revision + 1);
      }
    });
  }
}

test("every new beginning of sound is an epoch of its own, and facts about an older one change nothing", () => {
  const sought = reduce(PLAYING, { type: "seek", seconds: 30 });
  assert.equal(sought.epoch, PLAYING.epoch + 1);
  assert.equal(sought.startSeconds, 30);
  assert.equal(sought.ready, false);
  assert.equal(reduce(sought, { type: "over", epoch: PLAYING.epoch }), sought);
  assert.equal(reduce(sought, { type: "failed", epoch: PLAYING.epoch, problem: PROBLEM }), sought);
});

test("what runs dry sounds again as the same epoch, and what failed knows where", () => {
  const dry = reduce(PLAYING, { type: "waiting", epoch: 1 });
  assert.equal(reduce(dry, { type: "sounding", epoch: 1 }).phase, "playing");
  const failed = reduce(dry, { type: "failed", epoch: 1, problem: PROBLEM, seconds: 42 });
  assert.equal(failed.startSeconds, 42);
});

test("a state is never changed in place", () => {
  const kept = structuredClone(PLAYING);
  after([{ type: "pause" }, { type: "seek", seconds: 5 }, { type: "stop" }], PLAYING);
  assert.deepEqual(PLAYING, kept);
});

test("a new track forgets the old one's problem", () => {
  assert.deepEqual(FAILED.problem, PROBLEM);
  assert.equal(reduce(FAILED, { type: "play", track: TRACK }).problem, null);
});
