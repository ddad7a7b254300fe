"""Does POST /api/play answer with the right track and a session, at the price of two queries?"""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from playback.api.schema import PlayDocument, PlaysDocument
from playback.catalogue.importing import import_sids
from playback.models import SidFile, Track
from tests.playback.made_up_sids import put
from tests.playback.test_paths import NOT_BELOW_A_ROOT

pytestmark = pytest.mark.django_db

ZULU = "GAMES/S-Z/Zulu.sid"


@pytest.fixture(autouse=True)
def music(hvsc: Path) -> Path:
    import_sids(hvsc)
    return hvsc


def play(client: Client, body: Any) -> Any:
    return client.post("/api/play", body, content_type="application/json")


def schema() -> dict[str, Any]:
    answer = Client().get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    document: dict[str, Any] = json.loads(answer.content)
    return document


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    document: dict[str, Any] = json.loads(answer.content)
    return document


def test_one_song_by_its_path(client: Client) -> None:
    answer = play(client, {"sidPath": ZULU, "song": 3})
    assert answer.status_code == 200
    track, session = answer.json()["track"], answer.json()["session"]
    assert track == {
        "id": str(Track.objects.get(album__sid_file__path=ZULU, position=3).public_id),
        "title": "Zulu",
        "author": "",
        "released": "",
        "year": None,
        "song": 3,
        "songs": 3,
        "chips": [{"model": "unknown", "address": 0xD400}],
        "clock": "unknown",
        "lengthMs": None,
        "path": ZULU,
        "collection": "HVSC",
        "format": "PSID",
        "needsRoms": [],
        "playable": True,
        "reason": None,
        "notes": [],
    }
    assert session.keys() == {"id", "expiresAt", "sidUrl", "romUrls", "streamUrls", "fallbackHlsUrl"}
    base = f"/api/playback/{session['id']}"
    assert (session["romUrls"], session["streamUrls"]) == ({}, {"m4a": f"{base}/stream.m4a"})
    assert session["fallbackHlsUrl"] == f"{base}/hls/index.m3u8"
    assert session["sidUrl"] == f"/api/playback/{session['id']}/sid"
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_a_number_the_start_song_is_meant(client: Client) -> None:
    assert play(client, {"sidPath": ZULU}).json()["track"]["song"] == 2


def test_several_tracks_by_their_ids_in_the_order_asked(client: Client) -> None:
    ids = [str(track.public_id) for track in Track.objects.in_order()]
    wish = [ids[3], ids[0], ids[3]]
    answer = play(client, {"trackIds": wish}).json()
    assert [item["track"]["id"] for item in answer["items"]] == wish
    assert answer["missing"] == []


def test_ids_that_are_gone_are_named_and_the_others_play(client: Client) -> None:
    known, gone = str(Track.objects.in_order()[0].public_id), str(uuid.uuid4())
    answer = play(client, {"trackIds": [gone, known]}).json()
    assert ([item["track"]["id"] for item in answer["items"]], answer["missing"]) == ([known], [gone])
    assert problem(play(client, {"trackIds": [gone]}), 404)["code"] == "track-not-found"


def test_two_queries_each(client: Client, django_assert_num_queries: Any) -> None:
    ids = [str(track.public_id) for track in Track.objects.all()]
    with django_assert_num_queries(2):
        play(client, {"sidPath": ZULU, "song": 1})
    with django_assert_num_queries(2):
        play(client, {"sidPath": ZULU, "song": 1, "collection": "HVSC"})
    with django_assert_num_queries(2):
        play(client, {"trackIds": ids})


def test_nobody_needs_a_cookie_or_a_token(db: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = play(strict, {"sidPath": ZULU})
    assert answer.status_code == 200
    assert not answer.cookies


def test_a_cookie_changes_nothing(admin_client: Client) -> None:
    assert play(admin_client, {"sidPath": ZULU}).status_code == 200


def test_the_first_collection_that_has_the_path_is_meant(client: Client, tmp_path: Path) -> None:
    put(tmp_path / "other", ZULU, title="Another Zulu", songs=9)
    import_sids(tmp_path / "other", name="Other")
    assert play(client, {"sidPath": ZULU}).json()["track"]["collection"] == "HVSC"
    assert play(client, {"sidPath": ZULU, "collection": "Other"}).json()["track"]["title"] == "Another Zulu"
    # The other collection's longer tune does not stand in for a song that the first has not.
    assert problem(play(client, {"sidPath": ZULU, "song": 9}), 404)["code"] == "song-out-of-range"
    assert play(client, {"sidPath": ZULU, "song": 9, "collection": "Other"}).status_code == 200


def test_what_is_not_there(client: Client) -> None:
    assert problem(play(client, {"sidPath": "GAMES/none.sid"}), 404)["code"] == "track-not-found"
    assert problem(play(client, {"sidPath": ZULU, "collection": "None"}), 404)["code"] == "track-not-found"
    assert problem(play(client, {"sidPath": "games/s-z/zulu.sid"}), 404)["code"] == "track-not-found"
    document = problem(play(client, {"sidPath": ZULU, "song": 4}), 404)
    assert (document["code"], document["songs"]) == ("song-out-of-range", 3)


def test_a_missing_file_is_not_there(client: Client, music: Path) -> None:
    track_id = str(Track.objects.get(album__sid_file__path=ZULU, position=1).public_id)
    (music / ZULU).unlink()
    import_sids(music)
    assert problem(play(client, {"sidPath": ZULU}), 404)["code"] == "track-not-found"
    assert problem(play(client, {"trackIds": [track_id]}), 404)["code"] == "track-not-found"


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "text",
        None,
        5,
        {"sidPath": ZULU, "trackIds": [str(uuid.uuid4())]},
        {"song": 1},
        {"trackIds": []},
        {"trackIds": ["5"]},
        {"trackIds": "x"},
        {"trackIds": [None]},
        {"trackIds": [str(uuid.uuid4())] * 101},
        {"trackIds": [str(uuid.uuid4())], "song": 1},
        {"sidPath": None},
        {"sidPath": ["a.sid"]},
        {"sidPath": {"a": 1}},
        {"sidPath": ZULU, "song": 0},
        {"sidPath": ZULU, "song": 257},
        {"sidPath": ZULU, "song": "x"},
        {"sidPath": ZULU, "song": True},
        {"sidPath": ZULU, "song": 1.5},
        {"sidPath": ZULU, "collection": "x" * 81},
    ],
)
def test_nonsense_is_a_400_with_a_problem(client: Client, body: Any) -> None:
    document = problem(client.post("/api/play", json.dumps(body), content_type="application/json"), 400)
    assert document["code"] == "invalid-input"
    assert document["errors"]


