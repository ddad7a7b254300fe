"""Can a visitor search, walk through folders and authors, and read about a tune while the music plays on?"""

import re
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import Site, serve_site
from tests.browser.listening import Listener
from tests.browser.tunes import write_tunes

EXTRA = 60

# Every list comes later than the next letter is typed.
LATE = """
const now = window.fetch;
window.fetch = async (address, how) => {
  if (String(address).includes("part=library")) await new Promise((come) => setTimeout(come, 500));
  return now(address, how);
};
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of a few folders; one of them has more tunes than a page holds."""
    folder = tmp_path_factory.mktemp("site")
    write_tunes(folder / "flat")
    rising = (folder / "flat" / "a_rising.sid").read_bytes()
    games, others = folder / "made" / "GAMES" / "R-S", folder / "made" / "MUSICIANS"
    games.mkdir(parents=True)
    others.mkdir()
    (games / "Rising.sid").write_bytes(rising)
    (others / "Last.sid").write_bytes((folder / "flat" / "f_last.sid").read_bytes())
    for number in range(EXTRA):
        title = f"Extra {number:02}"
        (games / f"Extra_{number:02}.sid").write_bytes(
            rising.replace(b"Rising\0\0\0", title.encode() + b"\0", 1)
        )
    with serve_site(folder, made_tunes=False, corpus=False) as served:
        yield served


def titles(page: Page) -> list[str]:
    """Of the tunes in the list."""
    return page.locator(".tune__title").all_inner_texts()


def heading(page: Page, text: str) -> None:
    """Waits for the list of that name."""
    expect(page.locator("#tunes-title")).to_have_text(text)


def path(page: Page) -> str:
    """What the address bar shows, from the slash on."""
    place: str = page.evaluate("location.pathname + location.search")
    return place


def play_rising(page: Page, listener: Listener) -> None:
    """A tune plays, and its sound would stop with the page."""
    page.get_by_label("Search tunes").fill("rising")
    heading(page, "“rising”")
    listener.play("Rising")
    listener.wait_for_phase("playing")


def test_typing_searches_while_the_music_plays(page: Page, site: Site, listener: Listener) -> None:
    page.goto(site.url)
    page.evaluate("window.same = true")
    play_rising(page, listener)
    page.keyboard.press("/")
    page.keyboard.type("last")
    heading(page, "“last”")
    assert titles(page) == ["Last"]
    assert path(page) == "/?q=last"
    assert page.evaluate("window.same")
    assert (listener.told()["phase"], listener.title()) == ("playing", "Rising")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    listener.wait_for_title("Last")
    listener.wait_for_phase("playing")


def test_a_misspelt_word_finds_and_says_so(page: Page, site: Site) -> None:
    page.goto(site.url)
    page.get_by_label("Search tunes").fill("rissing")
    heading(page, "“rissing”")
    assert titles(page) == ["Rising"]
    expect(page.locator(".tunes__break")).to_have_text("Spelt a little differently")
    page.get_by_label("Search tunes").fill("nothing of the kind")
    expect(page.get_by_text("Nothing found.")).to_be_visible()
    page.get_by_label("Search tunes").fill("")
    heading(page, "Tunes")
    assert len(titles(page)) == 50


def test_a_search_is_one_step_back(page: Page, site: Site) -> None:
    page.goto(site.url)
    page.get_by_label("Search tunes").press_sequentially("rising", delay=250)
    heading(page, "“rising”")
    page.go_back()
    heading(page, "Tunes")
    expect(page.get_by_label("Search tunes")).to_have_value("")
    page.go_forward()
    heading(page, "“rising”")
    expect(page.get_by_label("Search tunes")).to_have_value("rising")


def test_a_search_whose_lists_come_late_is_one_step_too(page: Page, site: Site) -> None:
    """Each letter is typed before the list of the one before has come, and one is taken back."""
    page.add_init_script(LATE)
    page.goto(site.url)
    page.get_by_label("Search tunes").press_sequentially("risingg", delay=250)
    page.keyboard.press("Backspace")
    heading(page, "“rising”")
    page.go_back()
    heading(page, "Tunes")
    page.get_by_label("Search tunes").press_sequentially("r")
    page.wait_for_url("**/?q=r")
    page.go_back()
    page.wait_for_timeout(800)
    heading(page, "Tunes")


def test_who_types_while_a_list_is_on_its_way_goes_on_typing(page: Page, site: Site) -> None:
    """A list that was asked for by a link moves the focus when it comes, but not out of the search."""
    page.add_init_script(LATE)
    page.goto(site.url)
    page.get_by_role("link", name="Folders").click()
    page.get_by_label("Search tunes").press_sequentially("risi", delay=250)
    expect(page.locator("#library")).not_to_have_attribute("aria-busy", "true")
    page.keyboard.type("ng")
    heading(page, "“rising”")
    expect(page.get_by_label("Search tunes")).to_have_value("rising")


