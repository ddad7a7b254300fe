"""Does a large file leave by RFC 9110's rules, whichever part of it is asked for?"""

from pathlib import Path
from typing import Any

import pytest
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from core.configuration import load
from playback.delivery import file_response as module
from playback.delivery.file_response import FilePartResponse, file_response
from playback.delivery.problems import RangeNotSatisfiable

DATA = bytes(range(256)) * 2000  # several chunks
SIZE = len(DATA)
ETAG = '"abc"'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "song.m4a"
    path.write_bytes(DATA)
    return path


def ask(file: Path, method: str = "GET", **headers: str) -> HttpResponseBase:
    request = RequestFactory().generic(
        method, "/x", headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    return file_response(request, file, content_type="audio/mp4", etag=ETAG)


def body(response: Any) -> bytes:
    data = b"".join(response) if response.streaming else response.content
    for close in response._resource_closers:  # without the end of a request, which this is not
        close()
    return bytes(data)


def test_the_whole(file: Path) -> None:
    answer = ask(file)
    assert (answer.status_code, body(answer)) == (200, DATA)
    assert answer.headers["Content-Length"] == str(SIZE)
    assert answer.headers["Content-Type"] == "audio/mp4"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["ETag"] == ETAG
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "private, max-age=30"


@pytest.mark.parametrize(
    ("wish", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=9-9", 9, 9),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE - 1),
        ("bytes=5-", 5, SIZE - 1),
        ("bytes=-3", SIZE - 3, SIZE - 1),
        (f"bytes=-{SIZE * 2}", 0, SIZE - 1),
        (f"bytes=100-{SIZE * 2}", 100, SIZE - 1),
        ("bytes=131071-131072", 131071, 131072),  # over a chunk's edge
    ],
)
def test_a_part(file: Path, wish: str, first: int, last: int) -> None:
    answer = ask(file, Range=wish)
    assert (answer.status_code, body(answer)) == (206, DATA[first : last + 1])
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.headers["Content-Length"] == str(last + 1 - first)


@pytest.mark.parametrize(
    "wish", ["bytes=0-1,3-4", "bytes=0-,0-,0-,0-", "lines=1-2", "bytes=5-2", "bytes=x", "bytes=-", "", "-"]
)
def test_what_is_no_single_range_gets_the_whole(file: Path, wish: str) -> None:
    answer = ask(file, Range=wish)
    assert (answer.status_code, len(body(answer))) == (200, SIZE)
    assert "Content-Range" not in answer.headers


@pytest.mark.parametrize("wish", [f"bytes={SIZE}-", f"bytes={SIZE * 9}-{SIZE * 9}", "bytes=-0"])
def test_what_lies_behind_the_end_is_refused_with_the_size(file: Path, wish: str) -> None:
    with pytest.raises(RangeNotSatisfiable) as refused:
        ask(file, Range=wish)
    assert refused.value.headers() == {"Content-Range": f"bytes */{SIZE}"}


def test_if_range(file: Path) -> None:
    assert body(ask(file, Range="bytes=0-3", If_Range=ETAG)) == DATA[:4]
    for other in ('"other"', f"W/{ETAG}", "Wed, 21 Oct 2015 07:28:00 GMT"):
        answer = ask(file, Range="bytes=0-3", If_Range=other)
        assert (answer.status_code, len(body(answer))) == (200, SIZE)
    # A range behind the end of a version that the client does not have is no error.
    assert body(ask(file, Range=f"bytes={SIZE}-", If_Range='"other"')) == DATA


def test_if_none_match(file: Path) -> None:
    for known in (ETAG, f'"x", W/{ETAG}', "*"):
        answer = ask(file, If_None_Match=known, Range="bytes=0-3")
        assert (answer.status_code, body(answer), answer.headers["ETag"]) == (304, b"", ETAG)
    assert body(ask(file, If_None_Match='"other"')) == DATA


def test_head_has_the_size_and_no_body(file: Path) -> None:
    answer = ask(file, "HEAD", Range="bytes=0-3")
    assert (answer.status_code, body(answer)) == (200, b"")
    assert answer.headers["Content-Length"] == str(SIZE)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    answer = ask(tmp_path / "empty")
    assert (answer.status_code, body(answer), answer.headers["Content-Length"]) == (200, b"", "0")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ask(tmp_path / "none")


def test_a_file_that_shrinks_is_not_sent_as_if_it_were_whole(file: Path) -> None:
    answer = ask(file)
    assert isinstance(answer, FilePartResponse)
    chunks = iter(answer)
    next(chunks)
    file.write_bytes(b"")
    with pytest.raises(EOFError):
        next(chunks)
    answer._file_part.close()


def test_behind_nginx_it_only_says_which_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = load({"SIDFLOW_AVAILABILITY__ACCEL_LOCATION": "/inside/"}).settings
    monkeypatch.setattr(module, "configuration", lambda: chosen)
    request = RequestFactory().get("/x", headers={"Range": "bytes=0-3"})
    answer = file_response(
        request, file, content_type="audio/mp4", etag=ETAG, inside="a b/é%2e?#.m4a", for_ever=True
    )
    assert (answer.status_code, body(answer)) == (200, b"")
    assert answer.headers["X-Accel-Redirect"] == "/inside/a%20b/%C3%A9%252e%3F%23.m4a"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
