"""Do updates make of one release exactly what the next one's complete archive holds, and do tunes keep their ids through either?"""

import os
from pathlib import Path

import pytest

from playback.hvsc.header_edits import edited
from playback.models import SidFile
from tests.fakes.hvsc_releases import Files, archive, tune, tunes, whole
from tests.playback.fetching_site import Site, ids

pytestmark = pytest.mark.django_db

SCRIPT_84 = """# HVSC Update
# Resulting Version: 84
#  Previous Version: 83

MKDIR
/MUSICIANS/N/
MOVE
/DEMOS/A-F/Alpha.sid
/MUSICIANS/N/New_Ann/
# what took its place has nothing to do with it
REPLACE
/update/new/Alpha.sid
/DEMOS/A-F/
MOVE
/GAMES/A-F/Delta.sid
/GAMES/A-F/Renamed.sid
CREDITS
/GAMES/A-F/Renamed.sid
Renamed
Bo Example
*
SONGS
/games/a-f/echo.sid
3,2
DELETE
/MUSICIANS/E/Example_Ada/New_in_83.sid
REPLACE
/update/fix/
/DEMOS/A-F/
/update/DOCUMENTS/
/DOCUMENTS/
"""
SCRIPT_85 = """# Resulting Version: 85
# Previous Version: 84
MOVE
/MUSICIANS/N/New_Ann/Alpha.sid
/GAMES/A-F/
TITLE
/GAMES/A-F/Alpha.sid
At last
REPLACE
/update/DOCUMENTS/
/DOCUMENTS/
"""


def release_83() -> Files:
    return whole(83, tunes(83))


def release_84() -> Files:
    files = tunes(83)
    files["MUSICIANS/N/New_Ann/Alpha.sid"] = files["DEMOS/A-F/Alpha.sid"]
    files["DEMOS/A-F/Alpha.sid"] = tune("Another Alpha")
    renamed = edited(files.pop("GAMES/A-F/Delta.sid"), "CREDITS", ("Renamed", "Bo Example", "*"))
    files["GAMES/A-F/Renamed.sid"] = renamed
    files["GAMES/A-F/Echo.sid"] = edited(files["GAMES/A-F/Echo.sid"], "SONGS", ("3,2",))
    files["DEMOS/A-F/Bravo.sid"] = tune("Bravo", seed=2)
    del files["MUSICIANS/E/Example_Ada/New_in_83.sid"]
    return whole(84, files, Update84_hvs=SCRIPT_84.encode())


def release_85() -> Files:
    files = {path: data for path, data in release_84().items() if not path.startswith("DOCUMENTS")}
    moved = edited(files.pop("MUSICIANS/N/New_Ann/Alpha.sid"), "TITLE", ("At last",))
    files["GAMES/A-F/Alpha.sid"] = moved
    scripts = {"Update84_hvs": SCRIPT_84.encode(), "Update85_hvs": SCRIPT_85.encode()}
    return whole(85, files, **scripts)


def update_84() -> Files:
    new = release_84()
    return {
        "Update84.hvs": SCRIPT_84.encode(),
        "new/Alpha.sid": new["DEMOS/A-F/Alpha.sid"],
        "fix/Bravo.sid": new["DEMOS/A-F/Bravo.sid"],
        "readme.1st": b"Run the tool.",
    } | {
        f"DOCUMENTS/{name}": new[f"DOCUMENTS/{name}"] for name in ("HVSC.txt", "Songlengths.md5", "STIL.txt")
    }


def update_85() -> Files:
    new = release_85()
    documents = {
        f"DOCUMENTS/{name}": new[f"DOCUMENTS/{name}"] for name in ("HVSC.txt", "Songlengths.md5", "STIL.txt")
    }
    return documents | {"Update85.hvs": SCRIPT_85.encode()}


def published(site: Site) -> None:
    """83 is here, and 84 and 85 are out."""
    site.mirror.publish(83, archive(release_83()))
    assert site.fetch().state == "completed"
    site.mirror.publish(84, archive(release_84()), archive(update_84(), "update"))
    site.mirror.publish(85, archive(release_85()), archive(update_85(), "update"))


# Where each song was in 83, and where it is in 85.
FOLLOWED = {
    "DEMOS/A-F/Alpha.sid": "GAMES/A-F/Alpha.sid",
    "DEMOS/A-F/Bravo.sid": "DEMOS/A-F/Bravo.sid",
    "DEMOS/A-F/Charlie.sid": "DEMOS/A-F/Charlie.sid",
    "GAMES/A-F/Delta.sid": "GAMES/A-F/Renamed.sid",
    "GAMES/A-F/Echo.sid": "GAMES/A-F/Echo.sid",
    "MUSICIANS/E/Example_Ada/Foxtrot.sid": "MUSICIANS/E/Example_Ada/Foxtrot.sid",
}


def test_two_updates_in_a_row_make_what_the_complete_archive_holds(site: Site) -> None:
    published(site)
    before = ids()
    job = site.fetch(update=True)
    assert (job.state, job.problem) == ("completed", None)
    assert site.mirror.sent("HVSC_85-all-of-them.7z") == 0
    assert site.files() == release_85()
    after = ids()
    assert {new: after[new, 1] for new in FOLLOWED.values()} == {
        new: before[old, 1] for old, new in FOLLOWED.items()
    }
    assert after["DEMOS/A-F/Alpha.sid", 1] not in before.values(), (
        "a new tune in an old one's place is a new tune"
    )
    assert SidFile.objects.missing().get().path == "MUSICIANS/E/Example_Ada/New_in_83.sid"


