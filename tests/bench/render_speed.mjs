// SPDX-License-Identifier: GPL-3.0-or-later
/** How fast does the WebAssembly build render with the fast synth? FILE SONG SECONDS; prints {speed}: times real time. */
import { readFileSync } from "node:fs";
import { Engine } from "../../frontend/player/engine.js";

const [file, song, seconds] = process.argv.slice(2);
const RATE = 44100;
const FRAMES = 4096;
const engine = await Engine.instantiate(readFileSync(new URL("../../static/dist/engine.wasm", import.meta.url)));
engine.load(readFileSync(file));
engine.setOption("synth", 1);
engine.setOption("sampleRate", RATE);
engine.start(Number(song));
// The compiler's first tier is not what a listener meets: the second one comes, function by function, within seconds.
const warm = performance.now() + 3000;
while (performance.now() < warm) engine.render(FRAMES);
engine.start(Number(song));
const begin = process.cpuUsage();
let made = 0;
for (; made < Number(seconds) * RATE; made += FRAMES) engine.render(FRAMES);
const used = process.cpuUsage(begin);
console.log(JSON.stringify({ speed: made / RATE / ((used.user + used.system) / 1e6) }));
