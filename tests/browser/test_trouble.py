"""When nothing can sound: does the page say what happened and what to do, and does it go on where it can?"""

import json
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Site
from tests.browser.listening import Listener


def refuse(route: Route, status: int, **members: Any) -> None:
    """An answer as the server gives it when something is wrong."""
    problem = {
        "type": "about:blank",
        "title": "Refused for a test",
        "status": status,
        "code": "test",
        **members,
    }
    route.fulfill(status=status, body=json.dumps(problem), content_type="application/problem+json")


def render_nothing(page: Page) -> None:
    """The site as it is where rendering is switched off and nothing was rendered before."""

    def without_streams(route: Route) -> None:
        answer = route.fetch()
        document = answer.json()
        for item in document["items"]:
            item["session"] |= {"streamUrls": {}, "fallbackHlsUrl": None}
        route.fulfill(response=answer, body=json.dumps(document))

    def without_adapter(route: Route) -> None:
        answer = route.fetch()
        off = {"available": False, "reason": "Tunes are not rendered on request.", "formats": []}
        route.fulfill(response=answer, body=json.dumps(answer.json() | {"stream": off, "cli": off}))

    page.route("**/api/play", without_streams)
    page.route("**/api/playback/detect", without_adapter)


def expect_trouble(page: Page, title: str, *words: str) -> None:
    """The card over the scopes says so."""
    card = page.locator("#trouble")
    expect(card.locator(".trouble__title")).to_have_text(title)
    for word in words:
        expect(card).to_contain_text(word)


def test_without_network_it_says_so_and_goes_on_when_the_network_is_back(
    page: Page, site: Site, listener: Listener, expected_errors: list[str]
) -> None:
    expected_errors.append("ERR_INTERNET_DISCONNECTED")
    page.goto(site.url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    page.context.set_offline(True)
    listener.play("Last")
    listener.wait_for_phase("failed")
    expect_trouble(page, "No connection", "cannot be reached", "goes on by itself")
    assert "tune--broken" not in (page.locator('.tune[data-title="Last"]').get_attribute("class") or "")
    page.context.set_offline(False)
    listener.wait_for_phase("playing")
    assert listener.title() == "Last"
    expect(page.locator("#trouble")).to_be_hidden()


def test_a_player_that_cannot_be_fetched_is_told_and_tried_again(
    page: Page, site: Site, listener: Listener, expected_errors: list[str]
) -> None:
    expected_errors.append("ERR_INTERNET_DISCONNECTED")
    page.goto(site.url)
    page.context.set_offline(True)
    listener.play("Rising")
    listener.wait_for_notice("could not be loaded")
    page.context.set_offline(False)
    listener.play("Rising")
    listener.wait_for_phase("playing")


def test_an_engine_that_cannot_be_fetched_is_told_and_tried_again(
    page: Page, site: Site, listener: Listener, expected_errors: list[str]
) -> None:
    expected_errors.append("503")
    page.context.route("**/engine*.wasm", lambda route: route.fulfill(status=503, body=""))
    render_nothing(page)
    page.goto(site.url)
    listener.play("Rising")
    listener.wait_for_phase("failed")
    expect_trouble(page, "The player did not start", "HTTP 503")
    page.context.unroute("**/engine*.wasm")
    page.get_by_role("button", name="Try again").click()
    listener.wait_for_phase("playing")


def test_a_server_in_trouble_is_named_with_the_error_s_id_and_tried_again(
    page: Page, site: Site, listener: Listener, expected_errors: list[str]
) -> None:
    expected_errors.append("500")
    page.goto(site.url)
    page.route("**/api/play", lambda route: refuse(route, 500, errorId="abc123"))
    listener.play("Rising")
    listener.wait_for_phase("failed")
    expect_trouble(page, "The server has trouble", "abc123", "Try again in a moment")
    page.unroute("**/api/play")
    page.get_by_role("button", name="Try again").click()
    listener.wait_for_phase("playing")


def test_a_busy_server_is_asked_again_when_it_wants_to_be(
    page: Page, site: Site, listener: Listener, expected_errors: list[str]
) -> None:
    expected_errors.append("429")
    page.goto(site.url)
    page.route("**/api/play", lambda route: refuse(route, 429, retryAfterSeconds=1))
    listener.play("Rising")
    expect_trouble(page, "A moment, please")
    page.unroute("**/api/play")
    listener.wait_for_phase("playing")
    assert listener.title() == "Rising"


def test_a_tune_that_is_gone_is_told_and_the_next_one_plays(
    page: Page, site: Site, listener: Listener, expected_errors: list[str]
) -> None:
    expected_errors.append("404")
    page.goto(site.url)
    tracks = page.locator('.tune[data-title="Duet"]').get_attribute("data-tracks")
    assert tracks
    gone = tracks.split(",")[0]

    def refuse_one(route: Route) -> None:
        if gone in (route.request.post_data or ""):
            refuse(route, 404, detail="There is no such tune any more.")
        else:
            route.fallback()

    page.route("**/api/play", refuse_one)
    listener.play("Duet")
    # What the card says stays in it when the next tune hides it.
    expect_trouble(page, "This tune is gone", "no such tune", "Next: Jams.")
    listener.wait_for_phase("playing")
    assert "no such tune" in page.locator('.tune[data-title="Duet"] .tune__reason').inner_text()


def test_a_browser_without_webassembly_is_told_before_it_tries_where_nothing_is_rendered(
    page: Page, site: Site, listener: Listener
) -> None:
    page.add_init_script("delete globalThis.WebAssembly")
    render_nothing(page)
    page.goto(site.url)
    expect_trouble(page, "This browser cannot play", "no WebAssembly", "Firefox")
    listener.play("Rising")
    listener.wait_for_phase("failed")
    expect_trouble(page, "This browser cannot play", "no WebAssembly")


def test_a_browser_without_audio_worklet_plays_and_is_told(
    page: Page, site: Site, listener: Listener
) -> None:
    page.add_init_script("delete AudioContext.prototype.audioWorklet; delete globalThis.AudioWorkletNode")
    page.add_init_script("delete BaseAudioContext.prototype.audioWorklet")
    page.goto(site.url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    assert listener.told()["transport"] == "scheduled"
    assert "no AudioWorklet" in listener.shown("notice")


def test_what_takes_long_is_seen_to_take_long(page: Page, site: Site, listener: Listener) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.goto(site.url)
    page.route("**/api/play", hold)
    listener.play("Rising")
    ring = "Number(getComputedStyle(document.querySelector('.play-button'), '::after').opacity)"
    listener.wait_until(lambda: page.evaluate(ring) == 1 and held != [], "the ring")
    held[0].continue_()
    listener.wait_for_phase("playing")
    assert page.evaluate(ring) == 0


def test_the_system_s_media_controls_know_the_song(page: Page, site: Site, listener: Listener) -> None:
    page.goto(site.url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    session = "({...{title: navigator.mediaSession.metadata?.title, artist: navigator.mediaSession.metadata?.artist}})"
    assert page.evaluate(session) == {"title": "Rising", "artist": "Test"}
    assert page.evaluate("navigator.mediaSession.playbackState") == "playing"
    listener.press("toggle")
    listener.wait_for_phase("paused")
    assert page.evaluate("navigator.mediaSession.playbackState") == "paused"
