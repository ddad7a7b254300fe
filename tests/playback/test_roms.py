"""Do browsers get exactly the ROMs that staff uploaded, with what proves them, and only for tunes that need them?"""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from playback.catalogue.importing import import_sids
from playback.models import RomBundle
from playback.roms.bundles import activate, add_bundle, remove_bundle
from playback.roms.checking import RomError, checked_rom
from playback.roms.storage import folder, read_rom, remove_rom, store_rom
from tests.playback.made_up_sids import put

pytestmark = pytest.mark.django_db

# Of the right sizes, and nobody's.
ROMS = {"kernal": b"K" * 8192, "basic": b"B" * 8192, "chargen": b"C" * 4096}
BASIC_TUNE = "DEMOS/basic.sid"
PLAIN_TUNE = "DEMOS/A-F/Alpha.sid"


@pytest.fixture(autouse=True)
def music(hvsc: Path, tmp_path: Path, settings: Any) -> Path:
    """Tunes, one of them a BASIC program, and a data folder for the ROMs."""
    settings.DATA_DIR = tmp_path / "data"
    put(hvsc, BASIC_TUNE, magic=b"RSID", init=0, flags=2, program=b"\x01\x08" + bytes(20))
    import_sids(hvsc)
    return hvsc


def sha256(kind: str) -> str:
    return hashlib.sha256(ROMS[kind]).hexdigest()


def bundle(name: str = "Ours", *, active: bool = True, **other: bytes) -> RomBundle:
    return add_bundle(name, roms=ROMS | other, active=active)


def play(client: Client, path: str = BASIC_TUNE) -> dict[str, Any]:
    answer = client.post("/api/play", {"sidPath": path}, content_type="application/json")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


def problem(answer: Any, status: int, code: str) -> str:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    document = json.loads(answer.content)
    assert document["code"] == code
    return str(document.get("detail", ""))


# ---- what plays ----


def test_without_a_bundle_a_basic_tune_says_what_it_needs_and_what_to_do(client: Client) -> None:
    answer = play(client)
    assert (answer["track"]["playable"], answer["session"]["romUrls"]) == (False, {})
    assert answer["track"]["reason"]["code"] == "needs_roms"
    assert "BASIC and KERNAL" in answer["track"]["reason"]["message"]
    assert "Your own ROMs" in answer["track"]["reason"]["message"]
    assert client.get("/api/prefs/rom-manifest").json() == {"bundles": []}


def test_with_a_bundle_it_is_playable_and_says_where_the_roms_are(client: Client) -> None:
    made = bundle()
    answer = play(client)
    session = answer["session"]
    assert (answer["track"]["playable"], answer["track"]["reason"]) == (True, None)
    assert answer["track"]["needsRoms"] == ["basic", "kernal"]
    assert session["romUrls"] == {
        kind: f"/api/playback/{session['id']}/rom/{kind}" for kind in ("basic", "kernal", "chargen")
    }
    assert client.get("/api/prefs/rom-manifest").json() == {
        "bundles": [
            {
                "id": str(made.pk),
                "name": "Ours",
                "roms": {kind: {"sha256": sha256(kind), "sizeBytes": len(ROMS[kind])} for kind in ROMS},
            }
        ]
    }
    for kind, url in session["romUrls"].items():
        assert client.get(url).content == ROMS[kind]


def test_lists_and_batches_say_the_same(client: Client) -> None:
    bundle()
    basic, plain = play(client), play(client, PLAIN_TUNE)
    ids = [basic["track"]["id"], plain["track"]["id"]]
    items = client.post("/api/play", {"trackIds": ids}, content_type="application/json").json()["items"]
    assert [bool(item["session"]["romUrls"]) for item in items] == [True, False]
    listed = {track["path"]: track["playable"] for track in client.get("/api/tracks").json()["items"]}
    assert listed[BASIC_TUNE] is True


def test_an_inactive_bundle_is_nobody_s(client: Client) -> None:
    bundle(active=False)
    assert play(client)["track"]["playable"] is False
    assert client.get("/api/prefs/rom-manifest").json() == {"bundles": []}


def test_a_bundle_without_a_character_rom_is_enough(client: Client) -> None:
    add_bundle("Two", roms={kind: ROMS[kind] for kind in ("kernal", "basic")}, active=True)
    session = play(client)["session"]
    assert session["romUrls"].keys() == {"kernal", "basic"}
    problem(client.get(session["romUrls"]["basic"].replace("basic", "chargen")), 404, "rom-not-found")


def test_a_tune_that_is_broken_stays_broken(client: Client, music: Path) -> None:
    put(music, "DEMOS/broken.sid", b"PSID")
    import_sids(music)
    bundle()
    assert play(client, "DEMOS/broken.sid")["track"]["reason"]["code"] == "truncated"


def test_plain_tunes_cost_no_further_query(client: Client, django_assert_num_queries: Any) -> None:
    bundle()
    with django_assert_num_queries(2):
        assert play(client, PLAIN_TUNE)["session"]["romUrls"] == {}
    with django_assert_num_queries(3):
        play(client)


# ---- the bytes' headers ----


def test_a_rom_has_the_headers_of_the_seeds(client: Client) -> None:
    bundle()
    answer = client.get(play(client)["session"]["romUrls"]["kernal"])
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Cache-Control"] == "private, max-age=30"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Length"] == "8192"


