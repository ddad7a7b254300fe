"""Can single voices be silenced and heard alone, by button and by key, and is it seen what is silent?"""

import time

from playwright.sync_api import Page, Route

from tests.browser.conftest import Site
from tests.browser.listening import PATIENCE_S, Ear, Listener, loudness_at
from tests.browser.tunes import DUET_HZ

# The duet's second voice stands on the fourth harmonic of its first.
SILENT = 1e-3
LOUD = 0.01


def expect_voices(ear: Ear, *expected: bool) -> None:
    """Waits until just these of the duet's two voices reach the ear: what is pressed is heard when the emulator comes to it."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        heard = ear.hear(0.5)
        strengths = [loudness_at(heard, ear.rate, hz) for hz in DUET_HZ]
        if all(
            strength > LOUD if sounds else strength < SILENT
            for strength, sounds in zip(strengths, expected, strict=True)
        ):
            return
        assert time.monotonic() < deadline, strengths


def start(page: Page, site: Site, listener: Listener) -> None:
    """The duet plays."""
    page.goto(site.url)
    listener.play("Duet")
    listener.wait_for_phase("playing")


def test_a_voice_is_silenced_and_heard_alone_by_its_buttons(
    page: Page, site: Site, listener: Listener, ear: Ear
) -> None:
    start(page, site, listener)
    expect_voices(ear, True, True)
    first, second = page.locator(".lane.v1").first, page.locator(".lane.v2").first
    mute = first.get_by_role("button", name="Silence voice 1")
    mute.click()
    expect_voices(ear, False, True)
    assert mute.get_attribute("aria-pressed") == "true"
    assert "silent" in first.inner_text()
    assert "silent" not in second.inner_text()
    assert "voice 1 silent" in listener.shown("author")
    mute.click()
    expect_voices(ear, True, True)
    alone = first.get_by_role("button", name="Hear voice 1 alone")
    alone.click()
    expect_voices(ear, True, False)
    assert "silent" in second.inner_text()
    alone.click()
    expect_voices(ear, True, True)
    assert listener.number("underruns") == 0


def test_the_keys_do_the_same_and_the_song_goes_on_where_it_was(
    page: Page, site: Site, listener: Listener, ear: Ear
) -> None:
    start(page, site, listener)
    listener.seek(60)
    listener.wait_for_position(60, 70)
    page.keyboard.press("Shift+Digit2")
    expect_voices(ear, True, False)
    page.keyboard.press("0")
    expect_voices(ear, True, True)
    page.keyboard.press("s")
    expect_voices(ear, True, False)
    page.keyboard.press("s")
    expect_voices(ear, False, True)
    page.keyboard.press("s")
    expect_voices(ear, False, False)  # voice 3 alone, which this tune leaves silent
    page.keyboard.press("s")
    expect_voices(ear, True, True)
    assert 60 < listener.number("position") < 175


def test_a_paused_song_stays_paused_and_the_next_tune_has_all_its_voices(
    page: Page, site: Site, listener: Listener, ear: Ear
) -> None:
    start(page, site, listener)
    listener.press("toggle")
    listener.wait_for_phase("paused")
    page.keyboard.press("Shift+Digit1")
    expect_voices(ear, False, False)
    listener.wait_for_phase("paused")
    listener.press("toggle")
    listener.wait_for_phase("playing")
    expect_voices(ear, False, True)
    listener.play("Last")
    listener.wait_for_title("Last")
    listener.wait_for_phase("playing")
    assert page.locator("[data-silent]").count() == 0
    listener.wait_until(lambda: abs(ear.hear(0.3)).max() > LOUD, "sound")


def test_a_seek_while_the_tune_is_on_its_way_is_not_lost(page: Page, site: Site, listener: Listener) -> None:
    page.goto(site.url)
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/api/play", hold)
    listener.play("Rising")
    listener.wait_until(lambda: len(waiting) == 1, "the session is asked for")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+Digit2")
    waiting[0].continue_()
    listener.wait_for_phase("playing")
    assert listener.number("position") >= 5
