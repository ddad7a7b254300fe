"""Does a session get the audio that is there, under addresses that its document names, and nothing else?"""

import json
from typing import Any

import pytest
import time_machine
from django.test import Client

from playback.models import RenderedAsset
from playback.rendering import storage
from tests.playback.delivery.conftest import Music

PLAYLIST = b'#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:2,\nseg000.m4s\n#EXT-X-ENDLIST\n'
CDN = "https://cdn.example/sidflow"


def session(client: Client, name: str = "a_rising.sid") -> dict[str, Any]:
    answer = client.post("/api/play", {"sidPath": name}, content_type="application/json")
    document: dict[str, Any] = answer.json()["session"]
    return document


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    document: dict[str, Any] = json.loads(answer.content)
    assert document["code"] == code
    return document


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def status(answer: Any) -> int:
    body(answer)
    return int(answer.status_code)


def etag(answer: Any) -> str:
    body(answer)
    return str(answer.headers["ETag"])


def test_what_is_there_is_sent_as_its_type(client: Client, music: Music) -> None:
    types = {"m4a": "audio/mp4", "flac": "audio/flac", "wav": "audio/wav"}
    for what in types:
        music.has(what, what.encode() * 1000)
    urls = session(client)["streamUrls"]
    assert set(urls) == set(types)
    for what, kind in types.items():
        answer = client.get(urls[what])
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
        assert body(answer) == what.encode() * 1000
        part = client.get(urls[what], headers={"Range": "bytes=1-3", "If-Range": answer.headers["ETag"]})
        assert (part.status_code, body(part)) == (206, (what.encode() * 1000)[1:4])
        assert status(client.get(urls[what], headers={"If-None-Match": answer.headers["ETag"]})) == 304
        assert client.head(urls[what]).headers["Content-Length"] == str(1000 * len(what))
    behind = client.get(urls["m4a"], headers={"Range": "bytes=3000-"})
    assert behind.headers["Content-Range"] == "bytes */3000"
    problem(behind, 416, "range-not-satisfiable")


def test_hls_and_its_pieces(client: Client, music: Music) -> None:
    asset = music.has("hls", PLAYLIST)
    folder = (storage.root() / asset.path).parent
    for name in ("init.mp4", "seg000.m4s", "secret.txt"):
        (folder / name).write_bytes(name.encode())
    url = session(client)["fallbackHlsUrl"]
    answer = client.get(url)
    assert answer.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    assert body(answer) == PLAYLIST
    for name in ("init.mp4", "seg000.m4s"):
        piece = client.get(url.replace("index.m3u8", name))
        assert (piece.headers["Content-Type"], body(piece)) == ("audio/mp4", name.encode())
    etags = {etag(client.get(url.replace("index.m3u8", name))) for name in ("init.mp4", "seg000.m4s")}
    assert len(etags) == 2
    assert status(client.get(url.replace("index.m3u8", "seg001.m4s"))) == 404
    for name in ("secret.txt", "..", "..%2findex.m3u8", "seg.m4s", "seg0.m4s%00", "SEG000.M4S", "seg٠.m4s"):
        assert status(client.get(url.replace("index.m3u8", name))) in (400, 404), name


def test_what_is_neither_there_nor_made_is_not_offered(client: Client, music: Music) -> None:
    music.configure(RENDER__ON_DEMAND="false")
    music.has("flac", b"x")
    document = session(client)
    assert (set(document["streamUrls"]), document["fallbackHlsUrl"]) == ({"flac"}, None)
    base = document["streamUrls"]["flac"].removesuffix("flac")
    problem(client.get(base + "m4a"), 404, "not-rendered")
    assert status(client.head(base + "m4a")) == 404
    assert status(client.get(base + "ogg")) == 404


def test_what_is_made_on_request_is_offered(client: Client, music: Music) -> None:
    document = session(client)
    assert set(document["streamUrls"]) == {"m4a"}
    assert document["fallbackHlsUrl"].endswith("/hls/index.m3u8")
    music.configure(RENDER__ON_DEMAND_FORMATS="flac,wav")
    document = session(client)
    assert (set(document["streamUrls"]), document["fallbackHlsUrl"]) == ({"flac", "wav"}, None)


def test_old_sound_is_never_sent(client: Client, music: Music) -> None:
    music.configure(RENDER__ON_DEMAND="false")
    asset = music.has("m4a", b"old")
    url = session(client)["streamUrls"]["m4a"]
    for change in ({"recipe": "sidflow.other.recipe"}, {"file_md5": "0" * 32}, {"duration_ms": 1}):
        before = RenderedAsset.objects.filter(pk=asset.pk).values(*change).get()
        RenderedAsset.objects.filter(pk=asset.pk).update(**change)
        assert session(client)["streamUrls"] == {}
        problem(client.get(url), 404, "not-rendered")
        RenderedAsset.objects.filter(pk=asset.pk).update(**before)
    assert status(client.get(url)) == 200
    (storage.root() / asset.path).unlink()
    answer = client.get(url)
    problem(answer, 404, "not-rendered")
    assert str(storage.root()) not in answer.content.decode()


