"""Does a BASIC tune play with the site's ROMs or the visitor's own, and never with others than it should?

The ROMs are of our own making, those of the engine's tests.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.conftest import ROOT, Site, serve_site
from tests.browser.listening import Listener
from tests.engine.test_basic_tunes import BASIC, FILE, KERNAL, rom

ROMS: Final = {"kernal": rom(KERNAL, 0xE000), "basic": rom(BASIC, 0xA000)}
TITLE: Final = "basic"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a site that has one tune, which is a BASIC program."""
    folder = tmp_path_factory.mktemp("roms")
    (folder / "made").mkdir()
    (folder / "made" / "basic.sid").write_bytes(FILE[:0x16] + TITLE.encode().ljust(32, b"\0") + FILE[0x36:])
    for kind, data in ROMS.items():
        (folder / f"{kind}.rom").write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def rom_site(folder: Path) -> Iterator[Site]:
    """The site, without ROMs to begin with."""
    with serve_site(folder, made_tunes=False, corpus=False) as served:
        yield served


def manage(folder: Path, code: str) -> None:
    environ = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environ |= {"DJANGO_SETTINGS_MODULE": "sidflow_site.settings", "SIDFLOW_DATA_DIR": str(folder / "data")}
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    subprocess.run(command, cwd=ROOT, env=environ, check=True)


@pytest.fixture
def bundle(folder: Path, rom_site: Site) -> Iterator[None]:
    """Staff have uploaded ROMs."""
    files = {kind: str(folder / f"{kind}.rom") for kind in ROMS}
    manage(
        folder,
        "from pathlib import Path; from playback.roms.bundles import add_bundle; "
        f"add_bundle('Ours', roms={{kind: Path(name).read_bytes() for kind, name in {files!r}.items()}}, active=True)",
    )
    yield
    manage(
        folder,
        "from playback.models import RomBundle; from playback.roms.bundles import remove_bundle; "
        "remove_bundle(RomBundle.objects.get())",
    )


@pytest.fixture
def asked(page: Page) -> list[Request]:
    """Everything that the page asks of anybody."""
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))  # noqa: PLW0108  Playwright marks what it calls
    return requests


def rom_requests(asked: list[Request]) -> list[str]:
    return [request.url for request in asked if "/rom/" in request.url]


def choose(page: Page, kind: str, file: Path) -> None:
    page.locator(f'#own-roms [data-rom="{kind}"] input').set_input_files(file)


def state(page: Page, kind: str, words: str) -> None:
    expect(page.locator(f'#own-roms [data-rom="{kind}"] [data-show="state"]')).to_contain_text(words)


def open_own_roms(page: Page) -> None:
    page.locator("#own-roms summary").click()
    state(page, "chargen", "None.")


def test_without_any_it_says_which_and_what_to_do(page: Page, rom_site: Site, listener: Listener) -> None:
    page.goto(rom_site.url)
    listener.play(TITLE)
    listener.wait_for_phase("failed")
    notice = listener.shown("notice")
    assert "KERNAL and BASIC ROMs" in notice
    assert "Your own ROMs" in notice
    expect(page.locator("#trouble .trouble__title")).to_have_text("This tune needs ROMs")
    page.get_by_role("button", name="Choose ROM files").click()
    expect(page.locator("#own-rom-kernal")).to_be_focused()


def test_own_files_play_are_kept_and_never_leave_the_browser(
    page: Page, rom_site: Site, listener: Listener, folder: Path, asked: list[Request]
) -> None:
    page.goto(rom_site.url)
    open_own_roms(page)
    choose(page, "kernal", folder / "kernal.rom")
    state(page, "kernal", "Kept in this browser.")
    listener.play(TITLE)
    listener.wait_for_phase("failed")
    assert "it needs the BASIC ROM, which" in listener.shown("notice")
    choose(page, "basic", folder / "basic.rom")
    state(page, "basic", "Kept in this browser.")
    listener.play(TITLE)
    listener.wait_for_phase("playing")
    page.reload()
    listener.play(TITLE)
    listener.wait_for_phase("playing")
    sent = [(request.method, request.url.split("/", 3)[3], request.post_data) for request in asked]
    posted = [entry for entry in sent if entry[0] != "GET"]
    assert {(method, url) for method, url, _ in posted} == {("POST", "api/play")}
    assert all(body and "trackIds" in body and len(body) < 100 for _, _, body in posted)
    assert rom_requests(asked) == []
    page.locator("#own-roms summary").click()
    page.locator('#own-roms [data-rom="basic"] button').click()
    state(page, "basic", "Forgotten.")
    page.reload()
    listener.play(TITLE)
    listener.wait_for_phase("failed")


def test_a_file_of_another_size_is_refused_with_a_sentence(page: Page, rom_site: Site, folder: Path) -> None:
    (folder / "short.rom").write_bytes(bytes(8191))
    page.goto(rom_site.url)
    open_own_roms(page)
    choose(page, "kernal", folder / "short.rom")
    state(page, "kernal", "The KERNAL ROM has 8192 bytes; this file has 8191.")


@pytest.mark.usefixtures("bundle")
def test_the_site_s_roms_are_fetched_once(
    page: Page, rom_site: Site, listener: Listener, asked: list[Request]
) -> None:
    page.goto(rom_site.url)
    listener.play(TITLE)
    listener.wait_for_phase("playing")
    assert sorted(url.rsplit("/", 1)[1] for url in rom_requests(asked)) == ["basic", "kernal"]
    page.reload()
    asked.clear()
    listener.play(TITLE)
    listener.wait_for_phase("playing")
    assert rom_requests(asked) == []


@pytest.mark.usefixtures("bundle")
def test_a_rom_that_is_not_the_promised_one_is_not_used(
    page: Page, rom_site: Site, listener: Listener
) -> None:
    def forge(route: Route) -> None:
        forged = bytearray(ROMS["kernal"])
        forged[-1] ^= 1
        route.fulfill(body=bytes(forged), content_type="application/octet-stream")

    page.route("**/rom/kernal", forge)
    page.goto(rom_site.url)
    listener.play(TITLE)
    listener.wait_for_phase("failed")
    assert "KERNAL ROM that the site sent is not the one that its list promises" in listener.shown("notice")
    page.unroute("**/rom/kernal")
    listener.play(TITLE)
    listener.wait_for_phase("playing")


@pytest.mark.usefixtures("bundle")
def test_a_cache_that_was_tampered_with_is_not_believed(
    page: Page, rom_site: Site, listener: Listener, asked: list[Request]
) -> None:
    page.goto(rom_site.url)
    listener.play(TITLE)
    listener.wait_for_phase("playing")
    page.evaluate(
        """async () => {
            const cache = await caches.open("sidflow-roms");
            for (const key of await cache.keys()) await cache.put(key, new Response(new Uint8Array(8192)));
        }"""
    )
    page.reload()
    asked.clear()
    listener.play(TITLE)
    listener.wait_for_phase("playing")
    assert len(rom_requests(asked)) == 2


@pytest.mark.usefixtures("bundle")
def test_it_also_plays_where_browsers_keep_hashing_to_themselves(
    page: Page, rom_site: Site, listener: Listener, expected_errors: list[str]
) -> None:
    expected_errors.append("Cross-Origin-Opener-Policy header has been ignored")
    page.goto(rom_site.other_url)
    assert page.evaluate("!isSecureContext && !crypto.subtle")
    listener.play(TITLE)
    listener.wait_for_phase("playing")
