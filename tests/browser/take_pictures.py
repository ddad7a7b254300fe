"""What does the player look like, on every screen in every theme? Takes docs/images anew; somebody looks at them afterwards.

    .venv/bin/python -m tests.browser.take_pictures

Needs the corpus of real tunes beside the project.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import CHROMIUM_ARGUMENTS, CORPUS, ROOT, Site, serve_site
from tests.browser.listening import Listener

PICTURES: Final = ROOT / "docs" / "images"
THEMES: Final = ("dark", "light", "c64")
SCREENS: Final = {360: 740, 820: 1180, 1440: 900}
# A tune with many songs, one of three chips, and one of two, at a moment when their voices are busy.
TUNES: Final = {360: "The Great Giana Sisters", 820: "Waterfall", 1440: "Space Oddity"}
MOMENT_S: Final = 24


def take(browser: Browser, site: Site, theme: str, width: int) -> None:
    """One picture of the page while it plays."""
    context = browser.new_context(viewport={"width": width, "height": SCREENS[width]})
    page = context.new_page()
    page.add_init_script(f"localStorage.setItem('sidflow.theme', '{theme}')")
    page.goto(site.url)
    listener = Listener(page)
    listener.play(TUNES[width])
    listener.wait_for_phase("playing")
    listener.seek(MOMENT_S)
    listener.wait_for_position(MOMENT_S + 1, MOMENT_S + 60)
    page.mouse.move(1, 1)
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.wait_for_timeout(600)
    page.screenshot(path=PICTURES / "screens" / f"player-{theme}-{width}.png")
    if (theme, width) == ("dark", 1440):
        page.screenshot(path=PICTURES / "player.png")
    context.close()


def main() -> None:
    """All pictures."""
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
        browser = driver.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        for theme in THEMES:
            for width in SCREENS:
                take(browser, site, theme, width)
        browser.close()


if __name__ == "__main__":
    main()