def test_ranges_and_versions(client: Client) -> None:
    bundle()
    url = play(client)["session"]["romUrls"]["chargen"]
    etag = client.get(url).headers["ETag"]
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 304
    part = client.get(url, headers={"Range": "bytes=0-1"})
    assert (part.status_code, part.content) == (206, b"CC")
    problem(client.get(url, headers={"Range": "bytes=4096-"}), 416, "range-not-satisfiable")
    bundle("Another", chargen=b"D" * 4096)
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 200


def test_the_manifest_is_asked_for_again_each_time(client: Client) -> None:
    assert client.get("/api/prefs/rom-manifest").headers["Cache-Control"] == "no-cache"


# ---- who gets none ----


def test_what_is_not_there(client: Client) -> None:
    url = str(play(client)["session"]["sidUrl"]).replace("/sid", "/rom/kernal")
    problem(client.get(url), 404, "rom-not-found")
    bundle()
    assert client.get(url).status_code == 200
    problem(client.get(url.replace("kernal", "drive")), 404, "rom-not-found")
    problem(client.get(url.replace("kernal", "KERNAL")), 404, "rom-not-found")
    plain = str(play(client, PLAIN_TUNE)["session"]["sidUrl"]).replace("/sid", "/rom/kernal")
    assert problem(client.get(plain), 404, "rom-not-found") == "The session's tune needs no ROMs."


def test_sessions_are_looked_at_as_for_tunes(client: Client) -> None:
    bundle()
    url = play(client)["session"]["romUrls"]["kernal"]
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        problem(client.get(url), 410, "session-expired")
    problem(client.get(url.replace("/rom", "x/rom")), 404, "session-unknown")
    problem(client.get("/api/playback/nonsense/rom/kernal"), 400, "bad-session")
    problem(client.post(url), 405, "method-not-allowed")


@pytest.mark.parametrize(
    "kind",
    ["..%2f..%2fsecret-key", "%2e%2e", "..", "kernal%00", "a" * 300, "é", "%2fetc%2fpasswd", "kernal.rom"],
)
def test_a_kind_is_never_a_path(client: Client, kind: str) -> None:
    bundle()
    (Path(settings.DATA_DIR) / "secret-key").write_bytes(b"the secret")
    url = str(play(client)["session"]["romUrls"]["kernal"]).replace("kernal", kind)
    answer = client.get(url)
    assert answer.status_code in (400, 404)
    assert b"secret" not in answer.content


def test_a_rom_whose_file_is_gone_or_others_is_not_sent(client: Client) -> None:
    made = bundle()
    url = play(client)["session"]["romUrls"]["kernal"]
    file = folder() / f"{made.kernal_sha256}.rom"
    file.write_bytes(b"X" * 8192)
    detail = problem(client.get(url), 404, "rom-not-found")
    assert str(folder()) not in detail
    file.unlink()
    problem(client.get(url), 404, "rom-not-found")


# ---- the files ----


def test_the_files_are_named_by_what_is_in_them_and_nothing_is_left_beside() -> None:
    bundle()
    bundle("Again", active=False)
    names = sorted(file.name for file in folder().iterdir())
    assert names == sorted(f"{sha256(kind)}.rom" for kind in ROMS)
    assert folder().is_relative_to(settings.DATA_DIR)
    assert folder().stat().st_mode & 0o007 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in folder().iterdir())


def test_a_disk_that_fails_leaves_no_half_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="full"):
        store_rom(ROMS["kernal"])
    assert list(folder().iterdir()) == []


@pytest.mark.parametrize("name", ["", "../secret-key", "x", "A" * 64, "0" * 63, "0" * 64 + "/.."])
def test_only_a_sha256_names_a_file(name: str) -> None:
    with pytest.raises(FileNotFoundError):
        read_rom(name)
    remove_rom(name)


def test_a_removed_bundle_takes_along_what_no_other_has() -> None:
    first, second = bundle(), bundle("Second", kernal=b"L" * 8192)
    remove_bundle(first)
    assert {file.stem for file in folder().iterdir()} == set(second.roms.values())
    remove_bundle(second)
    assert list(folder().iterdir()) == []
    assert not RomBundle.objects.exists()


# ---- the rows ----


def test_there_is_one_active_bundle_at_most() -> None:
    first, second = bundle(), bundle("Second")
    assert list(RomBundle.objects.filter(is_active=True)) == [second]
    activate(first)
    assert list(RomBundle.objects.filter(is_active=True)) == [first]
    with pytest.raises(IntegrityError), transaction.atomic():
        RomBundle.objects.update(is_active=True)


def test_a_bundle_needs_both_and_the_right_sizes() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        add_bundle("Half", roms={"kernal": ROMS["kernal"]})
    with pytest.raises(RomError, match="KERNAL ROM has 8192 bytes; this file has 8191"):
        add_bundle("Short", roms=ROMS | {"kernal": b"x" * 8191})
    with pytest.raises(RomError, match="load address"):
        checked_rom("kernal", b"x" * 8194)
    assert not RomBundle.objects.exists()


def test_an_expected_hash_is_held_against_the_file() -> None:
    assert checked_rom("basic", ROMS["basic"], expected_sha256=f" {sha256('basic').upper()} ") == sha256(
        "basic"
    )
    with pytest.raises(RomError, match="was expected"):
        checked_rom("basic", ROMS["basic"], expected_sha256="0" * 64)
