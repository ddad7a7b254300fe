"""Does what goes together pass, and is what does not refused with a reason and a way out?"""

import pytest
from django.test import Client

from core.models import AuditEntry, User
from jobs.models import Job
from playback.rendering.matrix import MATRIX, Mode, check, for_rendering
from playback.rendering.problems import InvalidMode, NoDevice

ORDER = ["wasm", "sidplayfp-cli", "ultimate64"]


@pytest.mark.parametrize("way", MATRIX, ids=lambda way: f"{way.location}-{way.technology}")
def test_every_line_fits_itself_for_each_of_its_targets(way) -> None:  # type: ignore[no-untyped-def]
    for target in way.targets:
        mode = Mode(location=way.location, time=way.time, technology=way.technology, target=target)
        assert check(mode) == [way]


def test_what_is_left_out_is_what_fits_and_the_preferred_engine_comes_first() -> None:
    assert [way.technology for way in for_rendering(Mode(), ORDER)] == ["engine", "cli"]  # type: ignore[arg-type]
    cli_first = ["sidplayfp-cli", "wasm"]
    assert [way.technology for way in for_rendering(Mode(target="flac"), cli_first)] == ["cli", "engine"]  # type: ignore[arg-type]
    [only] = for_rendering(Mode(technology="cli"), ORDER)  # type: ignore[arg-type]
    assert (only.location, only.time) == ("server", "offline")


def test_the_guide_s_example() -> None:
    with pytest.raises(InvalidMode) as refused:
        check(Mode(location="client", time="offline", technology="wasm"))
    assert refused.value.members["details"] == "WASM only supports real-time rendering"
    suggestions = refused.value.members["suggestions"]
    assert suggestions[0].startswith("Use client+real-time+wasm for live playback")
    assert any("server+offline+" in one for one in suggestions)


@pytest.mark.parametrize(
    ("mode", "details"),
    [
        (Mode(location="client", technology="cli"), "The command line player only runs at: server"),
        (
            Mode(technology="engine", target="live"),
            "The site's own engine only gives wav or flac or m4a or hls",
        ),
        (Mode(location="server", time="real-time"), "The server only supports offline rendering"),
        (Mode(technology="ultimate64", target="hls"), "An Ultimate 64 only gives wav or flac or m4a"),
        (
            Mode(technology="wasm"),
            "WASM plays in the visitor's browser: there is nothing to render",
        ),
    ],
)
def test_refusals_say_why_and_suggest_what_works(mode: Mode, details: str) -> None:
    with pytest.raises(InvalidMode) as refused:
        for_rendering(mode, ORDER)  # type: ignore[arg-type]
    assert refused.value.members["details"] == details
    for suggestion in refused.value.members["suggestions"]:
        location, time, technology = suggestion.split()[1].split("+")
        assert check(Mode(location=location, time=time, technology=technology))


def test_without_a_device_an_ultimate_64_is_refused_as_such() -> None:
    with pytest.raises(NoDevice):
        for_rendering(Mode(location="ultimate64"), ORDER)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_programs_get_the_reason_and_the_suggestions(client: Client) -> None:
    client.force_login(User.objects.create_user("ada", is_staff=True))
    mode = {"location": "client", "time": "offline", "technology": "wasm"}
    answer = client.post("/api/admin/render", {"mode": mode}, content_type="application/json")
    assert answer.status_code == 400
    problem = answer.json()
    assert problem["code"] == "render-mode-invalid"
    assert problem["title"] == "Invalid render mode combination"
    assert problem["details"] == "WASM only supports real-time rendering"
    assert len(problem["suggestions"]) == 3
    for wrong, status, code in (
        ({"mode": {"technology": "hardware"}}, 400, "render-no-device"),
        ({"mode": {"technology": "steam"}}, 400, "invalid-input"),
        ({"options": {"quality": "best"}}, 400, "invalid-input"),
        ({"options": {"fromats": ["wav"]}}, 400, "invalid-input"),
        ({"sidPath": "../etc/passwd"}, 400, "invalid-input"),
        ({"options": {"duration": -1}}, 400, "invalid-input"),
    ):
        answer = client.post("/api/admin/render", wrong, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (status, code), wrong
    assert not Job.objects.exists()
    assert AuditEntry.objects.filter(action="job.create", success=False).count() == 7
