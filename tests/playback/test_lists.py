"""Do the list's pages, for programs and for people, hold every tune once and in order?"""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from playback.catalogue.importing import import_sids
from playback.catalogue.listing import BadCursorError, Cursor
from playback.models import Track
from tests.playback.made_up_sids import put

pytestmark = pytest.mark.django_db

NO_CURSORS = [
    "x",
    "!",
    "bm8",
    "é",
    "W10",
    "WzEsMiwzXQ",
    "W3RydWUsImEiLDFd",
    "WzEsIi9hIiwxXQ",
    "A" * 9000,
    "WzFlOTk5LCJhIiwxXQ",
]


@pytest.fixture
def music(tmp_path: Path, hvsc: Path) -> list[str]:
    """Two collections; the first one's bytewise order differs from a language's."""
    for name in ("b.sid", "B.sid", "a_.sid", "a.sid", "A.sid", "é.sid", "Z.sid", "z/0.sid"):
        put(tmp_path / "mine", name, songs=2)
    import_sids(tmp_path / "mine", name="Mine")
    import_sids(hvsc)
    return ["A.sid", "B.sid", "Z.sid", "a.sid", "a_.sid", "b.sid", "z/0.sid", "é.sid"]


def all_pages(client: Client, limit: int) -> list[dict[str, Any]]:
    tracks: list[dict[str, Any]] = []
    query = ""
    for _ in range(40):
        page = client.get(f"/api/tracks?limit={limit}{query}").json()
        assert len(page["items"]) <= limit
        tracks += page["items"]
        if page["nextCursor"] is None:
            return tracks
        query = f"&cursor={page['nextCursor']}"
    raise AssertionError("the list does not end")


@pytest.mark.parametrize("limit", [1, 3, 16, 200])
def test_every_track_once_in_order_on_pages_of_any_size(client: Client, music: list[str], limit: int) -> None:
    tracks = [(track["collection"], track["path"], track["song"]) for track in all_pages(client, limit)]
    mine = [("Mine", path, song) for path in music for song in (1, 2)]
    assert tracks[: len(mine)] == mine
    assert len(tracks) == len(mine) + 6


