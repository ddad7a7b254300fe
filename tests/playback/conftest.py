"""What do the tests of this room share?  A folder of made-up tunes, and the corpus of real ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.hvsc_mirror import Mirror, running_mirror
from tests.playback.fetching_site import Site
from tests.playback.made_up_sids import put

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"


@pytest.fixture
def corpus() -> Path:
    """The folder of real tunes beside the project; a test that needs it says so where it is absent."""
    if not CORPUS.is_dir():
        pytest.skip(f"needs the corpus of real tunes at {CORPUS}")
    return CORPUS


@pytest.fixture
def hvsc(tmp_path: Path) -> Path:
    """A small HVSC: four tunes, six songs."""
    root = tmp_path / "C64Music"
    put(root, "DEMOS/A-F/Alpha.sid", title="Alpha", author="Ada Example", released="1988 Example")
    put(root, "GAMES/S-Z/Zulu.sid", title="Zulu", songs=3, start_song=2)
    put(root, "MUSICIANS/E/Example_Ada/Echo.sid", version=3, second=0x42, flags=0b1010_0100)
    put(root, "MUSICIANS/E/Example_Ada/foxtrot.sid", author="Ada Example")
    (root / "DOCUMENTS").mkdir()
    (root / "DOCUMENTS" / "HVSC.txt").write_bytes(b"High Voltage SID Collection\r\n\r\nRelease 83\r\n")
    return root


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    """A mirror of the HVSC on this machine, with nothing on it yet."""
    with running_mirror() as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site that fetches from that mirror into a new folder."""
    made = Site(tmp_path / "hvsc", mirror, monkeypatch)
    made.configure()
    return made