def test_tunes_keep_their_ids_through_a_complete_archive(site: Site) -> None:
    published(site)
    before = ids()
    assert site.fetch().state == "completed"
    assert site.mirror.sent("HVSC_Update_85.7z") == 0
    assert site.files() == release_85()
    after = ids()
    assert {new: after[new, 1] for new in FOLLOWED.values()} == {
        new: before[old, 1] for old, new in FOLLOWED.items()
    }
    assert after["DEMOS/A-F/Alpha.sid", 1] not in before.values()
    assert after["GAMES/A-F/Renamed.sid", 3] == before["GAMES/A-F/Delta.sid", 3]


def test_an_update_writes_to_no_file_of_the_old_tree(site: Site) -> None:
    published(site)
    (site.folder / "kept").mkdir()
    kept = {}
    for path in release_83():
        os.link(site.tree / path, site.folder / "kept" / path.replace("/", "_"))
        kept[path.replace("/", "_")] = release_83()[path]
    site.fetch(update=True)
    assert {path.name: path.read_bytes() for path in (site.folder / "kept").iterdir()} == kept


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ("/DEMOS/A-F/Alpha.sid", "/DEMOS/A-F/None.sid", "there is no such file"),
        ("/DEMOS/A-F/Alpha.sid", "/../../../etc/passwd", "no path below the root"),
        ("Previous Version: 83", "Previous Version: 82", "makes release 84 of release 82"),
        ("3,2", "3,4", "SONGS does not take"),
    ],
)
def test_an_update_that_does_not_fit_changes_nothing(site: Site, line: str, instead: str, said: str) -> None:
    site.mirror.publish(83, archive(release_83()))
    site.fetch()
    before = ids()
    files = update_84() | {"Update84.hvs": SCRIPT_84.replace(line, instead).encode()}
    site.mirror.publish(84, archive(release_84()), archive(files, "update"))
    job = site.fetch(update=True)
    assert job.problem is not None
    assert (job.state, job.problem["code"]) == ("failed", "fetch-update-refused")
    assert said in job.problem["detail"]
    assert (site.files(), ids()) == (release_83(), before)
    assert site.fetch().state == "completed", "the complete archive needs no update"
    assert site.files() == release_84()


def test_an_update_whose_result_is_not_what_it_lists_is_refused(site: Site) -> None:
    site.mirror.publish(83, archive(release_83()))
    site.fetch()
    files = update_84() | {"fix/Bravo.sid": tune("Bravo", seed=3)}
    site.mirror.publish(84, update=archive(files, "update"))
    job = site.fetch(update=True)
    assert job.problem is not None
    assert job.problem["code"] == "fetch-collection-incomplete"
    assert "1 different" in job.problem["detail"]
    assert site.files() == release_83()


def test_without_a_collection_an_update_is_the_complete_archive(site: Site) -> None:
    site.mirror.publish(84, archive(release_84()), archive(update_84(), "update"))
    assert site.fetch(update=True).state == "completed"
    assert site.files() == release_84()


def test_files_that_change_places_are_told_by_their_bytes(site: Site) -> None:
    site.mirror.publish(83, archive(release_83()))
    site.fetch()
    before = ids()
    lines = """# Resulting Version: 84
# Previous Version: 83
MOVE
/DEMOS/A-F/Alpha.sid
/DEMOS/A-F/x.sid
/DEMOS/A-F/Charlie.sid
/DEMOS/A-F/Alpha.sid
/DEMOS/A-F/x.sid
/DEMOS/A-F/Charlie.sid
"""
    files = tunes(83)
    files["DEMOS/A-F/Alpha.sid"], files["DEMOS/A-F/Charlie.sid"] = tune("Charlie"), tune("Alpha")
    site.mirror.publish(84, archive(whole(84, files, Update84_hvs=lines.encode())))
    for _ in range(2):
        job = site.fetch(force=True)
        assert job.state == "completed"
        after = ids()
        assert after["DEMOS/A-F/Alpha.sid", 1] == before["DEMOS/A-F/Charlie.sid", 1]
        assert after["DEMOS/A-F/Charlie.sid", 1] == before["DEMOS/A-F/Alpha.sid", 1]


def test_the_collection_of_another_folder_moves_here(site: Site, tmp_path: Path) -> None:
    from playback.catalogue.importing import import_sids
    from tests.fakes.hvsc_releases import write

    import_sids(write(release_83(), tmp_path / "elsewhere" / "C64Music"), name="Ours")
    before = ids()
    site.mirror.publish(84, archive(release_84()))
    job = site.fetch()
    assert job.state == "completed"
    file = SidFile.objects.select_related("collection").get(path="GAMES/A-F/Renamed.sid")
    assert (file.collection.name, file.collection.root) == ("Ours", str(site.tree))
    assert ids()["GAMES/A-F/Renamed.sid", 1] == before["GAMES/A-F/Delta.sid", 1]