def test_a_page_is_one_query(client: Client, music: list[str], django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        client.get("/api/tracks?limit=5")


def test_files_that_come_while_paging_do_not_repeat_what_was_shown(
    client: Client, music: list[str], tmp_path: Path
) -> None:
    first = client.get("/api/tracks?limit=4").json()
    put(tmp_path / "mine", "0.sid")
    import_sids(tmp_path / "mine", name="Mine")
    second = client.get(f"/api/tracks?limit=4&cursor={first['nextCursor']}").json()
    assert [track["path"] for track in second["items"]] == ["Z.sid", "Z.sid", "a.sid", "a.sid"]


def test_an_empty_catalogue(client: Client, db: None) -> None:
    assert client.get("/api/tracks").json() == {"items": [], "nextCursor": None}


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", *(f"cursor={text}" for text in NO_CURSORS)]
)
def test_nonsense_is_a_400(client: Client, db: None, query: str) -> None:
    answer = client.get(f"/api/tracks?{query}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert json.loads(answer.content)["code"] in ("invalid-input", "bad-cursor")


@given(
    st.text(max_size=60) | st.binary(max_size=40).map(lambda data: Cursor(1, data.hex() or "a", 1).encode())
)
def test_any_text_is_a_cursor_or_is_refused(text: str) -> None:
    try:
        cursor = Cursor.decode(text)
    except BadCursorError:
        return
    assert Cursor.decode(cursor.encode()) == cursor


def context_of(client: Client, address: str) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == 200
    library = answer.context["library"]
    return {
        "files": library.files,
        "next_url": library.next_url,
        "total": answer.context.get("total"),
        "selected": answer.context.get("chosen"),
        "player_config": answer.context["player_config"],
    }


def test_the_page_lists_the_tunes_as_text(client: Client, hvsc: Path) -> None:
    import_sids(hvsc)
    text = client.get("/").content.decode()
    for words in ("Alpha", "Ada Example", "1988 Example", "Zulu", "Echo", "foxtrot"):
        assert words in text
    assert "<script>" not in text


def test_the_page_s_facts(client: Client, hvsc: Path) -> None:
    import_sids(hvsc)
    context = context_of(client, "/")
    assert [file.path for file in context["files"]] == [
        "DEMOS/A-F/Alpha.sid",
        "GAMES/S-Z/Zulu.sid",
        "MUSICIANS/E/Example_Ada/Echo.sid",
        "MUSICIANS/E/Example_Ada/foxtrot.sid",
    ]
    zulu, echo = context["files"][1:3]
    assert [track.song for track in zulu.tracks] == [1, 2, 3]
    assert (echo.chips, echo.clock) == ("8580, 8580 $D420", "PAL")
    assert (context["total"], context["next_url"], context["selected"]) == (4, "", None)
    assert context["player_config"] == {
        "playUrl": "/api/play",
        "tracksUrl": "/api/tracks",
        "detectUrl": "/api/playback/detect",
        "emulatorWorkerUrl": context["player_config"]["emulatorWorkerUrl"],
        "outlineWorkerUrl": context["player_config"]["outlineWorkerUrl"],
        "workletUrl": context["player_config"]["workletUrl"],
        "engineUrl": context["player_config"]["engineUrl"],
        "defaultLengthMs": 180000,
        "selectedTrackId": None,
    }
    for key, name in (
        ("emulatorWorkerUrl", "emulator-worker"),
        ("outlineWorkerUrl", "outline-worker"),
        ("workletUrl", "audio-worklet"),
        ("engineUrl", "engine"),
    ):
        assert context["player_config"][key].startswith(f"/static/dist/{name}")


def test_the_next_page_goes_on_where_the_first_ended(client: Client, tmp_path: Path) -> None:
    for number in range(120):
        put(tmp_path / "many", f"{number:03}.sid")
    import_sids(tmp_path / "many")
    seen: list[str] = []
    address = "/"
    for _ in range(3):
        context = context_of(client, address)
        seen += [file.path for file in context["files"]]
        address = context["next_url"]
    assert seen == [f"{number:03}.sid" for number in range(120)]
    assert address == ""


def test_the_page_costs_few_queries(client: Client, hvsc: Path, django_assert_max_num_queries: Any) -> None:
    import_sids(hvsc)
    with django_assert_max_num_queries(5):
        client.get("/")
    with django_assert_max_num_queries(2):
        client.get("/")


def test_a_broken_tune_is_listed_with_its_reason(client: Client, hvsc: Path) -> None:
    put(hvsc, "DEMOS/broken.sid", b"PSID")
    import_sids(hvsc)
    answer = client.get("/")
    broken = next(file for file in answer.context["library"].files if file.path == "DEMOS/broken.sid")
    assert (broken.playable, broken.reason_code, len(broken.tracks)) == (False, "truncated", 1)
    assert "The file ends before its header or its data does." in answer.content.decode()


def test_a_missing_file_is_not_listed(client: Client, hvsc: Path) -> None:
    import_sids(hvsc)
    (hvsc / "GAMES/S-Z/Zulu.sid").unlink()
    import_sids(hvsc)
    assert "Zulu" not in client.get("/").content.decode()
    assert "Zulu" not in client.get("/api/tracks").content.decode()


def test_a_tune_s_own_address_shows_the_page_with_it_chosen(client: Client, hvsc: Path) -> None:
    import_sids(hvsc)
    track = Track.objects.get(album__sid_file__path="GAMES/S-Z/Zulu.sid", position=3)
    context = context_of(client, f"/tune/{track.public_id}")
    assert context["files"][0].path == "GAMES/S-Z/Zulu.sid"
    assert context["selected"].public_id == track.public_id
    assert context["selected"].url == f"/tune/{track.public_id}"
    assert context["player_config"]["selectedTrackId"] == str(track.public_id)


def test_addresses_that_lead_nowhere(client: Client, db: None) -> None:
    assert client.get(f"/tune/{uuid.uuid4()}").status_code == 404
    assert client.get("/tune/5").status_code == 404
    for cursor in NO_CURSORS:
        assert client.get("/", {"after": cursor}).status_code == 400
    assert client.post("/").status_code == 405


def test_titles_are_text_and_never_markup(client: Client, tmp_path: Path) -> None:
    put(tmp_path, "x.sid", title="<script>alert(1)", author="</script><b>")
    import_sids(tmp_path)
    text = client.get("/").content.decode()
    assert "<script>alert(1)" not in text
    assert "<b>" not in text.replace("<b>1</b>", "")[: text.find("alert(1)")].split("data-title")[-1]


def test_an_empty_page_says_how_to_begin(client: Client, db: None) -> None:
    assert "import_sids" in client.get("/").content.decode()
