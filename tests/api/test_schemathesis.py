"""Does every answer of the live site stand in its own description, whatever is asked?

schemathesis reads /api/schema/, sends what it allows and what it forbids, and compares: no 5xx, no status, type, header or
body that is not described.  What only exists here (tracks, sessions, hashes) is put in as examples, so that good answers
are compared too.
"""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from tests.api.conftest import LiveSite
from tests.playback.delivery.listener import Listener

# Of what is made up by chance; a site that describes itself wrongly is mostly found out in the first ten.
FUZZING_S = 10
PATIENCE_S = 900
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
]


def ask(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/vnd.oai.openapi+json, application/json",
    }
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=30) as answer:
        return json.loads(answer.read())


def made_asset(site: LiveSite, track: str) -> str:
    """Lets the site render a song, and answers the address of its playlist below /asset/."""
    listener = Listener(site.port)

    def session() -> dict[str, Any]:
        answer: dict[str, Any] = ask(f"{site.url}api/play", {"trackIds": [track]})["items"][0]["session"]
        return answer

    listener.wait_for(session()["fallbackHlsUrl"])
    return str(session()["fallbackHlsUrl"]).split("/asset/", 1)[1]


def with_real_examples(schema: dict[str, Any], site: LiveSite) -> dict[str, Any]:
    """The description, with examples that this site has something for."""
    track = ask(f"{site.url}api/tracks?limit=1")["items"][0]
    played = ask(f"{site.url}api/play", {"trackIds": [track["id"]]})["items"][0]["session"]
    asset = made_asset(site, track["id"])
    known = {
        "session": played["id"],
        "kind": "kernal",
        "md5": played["sidUrl"].rsplit("/", 1)[1].removesuffix(".sid"),
        "limit": 2,
        "q": "rising",
        "format": "m4a",
        "name": "index.m3u8",
        "what": "m4a",
        "hash": asset[:16],
        "path": asset[17:],
    }
    for path in schema["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", []):
                if parameter["name"] in known:
                    parameter["example"] = known[parameter["name"]]
    body = schema["paths"]["/api/play"]["post"]["requestBody"]["content"]["application/json"]
    wishes = [{"sidPath": track["path"], "song": 1}, {"trackIds": [track["id"]]}]
    body["examples"] = {str(number): {"value": wish} for number, wish in enumerate(wishes)}
    return schema


def compared(site: LiveSite, folder: Path, *more: str) -> str:
    """What schemathesis says, which must have found nothing."""
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        str(folder / "openapi.json"),
        "--url",
        site.url,
        f"--checks={','.join(CHECKS)}",
        "--max-failures=20",
        "--request-timeout=60",
        "--warnings=off",
        "--no-color",
        "--generation-database=none",
        *more,
    ]
    environ = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parent),
        "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
    }
    done = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    return done.stdout


def test_no_answer_is_an_error_of_ours_or_undocumented(site: LiveSite, tmp_path: Path) -> None:
    schema = with_real_examples(ask(f"{site.url}api/schema/"), site)
    (tmp_path / "openapi.json").write_text(json.dumps(schema), encoding="utf-8")
    operations = sum(len(path) for path in schema["paths"].values())
    # As long as it takes on this machine: all of it is wanted.
    said = compared(site, tmp_path, "--phases=examples,coverage")
    assert f"Tested: {operations}\n" in said, said
    compared(site, tmp_path, "--phases=fuzzing", f"--max-time={FUZZING_S}")
