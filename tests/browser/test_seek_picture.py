"""Does the seek bar show where a song is loud?"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, serve_site
from tests.browser.listening import Listener
from tests.browser.tunes import falls_silent, write_tunes

STEPS = 240


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with a steady tune and one that is heard for a second only."""
    folder = tmp_path_factory.mktemp("site")
    write_tunes(folder / "made")
    (folder / "made" / "falls_silent.sid").write_bytes(falls_silent())
    with serve_site(folder, made_tunes=False, corpus=False) as served:
        yield served


def heights(page: Page) -> list[float]:
    """Of the picture's bars, of 24; a bar that is not known yet is as low as silence."""
    shape = page.locator(".seek__all").get_attribute("d") or ""
    return [float(height) for height in re.findall(r"v-([\d.]+)h1", shape)]


def test_a_tune_that_falls_silent_is_seen_to(page: Page, site: Site, listener: Listener) -> None:
    page.goto(site.url)
    assert heights(page) == []
    listener.play("Falls silent")
    listener.wait_for_phase("playing")
    expect(page.locator(".seek")).to_have_attribute("data-picture", "")
    shape = heights(page)
    assert len(shape) == STEPS
    # After a second, of three minutes.
    assert shape[0] == 24
    assert set(shape[3:]) == {1}


def test_the_picture_is_the_song_s_own_and_is_kept(page: Page, site: Site, listener: Listener) -> None:
    page.goto(site.url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    listener.wait_until(
        lambda: heights(page) != [] and heights(page).count(1) == 0, "the whole of a steady tune", seconds=240
    )
    assert min(heights(page)) > 8
    rising = heights(page)
    listener.play("Falls silent")
    listener.wait_until(lambda: heights(page) != rising, "another picture")
    listener.play("Rising")
    listener.wait_for_phase("playing")
    assert heights(page) == rising, "the same picture at once"
