"""Does a rendering job do what the guide's document says, once each, and go on where it was?"""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from core.models import AuditEntry, User
from jobs import controls
from jobs.models import Job, JobLine
from playback.catalogue.models import SidFile, Track
from playback.models import TrackPlays
from playback.rendering import assets, engines, eviction, manifest
from playback.rendering.models import RenderedAsset
from playback.rendering.rendering import render
from tests.jobs.conftest import Carried, carried, state_of  # noqa: F401 - a fixture of theirs


def begun(parameters: dict[str, Any], carried: Carried) -> Job:  # noqa: F811
    job = controls.ask_for("render", parameters)
    carried.work()
    job.refresh_from_db()
    return job


def what_is_there() -> set[tuple[str, int, str]]:
    rows = RenderedAsset.objects.values_list("track__album__sid_file__path", "track__position", "format")
    return {(path.rsplit("/", 1)[-1], song, name) for path, song, name in rows}


def test_the_guide_s_document(tunes: list[Track], carried: Carried, client: Client) -> None:  # noqa: F811
    client.force_login(User.objects.create_user("ada", is_staff=True))
    document = {
        "sidPath": "B/C/Level_Select.sid",
        "mode": {"location": "server", "time": "offline", "technology": "cli", "target": "m4a"},
        "options": {"subtune": 2, "duration": 1, "quality": "high"},
    }
    answer = client.post("/api/admin/render", document, content_type="application/json")
    assert answer.status_code == 202, answer.json()
    carried.work()
    job = Job.objects.get()
    assert job.state == "completed", job.problem
    asset = RenderedAsset.objects.get()
    assert (asset.track.position, asset.format, asset.engine) == (2, "m4a", "sidplayfp-cli")
    assert (asset.duration_ms, asset.sample_rate_hz) == (1000, 48000)
    assert job.result is not None
    assert (job.result["rendered"], job.result["failed"]) == (1, 0)


def test_a_folder_recursively_in_several_formats_and_again(tunes: list[Track], carried: Carried) -> None:  # noqa: F811
    told = {"sidPath": "B", "options": {"recursive": True, "formats": ["m4a", "hls"], "quality": "low"}}
    job = begun(told, carried)
    assert (job.state, job.result and job.result["rendered"]) == ("completed", 4)
    assert what_is_there() == {
        ("Level_Select.sid", song, name) for song in range(1, 5) for name in ("m4a", "hls")
    }
    assert job.progress["message"] == "Writing the list of files"
    times = set(RenderedAsset.objects.values_list("rendered_at"))
    again = begun(told, carried)
    assert again.result is not None
    assert (again.result["rendered"], again.result["skipped"]) == (0, 4)
    assert set(RenderedAsset.objects.values_list("rendered_at")) == times


def test_a_folder_alone_means_its_own_files(tunes: list[Track], carried: Carried) -> None:  # noqa: F811
    refused = begun({"sid_path": "B", "formats": ["wav"]}, carried)
    assert (refused.state, refused.problem and refused.problem["code"]) == ("failed", "render-nothing")
    assert "recursive" in str(refused.problem)
    assert begun({"sid_path": "A", "formats": ["wav"], "duration": 1}, carried).state == "completed"
    assert {path for path, _, _ in what_is_there()} == {"Copper_Sunrise.sid", "Two_Chip_Tango.sid"}
    for nonsense in ({"sid_path": "NOT/HERE.sid"}, {"collection": "No such"}, {"top": 3}):
        failed = begun(nonsense, carried)
        assert failed.problem is not None, nonsense
        assert failed.problem["code"] == "render-nothing"


def test_a_broken_song_is_counted_and_the_others_are_made(tunes: list[Track], carried: Carried) -> None:  # noqa: F811
    file = SidFile.objects.get(path="A/Two_Chip_Tango.sid")
    (Path(file.collection.root) / file.path).write_bytes(b"PSID is not what it was")
    job = begun({"sid_path": "A", "formats": ["wav"], "duration": 1}, carried)
    assert job.state == "completed"
    assert job.result is not None
    assert (job.result["rendered"], job.result["failed"]) == (1, 1)
    assert job.result["failures"][0].startswith("A/Two_Chip_Tango.sid, song 1: ")
    assert JobLine.objects.filter(job=job, level="warning", text__startswith="A/Two_Chip_Tango.sid").exists()
    alone = begun({"sid_path": "A/Two_Chip_Tango.sid", "formats": ["wav"]}, carried)
    assert (alone.state, alone.problem and alone.problem["code"]) == ("failed", "render-failed")


