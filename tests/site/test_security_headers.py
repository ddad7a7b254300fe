"""Do all answers carry the headers that keep visitors safe and give the player its isolation?"""

import json
from pathlib import Path
from typing import cast

import pytest
from django.http import HttpResponse
from django.test import Client

# Closing an answer also looks after the database's connection, whether the page used it or not.
pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]


def _static(suffix: str) -> str:
    """The address of one built file, by the end of its name before hashing."""
    manifest = json.loads((ROOT / "staticfiles" / "staticfiles.json").read_text(encoding="utf-8"))
    names = sorted(name for name in manifest["paths"] if name.endswith(suffix))
    return f"/static/{manifest['paths'][names[0]]}"


ADDRESSES = [
    pytest.param("/", id="page"),
    pytest.param("/admin/login/", id="admin"),
    pytest.param("/api/health", id="api"),
    pytest.param("/nowhere", id="missing page"),
    pytest.param("/api/nowhere", id="missing endpoint"),
    pytest.param("static:.css", id="style sheet"),
    pytest.param("static:.js", id="script or worker"),
    pytest.param("static:.wasm", id="engine"),
]


def _get(
    client: Client, address: str, *, secure: bool = False, headers: dict[str, str] | None = None
) -> HttpResponse:
    if address.startswith("static:"):
        address = _static(address.removeprefix("static:"))
    answer = cast("HttpResponse", client.get(address, headers=headers or {}, secure=secure))
    if answer.streaming:
        answer.getvalue()  # reads the file to its end and closes it
    answer.close()
    return answer


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_is_isolated_and_closed(client: Client, address: str) -> None:
    answer = _get(client, address)
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Strict-Transport-Security" not in answer.headers  # this is http


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_policy_allows_our_own_things_only(client: Client, address: str) -> None:
    policy = dict(
        [*part.strip().split(" ", 1), ""][:2]
        for part in _get(client, address)["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["style-src"] == "'self'"
    assert policy["worker-src"] == "'self'"
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert not any("unsafe-inline" in value or "'unsafe-eval'" in value for value in policy.values())


@pytest.mark.parametrize("address", ["/", "/api/health", "static:.js"])
def test_over_https_browsers_are_told_to_stay_there(client: Client, address: str) -> None:
    answer = _get(client, address, secure=True)
    assert answer["Strict-Transport-Security"] == "max-age=31536000"


def test_a_file_that_has_not_changed_is_still_isolated(client: Client) -> None:
    first = _get(client, "static:.js")
    again = _get(client, "static:.js", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again["Cross-Origin-Embedder-Policy"] == "require-corp"


@pytest.mark.parametrize(
    ("suffix", "kind"), [(".wasm", "application/wasm"), (".js", "text/javascript"), (".css", "text/css")]
)
def test_static_files_have_their_right_type_and_may_be_kept(client: Client, suffix: str, kind: str) -> None:
    answer = _get(client, f"static:{suffix}")
    assert answer["Content-Type"].split(";")[0] == kind
    assert "immutable" in answer["Cache-Control"]


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_static_files_are_sent_compressed(client: Client, coding: str) -> None:
    answer = _get(client, "static:admin/css/base.css", headers={"Accept-Encoding": coding})
    assert answer["Content-Encoding"] == coding
    assert answer["Vary"] == "Accept-Encoding"


def test_chunks_that_scripts_name_themselves_may_be_kept_too(client: Client) -> None:
    chunks = sorted((ROOT / "staticfiles" / "dist" / "chunks").glob("room-????????.js"))
    assert chunks
    answer = _get(client, f"/static/dist/chunks/{chunks[0].name}")
    assert "immutable" in answer["Cache-Control"]
    assert "immutable" not in _get(client, "/static/dist/page.js")["Cache-Control"]
