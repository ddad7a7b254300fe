"""Does text that no database can hold end in an answer, wherever a visitor may send it?"""

import json

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "text", ["\0", "a\0b", "\ud800", "x" * 5000], ids=["nul", "within", "half a pair", "long"]
)
def test_a_visitor_s_odd_text_is_no_failure_of_ours(client: Client, text: str) -> None:
    asked = [{"sidPath": text}, {"sidPath": "a.sid", "collection": text}, {"trackIds": [text]}, {text: 1}]
    for body in asked:
        answer = client.post("/api/play", json.dumps(body), content_type="application/json")
        assert answer.status_code in (400, 404), body
    if text.isascii():
        for page in ("/", "/api/tunes", "/authors", "/api/tracks"):
            for name in ("q", "after", "chip", "letter", "cursor", "yearFrom"):
                assert client.get(page, {name: text}).status_code in (200, 400), (page, name)
        for path in ("/folders/1/", "/sid/", "/api/playback/", "/tune/"):
            assert client.get(f"{path}{text.replace(chr(0), '%00')}").status_code in (400, 404), path
        answer = client.post("/admin/login/", {"username": text, "password": text})
        assert answer.status_code in (200, 400)
    bearer = {"Authorization": f"Bearer {text}"} if text.isascii() else {}
    assert client.get("/api/admin/jobs", headers=bearer).status_code == 401
