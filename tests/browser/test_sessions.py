"""Does what plays have a fresh session at any time, and only what plays?"""

import json
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route

from tests.browser.conftest import Site
from tests.browser.listening import Listener


@pytest.fixture
def plays(page: Page) -> list[str]:
    """The tracks asked for; the site's answers pass with sessions of a minute and a half."""
    asked: list[str] = []

    def shorten(route: Route) -> None:
        asked.extend(json.loads(route.request.post_data or "{}")["trackIds"])
        answer = route.fetch()
        document = answer.json()
        for item in document["items"]:
            item["session"]["expiresAt"] = (datetime.now(UTC) + timedelta(seconds=91)).isoformat()
        route.fulfill(response=answer, body=json.dumps(document))

    page.route("**/api/play", shorten)
    return asked


def test_a_session_is_renewed_while_its_tune_plays(
    page: Page, site: Site, listener: Listener, plays: list[str]
) -> None:
    page.goto(site.url)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    playing = plays[0]
    listener.wait_until(lambda: plays.count(playing) >= 3, "two renewals")
    assert listener.number("underruns") == 0
    listener.press("toggle")
    listener.wait_for_phase("paused")
    before = plays.count(playing)
    page.wait_for_timeout(4000)
    # One may have been on its way; as long as it played there was one each second.
    assert plays.count(playing) <= before + 1
    before = plays.count(playing)
    listener.press("toggle")
    listener.wait_for_phase("playing")
    listener.wait_until(lambda: plays.count(playing) > before, "a renewal after the pause")
