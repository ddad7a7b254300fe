"""Does a fetch bring the newest HVSC into the catalogue, and tell when there is nothing newer?"""

import pytest
from django.test import Client

from jobs import controls
from playback.models import Collection, Track
from tests.fakes.hvsc_releases import archive, tune, tunes, whole
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


def test_what_plays_goes_on_playing_while_the_collection_changes(site: Site) -> None:
    """A session names a file, whose bytes are there before the swap, between swap and import, and after."""
    site.mirror.publish(83, archive(whole(83, tunes(83))))
    site.fetch()
    client = Client()
    body = {"sidPath": "DEMOS/A-F/Alpha.sid"}
    url = client.post("/api/play", body, content_type="application/json").json()["session"]["sidUrl"]
    old, new = tunes(83)["DEMOS/A-F/Alpha.sid"], tune("Alpha", seed=2)
    site.mirror.publish(84, archive(whole(84, tunes(84) | {"DEMOS/A-F/Alpha.sid": new})))
    job = site.ask()
    seen = []
    while not job.is_over:
        site.run(job, slices=1)
        seen.append((job.checkpoint["phase"], client.get(url).getvalue()))
    assert {phase for phase, data in seen if data == old} >= {"download", "unpack", "verify", "swap"}
    assert {phase for phase, data in seen if data == new} >= {"import", "clean"}
    assert {data for _, data in seen} == {old, new}


def test_an_hvsc_that_somebody_put_there_comes_into_the_catalogue(site: Site) -> None:
    from tests.fakes.hvsc_releases import write

    write(whole(84, tunes(84)), site.tree)
    site.mirror.publish(84)
    job = site.fetch()
    assert job.result is not None
    assert job.result["message"] == "HVSC 84 is the newest."
    assert Collection.objects.get().version == "84"
    assert Track.objects.count() == len(ids()) > 0


def test_sid_path_may_be_the_collection_s_root_itself(site: Site) -> None:
    from tests.fakes.hvsc_releases import write

    write(whole(83, tunes(83)), site.folder)
    site.configure(sid_path=site.folder)
    site.mirror.publish(84, archive(whole(84, tunes(84))))
    assert site.fetch().state == "completed"
    assert Collection.objects.get().root == str(site.folder)
    assert (site.folder / "MUSICIANS/E/Example_Ada/New_in_84.sid").exists()
    assert not site.stage.exists()


def test_a_release_may_be_chosen(site: Site) -> None:
    site.mirror.publish(83, archive(whole(83, tunes(83))))
    site.mirror.publish(84, archive(whole(84, tunes(84))))
    site.fetch()
    assert site.fetch(version=83).state == "completed"
    assert site.files() == whole(83, tunes(83))
    job = site.fetch(version=83)
    assert job.result is not None
    assert job.result["message"] == "HVSC 83 is here already."


def test_a_mirror_behind_is_told_and_nothing_goes_back(site: Site) -> None:
    site.mirror.publish(84, archive(whole(84, tunes(84))))
    site.fetch()
    site.mirror.version = 82
    job = site.fetch()
    assert job.result is not None
    assert job.result["message"] == "HVSC 84 is here; the newest to be had is 82."
    assert site.files() == whole(84, tunes(84))


def test_staff_s_programs_begin_one(site: Site, admin_client: Client) -> None:
    answer = admin_client.post("/api/fetch", {"force": True}, content_type="application/json")
    assert answer.status_code == 202
    assert answer.json()["type"] == "fetch"
    for wrong in ({"version": 0}, {"version": 1000}, {"force": "perhaps"}, {"url": "https://example.org"}):
        with pytest.raises(Exception, match="not right"):
            controls.ask_for("fetch", wrong)
