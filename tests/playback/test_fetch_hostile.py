"""Does whatever a mirror does, short of giving the collection, end in a clear failure that harms nothing?"""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from playback.fetching import archives, downloading, verifying, web
from tests.fakes.hvsc_releases import Files, archive, seven_zip, tune, tunes, whole
from tests.playback.fetching_site import Site, catalogue, ids

pytestmark = pytest.mark.django_db

OLD = whole(83, tunes(83))
NEW = whole(84, tunes(84))
NAME = "HVSC_84-all-of-them.7z"
ALPHA = "DEMOS/A-F/Alpha.sid"


@pytest.fixture
def here(site: Site) -> Site:
    """83 is here, and 84 is out."""
    site.mirror.publish(83, archive(OLD))
    assert site.fetch().state == "completed"
    site.mirror.publish(84, archive(NEW))
    return site


def must_fail(site: Site, code: str, *said: str, **parameters: Any) -> None:
    """A fetch fails so, and the collection, the catalogue and a tune's play are as before; then the next one succeeds."""
    before = (site.files(), catalogue(), ids())
    job = site.fetch(**parameters)
    assert job.problem is not None, job.result
    assert (job.state, job.problem["code"]) == ("failed", code), job.problem
    for text in said:
        assert text in job.problem["detail"], job.problem["detail"]
    assert (site.files(), catalogue(), ids()) == before
    assert hashlib.md5(played(ALPHA)).hexdigest() == hashlib.md5(OLD[ALPHA]).hexdigest()


def played(path: str) -> bytes:
    """The bytes that a visitor gets."""
    client = Client()
    answer = client.post("/api/play", {"sidPath": path}, content_type="application/json").json()
    data: bytes = client.get(answer["session"]["sidUrl"]).getvalue()
    return data


def test_a_fetch_that_harms_nothing_is_followed_by_one_that_succeeds(here: Site) -> None:
    here.mirror.answers[f"/HVSC/{NAME}"] = (404, {}, b"")
    must_fail(here, "fetch-mirror-failed", "It answers 404.")
    here.mirror.answers.clear()
    assert here.fetch().state == "completed"
    assert here.files() == NEW


PAGE = b"<!doctype html><title>We have moved</title>" + b"x" * 5000


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((404, {}, b"no"), "It answers 404."),
        ((500, {}, b"no"), "It answers 500."),
        ((200, {}, b""), "no 7z archive"),
        ((200, {}, PAGE), "no 7z archive"),
        ((200, {"Content-Encoding": "gzip"}, b"7z\xbc\xaf'\x1c"), "encoding"),
        ((200, {"Content-Length": str(1 << 40)}, b"7z\xbc\xaf'\x1c"), "at most"),
        ((206, {"Content-Range": "bytes 0-4/5"}, b"7z\xbc\xaf'"), "changed"),
        ((200, {"Content-Length": "no number"}, PAGE), ""),
        ((302, {"Location": "gopher://example.org/"}, b""), ""),
    ],
)
def test_answers_that_are_no_archive(
    here: Site, answer: tuple[int, dict[str, str], bytes], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloading, "_PAUSE_S", 0.0)
    here.mirror.answers[f"/HVSC/{NAME}"] = answer
    code = "fetch-address-refused" if answer[0] == 302 else "fetch-mirror-failed"
    must_fail(here, code, said)


@pytest.mark.parametrize("lies_by", [500, -500])
def test_a_length_that_is_a_lie(here: Site, lies_by: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloading, "_PAUSE_S", 0.0)
    here.mirror.lies_by = lies_by
    must_fail(here, "fetch-mirror-failed" if lies_by > 0 else "fetch-archive-refused")


def test_a_transfer_that_always_breaks_off_and_cannot_be_taken_up(
    here: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloading, "_PAUSE_S", 0.0)
    here.mirror.ranges, here.mirror.cuts_at = False, 3000
    must_fail(here, "fetch-mirror-failed", "3000 bytes have come")


