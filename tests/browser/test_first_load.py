"""What does a visitor's browser fetch before the first click, with a full page of tunes?

The budget: 8 requests, 60 KB as they come over the wire, headers and all. Sizes of single files are held by frontend/sizes.json.
"""

from typing import Any, Final

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Site

MOST_REQUESTS: Final = 8
MOST_BYTES: Final = 60 * 1024


@pytest.mark.parametrize("theme", ["dark", "light", "c64"])
def test_the_first_load_is_small(browser: Browser, full_site: Site, theme: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(f"localStorage.setItem('sidflow.theme', '{theme}')")
    page = context.new_page()
    debugger = context.new_cdp_session(page)
    debugger.send("Network.enable")
    asked: dict[str, str] = {}
    came: dict[str, float] = {}

    def ask(event: dict[str, Any]) -> None:
        asked[event["requestId"]] = event["request"]["url"]

    def come(event: dict[str, Any]) -> None:
        came[event["requestId"]] = event["encodedDataLength"]

    debugger.on("Network.requestWillBeSent", ask)
    debugger.on("Network.loadingFinished", come)
    page.goto(full_site.url, wait_until="load")
    page.wait_for_timeout(2500)
    fetched = {asked[key]: size for key, size in came.items() if not asked[key].startswith("data:")}
    assert page.locator(".tune").count() >= 50
    assert len(fetched) <= MOST_REQUESTS, fetched
    assert 5000 < sum(fetched.values()) <= MOST_BYTES, fetched
    assert not any("engine" in url or "room" in url for url in fetched), (
        "the engine waits for a sign of interest"
    )
    context.close()