def test_a_link_that_is_followed_ends_the_search_that_was_typed(page: Page, site: Site) -> None:
    page.goto(site.url)
    # Both in one turn of the page, however fast or slow this machine is.
    page.evaluate(
        """() => {
            const text = document.getElementById("search-text");
            text.value = "rising";
            text.dispatchEvent(new Event("input", {bubbles: true}));
            document.querySelector('#library a[href="/folders"]').click();
        }"""
    )
    heading(page, "HVSC")
    page.wait_for_timeout(600)
    heading(page, "HVSC")
    assert path(page) == "/folders"


def test_a_list_does_not_go_on_while_another_is_on_its_way(page: Page, site: Site) -> None:
    page.goto(site.url)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile("q=rising.*part=library"), hold)
    page.get_by_label("Search tunes").fill("rising")
    expect(page.locator("#library")).to_have_attribute("aria-busy", "true")
    page.get_by_role("link", name="More tunes").click()
    page.wait_for_timeout(300)
    held[0].continue_()
    heading(page, "“rising”")
    assert titles(page) == ["Rising"]


def test_filters_narrow_at_once(page: Page, site: Site) -> None:
    page.goto(site.url)
    page.get_by_text("Filters").click()
    page.get_by_label("Songs from").fill("2")
    page.get_by_label("Search tunes").fill("rising")
    heading(page, "“rising”")
    assert path(page) == "/?q=rising&songsFrom=2"
    page.locator("select[name=chip]").select_option("8580")
    expect(page.get_by_text("Nothing found.")).to_be_visible()
    page.get_by_role("link", name="search without the filters").click()
    expect(page.locator(".tune")).to_have_count(1)
    expect(page.get_by_label("Songs from")).to_have_value("")


def test_folders_and_authors_are_walked_without_a_pause(page: Page, site: Site, listener: Listener) -> None:
    page.goto(site.url)
    play_rising(page, listener)
    page.get_by_role("link", name="Folders").click()
    page.get_by_role("link", name="GAMES").click()
    page.get_by_role("link", name="R-S").click()
    heading(page, "R-S")
    assert titles(page)[0] == "Extra 00"
    page.get_by_role("link", name="More tunes").click()
    expect(page.locator(".tune")).to_have_count(EXTRA + 1)
    assert titles(page)[-1] == "Rising"
    expect(page.locator(".tune--sounding .tune__title")).to_have_text("Rising")
    page.get_by_role("link", name="GAMES").click()
    heading(page, "GAMES")
    page.get_by_role("link", name="Authors").click()
    page.get_by_role("link", name="Test").click()
    heading(page, "Test")
    page.go_back()
    heading(page, "Authors with most tunes")
    assert (listener.told()["phase"], listener.title()) == ("playing", "Rising")


def test_reading_about_a_tune_neither_stops_nor_plays(page: Page, site: Site, listener: Listener) -> None:
    page.goto(site.url)
    play_rising(page, listener)
    page.get_by_label("Search tunes").fill("last")
    heading(page, "“last”")
    page.get_by_role("link", name="About Last").click()
    expect(page.locator(".about__title")).to_have_text("Last")
    assert path(page).startswith("/tune/")
    page.get_by_role("link", name="Folders").click()
    expect(page.locator(".about__title")).to_have_count(0)
    page.go_back()
    expect(page.locator(".about__title")).to_have_text("Last")
    assert (listener.told()["phase"], listener.title()) == ("playing", "Rising")


def test_a_list_that_does_not_come_says_so_and_comes_again(
    page: Page, site: Site, expected_errors: list[str]
) -> None:
    expected_errors.append("ERR_INTERNET_DISCONNECTED")
    page.goto(site.url)
    page.context.set_offline(True)
    page.get_by_label("Search tunes").fill("rising")
    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    heading(page, "“rising”")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_without_script_everything_is_a_link(context: BrowserContext, site: Site) -> None:
    bare = context.browser
    assert bare
    plain = bare.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(site.url)
    page.get_by_label("Search tunes").fill("rising")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page).to_have_title("“rising” · SIDFlow")
    expect(page.locator(".tune__title")).to_have_text(["Rising"])
    page.get_by_role("link", name="About Rising").click()
    expect(page).to_have_title("Rising by Test · SIDFlow")
    expect(page.locator(".about")).to_contain_text("6581")
    page.get_by_role("link", name="Test").first.click()
    heading(page, "Test")
    page.get_by_role("link", name="More tunes").click()
    expect(page.locator(".tune")).to_have_count(EXTRA + 2 - 50)
    page.get_by_role("link", name="Folders").click()
    page.get_by_role("link", name="MUSICIANS").click()
    expect(page.locator(".tune__title")).to_have_text(["Last"])
    plain.close()


def test_a_sitemap_leads_to_every_page(site: Site) -> None:

    def get(address: str) -> str:
        with urllib.request.urlopen(address, timeout=30) as answer:
            text: str = answer.read().decode()
            return text

    robots = get(site.url + "robots.txt")
    index = robots.split("Sitemap: ")[1].strip()
    parts = re.findall(r"<loc>(.*?)</loc>", get(index))
    pages = [address for part in parts for address in re.findall(r"<loc>(.*?)</loc>", get(part))]
    assert len(pages) == len(set(pages)) == EXTRA + 2 + 3 + 1
    assert "Rising" in "".join(get(address) for address in pages[-2:])
