"""Can everything be done with the keyboard, read by a screen reader, and seen on every screen in every theme?"""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ROOT, Site
from tests.browser.listening import Ear, Listener

THEMES = ("dark", "light", "c64")
SCREENS = {360: 740, 820: 1180, 1440: 900}
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


def choose(page: Page, theme: str) -> None:
    """As somebody who chose it on an earlier visit."""
    page.add_init_script(f"localStorage.setItem('sidflow.theme', '{theme}')")


def settle(page: Page) -> None:
    """Until no colour is on its way to another, and all fonts are there."""
    page.evaluate(
        """async () => {
            await document.fonts.ready;
            const passing = document.getAnimations().filter((one) => one.effect.getComputedTiming().iterations !== Infinity);
            await Promise.allSettled(passing.map((one) => one.finished));
        }"""
    )


def show(page: Page, listener: Listener, state: str, expected_errors: list[str]) -> None:
    """Brings the page there."""
    if state == "trouble":
        expected_errors.append("ERR_INTERNET_DISCONNECTED")
        page.route("**/api/play", lambda route: route.abort("internetdisconnected"))
        listener.play("Rising")
        page.locator("#trouble").wait_for()
    elif state == "keys":
        page.keyboard.press("?")
    elif state == "sheet":
        page.locator('.tune [data-act="tune-menu"]').first.click()
        page.locator("#tune-menu").wait_for()
    elif state == "tune":
        page.locator("a.tune__page").first.click()
        page.locator("#found .about").wait_for()
        # While it comes, the old list is half transparent.
        page.locator("#library:not([aria-busy])").wait_for()
    elif state != "idle":
        listener.play("Rising")
        listener.wait_for_phase("playing")
        page.keyboard.press("Shift+Digit2")
    if state == "queue":
        page.keyboard.press("q")
        page.locator(".entry").first.wait_for()


def test_the_keyboard_does_everything(page: Page, site: Site, listener: Listener) -> None:
    page.goto(site.url)
    page.keyboard.press("Space")
    listener.wait_for_phase("playing")
    first = listener.title()
    page.keyboard.press("Space")
    listener.wait_for_phase("paused")
    # A song that is paused stays where it is put, however late anybody looks; a busy browser is some tenths of a second
    # wrong about how late its sound card is.
    stood = listener.wait_for_rest()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    listener.wait_for_position(stood + 9, stood + 12)
    page.keyboard.press("ArrowLeft")
    listener.wait_for_position(stood + 4, stood + 7)
    page.keyboard.press("Space")
    listener.wait_for_phase("playing")
    page.keyboard.press("3")
    listener.wait_for_song(3)
    page.keyboard.press("p")
    listener.wait_for_song(2)
    page.keyboard.press("n")
    listener.wait_for_song(3)
    page.keyboard.press("m")
    mute = page.locator('[data-act="mute"]')
    assert mute.get_attribute("aria-pressed") == "true"
    page.keyboard.press("ArrowUp")
    assert mute.get_attribute("aria-pressed") == "false"
    volume = page.locator('[data-act="volume"]').input_value()
    page.keyboard.press("ArrowDown")
    assert int(page.locator('[data-act="volume"]').input_value()) == int(volume) - 5
    page.keyboard.press("Shift+N")
    listener.wait_until(lambda: listener.title() != first, "the next tune")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()


