"""What do the browser tests share? The real site in a process of its own, Debian's Chromium, and an ear at the loudspeaker."""

import contextlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser.listening import EAR_SCRIPT, Ear, Listener
from tests.browser.tunes import write_many_tunes, write_tunes
from tests.services import free_port

ROOT: Final = Path(__file__).resolve().parents[2]
CORPUS: Final = ROOT.parent / "shared" / "corpus"
# Not secure for a browser, as any name of another machine: no AudioWorklet, no SharedArrayBuffer.
OTHER_HOST: Final = "sidflow.test"
PATIENCE_S: Final = 180
# A machine that does three other things at once may take long over anything; what is wrong stays wrong, however long one waits.
expect.set_options(timeout=30_000)
_PAGE_PATIENCE_MS: Final = 60_000
CHROMIUM_ARGUMENTS: Final = [
    "--no-sandbox",  # tests run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {OTHER_HOST} 127.0.0.1",
]


@dataclass(frozen=True)
class Site:
    """A running site with our own tunes, and with the corpus where there is one."""

    port: int

    @property
    def url(self) -> str:
        """Where browsers allow everything."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def other_url(self) -> str:
        """The same site as plain http from another machine."""
        return f"http://{OTHER_HOST}:{self.port}/"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site, for all tests of a run."""
    with serve_site(tmp_path_factory.mktemp("site")) as served:
        yield served


@pytest.fixture(scope="session")
def full_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose first page of tunes is full, and whose list goes on behind it."""
    folder: Path = tmp_path_factory.mktemp("full")
    write_many_tunes(folder / "made")
    with serve_site(folder, made_tunes=False, corpus=False) as served:
        yield served


@contextlib.contextmanager
def serve_site(
    folder: Path, *, made_tunes: bool = True, corpus: bool = True, **settings: str
) -> Iterator[Site]:
    """`manage.py serve` on a database of its own, into which tunes were imported."""
    if made_tunes:
        write_tunes(folder / "made")
    environ = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environ |= {"DJANGO_SETTINGS_MODULE": "sidflow_site.settings", "SIDFLOW_DATA_DIR": str(folder / "data")}
    environ |= settings
    environ["SIDFLOW_ALLOWED_HOSTS"] = f"127.0.0.1,localhost,{OTHER_HOST}"
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "-v0"], cwd=ROOT, env=environ, check=True)
    for music in (folder / "made", *([CORPUS] if corpus else [])):
        if music.is_dir():
            # Broken files are listed and make no difference to the rest; that they are named is the import's own test.
            command = [*manage, "import_sids", str(music)]
            subprocess.run(command, cwd=ROOT, env=environ, check=False, capture_output=True)
    port = free_port()
    command = [*manage, "serve", "--port", str(port)]
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=quiet, stderr=quiet)
    try:
        found = Site(port)
        _wait_for(found, server)
        yield found
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


def _wait_for(site: Site, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            urllib.request.urlopen(site.url + "api/health", timeout=20).close()
        except OSError:
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.2)
        else:
            return


# Playwright keeps an event loop in this thread, and Django refuses to use a database beside one: for a module only.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """The driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium, or the one that CHROMIUM names."""
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A visitor who was never here; with the `ear` fixture, one who carries a recorder that the site's policy would refuse."""
    listens = "ear" in request.fixturenames
    context = browser.new_context(viewport={"width": 1440, "height": 900}, bypass_csp=listens)
    context.set_default_timeout(_PAGE_PATIENCE_MS)
    if listens:
        context.add_init_script(EAR_SCRIPT)
    yield context
    context.unroute_all(behavior="ignoreErrors")
    context.close()


@pytest.fixture
def expected_errors() -> list[str]:
    """A test adds what it provokes; parts of the browser's messages."""
    return []


@pytest.fixture
def page(context: BrowserContext, expected_errors: list[str]) -> Iterator[Page]:
    """A tab. Errors in its console, a refusal by the security policy among them, fail the test."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield page
    # An answer may be on its way through a test's route: with the page gone, its handler would fail whoever is next.
    page.unroute_all(behavior="ignoreErrors")
    surprising = [error for error in errors if not any(part in error for part in expected_errors)]
    assert surprising == []


@pytest.fixture
def listener(page: Page) -> Listener:
    """Who drives the player and sees what it says."""
    return Listener(page)


@pytest.fixture
def ear(listener: Listener) -> Ear:
    """What comes out of the loudspeaker."""
    return Ear(listener.page)


@pytest.fixture
def with_corpus() -> None:
    """Real tunes are in the list; a test that needs them says so where they are not."""
    if not CORPUS.is_dir():
        pytest.skip(f"needs the corpus of real tunes at {CORPUS}")
