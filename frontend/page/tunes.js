// SPDX-License-Identifier: GPL-3.0-or-later
/** Which tunes and songs stand in the list that the server sent, and which songs are neighbours? */

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
 * @property {string} fileId the same wherever the tune is shown: its first song's id
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
    fileId: "",
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
  tune.fileId = fileId;
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
