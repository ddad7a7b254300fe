"""How long from the press of a tune to the first frame of sound in the audio thread? Prints `name value unit`.

    .venv/bin/python -m tests.browser.bench_click_to_sound [ROUNDS]

Cold: a new browser profile each time, nothing cached, the page idle. Warm: another tune on a page that has played. Medians of
ROUNDS (ten), cold and warm in turn; the site runs on this machine, on a database of its own. Warm is also given with the bytes
not yet asked for (a tune that no neighbour made the page fetch ahead).
"""

import contextlib
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM_ARGUMENTS, Site, serve_site

ROUNDS: Final = 10
# The press itself, and the mark that the player sets when the audio thread says that it has sounded.
CLOCK_SCRIPT: Final = """
addEventListener("pointerdown", (event) => { window.pressedAt = event.timeStamp; performance.clearMarks("sidflow:sound"); }, true);
"""
TOOK_SCRIPT: Final = """() => {
  const [mark] = performance.getEntriesByName("sidflow:sound");
  return mark ? mark.startTime - window.pressedAt : null;
}"""


def click_to_sound_ms(page: Page, title: str) -> float:
    """Presses a tune; milliseconds until it sounds."""
    page.locator(f'.tune[data-title="{title}"] .tune__button').click(no_wait_after=True)
    page.wait_for_function(TOOK_SCRIPT, timeout=30_000)
    took: float = page.evaluate(TOOK_SCRIPT)
    return took


def cold_and_warm_ms(browser: Browser, site: Site) -> tuple[float, float, float]:
    """One visitor's first tune, a tune after it, and the tune beside that one."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.add_init_script(CLOCK_SCRIPT)
    page.goto(site.url, wait_until="load")
    page.wait_for_timeout(1000)
    cold = click_to_sound_ms(page, "Rising")
    page.wait_for_timeout(1500)
    far = click_to_sound_ms(page, "Last")
    page.wait_for_timeout(1500)
    again = click_to_sound_ms(page, "Rising")
    context.close()
    return cold, far, again


@contextlib.contextmanager
def running_site() -> Iterator[Site]:
    """The site of the browser tests."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sidflow_site.settings")
    with tempfile.TemporaryDirectory(prefix="sidflow-bench-") as folder, serve_site(Path(folder)) as site:
        yield site


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with running_site() as site, sync_playwright() as driver:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        measured = []
        for _ in range(rounds):
            browser = driver.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
            measured.append(cold_and_warm_ms(browser, site))
            browser.close()
    names = ("click_to_sound_cold", "click_to_sound_warm", "click_to_sound_warm_file_kept")
    for name, values in zip(names, zip(*measured, strict=True), strict=True):
        print(f"{name} {statistics.median(values):.0f} ms")
        print(f"{name}_worst {max(values):.0f} ms")


if __name__ == "__main__":
    main()
