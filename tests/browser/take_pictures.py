"""What does the site look like, on every screen in every theme? Takes docs/images anew; somebody looks at them afterwards.

    .venv/bin/python -m tests.browser.take_pictures

Needs the corpus of real tunes beside the project.
"""

import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM_ARGUMENTS, CORPUS, ROOT, Site, serve_site
from tests.browser.listening import Listener
from tests.browser.staff import add_staff, sign_in

PICTURES: Final = ROOT / "docs" / "images"
THEMES: Final = ("dark", "light", "c64")
SCREENS: Final = {360: 740, 820: 1180, 1440: 900}
# A tune with many songs, one of three chips, and one of two, at a moment when their voices are busy.
TUNES: Final = {360: "The Great Giana Sisters", 820: "Waterfall", 1440: "Space Oddity"}
MOMENT_S: Final = 24
PICTURE_PATIENCE_S: Final = 9


def play(page: Page, width: int) -> None:
    """Something plays, and the top of the page is seen."""
    listener = Listener(page)
    listener.play(TUNES[width])
    listener.wait_for_phase("playing")
    listener.seek(MOMENT_S)
    listener.wait_for_position(MOMENT_S + 1, MOMENT_S + 60)
    wait_for_seek_picture(page)


def wait_for_seek_picture(page: Page) -> None:
    """Until the song's loudness is drawn to its end, or as far as it comes in a while."""
    outline = page.locator(".seek path").first
    for _ in range(PICTURE_PATIENCE_S):
        before = outline.get_attribute("d")
        page.wait_for_timeout(1000)
        if before and outline.get_attribute("d") == before:
            return


def queue(page: Page, width: int) -> None:
    """What comes next, with a voice silenced."""
    play(page, width)
    page.keyboard.press("Shift+Digit2")
    Listener(page).press("queue")


def library(page: Page, width: int) -> None:
    """The list, as a visitor sees it who scrolls down on a phone."""
    if width < 1000:
        page.locator("#library").evaluate("element => element.scrollIntoView()")


def search(page: Page, width: int) -> None:
    """Words were typed, and something was found."""
    page.locator("#search-text").fill("the")
    page.locator("#tunes-title", has_text="the").wait_for()
    library(page, width)


def trouble(page: Page, width: int) -> None:
    """The network is away."""
    play(page, width)
    page.context.set_offline(True)
    page.locator(".tune__button").first.click()
    page.locator("#trouble").wait_for()


def jobs(page: Page, width: int) -> None:
    """The table of jobs after some work."""
    del width
    sign_in(page, Site(int(page.url.split(":")[2].split("/")[0])))
    for folder in (str(CORPUS), "/no/such/folder"):
        page.goto(f"{page.url.split('/admin')[0]}/admin/jobs/begin/import/")
        page.get_by_label("Path").fill(folder)
        page.get_by_role("button", name="Begin").click()
        page.locator(".job .state", has_text=re.compile("completed|failed")).wait_for()
    page.get_by_role("link", name="Jobs", exact=True).click()
    page.locator("[data-live]", has_text="Live").wait_for()


SCENES: Final[dict[str, Callable[[Page, int], None]]] = {
    "player": play,
    "queue": queue,
    "search": search,
    "library": library,
    "trouble": trouble,
    "jobs": jobs,
}
TOP: Final = {"player", "queue", "trouble"}
# Those that are kept in docs/; the others on request.
KEPT: Final = ("player", "queue", "search", "jobs")


def take(browser: Browser, site: Site, scene: str, theme: str, width: int) -> None:
    """One picture."""
    context = browser.new_context(viewport={"width": width, "height": SCREENS[width]})
    page = context.new_page()
    page.add_init_script(f"localStorage.setItem('sidflow.theme', '{theme}')")
    page.goto(site.url)
    SCENES[scene](page, width)
    page.mouse.move(1, 1)
    page.evaluate("document.activeElement.blur()")
    if scene in TOP:
        page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(600)
    page.screenshot(path=PICTURES / "screens" / f"{scene}-{theme}-{width}.png")
    if (scene, theme, width) == ("player", "dark", 1440):
        page.screenshot(path=PICTURES / "player.png")
    context.close()


def main() -> None:
    """The pictures that are kept, or those of the scenes that are named."""
    if not CORPUS.is_dir():
        sys.exit(f"This needs the corpus of real tunes at {CORPUS}.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sidflow_site.settings")
    (PICTURES / "screens").mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="sidflow-pictures-") as folder,
        serve_site(Path(folder), made_tunes=False) as site,
        sync_playwright() as driver,
    ):
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        add_staff(Path(folder))
        browser = driver.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        for scene in sys.argv[1:] or KEPT:
            for theme in THEMES:
                for width in SCREENS:
                    take(browser, site, scene, theme, width)
        browser.close()


if __name__ == "__main__":
    main()
