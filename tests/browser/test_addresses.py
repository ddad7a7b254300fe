"""Does every song and second have an address that leads to it, and does the address bar follow what plays?"""

from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.listening import Listener


def addresses(page: Page, title: str) -> list[str]:
    """Of a tune's songs."""
    tracks = page.locator(f'.tune[data-title="{title}"]').first.get_attribute("data-tracks")
    assert tracks
    return [f"/tune/{line.split(',')[0]}" for line in tracks.split()]


def path(page: Page) -> str:
    """What the address bar shows, from the slash on."""
    place: str = page.evaluate("location.pathname + location.search")
    return place


def test_an_address_with_a_second_begins_there(page: Page, site: Site, listener: Listener) -> None:
    page.goto(site.url)
    third = addresses(page, "Rising")[2]
    page.goto(f"{site.url}{third[1:]}?t=65")
    page.mouse.move(400, 400)
    page.keyboard.press("Tab")
    listener.wait_until(lambda: listener.shown("elapsed") == "1:05", "the second in the bar")
    listener.press("toggle")
    listener.wait_for_phase("playing")
    listener.wait_for_position(65, 100)
    assert listener.song() == "3"
    assert path(page) == third


def test_a_second_behind_the_end_or_no_number_does_no_harm(
    page: Page, site: Site, listener: Listener
) -> None:
    page.goto(site.url)
    first = addresses(page, "Rising")[0]
    for nonsense in ("x", "-5", "1e99", "NaN"):
        page.goto(f"{site.url}{first[1:]}?t={nonsense}")
        listener.press("toggle")
        listener.wait_for_phase("playing")
        # Not far, that is: a page goes on where the one before it was.
        listener.wait_for_position(0, 90)
    page.goto(f"{site.url}{first[1:]}?t=4000")
    listener.press("toggle")
    listener.wait_until(lambda: listener.song() != "1", "what comes after the end")


def test_back_and_forward_lead_through_the_tunes_that_were_chosen(
    page: Page, site: Site, listener: Listener
) -> None:
    page.goto(site.url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    rising = addresses(page, "Rising")
    assert path(page) == rising[0]
    listener.play("Last")
    listener.wait_for_title("Last")
    last = path(page)
    assert last == addresses(page, "Last")[0]
    page.go_back()
    listener.wait_for_title("Rising")
    listener.wait_for_phase("playing")
    assert path(page) == rising[0]
    page.go_forward()
    listener.wait_for_title("Last")
    page.go_back()
    listener.wait_for_title("Rising")
    page.go_back()
    assert path(page) == "/"
    listener.wait_for_phase("playing")
    assert listener.title() == "Rising", "the list is there again and the music plays on"


def test_what_comes_by_itself_is_no_step_of_the_history(page: Page, site: Site, listener: Listener) -> None:
    page.goto(site.url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    steps = page.evaluate("history.length")
    listener.seek(178)
    listener.wait_for_song(2)
    assert path(page) == addresses(page, "Rising")[1]
    assert page.evaluate("history.length") == steps


def test_back_after_a_reload_plays_what_the_address_says(page: Page, site: Site, listener: Listener) -> None:
    page.goto(site.url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    listener.play("Last")
    listener.wait_for_title("Last")
    page.reload()
    page.go_back()
    listener.wait_for_title("Rising")


def test_the_link_that_is_copied_has_the_second(page: Page, site: Site, listener: Listener) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(site.url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    listener.seek(83)
    listener.wait_for_position(83, 170)
    earliest = int(listener.number("position"))
    page.keyboard.press("c")
    listener.wait_for_notice("copied")
    latest = int(listener.number("position")) + 1
    copied = page.evaluate("navigator.clipboard.readText()")
    link = f"{site.url}{addresses(page, 'Rising')[0][1:]}?t="
    assert copied in [f"{link}{second}" for second in range(earliest, latest + 1)]


def test_without_https_the_link_is_copied_all_the_same(
    page: Page, site: Site, listener: Listener, expected_errors: list[str]
) -> None:
    expected_errors.append("Cross-Origin-Opener-Policy header has been ignored")
    page.goto(site.other_url)
    page.locator('.tune[data-title="Last"] [data-act="tune-menu"]').click()
    page.get_by_role("button", name="Copy its link").click()
    listener.wait_for_notice("is copied")
