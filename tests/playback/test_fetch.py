"""Does a fetch bring the newest HVSC into the catalogue, and tell when there is nothing newer?"""

import pytest

from playback.models import Collection, Track
from tests.fakes.hvsc_releases import archive, tunes, whole
from tests.playback.fetching_site import Site, catalogue, ids

pytestmark = pytest.mark.django_db


def test_the_newest_release_comes_into_the_catalogue(site: Site) -> None:
    files = whole(84, tunes(84))
    site.mirror.publish(84, archive(files))
    job = site.fetch()
    assert (job.state, job.problem) == ("completed", None)
    assert site.files() == files
    collection = Collection.objects.get()
    assert (collection.name, collection.version, collection.root) == ("HVSC", "84", str(site.tree))
    assert [path for path, _, _ in catalogue()] == sorted(tunes(84))
    assert Track.objects.get(album__sid_file__path="DEMOS/A-F/Alpha.sid").length_ms == 62_000
    assert job.result is not None
    assert job.result["message"] == "HVSC 84 is in the catalogue."
    assert job.result["collections"][0]["added"] == len(tunes(84))
    assert sorted(path.name for path in site.stage.iterdir()) == ["lock"]


def test_nothing_newer_is_said_at_once(site: Site) -> None:
    site.mirror.publish(84, archive(whole(84, tunes(84))))
    site.fetch()
    before, sent = ids(), site.mirror.sent("HVSC_84-all-of-them.7z")
    job = site.fetch()
    assert job.result is not None
    assert (job.state, job.result["message"]) == ("completed", "HVSC 84 is the newest.")
    assert site.mirror.sent("HVSC_84-all-of-them.7z") == sent
    assert ids() == before


def test_force_fetches_again_what_is_here(site: Site) -> None:
    site.mirror.publish(84, archive(whole(84, tunes(84))))
    site.fetch()
    before = ids()
    (site.tree / "DEMOS/A-F/Alpha.sid").write_bytes(b"scratched")
    job = site.fetch(force=True)
    assert job.state == "completed"
    assert site.files() == whole(84, tunes(84))
    assert ids() == before
