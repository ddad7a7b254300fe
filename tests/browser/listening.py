"""What does the page do, and what does an ear at its loudspeaker hear?

The ear is a second listener on the real graph: whatever the site connects to the loudspeaker also goes into a recorder of
the test's own. The site's code knows nothing of it.
"""

import base64
import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

PATIENCE_S: Final = 60
# Waiting is done inside of the page: a state that lasts for a second only is not missed where the tests' own process is held up.
_LOOK_EVERY_MS: Final = 20

Samples = npt.NDArray[np.float32]

_EAR_WORKLET: Final = """
registerProcessor("test-ear", class extends AudioWorkletProcessor {
  constructor() { super(); this.chunk = new Float32Array(4096); this.at = 0; }
  process([input]) {
    const samples = input[0] ?? new Float32Array(128);
    this.chunk.set(samples, this.at);
    this.at += samples.length;
    if (this.at < this.chunk.length) return true;
    this.port.postMessage(this.chunk);
    this.chunk = new Float32Array(4096);
    this.at = 0;
    return true;
  }
});
"""
# A worklet where there is one; elsewhere a ScriptProcessor, which misses what is played while the page hangs.
EAR_SCRIPT: Final = """
(() => {
  const EAR = `EAR_WORKLET`;
  const heard = (window.testEar = {chunks: [], rate: 0});
  const connect = AudioNode.prototype.connect;
  const listen = async (node) => {
    const context = node.context;
    heard.rate = context.sampleRate;
    heard.context = context;
    if (context.audioWorklet) {
      await context.audioWorklet.addModule(URL.createObjectURL(new Blob([EAR], {type: "text/javascript"})));
      const ear = new AudioWorkletNode(context, "test-ear", {numberOfOutputs: 0});
      ear.port.onmessage = (event) => heard.chunks.push(event.data);
      connect.call(node, ear);
    } else {
      const ear = context.createScriptProcessor(4096, 2, 1);
      ear.onaudioprocess = (event) => heard.chunks.push(event.inputBuffer.getChannelData(0).slice());
      connect.call(node, ear);
      connect.call(ear, context.destination);
    }
  };
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) listen(this);
    return connect.call(this, target, ...rest);
  };
})();
""".replace("EAR_WORKLET", _EAR_WORKLET)
_TAKE_SCRIPT: Final = """
() => {
  const {chunks, rate} = window.testEar;
  const all = new Float32Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks.splice(0)) { all.set(chunk, at); at += chunk.length; }
  const bytes = new Uint8Array(all.buffer);
  let text = "";
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return {rate, samples: btoa(text)};
}
"""
# The player tells its position now and then: the moment when it does is waited for.
_BEGIN_SCRIPT: Final = """
async () => {
  const player = document.getElementById("player");
  await new Promise((done) => {
    new MutationObserver((_, watch) => { watch.disconnect(); done(); })
      .observe(player, {attributes: true, attributeFilter: ["data-position"]});
  });
  window.testEar.chunks.length = 0;
  return [Number(player.dataset.position), window.testEar.context.currentTime];
}
"""


