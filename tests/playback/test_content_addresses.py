"""Can a CDN fetch every file of the catalogue by its content, and nothing else?"""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from playback.catalogue.importing import import_sids
from playback.models import SidFile
from tests.playback.made_up_sids import put, sid_bytes

pytestmark = pytest.mark.django_db

ALPHA = "DEMOS/A-F/Alpha.sid"
CDN = "https://cdn.example/sidflow"


@pytest.fixture(autouse=True)
def music(hvsc: Path, settings: Any) -> Path:
    settings.PUBLIC_BASE_URL = CDN
    import_sids(hvsc)
    return hvsc


def md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def url(path: str = ALPHA) -> str:
    return f"/sid/{SidFile.objects.get(path=path).md5}.sid"


def problem(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert json.loads(answer.content)["code"] == code


def session_url(client: Client) -> str:
    answer = client.post("/api/play", {"sidPath": ALPHA}, content_type="application/json").json()
    return str(answer["session"]["sidUrl"])


def test_sessions_point_to_the_cdn_by_content(client: Client, music: Path) -> None:
    assert session_url(client) == f"{CDN}/sid/{md5((music / ALPHA).read_bytes())}.sid"


def test_without_a_cdn_they_do_not_and_nothing_is_open(client: Client, settings: Any) -> None:
    settings.PUBLIC_BASE_URL = ""
    assert session_url(client).startswith("/api/playback/")
    problem(client.get(url()), 404, "track-not-found")
    assert "Access-Control-Allow-Origin" not in client.get(url()).headers


def test_the_bytes_may_be_kept_by_anybody_for_ever(client: Client, music: Path) -> None:
    answer = client.get(url())
    assert answer.content == (music / ALPHA).read_bytes()
    assert answer.headers["Content-Type"] == "audio/prs.sid"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    assert not set(answer.headers.get("Vary", "").lower().split(", ")) & {"cookie", "origin", "*"}


def test_ranges_and_versions(client: Client) -> None:
    etag = client.get(url()).headers["ETag"]
    again = client.get(url(), headers={"If-None-Match": etag})
    assert (again.status_code, again.headers["Access-Control-Allow-Origin"]) == (304, "*")
    part = client.get(url(), headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"PSID")
    answer = client.get(url(), headers={"Range": "bytes=99999-"})
    problem(answer, 416, "range-not-satisfiable")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "name",
    [
        "0" * 32,
        "x",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "A" * 32,
        "DEMOS%2fA-F%2fAlpha",
        "é",
        "*",
        "%25",
    ],
)
def test_what_no_file_of_the_catalogue_has_is_not_there(client: Client, name: str) -> None:
    answer = client.get(f"/sid/{name}.sid")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_a_file_beside_the_catalogue_is_not_served(client: Client, music: Path) -> None:
    stranger = put(music, "DEMOS/not_imported.sid", title="Nobody imported me")
    problem(client.get(f"/sid/{md5(stranger.read_bytes())}.sid"), 404, "track-not-found")


def test_an_edited_file_is_not_sent_under_its_old_name(client: Client, music: Path) -> None:
    address = url()
    put(music, ALPHA, title="Edited")
    answer = client.get(address)
    problem(answer, 404, "file-gone")
    assert str(music) not in answer.content.decode()
    # The same bytes elsewhere in the catalogue do.
    put(music, ALPHA, sid_bytes(title="Alpha", author="Ada Example", released="1988 Example"))
    put(music, "DEMOS/copy.sid", (music / ALPHA).read_bytes())
    import_sids(music)
    put(music, ALPHA, title="Edited")
    assert client.get(address).status_code == 200


def test_a_missing_file_is_not_there(client: Client, music: Path) -> None:
    address = url()
    (music / ALPHA).unlink()
    problem(client.get(address), 404, "file-gone")
    import_sids(music)
    problem(client.get(address), 404, "track-not-found")


def test_one_query(client: Client, django_assert_num_queries: Any) -> None:
    address = url()
    with django_assert_num_queries(1):
        client.get(address)
