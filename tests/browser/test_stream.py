"""Does a song play from the server where this device cannot emulate it or shall not, and does the place survive the change?

The real site renders, its own worker and ffmpeg at work: songs that most tests need are asked for once, beforehand.
"""

import hashlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Site, serve_site
from tests.browser.listening import Ear, Listener, pitch_hz
from tests.browser.test_sound import serve_without_isolation
from tests.browser.test_trouble import expect_trouble, refuse
from tests.browser.tunes import rising_hz, write_rising

PATIENCE_S: Final = 180
NO_WEBASSEMBLY: Final = "delete globalThis.WebAssembly"
LENGTH_S: Final = 30
# The element is the page's own secret: the test takes it where it begins to play, and leads its sound to the ear.
TAKE_ELEMENT: Final = """
(() => {
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (window.testElement !== this && window.testListens) {
      const context = new AudioContext();
      context.createMediaElementSource(this).connect(context.destination);
    }
    window.testElement = this;
    return play.call(this);
  };
})();
"""


@pytest.fixture(scope="module")
def streaming(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with short songs; "First" and "Second" are rendered already, the others would be on request."""
    folder = tmp_path_factory.mktemp("streaming")
    write_music(folder / "made")
    more = {"SIDFLOW_RENDER__ALLOW_CLI": "true"}
    with serve_site(folder, made_tunes=False, corpus=False, **more) as served:
        tracks = tracks_of(served)
        have_rendered(served, (tracks["First"], "m4a"), (tracks["Second"], "m4a"), (tracks["First"], "cli"))
        yield served


def write_music(folder: Path) -> None:
    """Tunes that rise, with how long they are. Near a song's end the next is asked for: behind what plays stands nothing unrendered."""
    lengths = ["[Database]"]
    for number, title in enumerate(("Unready", "Wished", "First", "Second")):
        tune = write_rising(folder / f"{number}.sid", title)
        lengths.append(f"{hashlib.md5(tune, usedforsecurity=False).hexdigest()}=0:{LENGTH_S}")
    (folder / "DOCUMENTS").mkdir()
    (folder / "DOCUMENTS" / "Songlengths.md5").write_text("\n".join(lengths) + "\n")


def ask(address: str, document: Any = None) -> tuple[int, Any]:
    """What the site answers to a program."""
    body = json.dumps(document).encode() if document is not None else None
    headers = {"Content-Type": "application/json", "Range": "bytes=0-0"}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=30) as answer:
            content = answer.read()
            is_json = "json" in answer.headers["Content-Type"]
            return answer.status, json.loads(content) if is_json else None
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def tracks_of(site: Site) -> dict[str, str]:
    """The ids of all tunes, by title."""
    _, answer = ask(f"{site.url}api/tracks")
    return {track["title"]: track["id"] for track in answer["items"]}


def have_rendered(site: Site, *wanted: tuple[str, str]) -> None:
    """Asks for songs (id and format) as listeners' browsers do, until all are there."""
    missing = []
    for track, what in wanted:
        _, answer = ask(f"{site.url}api/play", {"trackIds": [track]})
        missing.append(site.url + answer["items"][0]["session"]["streamUrls"][what].removeprefix("/"))
    deadline = time.monotonic() + PATIENCE_S
    while missing:
        answers = {address: ask(address) for address in missing}
        # The site's worker may still be on its way: nobody renders then, and 503 says so.
        assert {status for status, _ in answers.values()} <= {202, 206, 503}, answers
        missing = [address for address, (status, _) in answers.items() if status != 206]
        assert time.monotonic() < deadline, answers
        time.sleep(0.2)


@pytest.fixture
def streamed(page: Page) -> None:
    """The test looks at the element that plays."""
    page.add_init_script(TAKE_ELEMENT)


def choose_sound_from(page: Page, what: str) -> None:
    """By the sheet, as a person."""
    page.locator('.now__tools [data-act="sound-from"]').click()
    page.locator("#sound-from").get_by_role("button", name=what, exact=True).click()


def wait_for_way(listener: Listener, way: str, phase: str = "playing") -> None:
    """Until it plays in this way."""
    script = """([way, phase]) => {
        const told = document.getElementById("player").dataset;
        return told.way === way && told.phase === phase;
    }"""
    listener.wait_in_page(script, [way, phase], f"{phase} by {way}")


def wait_for_card(listener: Listener, text: str) -> None:
    """Until the card in the scopes' place says so."""
    script = """(text) => {
        const card = document.getElementById("from-server");
        return !card.hidden && card.innerText.includes(text);
    }"""
    listener.wait_in_page(script, text, text)


