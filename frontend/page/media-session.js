// SPDX-License-Identifier: GPL-3.0-or-later
/** What do the keyboard's media keys, the lock screen and the headset know of us? The song, and our buttons. */

/** Media keys and the room's actions. @type {[MediaSessionAction, string][]} */
const ACTIONS = [
  ["play", "toggle"],
  ["pause", "toggle"],
  ["previoustrack", "previous-song"],
  ["nexttrack", "next-song"],
  ["seekbackward", "back"],
  ["seekforward", "forward"],
];

/** @param {import("./room.js").Room} room */
export function tellMediaSession(room) {
  const session = navigator.mediaSession;
  if (!session) return;
  for (const [action, ours] of ACTIONS) session.setActionHandler(action, () => room.act(ours, null));
  session.setActionHandler("seekto", ({ seekTime }) => room.seek(seekTime ?? 0));
  room.player.addEventListener("state", () => {
    const { phase, track } = room.player.state;
    session.playbackState = phase === "playing" || phase === "loading" ? "playing" : phase === "paused" ? "paused" : "none";
    if (!track) return;
    const { title, author, released } = track.tune;
    session.metadata = new MediaMetadata({ title, artist: author, album: released });
    const duration = room.bar.lengthOf(track);
    session.setPositionState({ duration, position: Math.min(duration, Math.max(0, room.player.seconds)) });
  });
}