def test_a_session_that_is_over_is_told_so(client: Client, music: Music) -> None:
    music.has("m4a", b"x")
    music.has("hls", PLAYLIST)
    document = session(client)
    with time_machine.travel(0) as clock:
        clock.move_to("2100-01-01T00:00:00Z")
        for url in (document["streamUrls"]["m4a"], document["fallbackHlsUrl"]):
            problem(client.get(url), 410, "session-expired")
            problem(client.get(url, headers={"Range": "bytes=0-"}), 410, "session-expired")
        problem(client.get(f"/api/playback/{document['id']}/render/m4a"), 410, "session-expired")
    problem(client.get("/api/playback/x:y/stream.m4a"), 404, "session-unknown")
    problem(client.get("/api/playback/x/stream.m4a"), 400, "bad-session")


def test_plays_cost_one_query_more(client: Client, music: Music, django_assert_num_queries: Any) -> None:
    for what in ("m4a", "flac"):
        music.has(what, b"x")
    session(client)
    with django_assert_num_queries(2):
        session(client)
    ids = [str(music.track().public_id), str(music.track("dd_duet.sid").public_id)]
    with django_assert_num_queries(2):
        answer = client.post("/api/play", {"trackIds": ids}, content_type="application/json").json()
    assert [set(item["session"]["streamUrls"]) for item in answer["items"]] == [{"m4a", "flac"}, {"m4a"}]


def test_use_is_noted_once_a_minute(client: Client, music: Music) -> None:
    asset = music.has("m4a", b"x", used_at="2020-01-01T00:00:00Z")
    assert body(client.get(session(client)["streamUrls"]["m4a"])) == b"x"
    asset.refresh_from_db()
    assert asset.used_at.year > 2020


def test_a_cdn_has_it_by_its_content(client: Client, music: Music, settings: Any) -> None:
    settings.PUBLIC_BASE_URL = CDN
    music.has("m4a", b"x" * 100)
    hls = music.has("hls", PLAYLIST)
    (storage.root() / hls.path).with_name("seg000.m4s").write_bytes(b"piece")
    document = session(client)
    url = document["streamUrls"]["m4a"]
    assert url.startswith(f"{CDN}/asset/{'ab' * 8}/")
    answer = client.get(url.removeprefix(CDN), headers={"Range": "bytes=0-9"})
    assert (answer.status_code, body(answer)) == (206, b"x" * 10)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Range" in answer.headers["Access-Control-Expose-Headers"]
    piece = document["fallbackHlsUrl"].removeprefix(CDN).replace("index.m3u8", "seg000.m4s")
    assert body(client.get(piece)) == b"piece"
    # Another content has another address, and this one is gone.
    RenderedAsset.objects.filter(format="m4a").update(sha256="cd" * 32)
    gone = client.get(url.removeprefix(CDN))
    problem(gone, 404, "not-rendered")
    assert "immutable" not in gone.headers.get("Cache-Control", "")
    settings.PUBLIC_BASE_URL = ""
    assert status(client.get(session(client)["streamUrls"]["m4a"])) == 200
    problem(client.get(piece), 404, "not-rendered")


@pytest.mark.parametrize(
    "way", ["../../secret-key", "%2e%2e/secret-key", "/etc/passwd", "x", "", "index.m3u8"]
)
def test_no_way_out_of_the_asset_folder(client: Client, music: Music, settings: Any, way: str) -> None:
    settings.PUBLIC_BASE_URL = CDN
    music.has("m4a", b"x")
    assert status(client.get(f"/asset/{'ab' * 8}/{way}")) in (301, 404)


def test_sidplayfps_sound_is_offered_where_staff_allow_it(client: Client, music: Music) -> None:
    music.has("m4a", b"ours")
    music.has("m4a", b"theirs", engine="sidplayfp-cli")
    document = session(client)
    assert set(document["streamUrls"]) == {"m4a"}
    address = f"/api/playback/{document['id']}/cli.m4a"
    problem(client.get(address), 404, "not-rendered")
    music.configure(RENDER__ALLOW_CLI="true")
    assert session(client)["streamUrls"]["cli"].endswith("/cli.m4a")
    assert body(client.get(address)) == b"theirs"
    assert body(client.get(document["streamUrls"]["m4a"])) == b"ours"


def test_detect_tells_what_there_is(client: Client, music: Music) -> None:
    answer = client.get("/api/playback/detect")
    document = answer.json()
    assert answer.headers["Cache-Control"] == "public, max-age=10"
    assert set(document) == {"wasm", "stream", "cli", "ultimate64"}
    assert document["stream"] == {"available": True, "reason": None, "formats": ["m4a", "hls"]}
    assert document["wasm"]["available"]
    assert (document["cli"]["available"], document["ultimate64"]["available"]) == (False, False)
    assert "device" in document["ultimate64"]["reason"]
    music.configure(RENDER__ALLOW_CLI="true", RENDER__ON_DEMAND="false")
    document = client.get("/api/playback/detect").json()
    assert (document["cli"]["available"], document["stream"]["available"]) == (True, False)
    music.configure(RENDER__ALLOW_CLI="true", SIDPLAY_PATH="/nonexistent/sidplayfp")
    answer = client.get("/api/playback/detect")
    assert not answer.json()["cli"]["available"]
    assert "/nonexistent" not in answer.content.decode()


def test_detecting_costs_no_query(client: Client, music: Music, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        client.get("/api/playback/detect")
