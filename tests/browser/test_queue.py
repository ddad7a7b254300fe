"""Can a listener say what comes next: add, put first, move, take out, and find it again on the next page?"""

import re

from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Site
from tests.browser.listening import Listener


def start(page: Page, site: Site, listener: Listener, title: str) -> None:
    """A tune of the list plays and the queue is open."""
    page.goto(site.url)
    listener.play(title)
    listener.wait_for_phase("playing")
    listener.press("queue")


def waiting(page: Page, count: int = 3) -> list[str]:
    """The first titles of the queue."""
    return page.locator("#queue .entry__title").all_inner_texts()[:count]


def expect_waiting(page: Page, *titles: str) -> None:
    """Until these are the queue's first: a sheet that closes and a finger that lets go are told to the page a moment later."""
    script = """(titles) => {
        const shown = [...document.querySelectorAll("#queue .entry__title")].map((title) => title.innerText);
        return titles.every((title, place) => shown[place] === title);
    }"""
    Listener(page).wait_in_page(script, titles, f"a queue that begins with {titles}")


def choose(page: Page, title: str, what: str) -> None:
    """Something of the sheet at a tune's + button."""
    page.locator(f'.tune[data-title="{title}"] [data-act="tune-menu"]').click()
    page.get_by_role("button", name=what).click()


def test_what_follows_in_the_list_waits(page: Page, site: Site, listener: Listener) -> None:
    start(page, site, listener, "After the broken ones")
    expect_waiting(page, "Duet", "Jams", "Last")
    listener.press("next-tune")
    listener.wait_for_title("Duet")
    expect_waiting(page, "Jams", "Last")
    page.keyboard.press("Escape")
    assert not page.locator("#queue").is_visible()


def test_tunes_are_added_behind_or_first_and_outlive_another_list(
    page: Page, site: Site, listener: Listener
) -> None:
    start(page, site, listener, "After the broken ones")
    choose(page, "Last", "Add to the queue")
    choose(page, "Rising", "Play next")
    expect_waiting(page, "Rising", "Last", "Duet")
    listener.play("Duet")
    listener.wait_for_title("Duet")
    expect_waiting(page, "Rising", "Last", "Jams")
    listener.press("next-tune")
    listener.wait_for_title("Rising")


def test_a_tune_that_cannot_be_played_is_not_taken(page: Page, site: Site, listener: Listener) -> None:
    start(page, site, listener, "After the broken ones")
    choose(page, "c_cut_off", "Add to the queue")
    listener.wait_for_notice("cannot be played")
    expect_waiting(page, "Duet", "Jams", "Last")


def test_the_keyboard_moves_and_takes_out_and_says_so(page: Page, site: Site, listener: Listener) -> None:
    start(page, site, listener, "After the broken ones")
    volume = page.locator('[data-act="volume"]').input_value()
    grip = page.get_by_role("button", name="Move Duet")
    grip.focus()
    page.keyboard.press("ArrowDown")
    expect_waiting(page, "Jams", "Duet", "Last")
    assert page.locator("[data-show=queue-said]").inner_text().startswith("Duet: place 2 of ")
    page.keyboard.press("Home")
    expect_waiting(page, "Duet", "Jams", "Last")
    assert grip.evaluate("element => element === document.activeElement")
    page.keyboard.press("Delete")
    expect_waiting(page, "Jams", "Last")
    assert page.evaluate("document.activeElement.closest('.entry') !== null"), "the focus stays in the list"
    page.get_by_role("button", name="Take Jams out").click()
    expect_waiting(page, "Last")
    assert page.locator('[data-act="volume"]').input_value() == volume
    listener.press("next-tune")
    listener.wait_for_title("Last")


def test_a_tune_is_dragged_to_its_place(page: Page, site: Site, listener: Listener) -> None:
    start(page, site, listener, "After the broken ones")
    grip = page.get_by_role("button", name="Move Duet").bounding_box()
    target = page.locator(".entry").nth(2).bounding_box()
    assert grip
    assert target
    page.mouse.move(grip["x"] + 20, grip["y"] + 20)
    page.mouse.down()
    page.mouse.move(grip["x"] + 20, grip["y"] + 60, steps=4)
    page.mouse.move(grip["x"] + 20, target["y"] + target["height"] - 8, steps=6)
    page.mouse.up()
    expect_waiting(page, "Jams", "Last", "Duet")
    listener.press("next-tune")
    listener.wait_for_title("Jams")


