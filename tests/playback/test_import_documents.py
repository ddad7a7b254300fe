"""Do lengths, names and comments of a collection's documents reach its songs, and follow the documents?"""

import hashlib
from pathlib import Path

import pytest
from django.test import Client

from playback.catalogue.importing import import_sids
from playback.models import Album, SidFile, Track
from tests.playback.made_up_sids import put, sid_bytes

pytestmark = pytest.mark.django_db

ZULU = "GAMES/S-Z/Zulu.sid"


def write_documents(root: Path, *, lengths: str = "", stil: str = "", bugs: str = "") -> None:
    """Windows-1252 with CRLF, as the HVSC has them."""
    folder = root / "DOCUMENTS"
    folder.mkdir(exist_ok=True)
    for name, text in (("Songlengths.md5", lengths), ("STIL.txt", stil), ("BUGlist.txt", bugs)):
        (folder / name).write_bytes(text.replace("\n", "\r\n").encode("windows-1252"))


def md5(root: Path, path: str) -> str:
    return hashlib.md5((root / path).read_bytes(), usedforsecurity=False).hexdigest()


def lengths(path: str = ZULU) -> list[int | None]:
    return list(
        Track.objects.filter(album__sid_file__path=path).in_order().values_list("length_ms", flat=True)
    )


def test_songs_get_their_lengths(hvsc: Path) -> None:
    write_documents(hvsc, lengths=f"[Database]\n; /{ZULU}\n{md5(hvsc, ZULU)}=1:00 0:30.5\n")
    import_sids(hvsc)
    assert lengths() == [60_000, 30_500, None]


def test_lengths_follow_the_document_and_not_the_file(hvsc: Path) -> None:
    import_sids(hvsc)
    assert lengths() == [None, None, None]
    write_documents(hvsc, lengths=f"{md5(hvsc, ZULU)}=1:00 2:00 3:00")
    [report] = import_sids(hvsc)
    assert (report.changed, report.unchanged) == (0, 4)
    assert lengths() == [60_000, 120_000, 180_000]
    write_documents(hvsc)
    import_sids(hvsc)
    assert lengths() == [None, None, None]


def test_an_edited_file_loses_the_length_of_the_old_one(hvsc: Path) -> None:
    write_documents(hvsc, lengths=f"{md5(hvsc, ZULU)}=1:00 2:00 3:00")
    import_sids(hvsc)
    put(hvsc, ZULU, sid_bytes(title="Zulu", songs=3, start_song=2, author="Somebody"))
    import_sids(hvsc)
    assert lengths() == [None, None, None]


def test_stil_and_buglist_are_kept_with_the_file_and_name_its_songs(hvsc: Path) -> None:
    write_documents(
        hvsc,
        stil=f"/{ZULU}\nCOMMENT: Für alle.\n(#2)\n   NAME: The second\n  TITLE: Covers this\n",
        bugs=f"/{ZULU}\n(#3)\n    BUG: Stops early.\n",
    )
    import_sids(hvsc)
    assert SidFile.objects.get(path=ZULU).notes == [
        {"song": None, "field": "COMMENT", "text": "Für alle."},
        {"song": 2, "field": "NAME", "text": "The second"},
        {"song": 2, "field": "TITLE", "text": "Covers this"},
        {"song": 3, "field": "BUG", "text": "Stops early."},
    ]
    titles = Track.objects.filter(album__sid_file__path=ZULU).in_order().values_list("title", flat=True)
    assert list(titles) == ["", "The second", ""]


def test_a_play_tells_what_is_known(hvsc: Path, client: Client) -> None:
    write_documents(hvsc, lengths=f"{md5(hvsc, ZULU)}=1:00 2:00 3:00", stil=f"/{ZULU}\nCOMMENT: About it.\n")
    import_sids(hvsc)
    answer = client.post("/api/play", {"sidPath": ZULU, "song": 2}, content_type="application/json").json()
    assert answer["track"]["lengthMs"] == 120_000
    assert answer["track"]["notes"] == [{"song": None, "field": "COMMENT", "text": "About it."}]


def test_documents_that_are_none_do_no_harm(hvsc: Path) -> None:
    folder = hvsc / "DOCUMENTS"
    folder.mkdir(exist_ok=True)
    (folder / "STIL.txt").mkdir()
    (folder / "Songlengths.md5").write_bytes(bytes(range(256)) * 100)
    (folder / "BUGlist.txt").symlink_to("/etc/hostname")
    import_sids(hvsc)
    assert lengths() == [None, None, None]
    assert all(notes == [] for notes in SidFile.objects.values_list("notes", flat=True))


@pytest.mark.parametrize(
    ("released", "year"),
    [("1987 Thalamus", 1987), ("1987-88 X", 1987), ("19?? Ocean", None), ("", None), ("20260", None)],
)
def test_the_year_is_read_from_the_release(hvsc: Path, released: str, year: int | None) -> None:
    put(hvsc, ZULU, sid_bytes(released=released, songs=3, start_song=2))
    import_sids(hvsc)
    assert Album.objects.get(sid_file__path=ZULU).year == year
