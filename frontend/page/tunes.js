// SPDX-License-Identifier: GPL-3.0-or-later
/** Which tunes stand on this page, and which song comes before and after another? Read from the list that the server sent. */

/**
 * A song of a tune, as the player takes it.
 * @typedef {object} Song
 * @property {string} publicId
 * @property {number} song 1..
 * @property {number | null} lengthMs null: nobody knows
 * @property {string} fileId the same for all songs of a tune
 * @property {Tune} tune
 * @property {{code: string, message: string} | null} obstacle why it does not play
 */
/**
 * @typedef {object} Tune
 * @property {number} index place in the list
 * @property {string} title
 * @property {string} author
 * @property {string} released
 * @property {string} chips
 * @property {string} clock
 * @property {number} startSong
 * @property {{code: string, message: string} | null} reason why it does not play
 * @property {Song[]} songs in order
 */

/** @param {Iterable<{dataset: DOMStringMap}>} rows @returns {Tune[]} */
export function readTunes(rows) {
  return [...rows].map((row, index) => readTune(row.dataset, index));
}

/** @param {DOMStringMap} data @param {number} index @returns {Tune} */
function readTune(data, index) {
  const { title = "", author = "", released = "", chips = "", clock = "", reason = "", reasonCode = "" } = data;
  /** @type {Tune} */
  const tune = {
    index,
    title,
    author,
    released,
    chips,
    clock,
    startSong: Number(data.startSong) || 1,
    reason: reason ? { code: reasonCode, message: reason } : null,
    songs: [],
  };
  const lines = (data.tracks ?? "").trim().split(/\s+/).filter(Boolean);
  const [fileId = `file-${index}`] = lines[0]?.split(",") ?? [];
  tune.songs = lines.map((line) => {
    const [publicId = "", song = "1", length = ""] = line.split(",");
    return { publicId, song: Number(song), lengthMs: length ? Number(length) : null, fileId, tune, obstacle: tune.reason };
  });
  return tune;
}

/** The song that a tune begins with. @param {Tune | undefined} tune @returns {Song | null} */
export function firstSong(tune) {
  return tune?.songs.find((song) => song.song === tune.startSong) ?? tune?.songs[0] ?? null;
}

/** The next song of the same tune. @param {Song} song @param {1 | -1} step @returns {Song | null} */
export function songBeside(song, step) {
  const { songs } = song.tune;
  return songs[songs.indexOf(song) + step] ?? null;
}

/** The nearest tune before or after that can play. @param {Tune[]} tunes @param {Tune} tune @param {1 | -1} step @returns {Song | null} */
export function tuneBeside(tunes, tune, step) {
  for (let i = tune.index + step; i >= 0 && i < tunes.length; i += step) {
    const candidate = tunes[i];
    if (candidate && !candidate.reason && candidate.songs.length > 0) return firstSong(candidate);
  }
  return null;
}

/** What plays when this song is over: the tune's next song, else the next tune. @param {Tune[]} tunes @param {Song} song */
export function songAfter(tunes, song) {
  return songBeside(song, 1) ?? tuneBeside(tunes, song.tune, 1);
}

/** @param {Tune[]} tunes @param {Song} song */
export function songBefore(tunes, song) {
  return songBeside(song, -1) ?? tuneBeside(tunes, song.tune, -1);
}
