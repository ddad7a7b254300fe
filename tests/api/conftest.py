"""Which site do these tests ask?  A real one in a process of its own, with a few tunes and every address open."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Site, serve_site


@dataclass(frozen=True)
class LiveSite:
    """Where it answers, and the folder that all its secrets are in."""

    port: int
    folder: Path

    @property
    def url(self) -> str:
        return Site(self.port).url


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    """A CDN is named so that addresses by content are open."""
    folder = tmp_path_factory.mktemp("api")
    settings: Any = {
        "SIDFLOW_AVAILABILITY__PUBLIC_BASE_URL": "http://127.0.0.1:9",
        "SIDFLOW_RENDER__UNKNOWN_LENGTH_SEC": "2",
    }
    with serve_site(folder, corpus=False, **settings) as served:
        yield LiveSite(served.port, folder)