def test_tab_leads_through_the_tunes_and_enter_plays(page: Page, site: Site, listener: Listener) -> None:
    page.goto(site.url)
    row = page.locator('.tune[data-title="Rising"] .tune__button')
    for _ in range(20):
        page.keyboard.press("Tab")
        if row.evaluate("element => element === document.activeElement"):
            break
    outline = row.evaluate("element => getComputedStyle(element).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    listener.wait_for_phase("playing")
    assert listener.title() == "Rising"
    page.keyboard.press("Space")
    listener.wait_for_phase("paused")


def test_silence_when_muted_and_the_volume_is_remembered(
    page: Page, site: Site, listener: Listener, ear: Ear
) -> None:
    page.goto(site.url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    page.wait_for_timeout(300)
    loud = abs(ear.hear(0.5)).max()
    page.keyboard.press("m")
    listener.wait_until(lambda: abs(ear.hear(0.4)).max() < 1e-4, "silence")
    page.keyboard.press("m")
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    listener.wait_until(lambda: 0.1 * loud < abs(ear.hear(0.5)).max() < 0.75 * loud, "a lower sound")
    kept = page.locator('[data-act="volume"]').input_value()
    page.reload()
    listener.play("Rising")
    listener.wait_for_phase("playing")
    assert page.locator('[data-act="volume"]').input_value() == kept


def test_the_theme_is_there_before_the_first_paint_and_kept(page: Page, site: Site) -> None:
    page.goto(site.url)
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.locator(".theme", has_text="C64").click()
    assert page.locator("html").get_attribute("data-theme") == "c64"
    # Scripts of the page itself are not needed for it.
    page.route("**/page*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "c64"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(46, 44, 155)"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("state", ["idle", "playing", "keys", "queue", "sheet", "trouble", "tune"])
def test_axe_finds_nothing(
    page: Page, site: Site, listener: Listener, theme: str, state: str, expected_errors: list[str]
) -> None:
    choose(page, theme)
    page.goto(site.url)
    show(page, listener, state, expected_errors)
    settle(page)
    # Given to the page by the debugger, not by the site: the security policy stays as it is.
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    result: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations', 'incomplete']})")
    found = [
        (violation["id"], [node["target"] for node in violation["nodes"]])
        for violation in result["violations"]
    ]
    assert found == []


@pytest.mark.parametrize("width", SCREENS)
def test_nothing_is_wider_than_the_screen_and_targets_are_large(
    page: Page, site: Site, listener: Listener, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": SCREENS[width]})
    page.goto(site.url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    for theme in THEMES:
        page.locator(f'.theme:has([value="{theme}"])').click()
        wide = """(width) => [...document.querySelectorAll("body *")].filter((element) => element.offsetParent !== null)
            .filter((element) => !element.closest(".songs, .facts, .unseen, .skip"))
            .filter((element) => element.getBoundingClientRect().right > width + 0.5).map((element) => element.className)"""
        assert page.evaluate(wide, width) == [], theme
        small = """() => [...document.querySelectorAll("button, .theme")].filter((element) => element.offsetParent !== null)
            .map((element) => [element.className, element.getBoundingClientRect()])
            .filter(([, box]) => box.width < 44 || box.height < 44).map(([name]) => name)"""
        assert page.evaluate(small) == [], theme


@pytest.mark.parametrize("width", [360, 1440])
def test_nothing_jumps_when_tunes_come(page: Page, site: Site, listener: Listener, width: int) -> None:
    page.set_viewport_size({"width": width, "height": SCREENS[width]})
    page.goto(site.url)
    settle(page)
    tops = page.evaluate("[...document.querySelectorAll('.tune, #scopes')].map(e => e.offsetTop)")
    for title in ("Rising", "Last"):
        listener.play(title)
        listener.wait_for_phase("playing")
        page.wait_for_timeout(300)
        assert page.evaluate("[...document.querySelectorAll('.tune, #scopes')].map(e => e.offsetTop)") == tops


def test_the_scopes_draw_what_sounds_and_stop_when_paused(page: Page, site: Site, listener: Listener) -> None:
    page.goto(site.url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    ink = """() => [0, 1, 2].map((lane) => {
        const canvas = document.querySelector(".scope canvas");
        const height = Math.floor(canvas.height / 3);
        const {data} = canvas.getContext("2d").getImageData(0, lane * height, canvas.width, height);
        let rows = 0;
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < canvas.width; x++) if (data[(y * canvas.width + x) * 4 + 3] > 128) { rows++; break; }
        }
        return rows / height;
    })"""
    listener.wait_until(lambda: page.evaluate(ink)[0] > 0.5, "voice 1 sounds and fills its lane")
    _, second, third = page.evaluate(ink)
    assert second < 0.1
    assert third < 0.1
    expect(page.locator(".lane.v1").first).to_contain_text("tri")
    listener.press("toggle")
    listener.wait_for_phase("paused")
    page.wait_for_timeout(300)
    picture = "document.querySelector('.scope canvas').toDataURL()"
    stopped = page.evaluate(picture)
    page.wait_for_timeout(500)
    assert page.evaluate(picture) == stopped


def test_with_reduced_motion_the_scopes_are_calm(browser: Browser, site: Site) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.add_init_script(
        """window.pictures = 0;
        const clear = CanvasRenderingContext2D.prototype.clearRect;
        CanvasRenderingContext2D.prototype.clearRect = function (...args) { window.pictures++; clear.apply(this, args); };"""
    )
    page.goto(site.url)
    listener = Listener(page)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    drawn = """async () => {
        window.pictures = 0;
        const began = performance.now();
        while (window.pictures < 6) await new Promise((done) => setTimeout(done, 50));
        return [window.pictures, performance.now() - began];
    }"""
    pictures, took_ms = page.evaluate(drawn)
    assert took_ms > 230 * (pictures - 1), "no more than four a second"
    context.close()
