"""Does the player go where it is sent: the next song, the next tune, past a broken one, on to the end?"""

import json

from playwright.sync_api import Page, Route

from tests.browser.conftest import CORPUS, Site
from tests.browser.listening import Ear, Listener, pitch_hz
from tests.browser.tunes import rising_hz


def start(page: Page, site: Site, listener: Listener, title: str) -> None:
    """Open the page and play a tune."""
    page.goto(site.url)
    listener.play(title)
    listener.wait_for_phase("playing")


def test_what_plays_is_shown(page: Page, site: Site, listener: Listener) -> None:
    start(page, site, listener, "Rising")
    listener.wait_until(lambda: "6581 $D400" in page.locator("#now").inner_text(), "the engine's facts")
    shown = page.locator("#now").inner_text()
    assert all(part in shown for part in ("Rising", "Test", "2026", "PAL", "song 1 of 3"))
    assert listener.shown("title") == "Rising"
    assert listener.shown("length") == "3:00"
    assert "Rising" in page.title()
    assert page.locator(".tune--current").get_attribute("data-title") == "Rising"


def test_next_and_previous_song_sound_like_themselves(
    page: Page, site: Site, listener: Listener, ear: Ear
) -> None:
    start(page, site, listener, "Rising")
    for button, song in (("next-song", 2), ("next-song", 3), ("previous-song", 2)):
        listener.press(button)
        listener.wait_for_song(song)
        listener.wait_for_phase("playing")
        page.wait_for_timeout(250)
        pitch = pitch_hz(ear.hear(0.3), ear.rate)
        # Long after its beginning, where the machine is busy; the songs are 32 steps from each other.
        heard_by = int(listener.number("position")) + 2
        assert min(abs(pitch / rising_hz(song, second) - 1) for second in range(heard_by)) < 0.03, (
            song,
            pitch,
        )


def test_previous_begins_again_when_the_song_is_well_under_way(
    page: Page, site: Site, listener: Listener
) -> None:
    start(page, site, listener, "Rising")
    listener.press("next-song")
    listener.wait_for_song(2)
    listener.seek(60)
    listener.wait_for_position(60, 170)
    listener.press("previous-song")
    listener.wait_for_position(0, 50)
    assert listener.song() == "2"


def test_next_tune_passes_the_broken_one_that_the_list_knows(
    page: Page, site: Site, listener: Listener
) -> None:
    start(page, site, listener, "Rising")
    listener.press("next-tune")
    listener.wait_for_title("Never returns")
    listener.press("next-tune")
    listener.wait_for_title("After the broken ones")
    listener.wait_for_phase("playing")
    listener.press_at_the_beginning("previous-tune")
    listener.wait_for_title("Never returns")


def test_a_tune_that_the_engine_refuses_says_why_and_the_next_one_plays(
    page: Page, site: Site, listener: Listener
) -> None:
    page.goto(site.url)
    listener.play("Never returns")
    notice = listener.wait_for_notice("Never returns: ", "Next: After the broken ones")
    assert page.locator('.tune[data-title="Never returns"] .tune__reason').inner_text() in notice
    listener.wait_for_title("After the broken ones")
    listener.wait_for_phase("playing")


def test_a_broken_file_says_why_in_the_list_and_when_pressed(
    page: Page, site: Site, listener: Listener
) -> None:
    page.goto(site.url)
    row = page.locator(".tune--broken").first
    reason = row.locator(".tune__reason").inner_text()
    assert reason
    row.locator(".tune__button").click()
    listener.wait_for_notice(reason)
    listener.wait_for_title("After the broken ones")
    listener.wait_for_phase("playing")


def test_a_jammed_tune_keeps_its_sound_says_so_and_the_next_one_plays(
    page: Page, site: Site, listener: Listener, ear: Ear
) -> None:
    page.goto(site.url)
    listener.play("Jams")
    # For a second only.
    listener.wait_for_phase("playing")
    listener.wait_for_notice("ran into an opcode")
    listener.wait_for_title("Last")
    assert abs(ear.take()).max() > 0.02


def test_the_end_of_a_song_leads_to_the_next_song_and_then_to_the_next_tune(
    page: Page, site: Site, listener: Listener
) -> None:
    start(page, site, listener, "Rising")
    for expected in (2, 3):
        listener.seek(178)
        listener.wait_for_song(expected)
        listener.wait_for_phase("playing")
    listener.seek(178)
    listener.wait_for_title("Never returns")


def test_an_expired_session_is_renewed(
    page: Page, site: Site, listener: Listener, expected_errors: list[str]
) -> None:
    expected_errors.append("410")
    asked: list[str] = []

    def expire_first(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) > 1:
            route.fallback()
            return
        problem = {
            "type": "about:blank",
            "title": "The playback session is over",
            "status": 410,
            "code": "session-expired",
        }
        route.fulfill(status=410, body=json.dumps(problem), content_type="application/problem+json")

    played: list[str] = []
    page.on(
        "request", lambda request: played.append(request.url) if request.url.endswith("/api/play") else None
    )
    page.route("**/api/playback/*/sid", expire_first)
    # The last tune: the page asks for no neighbour of it ahead of time.
    start(page, site, listener, "Last" if not CORPUS.is_dir() else "Test Tone C4")
    assert len(asked) == 2
    assert len(played) == 2


def test_a_server_that_is_away_is_told_and_the_next_try_plays(
    page: Page, site: Site, listener: Listener, expected_errors: list[str]
) -> None:
    expected_errors.append("ERR_INTERNET_DISCONNECTED")
    page.goto(site.url)
    page.route("**/api/play", lambda route: route.abort("internetdisconnected"))
    listener.play("Rising")
    listener.wait_for_phase("failed")
    assert "cannot be reached" in listener.shown("notice")
    page.unroute("**/api/play")
    listener.play("Rising")
    listener.wait_for_phase("playing")


def test_the_address_of_a_song_begins_with_it(page: Page, site: Site, listener: Listener) -> None:
    page.goto(site.url)
    tracks = page.locator('.tune[data-title="Rising"]').get_attribute("data-tracks")
    assert tracks
    third = tracks.split()[2].split(",")[0]
    page.goto(f"{site.url}tune/{third}")
    listener.press("toggle")
    listener.wait_for_phase("playing")
    assert listener.song() == "3"
