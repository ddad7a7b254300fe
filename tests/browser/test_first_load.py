"""What does a visitor's browser fetch before the first click, with a full page of tunes?

The budget: 8 requests, 60 KB as they come over the wire, headers and all. Sizes of single files are held by frontend/sizes.json.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Site, serve_site
from tests.browser.tunes import psid

MOST_REQUESTS: Final = 8
MOST_BYTES: Final = 60 * 1024
# More than a page of the list holds, with names as long and as different as real ones.
TUNES: Final = 120
WORDS: Final = (
    "Monty", "Commando", "Sanxion", "Delta", "Thrust", "Wizball", "Parallax", "Cybernoid", "Zoids", "Lightforce",
)  # fmt: skip


def write_many_tunes(folder: Path) -> None:
    """Puts tunes into a folder, all different, with titles like real ones."""
    folder.mkdir()
    for number in range(TUNES):
        title = f"{WORDS[number % 10]} {WORDS[number // 10 % 10]} {number}"
        program = bytes([0x60, number])
        tune = psid(title, program=program, play=0, songs=1 + number % 3)
        (folder / f"{title.replace(' ', '_')}.sid").write_bytes(tune)


@pytest.fixture(scope="module")
def full_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose first page of tunes is full."""
    folder: Path = tmp_path_factory.mktemp("full")
    write_many_tunes(folder / "made")
    with serve_site(folder, made_tunes=False, corpus=False) as served:
        yield served


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
