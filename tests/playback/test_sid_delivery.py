"""Does a session's address give exactly the file's bytes, to whom and as long as it should?"""

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from playback.catalogue.importing import import_sids
from playback.delivery.sessions import open_session
from tests.playback.made_up_sids import put, sid_bytes

pytestmark = pytest.mark.django_db

ALPHA = "DEMOS/A-F/Alpha.sid"


@pytest.fixture
def url(hvsc: Path, client: Client) -> str:
    import_sids(hvsc)
    answer = client.post("/api/play", {"sidPath": ALPHA}, content_type="application/json").json()
    return str(answer["session"]["sidUrl"])


def problem(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert json.loads(answer.content)["code"] == code


def test_the_bytes_of_the_file_with_the_headers_of_the_seeds(client: Client, url: str, hvsc: Path) -> None:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer.content == (hvsc / ALPHA).read_bytes()
    assert answer.headers["Content-Type"] == "audio/prs.sid"
    assert answer.headers["Cache-Control"] == "private, max-age=30"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Length"] == str(len(answer.content))


def test_whatever_the_client_accepts(client: Client, url: str) -> None:
    assert client.get(url, headers={"Accept": "audio/prs.sid"}).status_code == 200
    assert client.get(url, headers={"Accept": "text/html"}).status_code == 200


def test_head_says_the_same_without_a_body(client: Client, url: str) -> None:
    answer = client.head(url)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["ETag"] == client.get(url).headers["ETag"]


def test_a_range(client: Client, url: str, hvsc: Path) -> None:
    data = (hvsc / ALPHA).read_bytes()
    answer = client.get(url, headers={"Range": "bytes=0-3"})
    assert (answer.status_code, answer.content) == (206, b"PSID")
    assert answer.headers["Content-Range"] == f"bytes 0-3/{len(data)}"
    assert client.get(url, headers={"Range": "bytes=-5"}).content == data[-5:]


def test_a_range_behind_the_end(client: Client, url: str, hvsc: Path) -> None:
    answer = client.get(url, headers={"Range": "bytes=99999-"})
    problem(answer, 416, "range-not-satisfiable")
    assert answer.headers["Content-Range"] == f"bytes */{(hvsc / ALPHA).stat().st_size}"


def test_a_version_that_the_client_has(client: Client, url: str) -> None:
    etag = client.get(url).headers["ETag"]
    answer = client.get(url, headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", etag)
    assert client.get(url, headers={"If-Range": etag, "Range": "bytes=0-3"}).status_code == 206
    assert client.get(url, headers={"If-Range": '"older"', "Range": "bytes=0-3"}).status_code == 200


def test_an_edited_file_is_another_version_at_once(client: Client, url: str, hvsc: Path) -> None:
    etag = client.get(url).headers["ETag"]
    put(hvsc, ALPHA, title="Edited")
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 200


def test_one_query(client: Client, url: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        client.get(url)


def test_after_fifteen_minutes_it_is_gone(client: Client, url: str) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=14)):
        assert client.get(url).status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        problem(client.get(url), 410, "session-expired")


@pytest.mark.parametrize("session", ["x", "1", "a b", "..", "%2e%2e", "é", "a:b:c", "'", "x" * 1000])
def test_nonsense_is_a_400(client: Client, session: str) -> None:
    problem(client.get(f"/api/playback/{session}/sid"), 400, "bad-session")


def test_what_was_not_issued_here_is_unknown(client: Client, url: str) -> None:
    problem(client.get(url.replace("/sid", "x/sid")), 404, "session-unknown")
    problem(client.get("/api/playback/abc:def/sid"), 404, "session-unknown")
    problem(client.get(f"/api/playback/{open_session(uuid.uuid4()).token()}/sid"), 404, "session-unknown")


def test_a_path_cannot_be_appended(client: Client, url: str) -> None:
    assert client.get(f"{url}/../../../../etc/passwd").status_code == 404
    assert client.get(url.replace("/sid", "/%2e%2e%2fsid")).status_code in (400, 404)


@pytest.mark.parametrize("how", ["removed", "marked missing", "link out", "folder", "pipe", "too long"])
def test_a_file_that_is_gone_says_so_and_not_where_it_was(
    client: Client, url: str, hvsc: Path, how: str
) -> None:
    import os

    file = hvsc / ALPHA
    file.unlink()
    (hvsc.parent / "secret.sid").write_bytes(b"secret")
    if how == "marked missing":
        import_sids(hvsc)
        file.write_bytes(sid_bytes())
    elif how == "link out":
        file.symlink_to(hvsc.parent / "secret.sid")
    elif how == "folder":
        file.mkdir()
    elif how == "pipe":
        os.mkfifo(file)
    elif how == "too long":
        file.write_bytes(sid_bytes(program=bytes(70_000)))
    answer = client.get(url)
    problem(answer, 404, "file-gone")
    assert ALPHA in json.loads(answer.content)["detail"]
    assert str(hvsc) not in answer.content.decode()
    assert b"secret" not in answer.content


def test_nobody_can_write_there(client: Client, url: str) -> None:
    for method in (client.post, client.put, client.delete):
        problem(method(url), 405, "method-not-allowed")


def test_every_tune_of_the_corpus_arrives_whole(client: Client, corpus: Path) -> None:
    import_sids(corpus)
    for file in corpus.rglob("*.sid"):
        path = str(file.relative_to(corpus / "C64Music" if "C64Music" in file.parts else corpus))
        answer = client.post("/api/play", {"sidPath": path}, content_type="application/json").json()
        assert client.get(answer["session"]["sidUrl"]).content == file.read_bytes()