def hear_the_place(listener: Listener, ear: Ear) -> None:
    """What sounds is what the tune has at the place that the player shows."""
    listener.wait_until(lambda: abs(ear.hear(0.3)).max(initial=0) > 0.02, "a sound")
    before = listener.number("position")
    pitch = pitch_hz(ear.hear(0.3), ear.rate)
    after = listener.number("position")
    possible = [rising_hz(1, before - 0.7 + 0.1 * i) for i in range(int((after - before + 1.4) * 10))]
    assert min(abs(pitch / hz - 1) for hz in possible) < 0.03, (pitch, before, after, possible)


def test_without_webassembly_a_tune_plays_from_the_server(
    page: Page, streaming: Site, listener: Listener, ear: Ear, streamed: None
) -> None:
    page.add_init_script(f"{NO_WEBASSEMBLY}; window.testListens = true")
    page.goto(streaming.url)
    wait_for_card(listener, "Tunes are played from the server because this browser has no WebAssembly")
    listener.play("First")
    listener.wait_for_phase("playing")
    assert listener.told()["transport"] == "hls"
    wait_for_card(listener, "Played from the server because this browser has no WebAssembly")
    listener.wait_for_position(1, 20)
    hear_the_place(listener, ear)
    listener.seek(8)
    listener.wait_for_position(8, 12)
    hear_the_place(listener, ear)
    listener.press("toggle")
    listener.wait_for_phase("paused")
    assert page.evaluate("testElement.paused")
    listener.press("mute")
    assert page.evaluate("testElement.volume") == 0
    listener.press("toggle")
    listener.wait_for_phase("playing")
    page.keyboard.press("Shift+Digit1")
    listener.wait_for_notice("only this device")


def test_the_queue_goes_on_while_nobody_looks(
    page: Page, streaming: Site, listener: Listener, streamed: None
) -> None:
    page.add_init_script(NO_WEBASSEMBLY)
    page.goto(streaming.url)
    listener.play("First")
    listener.wait_for_phase("playing")
    assert page.evaluate("navigator.mediaSession.metadata.title") == "First"
    other = page.context.new_page()
    other.goto("about:blank")
    other.bring_to_front()
    listener.seek(LENGTH_S - 3)
    listener.wait_for_title("Second")
    wait_for_way(listener, "stream")
    assert page.evaluate("navigator.mediaSession.playbackState") == "playing"
    other.close()


@pytest.mark.parametrize("isolated", [True, False], ids=["no SharedArrayBuffer", "not isolated"])
def test_without_shared_memory_what_is_ready_plays_from_the_server_and_the_rest_here(
    page: Page, streaming: Site, listener: Listener, isolated: bool
) -> None:
    if isolated:
        page.add_init_script("delete globalThis.SharedArrayBuffer")
    else:
        serve_without_isolation(page)
    page.goto(streaming.url)
    listener.play("First")
    wait_for_way(listener, "stream")
    wait_for_card(listener, "share memory")
    listener.play("Unready")
    wait_for_way(listener, "wasm")
    assert listener.told()["transport"] == "port"
    expect(page.locator("#from-server")).to_be_hidden()


def test_the_choice_keeps_the_place_both_ways_and_is_remembered(
    page: Page, streaming: Site, listener: Listener, ear: Ear, streamed: None
) -> None:
    page.add_init_script("window.testListens = true")
    page.goto(streaming.url)
    listener.play("First")
    wait_for_way(listener, "wasm")
    listener.seek(8)
    listener.wait_for_position(8, 11)
    choose_sound_from(page, "The server")
    wait_for_way(listener, "stream")
    assert 8 <= listener.number("position") < LENGTH_S
    hear_the_place(listener, ear)
    listener.press("toggle")
    listener.wait_for_phase("paused")
    stood = listener.number("position")
    choose_sound_from(page, "This device")
    wait_for_way(listener, "wasm", "paused")
    assert listener.number("position") == pytest.approx(stood, abs=0.3)
    listener.press("toggle")
    wait_for_way(listener, "wasm")
    listener.wait_for_position(stood, stood + 4)
    choose_sound_from(page, "The server")
    wait_for_way(listener, "stream")
    page.reload()
    listener.play("Second")
    wait_for_way(listener, "stream")
    wait_for_card(listener, "as you chose")


def test_the_server_s_sidplayfp_can_be_chosen(page: Page, streaming: Site, listener: Listener) -> None:
    page.goto(streaming.url)
    listener.play("First")
    wait_for_way(listener, "wasm")
    choose_sound_from(page, "The server's sidplayfp")
    wait_for_way(listener, "cli")
    listener.wait_for_position(1, 20)
    wait_for_card(listener, "sidplayfp, as you chose")


def test_what_is_not_rendered_yet_is_seen_being_prepared(
    page: Page, streaming: Site, listener: Listener
) -> None:
    page.add_init_script(NO_WEBASSEMBLY)
    page.goto(streaming.url)
    listener.play("Wished")
    wait_for_card(listener, "Being prepared on the server")
    page.wait_for_selector('#player[data-phase="playing"]', timeout=PATIENCE_S * 1000)
    expect(page.locator("#from-server [data-show=preparing]")).to_be_empty()


