"""Does sound arrive, at the right pitch, without a gap or a click, whatever the page's own thread does?"""

import numpy as np
import pytest
from playwright.sync_api import Page, Route

from tests.browser.conftest import Site
from tests.browser.listening import Ear, Listener, longest_silence_s, pitch_hz, steepest_step
from tests.browser.tunes import rising_between

C4_HZ = 261.6


def test_a_click_brings_samples_to_the_audio_thread(
    page: Page, site: Site, listener: Listener, ear: Ear
) -> None:
    page.goto(site.url)
    assert page.evaluate("crossOriginIsolated")
    listener.play("Rising")
    listener.wait_for_phase("playing")
    sounding = listener.number("sounding")
    listener.wait_until(lambda: listener.number("sounding") > sounding + 20_000, "samples in the worklet")
    assert listener.told()["transport"] == "shared"
    assert abs(ear.hear(0.5)).max() > 0.02


def test_the_test_tone_is_a_c4(
    page: Page, site: Site, listener: Listener, ear: Ear, with_corpus: None
) -> None:
    page.goto(site.url)
    listener.play("Test Tone C4")
    listener.wait_for_phase("playing")
    page.wait_for_timeout(500)
    for _ in ("on the fast synth", "on the reference synth"):
        heard = ear.hear(2)
        assert pitch_hz(heard, ear.rate) == pytest.approx(C4_HZ, rel=0.01)
        listener.wait_for_synth("reference")
        page.wait_for_timeout(4000)


def test_a_minute_has_no_underrun_and_no_gap(page: Page, site: Site, listener: Listener, ear: Ear) -> None:
    page.goto(site.url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    page.wait_for_timeout(300)
    before, began = ear.begin()
    heard = ear.hear_until(began + 60, patience_s=300)
    after, ended = ear.begin()
    played, took = after - before, ended - began
    assert listener.number("underruns") == 0
    assert len(heard) > 59 * ear.rate
    assert longest_silence_s(heard, ear.rate) < 0.02
    assert played == pytest.approx(took, abs=1)


@pytest.mark.parametrize("isolated", [True, False], ids=["shared", "port"])
def test_a_page_that_hangs_for_two_seconds_is_not_heard(
    page: Page, site: Site, listener: Listener, ear: Ear, isolated: bool
) -> None:
    if not isolated:
        serve_without_isolation(page)
    page.goto(site.url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    page.wait_for_timeout(1500)
    ear.take()
    began = ear.clock_s()
    page.evaluate("() => { const until = performance.now() + 2000; while (performance.now() < until); }")
    heard = ear.hear_until(began + 2.5)
    assert listener.told()["transport"] == ("shared" if isolated else "port")
    assert len(heard) > 2.2 * ear.rate
    assert longest_silence_s(heard, ear.rate) < 0.02
    assert listener.number("underruns") == 0


def test_the_change_to_the_reference_synth_leaves_no_gap(
    page: Page, site: Site, listener: Listener, ear: Ear
) -> None:
    page.goto(site.url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    page.wait_for_timeout(200)
    ear.take()
    listener.wait_for_synth("reference")
    page.wait_for_timeout(4000)
    heard = ear.take()
    assert longest_silence_s(heard, ear.rate) < 0.02
    assert steepest_step(heard) < 0.2
    assert listener.number("underruns") == 0


def test_pause_and_play_go_on_at_the_same_place_without_a_click(
    page: Page, site: Site, listener: Listener, ear: Ear
) -> None:
    page.goto(site.url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    page.wait_for_timeout(2000)
    ear.take()
    listener.press("toggle")
    listener.wait_for_phase("paused")
    listener.wait_for_rest()
    assert steepest_step(ear.take()) < 0.2
    listener.wait_until(lambda: abs(ear.hear(0.2)).max() == 0, "silence")
    assert abs(ear.hear(0.7)).max() == 0
    stood = listener.wait_for_rest()
    began = ear.clock_s()
    listener.press("toggle")
    listener.wait_for_phase("playing")
    listener.wait_for_position(stood + 0.5, 170)
    assert steepest_step(ear.take()) < 0.2
    position, now = ear.begin()
    assert position - stood < now - began + 0.5


@pytest.mark.parametrize("seconds", [10, 100, 170])
def test_seeking_leads_to_the_position_and_to_its_sound(
    page: Page, site: Site, listener: Listener, ear: Ear, seconds: int
) -> None:
    page.goto(site.url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    page.wait_for_timeout(500)
    for target in (seconds, 5):
        listener.seek(target)
        listener.wait_for_position(target + 0.4, target + 9)
        before = listener.number("position")
        heard = ear.hear(0.25)
        after = listener.number("position")
        possible = rising_between(1, before, after)
        pitch = pitch_hz(heard, ear.rate)
        assert min(abs(pitch / hz - 1) for hz in possible) < 0.03, (pitch, before, after, possible)
    assert listener.number("underruns") == 0


def serve_without_isolation(page: Page) -> None:
    """The page as a server or proxy without COOP and COEP would give it."""

    def without(route: Route) -> None:
        answer = route.fetch()
        headers = {k: v for k, v in answer.headers.items() if not k.startswith("cross-origin-")}
        route.fulfill(response=answer, headers=headers)

    page.route(
        "**/*", lambda route: without(route) if route.request.is_navigation_request() else route.fallback()
    )


@pytest.mark.parametrize(
    ("length_ms", "fade_s"), [(None, 3.0), (20_000, 0.5)], ids=["length unknown", "length known"]
)
def test_a_song_ends_at_its_length_with_a_fade(
    page: Page, site: Site, listener: Listener, ear: Ear, length_ms: int | None, fade_s: float
) -> None:
    length_s = length_ms / 1000 if length_ms else 180
    page.goto(site.url)
    row = page.locator('.tune[data-title="Duet"]')
    row.evaluate(
        "(row, length) => { row.dataset.tracks = row.dataset.tracks.trim().split(',').slice(0, 2) + ',' + length; }",
        length_ms or "",
    )
    listener.play("Duet")
    listener.wait_for_phase("playing")
    minutes, seconds = divmod(int(length_s), 60)
    assert listener.shown("length") == f"{minutes}:{seconds:02}"
    listener.seek(int(length_s) - 8)
    listener.wait_for_position(length_s - 7.5, length_s - 4.5)
    position, began = ear.begin()
    heard = ear.hear_until(began + 12)
    window = ear.rate // 50
    levels = abs(heard[: len(heard) // window * window].reshape(-1, window)).max(axis=1)
    end = int((levels < 0.001).argmax())
    assert end / 50 == pytest.approx(length_s - position, abs=0.6)
    before = levels[: end - int(fade_s * 50) - 10]
    full = before.max()
    # A change of the synth may dip for a moment; a fade is longer.
    steady = np.median(np.lib.stride_tricks.sliding_window_view(before, 7), axis=1)
    assert steady.min() > 0.7 * full, "no fade before its time"
    assert levels[end - int(fade_s * 25)] == pytest.approx(full / 2, rel=0.25), "half way down"
    assert listener.title() != "Duet", "another tune follows"