def test_one_song_of_each_tune_when_the_listener_wants_so(page: Page, site: Site, listener: Listener) -> None:
    start(page, site, listener, "Rising")
    listener.wait_until(lambda: "song 2 of 3" in listener.shown("next"), "the tune's next song")
    page.get_by_label("All songs of a tune").uncheck()
    listener.wait_until(lambda: "Never returns" in listener.shown("next"), "the next tune")
    page.get_by_role("button", name="Take Never returns out").click()
    listener.seek(178)
    listener.wait_for_title("After the broken ones")
    page.reload()
    page.keyboard.press("q")
    # The page may still be fetching the player.
    expect(page.get_by_label("All songs of a tune")).to_be_visible()
    expect(page.get_by_label("All songs of a tune")).not_to_be_checked()


def test_the_queue_and_the_place_in_the_song_are_there_on_the_next_page(
    page: Page, site: Site, listener: Listener
) -> None:
    start(page, site, listener, "After the broken ones")
    choose(page, "Rising", "Play next")
    listener.seek(70)
    listener.wait_for_position(70, 90)
    page.goto(site.url)
    listener.wait_until(lambda: listener.shown("title") == "After the broken ones", "what played")
    assert re.fullmatch(r"1:[1-5]\d", listener.shown("elapsed"))
    listener.press("queue")
    expect_waiting(page, "Rising", "Duet", "Jams")
    listener.press("toggle")
    listener.wait_for_phase("playing")
    assert listener.title() == "After the broken ones"
    listener.wait_for_position(70, 150)


def test_keys_add_the_focused_tune(page: Page, site: Site, listener: Listener) -> None:
    start(page, site, listener, "After the broken ones")
    page.locator('.tune[data-title="Last"] .tune__button').focus()
    page.keyboard.press("Shift+E")
    page.locator('.tune[data-title="Jams"] .tune__button').focus()
    page.keyboard.press("e")
    expect_waiting(page, "Last", "Jams", "Duet")


def test_a_finger_drags_a_tune_to_its_place(browser: Browser, site: Site) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = context.new_page()
    start(page, site, Listener(page), "After the broken ones")
    grip = page.get_by_role("button", name="Move Duet").bounding_box()
    third = page.locator(".entry").nth(2).bounding_box()
    assert grip
    assert third
    debugger = context.new_cdp_session(page)
    x, y, end = grip["x"] + 20, grip["y"] + 20, third["y"] + third["height"] - 8

    def touch(kind: str, *points: dict[str, float]) -> None:
        debugger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    touch("touchStart", {"x": x, "y": y})
    for step in range(1, 9):
        touch("touchMove", {"x": x, "y": y + (end - y) * step / 8})
        page.wait_for_timeout(20)
    touch("touchEnd")
    expect_waiting(page, "Jams", "Last", "Duet")
    context.close()


def test_who_chooses_a_tune_while_the_next_page_is_on_its_way_hears_it(
    page: Page, full_site: Site, listener: Listener
) -> None:
    """ "Next tune" waits for the list's next page where the queue is empty; another wish meanwhile is the newer one."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile("[?&]after="), hold)
    page.goto(full_site.url)
    rows = page.locator(".tune")
    rows.last.locator(".tune__button").click()
    listener.wait_for_phase("playing")
    listener.press("next-tune")
    listener.wait_until(lambda: held != [], "the next page is asked for")
    chosen = rows.first.locator(".tune__title").inner_text()
    listener.play(chosen)
    listener.wait_for_title(chosen)
    held[0].continue_()
    page.wait_for_timeout(1000)
    assert listener.title() == chosen


def test_the_queue_goes_on_with_the_list_s_next_page(page: Page, full_site: Site, listener: Listener) -> None:
    page.goto(full_site.url)
    rows = page.locator(".tune")
    count = rows.count()
    rows.nth(count - 3).locator(".tune__button").click()
    listener.press("queue")
    listener.wait_until(lambda: page.locator(".entry").count() > 20, "the next page's tunes")
    on_the_page = rows.locator(".tune__title").all_inner_texts()
    coming = waiting(page, 200)
    assert coming[:2] == on_the_page[-2:]
    assert not set(coming[2:]) & set(on_the_page)