def test_without_media_source_extensions_a_file_plays(
    page: Page, streaming: Site, listener: Listener, streamed: None
) -> None:
    page.add_init_script(f"{NO_WEBASSEMBLY}; delete globalThis.MediaSource; {plays_not('mpegurl')}")
    page.goto(streaming.url)
    listener.play("First")
    listener.wait_for_phase("playing")
    assert listener.told()["transport"] == "m4a"
    listener.seek(12)
    listener.wait_for_position(12, 16)
    assert page.evaluate("testElement.currentTime") >= 12


def plays_not(kind: str) -> str:
    """Script for a browser that does not know a kind of audio."""
    return f"""
    const can = HTMLMediaElement.prototype.canPlayType;
    HTMLMediaElement.prototype.canPlayType = function (type) {{ return type.includes("{kind}") ? "" : can.call(this, type); }};
    """


def test_a_session_that_is_over_is_renewed_and_the_place_kept(
    page: Page, streaming: Site, listener: Listener, expected_errors: list[str], streamed: None
) -> None:
    expected_errors.append("410")
    page.add_init_script(f"{NO_WEBASSEMBLY}; delete globalThis.MediaSource; {plays_not('mpegurl')}")
    page.goto(streaming.url)
    listener.play("First")
    listener.wait_for_phase("playing")
    listener.seek(10)
    listener.wait_for_position(10, 13)
    over = page.evaluate("testElement.src")
    page.route(over, lambda route: refuse(route, 410, detail="The playback session is over."))
    with page.expect_response("**/api/play"):
        page.evaluate("testElement.load()")  # what a seek beyond what is kept leads to
        page.evaluate("testElement.play().catch(() => {})")
    listener.wait_for_phase("playing")
    listener.wait_for_position(10, 17)
    assert page.evaluate("testElement.src") != over


def test_a_sound_that_breaks_off_goes_on_when_the_network_is_back(
    page: Page, streaming: Site, listener: Listener, expected_errors: list[str], streamed: None
) -> None:
    expected_errors += ["ERR_INTERNET_DISCONNECTED", "ERR_FAILED"]
    page.add_init_script(NO_WEBASSEMBLY)
    page.goto(streaming.url)
    listener.play("First")
    listener.wait_for_phase("playing")
    listener.wait_for_position(1, 20)
    page.context.set_offline(True)
    listener.play("Second")
    listener.wait_for_phase("failed")
    expect_trouble(page, "No connection", "cannot be reached")
    page.context.set_offline(False)
    wait_for_way(listener, "stream")
    assert listener.title() == "Second"


def test_a_server_that_is_busy_is_told_and_asked_again(
    page: Page, streaming: Site, listener: Listener, expected_errors: list[str]
) -> None:
    expected_errors.append("429")
    page.add_init_script(f"{NO_WEBASSEMBLY}; delete globalThis.MediaSource; {plays_not('mpegurl')}")
    page.goto(streaming.url)
    stream = "**/stream.m4a"
    page.route(stream, lambda route: refuse(route, 429, detail="Too many songs.", retryAfterSeconds=1))
    listener.play("First")
    expect_trouble(page, "A moment, please", "Too many songs.")
    page.unroute(stream)
    wait_for_way(listener, "stream")


def test_an_emulation_that_does_not_start_leaves_it_to_the_server(
    page: Page, streaming: Site, listener: Listener, expected_errors: list[str]
) -> None:
    expected_errors.append("503")
    page.context.route("**/engine*.wasm", lambda route: route.fulfill(status=503, body=""))
    page.goto(streaming.url)
    listener.play("First")
    wait_for_way(listener, "stream")
    wait_for_card(listener, "because the emulation did not start here")


def test_a_rendering_that_cannot_be_had_is_left_to_this_device(
    page: Page, streaming: Site, listener: Listener, expected_errors: list[str]
) -> None:
    expected_errors.append("503")
    page.add_init_script("localStorage.setItem('sidflow.sound-from', 'server')")

    def fail(route: Route) -> None:
        refuse(route, 503, detail="Nothing is rendered now.")

    page.route("**/hls/*", fail)
    page.route("**/stream.*", fail)
    page.goto(streaming.url)
    listener.play("First")
    listener.wait_for_notice("Played by this device")
    wait_for_way(listener, "wasm")


def test_somebody_else_s_pause_is_seen(
    page: Page, streaming: Site, listener: Listener, streamed: None
) -> None:
    page.add_init_script(NO_WEBASSEMBLY)
    page.goto(streaming.url)
    listener.play("First")
    listener.wait_for_phase("playing")
    page.evaluate("testElement.pause()")
    listener.wait_for_phase("paused")
    listener.press("toggle")
    listener.wait_for_phase("playing")
