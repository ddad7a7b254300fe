"""Does it also play where the browser keeps its best audio path to itself?"""

from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.listening import Ear, Listener, longest_silence_s, pitch_hz
from tests.browser.test_sound import serve_without_isolation
from tests.browser.tunes import rising_between

COOP_ON_HTTP = "Cross-Origin-Opener-Policy header has been ignored"


def use_the_player(page: Page, listener: Listener, ear: Ear) -> None:
    """Play, hear, pause, go on, seek, and hear the right place."""
    listener.play("Rising")
    listener.wait_for_phase("playing")
    page.wait_for_timeout(1500)
    heard = ear.hear(2)
    assert abs(heard).max() > 0.02
    assert longest_silence_s(heard, ear.rate) < 0.05
    listener.press("toggle")
    listener.wait_for_phase("paused")
    listener.wait_for_rest()
    listener.press("toggle")
    listener.wait_for_phase("playing")
    listener.seek(90)
    listener.wait_for_position(90.5, 120)
    before = listener.number("position")
    pitch = pitch_hz(ear.hear(0.3), ear.rate)
    possible = rising_between(1, before, listener.number("position"))
    assert min(abs(pitch / hz - 1) for hz in possible) < 0.03, (pitch, possible)
    # Where the page's own thread carries the sound, a machine that holds it up right after a seek is heard.
    assert listener.told()["transport"] == "scheduled" or listener.number("underruns") == 0


def test_without_shared_memory_blocks_go_by_a_port(
    page: Page, site: Site, listener: Listener, ear: Ear
) -> None:
    serve_without_isolation(page)
    page.goto(site.url)
    assert not page.evaluate("crossOriginIsolated")
    use_the_player(page, listener, ear)
    assert listener.told()["transport"] == "port"


def test_plain_http_from_another_host_schedules_buffers(
    page: Page, site: Site, listener: Listener, ear: Ear, expected_errors: list[str]
) -> None:
    expected_errors.append(COOP_ON_HTTP)
    page.goto(site.other_url)
    assert page.evaluate("!isSecureContext && !('audioWorklet' in AudioContext.prototype)")
    use_the_player(page, listener, ear)
    assert listener.told()["transport"] == "scheduled"


def test_where_reactions_are_slower_the_page_says_why(
    page: Page, site: Site, listener: Listener, expected_errors: list[str]
) -> None:
    expected_errors.append(COOP_ON_HTTP)
    page.goto(site.other_url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    assert "not secure" in listener.shown("notice")


def test_without_script_the_list_can_be_read(site: Site, page: Page) -> None:
    browser = page.context.browser
    assert browser
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(site.url)
    assert plain.locator(".tune").count() >= 6
    assert "Rising" in plain.locator("#tunes").inner_text()
    assert plain.locator("noscript p").is_visible()
    assert not plain.locator("#player").is_visible()
    context.close()


def test_the_music_goes_on_while_nobody_looks(page: Page, site: Site, listener: Listener) -> None:
    page.goto(site.url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    other = page.context.new_page()
    other.goto("about:blank")
    other.bring_to_front()
    other.wait_for_timeout(3000)
    other.close()
    assert listener.number("underruns") == 0
    assert listener.number("position") > 2.5
