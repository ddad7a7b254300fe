// SPDX-License-Identifier: GPL-3.0-or-later
/// <reference path="./hls-light.d.ts" />
/** How does an HLS playlist reach a media element of a browser that has Media Source Extensions? By hls.js, fetched only here. */
import Hls from "hls.js/light";

/** Ahead of the ear: a tunnel's length. */
const AHEAD_SECONDS = 60;

/** May hls.js work here? */
export function canFeed() {
  return Hls.isSupported();
}

/**
 * Feeds the element from `startSeconds` on.
 * @param {HTMLMediaElement} element
 * @param {string} url of the playlist
 * @param {number} startSeconds
 * @param {() => void} onBroken it does not go on: the network, the server, or what came
 * @returns {() => void} takes it off again
 */
export function feed(element, url, startSeconds, onBroken) {
  // Its worker would come from a blob: address, which the site's policy refuses, and for audio it has little to do.
  const hls = new Hls({ enableWorker: false, startPosition: startSeconds, maxBufferLength: AHEAD_SECONDS });
  let recovered = false;
  hls.on(Hls.Events.ERROR, (_, { fatal, type }) => {
    if (!fatal) return;
    if (type === Hls.ErrorTypes.MEDIA_ERROR && !recovered) {
      recovered = true;
      hls.recoverMediaError();
    } else onBroken();
  });
  hls.loadSource(url);
  hls.attachMedia(element);
  return () => hls.destroy();
}