def test_a_transfer_that_breaks_off_and_can_be_taken_up_is_no_failure(
    here: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloading, "_PAUSE_S", 0.0)
    here.mirror.cuts_at = 1000
    assert here.fetch().state == "completed"
    assert here.files() == NEW
    assert here.mirror.sent(NAME) == len(archive(NEW)), "no byte came twice"


def test_a_server_that_says_nothing_any_more(here: Site) -> None:
    here.mirror.ranges, here.mirror.silent_at = False, 2000
    here.web_stalls_after(0.6)
    must_fail(here, "fetch-mirror-failed", "has said nothing")


def test_a_server_that_falls_silent_and_can_be_asked_again_is_no_failure(here: Site) -> None:
    here.mirror.silent_at = 2000
    here.web_stalls_after(0.6)
    assert here.fetch().state == "completed"
    assert here.mirror.sent(NAME) == len(archive(NEW))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>Hello</html>",
        b"[" * 100_000,
        b"x" * 100_000,
        json.dumps({"version": "84"}).encode(),
        json.dumps({"version": True}).encode(),
        json.dumps({"version": 1e9}).encode(),
        json.dumps({"version": -1, "complete": []}).encode(),
        json.dumps([84]).encode(),
        b'{"version": 1' + b"0" * 5000 + b"}",
    ],
)
def test_a_version_api_that_talks_nonsense_is_passed_over_for_the_listing(here: Site, answer: bytes) -> None:
    here.mirror.answers["/api/v1/version"] = (200, {}, answer)
    assert here.fetch().state == "completed"
    assert here.files() == NEW


