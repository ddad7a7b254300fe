// SPDX-License-Identifier: GPL-3.0-or-later
/** Who silences a voice or hears it alone, and how is it seen? The buttons on the scopes, their keys, and the state they show. */
import { Voices } from "./voices.js";

/** Actions of keys: "mute-voice-4" is Shift 4. */
const MUTE = "mute-voice-";
const ACTIONS = new Set(["voice-mute", "voice-solo", "solo-next", "all-voices", "digis"]);

export class VoiceButtons {
  /** @param {Document} document @param {(voices: Voices) => void} onChange @param {() => boolean} refused are there no voices to silence now? */
  constructor(document, onChange, refused) {
    this.voices = new Voices();
    this.onChange = onChange;
    this.refused = refused;
    this.lanes = [...document.querySelectorAll(".lane")].filter((lane) => lane instanceof HTMLElement);
    this.digis = document.querySelector("[data-act=digis]");
  }

  /** @param {string} action @param {Element | null} element @returns {boolean} was it one of ours? */
  act(action, element) {
    if (!ACTIONS.has(action) && !action.startsWith(MUTE)) return false;
    if (this.refused()) return true;
    const { voices } = this;
    const voice = this.lanes.findIndex((lane) => element !== null && lane.contains(element));
    if (action === "voice-mute") voices.toggleMute(voice);
    else if (action === "voice-solo") voices.toggleAlone(voice);
    else if (action === "solo-next") voices.nextAlone();
    else if (action === "all-voices") voices.reset();
    else if (action === "digis") voices.digisMuted = !voices.digisMuted;
    else voices.toggleMute(Number(action.slice(MUTE.length)) - 1);
    this.#changed();
    return true;
  }

  /** A tune begins with all its voices: a silence that nobody sees the reason of would be a riddle. */
  begin() {
    this.voices.reset();
    this.#show();
  }

  /** @param {number} chips */
  has(chips) {
    this.voices.chips = chips;
  }

  #changed() {
    this.#show();
    this.onChange(this.voices);
  }

  #show() {
    for (const [voice, lane] of this.lanes.entries()) {
      lane.toggleAttribute("data-silent", this.voices.isSilent(voice));
      press(lane.querySelector("[data-act=voice-mute]"), this.voices.muted.has(voice));
      press(lane.querySelector("[data-act=voice-solo]"), this.voices.alone.has(voice));
    }
    press(this.digis, this.voices.digisMuted);
  }
}

/** @param {Element | null} button @param {boolean} pressed */
function press(button, pressed) {
  button?.setAttribute("aria-pressed", String(pressed));
}