class Listener:
    """Drives the player as a person would, and sees what it says."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def play(self, title: str) -> None:
        """Press a tune in the list."""
        self.page.locator(f'.tune[data-title="{title}"] .tune__button').click()

    def press(self, name: str) -> None:
        """Press a button of the player bar."""
        self.page.locator(f'#player [data-act="{name}"]').click()

    def press_at_the_beginning(self, name: str) -> None:
        """Press it when no second of the song has passed, however long the press takes to arrive."""
        self.page.evaluate(
            """(name) => {
                const bar = document.getElementById("player");
                const slider = bar.querySelector('[data-act="seek"]');
                slider.value = "0";
                slider.dispatchEvent(new Event("change", {bubbles: true}));
                bar.querySelector(`[data-act="${name}"]`).click();
            }""",
            name,
        )

    def told(self) -> dict[str, str]:
        """What the player says of itself."""
        told: dict[str, str] = self.page.evaluate("({...document.getElementById('player').dataset})")
        return told

    def number(self, name: str) -> float:
        """One of the player's figures."""
        return float(self.told()[name])

    def shown(self, what: str) -> str:
        """A text of the player bar."""
        return self.page.locator(f'#player [data-show="{what}"]').inner_text()

    def title(self) -> str:
        """Of the tune that plays."""
        return self.page.locator("#now-title").inner_text()

    def song(self) -> str:
        """The chosen song's number of those that the tune has."""
        return self.page.locator(".song[aria-current]").inner_text()

    def wait_in_page(self, script: str, argument: Any, what: str, *, seconds: float = PATIENCE_S) -> Any:
        """Until a function of the page's answers something true, which is handed on."""
        try:
            found = self.page.wait_for_function(
                script, arg=argument, polling=_LOOK_EVERY_MS, timeout=seconds * 1000
            )
        except PlaywrightTimeoutError:
            raise AssertionError(f"never happened: {what}; {self.told()}") from None
        return found.json_value()

    def wait_for_phase(self, phase: str, *, seconds: float = PATIENCE_S) -> None:
        """Until the player is there."""
        script = "(phase) => document.getElementById('player')?.dataset.phase === phase"
        self.wait_in_page(script, phase, f"the phase {phase}", seconds=seconds)

    def wait_until(self, holds: Callable[[], bool], what: str, *, seconds: float = PATIENCE_S) -> None:
        """Until something holds, seen from outside."""
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, f"never happened: {what}; {self.told()}"
            self.page.wait_for_timeout(50)

    def wait_for_song(self, song: int) -> None:
        """Until the tune's song of this number is the chosen one."""
        script = "(song) => document.querySelector('.song[aria-current]')?.innerText === song"
        self.wait_in_page(script, str(song), f"song {song}")

    def wait_for_title(self, title: str) -> None:
        """Until another tune's title stands there."""
        script = "(title) => document.getElementById('now-title')?.innerText === title"
        self.wait_in_page(script, title, title)

    def wait_for_notice(self, *parts: str) -> str:
        """Until a notice is shown that has all of these in it; the whole of it. It goes by itself after some seconds."""
        script = """(parts) => {
            const text = document.querySelector("#player [data-show=notice]").innerText;
            return parts.every((part) => text.includes(part)) && text;
        }"""
        return str(self.wait_in_page(script, parts, f"a notice with {parts}"))

    def wait_for_position(self, low: float, high: float) -> None:
        """Until the ear is between two moments of the song."""
        script = """([low, high]) => {
            const position = Number(document.getElementById("player").dataset.position);
            return low <= position && position < high;
        }"""
        self.wait_in_page(script, [low, high], f"a position from {low} to {high}")

    def wait_for_rest(self) -> float:
        """Until the position stands still; where.  On a busy machine the sound card may be far behind what it was told."""
        script = """async () => {
            const place = () => document.getElementById("player").dataset.position;
            const before = place();
            await new Promise((done) => setTimeout(done, 1500));
            return place() === before && before;
        }"""
        return float(self.wait_in_page(script, None, "that the position stands still"))

    def wait_for_synth(self, synth: str) -> None:
        """Until the emulator works with this synth."""
        self.wait_until(lambda: self.told()["synth"] == synth, f"the {synth} synth")

    def seek(self, seconds: int) -> None:
        """Put the position slider somewhere, as a keyboard or a pointer would."""
        self.page.locator('[data-act="seek"]').evaluate(
            """(slider, value) => {
                slider.value = String(value);
                slider.dispatchEvent(new Event("input", {bubbles: true}));
                slider.dispatchEvent(new Event("change", {bubbles: true}));
            }""",
            seconds,
        )


class Ear:
    """Hears what the loudspeaker gets, left channel, at `rate` samples a second."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.rate = 0

    def take(self) -> Samples:
        """Everything heard since the last time."""
        answer: dict[str, Any] = self.page.evaluate(_TAKE_SCRIPT)
        self.rate = int(answer["rate"])
        return np.frombuffer(base64.b64decode(answer["samples"]), dtype=np.float32)

    def hear(self, seconds: float) -> Samples:
        """What sounds from now on, for so long."""
        self.take()
        self.page.wait_for_timeout(seconds * 1000 + 150)
        return self.take()

    def clock_s(self) -> float:
        """The sound card's own time. On a busy machine without a real card it goes slower than the wall's."""
        seconds: float = self.page.evaluate("window.testEar.context.currentTime")
        return seconds

    def begin(self) -> tuple[float, float]:
        """Hears from now on: the player's position and the sound card's time, both as they are at this very moment."""
        position, clock_s = self.page.evaluate(_BEGIN_SCRIPT)
        return float(position), float(clock_s)

    def hear_until(self, clock_s: float, *, patience_s: float = PATIENCE_S) -> Samples:
        """What has sounded since the last time, and what sounds until that moment of the sound card's."""
        deadline = time.monotonic() + patience_s
        parts = [self.take()]
        while self.clock_s() < clock_s:
            assert time.monotonic() < deadline, "the sound card stands still"
            self.page.wait_for_timeout(500)
            parts.append(self.take())
        return np.concatenate(parts)


def pitch_hz(samples: Samples, rate: int) -> float:
    """The strongest frequency, between the bins by a parabola through the peak's logarithms."""
    windowed = (samples - samples.mean()) * np.hanning(len(samples))
    spectrum = np.abs(np.fft.rfft(windowed, 4 * len(samples)))
    low = int(40 * 4 * len(samples) / rate)
    peak = low + int(np.argmax(spectrum[low:]))
    left, middle, right = np.log(spectrum[peak - 1 : peak + 2] + 1e-12)
    shift = 0.5 * (left - right) / (left - 2 * middle + right)
    return float((peak + shift) * rate / (4 * len(samples)))


def loudness_at(samples: Samples, rate: int, hz: float) -> float:
    """How strong one pitch is, as the amplitude of a sine."""
    window = np.hanning(len(samples))
    wave = np.exp(-2j * np.pi * hz / rate * np.arange(len(samples)))
    return float(2 * abs((samples * window * wave).sum()) / window.sum())


def longest_silence_s(samples: Samples, rate: int) -> float:
    """The longest stretch without a sound."""
    loud = np.flatnonzero(np.abs(samples) > 1e-4)
    edges = np.concatenate(([0], loud, [len(samples)]))
    return float(np.diff(edges).max()) / rate


def steepest_step(samples: Samples) -> float:
    """The largest jump from one sample to the next, as a share of full scale: a click is a large one."""
    return float(np.abs(np.diff(samples)).max())