def test_an_answer_that_comes_byte_by_byte(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never silent for long, and never at an end."""
    monkeypatch.setattr(web.Web.__init__, "__kwdefaults__", {"stall_s": 30.0, "small_s": 1.0})
    here.mirror.drips_s = 0.2
    must_fail(here, "fetch-mirror-failed", "answers too slowly")


def test_neither_api_nor_listing(here: Site) -> None:
    here.mirror.answers |= {
        "/api/v1/version": (503, {}, b""),
        "/HVSC/": (200, {}, b'<a href="HVSC_99999-all-of-them.7z">../../HVSC_0-all-of-them.7z</a>' * 100),
    }
    must_fail(here, "fetch-mirror-failed", "Nobody says", "It answers 503.", "names no complete archive")


def test_a_listing_full_of_hostile_names_gives_the_one_that_is_there(here: Site) -> None:
    names = [f"../../etc/HVSC_{number}-all-of-them.7z" for number in (0, 1000, 84, 7)]
    listing = "".join(f'<a href="{name}" onclick="x">\0{name}</a>' for name in names)
    here.mirror.answers |= {"/api/v1/version": (404, {}, b""), "/HVSC/": (200, {}, listing.encode())}
    assert here.fetch().state == "completed"
    assert here.files() == NEW


def test_an_api_that_sends_elsewhere(here: Site) -> None:
    """The API's own address of an archive is checked like any other, and tried after the mirrors."""
    del here.mirror.files[NAME]
    here.configure(allow_private_addresses=True, allow_http=True)
    document = here.mirror.api_document() | {"complete": {"url": "file:///etc/passwd"}}
    here.mirror.answers["/api/v1/version"] = (200, {}, json.dumps(document).encode())
    must_fail(here, "fetch-mirror-failed", "It answers 404.", "file:///etc/passwd is neither")


def test_http_and_private_addresses_are_refused_unless_told(here: Site) -> None:
    here.configure(allow_http=False)
    must_fail(here, "fetch-address-refused", "hvsc.allowHttp would allow that")
    here.configure(allow_private_addresses=False)
    must_fail(here, "fetch-address-refused", "127.0.0.1 is 127.0.0.1, which is not a public address")
    must_fail(here, "fetch-address-refused", "which is not a public address", version=84)


def test_a_redirect_is_followed_to_where_one_may_go_only(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from playback.fetching import addresses

    here.mirror.redirects[f"/HVSC/{NAME}"] = "http://192.168.1.1/HVSC.7z"
    # The mirror itself is taken for public; where it leads to is not.
    monkeypatch.setattr(addresses, "is_public", lambda address: str(address) == "127.0.0.1")
    here.configure(allow_private_addresses=False)
    must_fail(
        here, "fetch-address-refused", "192.168.1.1 is 192.168.1.1, which is not a public address", version=84
    )
    monkeypatch.undo()
    here.configure()
    here.mirror.redirects[f"/HVSC/{NAME}"] = f"/HVSC/{NAME}?again"
    here.mirror.redirects[f"/HVSC/{NAME}?again"] = f"{here.mirror.url}/HVSC/{NAME}"
    must_fail(here, "fetch-mirror-failed", "More than 5 redirects")
    here.mirror.redirects = {f"/HVSC/{NAME}": "/elsewhere.7z"}
    here.mirror.answers["/elsewhere.7z"] = (200, {}, archive(NEW))
    assert here.fetch().state == "completed"


RENAMES = {
    "up": {f"C64Music/{ALPHA}": "C64Music/../../../evil.sid"},
    "root": {f"C64Music/{ALPHA}": "/tmp/evil.sid"},
    "beside": {f"C64Music/{ALPHA}": "Elsewhere/evil.sid"},
    "backslash": {f"C64Music/{ALPHA}": "C64Music/..\\..\\evil.sid"},
    "newline": {f"C64Music/{ALPHA}": "C64Music/a\nPath = b.sid"},
    "dot": {f"C64Music/{ALPHA}": "C64Music/./a.sid"},
}


@pytest.mark.parametrize("renames", RENAMES.values(), ids=RENAMES)
def test_names_that_leave_the_collection(here: Site, renames: dict[str, str]) -> None:
    here.mirror.files[NAME] = archive(NEW, renames=renames)
    must_fail(here, "fetch-archive-refused", "The archive holds")
    assert not list(here.folder.parent.rglob("*evil*"))
    assert not Path("/tmp/evil.sid").exists()


def packed(folder: Path, *options: str) -> bytes:
    seven_zip("a", *options, "made.7z", "C64Music", cwd=folder)
    return (folder / "made.7z").read_bytes()


def a_link(folder: Path) -> bytes:
    (folder / "C64Music/DEMOS/link.sid").symlink_to("/etc/passwd")
    return packed(folder, "-snl")


def a_linked_folder(folder: Path) -> bytes:
    (folder / "C64Music/GAMES/X").symlink_to("/tmp")
    return packed(folder, "-snl")


def a_bomb(folder: Path) -> bytes:
    with (folder / "C64Music/DEMOS/zero.sid").open("wb") as file:
        file.truncate(40 * 1024 * 1024)
    return packed(folder, "-m0=LZMA", "-mx=1")


def a_secret(folder: Path) -> bytes:
    return packed(folder, "-psecret")


def a_secret_list(folder: Path) -> bytes:
    return packed(folder, "-psecret", "-mhe=on")


def a_damaged_one(folder: Path) -> bytes:
    data = bytearray(packed(folder, "-m0=Copy"))
    data[200] ^= 0xFF
    return bytes(data)


def a_cut_one(folder: Path) -> bytes:
    return packed(folder)[:-40]


def an_empty_one(folder: Path) -> bytes:
    shutil.rmtree(folder / "C64Music")
    (folder / "C64Music").mkdir()
    return packed(folder)


def a_different_collection(folder: Path) -> bytes:
    (folder / "C64Music/DEMOS/A-F/Alpha.sid").write_bytes(tune("Other"))
    return packed(folder)


def one_without_a_tune(folder: Path) -> bytes:
    (folder / "C64Music/DEMOS/A-F/Alpha.sid").unlink()
    return packed(folder)


def one_with_half_a_list(folder: Path) -> bytes:
    place = folder / "C64Music/DOCUMENTS/Songlengths.md5"
    place.write_bytes(place.read_bytes()[:200])
    return packed(folder)


def one_without_a_list(folder: Path) -> bytes:
    (folder / "C64Music/DOCUMENTS/Songlengths.md5").unlink()
    return packed(folder)


def another_release(folder: Path) -> bytes:
    (folder / "C64Music/DOCUMENTS/HVSC.txt").write_bytes(b"Release 12\r\n")
    return packed(folder)


def no_collection(folder: Path) -> bytes:
    shutil.rmtree(folder / "C64Music/DEMOS")
    shutil.rmtree(folder / "C64Music/GAMES")
    shutil.rmtree(folder / "C64Music/MUSICIANS")
    return packed(folder)


@pytest.mark.parametrize(
    ("make", "code", "said"),
    [
        (a_link, "fetch-archive-refused", "is a link"),
        (a_linked_folder, "fetch-archive-refused", "is a link"),
        (a_bomb, "fetch-archive-refused", "no music"),
        (a_secret, "fetch-archive-refused", "encrypted"),
        (a_secret_list, "fetch-archive-refused", "7z ends with"),
        (a_damaged_one, "fetch-archive-refused", "7z ends with"),
        (a_cut_one, "fetch-archive-refused", "7z ends with"),
        (an_empty_one, "fetch-archive-refused", "empty"),
        (
            a_different_collection,
            "fetch-collection-incomplete",
            "1 different. Among them: DEMOS/A-F/Alpha.sid",
        ),
        (one_without_a_tune, "fetch-collection-incomplete", "1 of them missing"),
        (one_with_half_a_list, "fetch-collection-incomplete", "the collection that is here lists 7"),
        (one_without_a_list, "fetch-collection-incomplete", "lists 0 files"),
        (another_release, "fetch-collection-incomplete", "says release 12"),
        (no_collection, "fetch-collection-incomplete", "folders"),
    ],
)
def test_archives_that_are_not_the_collection(
    here: Site, tmp_path: Path, make: Callable[[Path], bytes], code: str, said: str
) -> None:
    from tests.fakes.hvsc_releases import write

    here.mirror.files[NAME] = make(
        write({f"C64Music/{path}": data for path, data in NEW.items()}, tmp_path / "made")
    )
    must_fail(here, code, said)
    assert not list(here.stage.rglob("*.sid")), "nothing that cannot be used is kept"
    assert not (here.stage / NAME).exists()
    here.mirror.files[NAME] = archive(NEW)
    assert here.fetch().state == "completed"


def test_a_collection_with_a_small_mistake_in_its_list_is_taken(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One in a thousand (here: in seven): the list's own mistakes must not keep the collection away for ever."""
    monkeypatch.setattr(verifying, "TOLERATED_ONE_IN", len(tunes(84)))
    made: Files = whole(84, tunes(84))
    made["DEMOS/A-F/Alpha.sid"] = tune("Another")
    site.mirror.publish(84, archive(made))
    job = site.fetch()
    assert job.result is not None
    assert (job.state, job.result["different"], job.result["missing"]) == ("completed", 1, 0)
    made["DEMOS/A-F/Bravo.sid"] = tune("Yet another")
    site.mirror.publish(84, archive(made))
    job = site.fetch(force=True)
    assert job.problem is not None
    assert job.problem["code"] == "fetch-collection-incomplete"


def test_a_list_of_more_entries_than_any_collection_has(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_ENTRIES", 10)
    must_fail(here, "fetch-archive-refused", "more than 10 files")


def test_an_archive_that_is_larger_than_any(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloading, "LARGEST_ARCHIVE", 2000)
    must_fail(here, "fetch-mirror-failed", "at most 2000")
