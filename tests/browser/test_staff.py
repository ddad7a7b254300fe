"""Does staff's work go well in a real browser: signing in, beginning a job, watching it, steering it, and playing?"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import APIResponse, Page, Route, WebSocketRoute, expect

from tests.browser.conftest import ROOT, Site, serve_site
from tests.browser.listening import Listener
from tests.browser.staff import add_staff, sign_in
from tests.playback.made_up_sids import put

AXE: Final = ROOT / "node_modules" / "axe-core" / "axe.min.js"
_FILES: Final = 4000


class Office:
    """A site with a member of staff, and a folder that takes a while to import."""

    def __init__(self, site: Site, music: Path) -> None:
        self.site, self.music = site, music

    def sign_in(self, page: Page) -> None:
        sign_in(page, self.site)

    def begin_import(self, page: Page, folder: Path) -> None:
        page.goto(f"{self.site.url}admin/jobs/begin/import/")
        page.get_by_label("Path").fill(str(folder))
        page.get_by_role("button", name="Begin").click()
        expect(page.get_by_role("heading", name="Importing a folder, job")).to_be_visible()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Office"]:
    folder = tmp_path_factory.mktemp("office")
    for number in range(_FILES):
        put(folder / "music", f"{number}.sid", title=f"Tune {number}")
    with serve_site(folder, corpus=False) as site:
        add_staff(folder)
        yield Office(site, folder / "music")


def test_a_job_is_begun_and_watched_to_its_end_without_a_reload(page: Page, office: Office) -> None:
    office.sign_in(page)
    table = page.context.new_page()
    table.goto(f"{office.site.url}admin/jobs/")
    expect(table.locator("[data-live]")).to_have_text("Live")
    office.begin_import(page, office.music)
    expect(page.locator("[data-live]")).to_have_text("Live")
    number = page.url.rstrip("/").rsplit("/", 1)[-1]
    row = table.locator(f'tr[data-job="{number}"]')
    expect(row).to_be_visible()
    expect(row.locator("a").first).to_have_attribute("href", f"/admin/jobs/{number}/")
    expect(page.locator(".job .state")).to_have_text("completed", timeout=240_000)
    expect(page.locator("#log p").last).to_contain_text("Done.")
    expect(page.locator("#log p")).to_have_count(2)
    expect(page.locator("[data-result] pre")).to_contain_text(f'"added": {_FILES}')
    expect(row.locator(".state")).to_have_text("completed")
    expect(row.locator("[data-show=percent]")).to_have_text("100 %")
    for verb in ("Pause", "Cancel"):
        expect(page.get_by_role("button", name=verb)).to_be_hidden()


def told(page: Page, office: Office, number: str) -> tuple[str, int]:
    """What the server says of a job now: its state, and at which attempt it is."""
    job = page.request.get(f"{office.site.url}api/admin/jobs/{number}").json()
    return job["status"], job["attempt"]


def test_a_failed_job_says_why_and_is_steered_by_keys(page: Page, office: Office) -> None:
    office.sign_in(page)
    office.begin_import(page, office.music / "nowhere")
    number = page.url.rstrip("/").rsplit("/", 1)[-1]
    expect(page.locator(".job .state")).to_have_text("failed", timeout=120_000)
    expect(page.locator(".job [data-show=message]")).to_contain_text("does not exist")
    page.goto(f"{office.site.url}admin/jobs/?status=failed")
    again = page.get_by_role("button", name="Try again").first
    again.focus()
    with page.expect_response("**/retry") as answered:
        page.keyboard.press("Enter")
    assert answered.value.status == 200
    # It was "failed" before, too: the server knows which of the two it is.
    listener = Listener(page)
    listener.wait_until(lambda: told(page, office, number) == ("failed", 2), "another attempt that fails")
    row = page.locator(f'tr[data-job="{number}"]')
    expect(row.locator(".state")).to_have_text("failed")
    page.goto(page.url)
    row.locator("a").first.click()
    expect(page.locator("#log p").filter(has_text="attempt 2")).to_be_visible()


def test_what_a_button_is_answered_does_not_hide_what_came_since(page: Page, office: Office) -> None:
    """The answer says "pending" and comes when the job has failed again, which the socket has told."""
    office.sign_in(page)
    office.begin_import(page, office.music / "nowhere")
    state = page.locator(".job .state")
    expect(state).to_have_text("failed", timeout=120_000)
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        held.append((route, route.fetch()))

    page.route("**/retry", hold)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".job [data-show=attempt]")).to_have_text("2", timeout=120_000)
    expect(state).to_have_text("failed", timeout=120_000)
    Listener(page).wait_until(lambda: held != [], "the answer")
    route, answer = held[0]
    with page.expect_response("**/retry"):
        route.fulfill(response=answer)
    page.wait_for_timeout(300)
    expect(state).to_have_text("failed")


def test_an_answer_that_was_asked_for_before_the_socket_opened_is_old_news(
    page: Page, office: Office, expected_errors: list[str]
) -> None:
    expected_errors.append("WebSocket")
    held: list[tuple[Route, APIResponse]] = []

    def keep_back(socket: WebSocketRoute) -> None:
        if held:
            socket.connect_to_server()
        else:
            socket.close(code=1011, reason="not yet")

    def hold(route: Route) -> None:
        answer = route.fetch()
        held.append((route, answer))

    office.sign_in(page)
    office.begin_import(page, office.music / "nowhere")
    number = page.url.rstrip("/").rsplit("/", 1)[-1]
    expect(page.locator(".job .state")).to_have_text("failed", timeout=120_000)
    page.route_web_socket("**/ws/**", keep_back)
    page.route("**/api/admin/jobs?limit=*", hold)
    page.goto(f"{office.site.url}admin/jobs/")
    expect(page.locator("[data-live]")).to_have_text("Live")
    route, answer = held[0]
    document = answer.json()
    for job in document["items"]:
        job["status"] = "running"
    with page.expect_response("**/api/admin/jobs?limit=*"):
        route.fulfill(response=answer, json=document)
    page.wait_for_timeout(300)
    expect(page.locator(f'tr[data-job="{number}"] .state')).to_have_text("failed")


def test_where_no_socket_opens_the_page_asks(page: Page, office: Office, expected_errors: list[str]) -> None:
    expected_errors.append("WebSocket")

    def refuse(socket: WebSocketRoute) -> None:
        socket.close(code=1011, reason="no sockets here")

    page.route_web_socket("**/ws/**", refuse)
    office.sign_in(page)
    office.begin_import(page, office.music / "not there either")
    expect(page.locator(".job .state")).to_have_text("failed", timeout=120_000)
    expect(page.locator("#log p").last).to_contain_text("Failed")


def test_a_sign_in_that_is_over_is_said(page: Page, office: Office, expected_errors: list[str]) -> None:
    expected_errors += ["WebSocket", "401"]
    sockets: list[WebSocketRoute] = []

    def keep(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket("**/ws/**", keep)
    office.sign_in(page)
    expect(page.locator("[data-live]")).to_have_text("Live")
    page.context.clear_cookies()
    sockets[-1].close(code=1011)
    expect(page.locator("[data-live]")).to_contain_text("You are signed out.")


def test_staff_play_and_see_the_machine(page: Page, office: Office) -> None:
    office.sign_in(page)
    page.get_by_role("link", name="Play", exact=True).click()
    listener = Listener(page)
    listener.play("Rising")
    listener.wait_for_phase("playing")
    machine = page.locator("#machine")
    expect(machine.locator("[data-show=phase]")).to_have_text("playing")
    expect(machine.locator("[data-show=underruns]")).to_have_text("0")
    expect(machine.locator("[data-show=path]")).to_contain_text(".sid")
    expect(machine.locator("[data-show=md5]")).to_have_text(re.compile("^[0-9a-f]{32}$"))
    assert page.url.endswith("/admin/play/")
    page.get_by_label("Search tunes").fill("tune")
    page.keyboard.press("Enter")
    expect(page.locator("#tunes-title")).to_have_text("“tune”")
    assert page.url.endswith("/admin/play/")
    expect(machine.locator("[data-show=phase]")).to_have_text("playing")


PAGES: Final = (
    "",
    "jobs/",
    "jobs/1/",
    "jobs/begin/fetch/",
    "collections/",
    "schedule/",
    "audit/",
    "system/",
    "play/",
    "core/user/",
)


@pytest.mark.parametrize("theme", ["dark", "light", "c64"])
def test_axe_finds_nothing(page: Page, office: Office, theme: str) -> None:
    page.add_init_script(f"localStorage.setItem('sidflow.theme', '{theme}')")
    office.sign_in(page)
    office.begin_import(page, office.music / "nowhere")
    found = {}
    for place in PAGES:
        page.goto(f"{office.site.url}admin/{place}")
        page.evaluate(AXE.read_text())
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        if result["violations"]:
            found[place] = [
                (one["id"], [node["target"] for node in one["nodes"]]) for one in result["violations"]
            ]
    assert found == {}
