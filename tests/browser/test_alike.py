"""Can a visitor see what a tune is like, hear what sounds like it, and get from what plays to what sounds like that?"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ROOT, Site, serve_site
from tests.browser.listening import Listener
from tests.browser.test_hands_and_eyes import AXE, THEMES, choose
from tests.browser.tunes import write_tunes

TUNES = 60
# What a classification writes, with made-up vectors.
ANALYSE = """
import django
django.setup()
from playback.analysis.rating_rows import calibrate
from playback.catalogue.models import Track
from tests.playback.analysis.analysed import analyse, made_recipe
recipe = made_recipe()
analyse(recipe, list(Track.objects.in_order()))
calibrate(recipe)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Sixty tunes that were analysed."""
    folder: Path = tmp_path_factory.mktemp("site")
    write_tunes(folder / "flat")
    rising = (folder / "flat" / "a_rising.sid").read_bytes()
    (folder / "made").mkdir()
    for number in range(TUNES):
        data = rising.replace(b"Rising\0\0\0", f"Extra {number:02}".encode() + b"\0", 1)
        (folder / "made" / f"Extra_{number:02}.sid").write_bytes(data)
    environ = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environ |= {"DJANGO_SETTINGS_MODULE": "sidflow_site.settings", "SIDFLOW_DATA_DIR": str(folder / "data")}
    with serve_site(folder, made_tunes=False, corpus=False) as served:
        subprocess.run([sys.executable, "-c", ANALYSE], cwd=ROOT, env=environ, check=True)
        yield served


def open_tune(page: Page, site: Site) -> None:
    """The page of a tune."""
    page.goto(site.url)
    link = page.locator("a.tune__page").first.get_attribute("href") or ""
    page.goto(site.url.rstrip("/") + link)
    expect(page.locator("#alike-title")).to_be_visible()


def test_what_sounds_like_it_plays_and_goes_on_in_its_own_list(
    page: Page, site: Site, listener: Listener
) -> None:
    open_tune(page, site)
    rows = page.locator(".alike .tune")
    expect(rows).to_have_count(6)
    first, second = (rows.nth(at).get_attribute("data-title") or "" for at in (0, 1))
    song = int(rows.first.get_attribute("data-start-song") or 0)
    rows.first.locator(".tune__button").click()
    listener.wait_for_title(first)
    listener.wait_for_phase("playing")
    listener.wait_for_song(song)
    page.keyboard.press("Shift+N")
    listener.wait_for_title(second)


def test_from_what_plays_to_what_sounds_like_it_while_it_plays_on(
    page: Page, site: Site, listener: Listener
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(site.url)
    page.evaluate("window.same = true")
    link = page.get_by_role("link", name="What sounds like this")
    expect(link).to_be_hidden()
    listener.play("Extra 07")
    listener.wait_for_phase("playing")
    link.click()
    heading = page.locator("#tunes-title")
    expect(heading).to_have_text("Sounds like Extra 07")
    expect(heading).to_be_in_viewport()
    expect(page.locator("#tunes .tune")).to_have_count(25)
    assert page.evaluate("window.same")
    assert listener.told()["phase"] == "playing"


def test_without_script_all_of_it_can_be_read(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    open_tune(page, site)
    for name in ("Energy", "Mood", "Complexity"):
        expect(page.locator(".rating dt", has_text=name)).to_be_visible()
    page.get_by_role("link", name="More that sounds like it").click()
    expect(page.locator("#tunes .tune")).to_have_count(25)
    context.close()


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_and_nothing_is_too_wide(page: Page, site: Site, theme: str) -> None:
    choose(page, theme)
    page.set_viewport_size({"width": 360, "height": 740})
    open_tune(page, site)
    page.locator("#library:not([aria-busy])").wait_for()
    wide = """[...document.querySelectorAll("#found *")].filter((element) => !element.closest(".facts, .unseen, .letters"))
        .filter((element) => element.getBoundingClientRect().right > 360.5).map((element) => element.outerHTML)"""
    assert page.evaluate(wide) == []
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    result: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    found = [(one["id"], [node["target"] for node in one["nodes"]]) for one in result["violations"]]
    assert found == []