@pytest.mark.parametrize("text", ["{", "", "\0", '{"sidPath": "\\ud800"}', "NaN", "[" * 5000])
def test_what_is_no_json_is_a_400(client: Client, text: str) -> None:
    assert problem(client.post("/api/play", text, content_type="application/json"), 400)


def test_a_body_that_is_too_long_is_not_read(client: Client) -> None:
    body = json.dumps({"sidPath": ZULU})
    assert client.post("/api/play", body.rjust(65_536), content_type="application/json").status_code == 200
    document = problem(client.post("/api/play", body.rjust(65_537), content_type="application/json"), 400)
    assert document["detail"] == "A request here has at most 65536 bytes."


def test_a_form_is_not_read(client: Client) -> None:
    assert problem(client.post("/api/play", {"sidPath": ZULU}), 415)["code"] == "unsupported-media"


@pytest.mark.parametrize("path", NOT_BELOW_A_ROOT)
def test_a_path_that_is_not_below_the_root_is_refused(client: Client, path: str) -> None:
    answer = client.post("/api/play", json.dumps({"sidPath": path}), content_type="application/json")
    assert problem(answer, 400)["errors"][0]["field"] == "sidPath"


@pytest.mark.parametrize(
    "path", ["..%2fsecret.sid", "%2e%2e/secret.sid", "..%c0%af", "~/x.sid", "file:///etc/passwd", "*", "%"]
)
def test_encodings_are_names_like_any_other(client: Client, path: str) -> None:
    assert problem(play(client, {"sidPath": path}), 404 if not path.startswith("file:///") else 400)


def test_a_decomposed_path_finds_the_composed_one(client: Client, music: Path) -> None:
    put(music, "DEMOS/é.sid", title="E")
    import_sids(music)
    assert play(client, {"sidPath": "DEMOS/e\u0301.sid"}).json()["track"]["path"] == "DEMOS/é.sid"


def test_a_broken_tune_comes_with_its_reason_and_a_session(client: Client, music: Path) -> None:
    put(music, "DEMOS/broken.sid", b"PSID")
    put(music, "DEMOS/basic.sid", magic=b"RSID", init=0, flags=2, program=b"\x01\x08" + bytes(20))
    import_sids(music)
    broken = play(client, {"sidPath": "DEMOS/broken.sid"}).json()["track"]
    assert (broken["playable"], broken["chips"], broken["format"]) == (False, [], "")
    assert broken["reason"] == {
        "code": "truncated",
        "message": "The file ends before its header or its data does.",
    }
    basic = play(client, {"sidPath": "DEMOS/basic.sid"}).json()
    assert basic["track"]["reason"]["code"] == "needs_roms"
    assert basic["track"]["needsRoms"] == ["basic", "kernal"]
    assert client.get(basic["session"]["sidUrl"]).status_code == 200


def test_no_answer_tells_where_the_files_are(client: Client, music: Path) -> None:
    for body in ({"sidPath": ZULU}, {"sidPath": "none.sid"}, {"sidPath": "/x"}):
        assert str(music) not in play(client, body).content.decode()


def test_playing_writes_no_row(client: Client) -> None:
    before = (list(SidFile.objects.values()), list(Track.objects.values()))
    play(client, {"sidPath": ZULU})
    assert (list(SidFile.objects.values()), list(Track.objects.values())) == before


def test_the_schema_describes_the_answers(client: Client) -> None:
    one = play(client, {"sidPath": ZULU}).json()
    many = play(client, {"trackIds": [one["track"]["id"]]}).json()
    for document, answer in ((PlayDocument(data=one), one), (PlaysDocument(data=many), many)):
        assert document.is_valid(), document.errors
        assert set(document.fields) == set(answer)
    assert set(PlayDocument().fields["track"].fields) == set(one["track"])  # type: ignore[attr-defined]
    assert set(PlayDocument().fields["session"].fields) == set(one["session"])  # type: ignore[attr-defined]
    paths = schema()["paths"]
    assert {"/api/play", "/api/playback/{session}/sid", "/api/tracks"} <= set(paths)
    examples = paths["/api/play"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    assert len(examples) == 2