def test_the_most_played_come_first(tunes: list[Track], carried: Carried) -> None:  # noqa: F811
    for track, plays in zip(tunes, (5, 0, 9, 1), strict=False):
        TrackPlays.objects.create(track=track, plays=plays)
    job = begun({"top": 2, "formats": ["wav"], "duration": 1}, carried)
    assert job.result is not None
    assert job.result["rendered"] == 2
    assert set(RenderedAsset.objects.values_list("track", flat=True)) == {tunes[0].pk, tunes[2].pk}


def test_a_paused_job_goes_on_behind_what_is_done(tunes: list[Track], carried: Carried) -> None:  # noqa: F811
    job = controls.ask_for("render", {"formats": ["wav"], "duration": 1})
    from jobs import running

    running.run_slice(carried.pop(0), seconds=0)
    job.refresh_from_db()
    assert (job.checkpoint["done"], RenderedAsset.objects.count()) == (1, 1)
    controls.pause(job)
    carried.work()
    assert state_of(job) == "paused"
    controls.resume(job)
    carried.work()
    job.refresh_from_db()
    assert job.result is not None
    assert (job.state, job.result["rendered"], job.result["skipped"]) == ("completed", 6, 0)


def test_where_the_preferred_engine_is_not_there_the_next_one_serves(
    tunes: list[Track],
    carried: Carried,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    engines.choose_order(["ultimate64", "sidplayfp-cli"], actor=None)
    assert engines.engine_order() == ["ultimate64", "sidplayfp-cli", "wasm"]
    told = {"sid_path": "A/Copper_Sunrise.sid", "formats": ["wav"], "duration": 1}
    begun(told, carried)
    assert RenderedAsset.objects.get().engine == "sidplayfp-cli"
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("ffmpeg", "setpriv"):
        (programs / name).symlink_to(shutil.which(name) or "")
    monkeypatch.setenv("PATH", str(programs))
    begun(told, carried)
    assert set(RenderedAsset.objects.values_list("engine", flat=True)) == {"sidplayfp-cli", "sidflow"}
    only = begun({**told, "technology": "cli"}, carried)
    assert only.problem is not None
    assert only.problem["code"] == "render-program-missing"
    assert "apt-get install sidplayfp" in only.problem["detail"]
    (programs / "ffmpeg").unlink()
    without = begun(told, carried)
    assert without.problem is not None
    assert "apt-get install ffmpeg" in without.problem["detail"]


def test_the_limit_lets_go_what_was_not_used_for_longest(tunes: list[Track]) -> None:
    first, second, third = (render(track, formats=["wav"])[0] for track in tunes[2:5])
    RenderedAsset.objects.filter(pk=first.pk).update(used_at="2030-01-01T00:00Z")
    limit = first.size_bytes + third.size_bytes
    gone = eviction.keep_within_limit(spare=[third], limit=limit)
    assert gone == [second.path]
    assert not assets.asset_path(second).exists()
    assert set(RenderedAsset.objects.values_list("pk", flat=True)) == {first.pk, third.pk}
    assert eviction.keep_within_limit(spare=[third], limit=1) == [first.path]
    assert assets.asset_path(third).exists(), "never the one just made"


def test_the_list_of_files_follows_from_the_rows(tunes: list[Track], data: Path) -> None:
    for track in (tunes[2], tunes[0]):
        render(track, formats=["flac", "wav"])
    assert manifest.write()
    text = (data / "availability" / "streams.json").read_bytes()
    document = json.loads(text)
    assert [(one["relativeSidPath"], one["format"]) for one in document["assets"]] == [
        ("A/Copper_Sunrise.sid", "flac"),
        ("A/Copper_Sunrise.sid", "wav"),
        ("B/C/Level_Select.sid", "flac"),
        ("B/C/Level_Select.sid", "wav"),
    ]
    assert str(data) not in text.decode()
    assert not manifest.write()


def test_rows_come_back_from_the_list_where_files_are(tunes: list[Track], data: Path) -> None:
    from django.core.management import call_command

    made = [render(track, formats=["wav"])[0] for track in tunes[:2]]
    call_command("export_data", "--to", data, verbosity=0)
    assets.asset_path(made[1]).unlink()
    before: dict[str, Any] = dict(RenderedAsset.objects.filter(pk=made[0].pk).values().get())
    RenderedAsset.objects.all().delete()
    call_command("rebuild_from_data", "--from", data, verbosity=0)
    after: dict[str, Any] = dict(RenderedAsset.objects.values().get())
    for changing in ("id", "used_at", "rendered_at"):
        before.pop(changing), after.pop(changing)
    assert before == after


def test_engines_in_order_are_written_down(tunes: list[Track]) -> None:
    engines.choose_order(["sidplayfp-cli"], actor=None)
    engines.choose_order([], actor=None)
    assert engines.engine_order()[0] == "wasm"
    assert AuditEntry.objects.filter(action="render.engines").count() == 2
