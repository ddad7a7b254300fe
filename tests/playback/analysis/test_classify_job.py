"""Does a classification analyse every song once, whoever is killed, and again only what is asked for or has changed?"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from core.problems import InvalidInput
from jobs import carrier, controls, guarding, running
from jobs.models import Job
from playback.analysis import classifying
from playback.analysis.feature_rows import mark_stale, recipe_in_force
from playback.analysis.models import Features, Prediction, Recipe
from playback.catalogue.importing import import_sids
from playback.catalogue.models import Track
from playback.demo_tunes.folder import write_demo_tunes
from playback.rendering.models import TrackPlays
from tests.dying import wait_for_the_dead
from tests.jobs.conftest import Carried, carried  # noqa: F401 - a fixture of theirs
from tests.playback.made_up_sids import put

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def tunes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo tunes, one that does nothing, and one that needs BASIC."""
    root = tmp_path_factory.mktemp("music")
    write_demo_tunes(root / "demo")
    put(root, "odd/silent.sid")
    put(
        root,
        "odd/basic.sid",
        magic=b"RSID",
        version=2,
        load=0,
        init=0,
        flags=0b10,
        program=b"\x01\x08" + b"\0" * 8,
    )
    return root


@pytest.fixture
def songs(tunes: Path) -> int:
    """The number of songs in the catalogue that can be played."""
    import_sids(tunes, name="Music")
    return Track.objects.playable().count()


def classify(carried: Carried, **told: Any) -> dict[str, Any]:  # noqa: F811
    """Runs a job to its end."""
    job = controls.ask_for("classify", told)
    carried.work()
    job.refresh_from_db()
    assert job.state == Job.State.COMPLETED, job.problem
    assert job.progress_current == job.progress_total
    assert job.result is not None
    return dict(job.result)


def test_every_song_gets_features_or_a_reason(songs: int, carried: Carried) -> None:  # noqa: F811
    result = classify(carried)
    assert (result["analysed"], result["failures"], result["needRoms"]) == (songs - 1, {"no-writes": 1}, 1)
    recipe = recipe_in_force()
    assert recipe.rows.count() == songs
    for row in recipe.rows.sound():
        assert len(row.vector) == 4 * len(recipe.features)
        assert 0 < row.window_ms <= 15_000
    again = classify(carried)
    assert (again["analysed"], again["failed"]) == (0, 0)


def test_again_only_what_is_asked_for_or_has_changed(songs: int, tunes: Path, carried: Carried) -> None:  # noqa: F811
    classify(carried)
    assert classify(carried, path="odd", force=True)["failed"] == 1
    assert classify(carried, path="demo", force=True)["analysed"] == songs - 1
    assert classify(carried, olderThanDays=1)["analysed"] == 0
    assert classify(carried, olderThanDays=0)["analysed"] == songs - 1
    first = Track.objects.playable().in_order()[0]
    assert mark_stale([first.pk]) == 1
    assert classify(carried)["analysed"] == 1
    Features.objects.filter(track=first).update(file_md5="0" * 32)
    assert classify(carried)["analysed"] == 1


def test_the_most_played_and_a_sample(songs: int, carried: Carried) -> None:  # noqa: F811
    tracks = list(Track.objects.playable().filter(album__sid_file__path__startswith="demo/").in_order())
    for plays, track in enumerate(tracks[:5]):
        TrackPlays.objects.create(track=track, plays=plays)
    assert classify(carried, top=3)["analysed"] == 3
    assert set(Features.objects.values_list("track", flat=True)) == {track.pk for track in tracks[2:5]}
    assert classify(carried, path="demo", sample=4, force=True)["analysed"] == 4


def test_a_validation_writes_nothing_and_sees_what_differs(songs: int, carried: Carried) -> None:  # noqa: F811
    classify(carried)
    row = Features.objects.sound().first()
    assert row is not None
    Features.objects.filter(pk=row.pk).update(vector=bytes(len(row.vector)))
    before = list(Features.objects.order_by("pk").values_list("vector", "analysed_at"))
    result = classify(carried, sample=1000, validation=True)
    assert (result["different"], result["identical"]) == (1, songs - 1)
    assert list(Features.objects.order_by("pk").values_list("vector", "analysed_at")) == before


def test_the_same_bytes_on_any_number_of_processes(songs: int, carried: Carried) -> None:  # noqa: F811
    vectors = []
    for threads in (1, 3):
        classify(carried, force=True, threads=threads)
        vectors.append(dict(Features.objects.values_list("track", "vector")))
    assert vectors[0] == vectors[1]


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"collection": "None such"}, "There is no collection None such."),
        ({"path": "../etc"}, "A path has no empty part"),
    ],
)
def test_a_part_that_is_not_there_is_said(told: dict[str, Any], sentence: str, carried: Carried) -> None:  # noqa: F811
    job = controls.ask_for("classify", told)
    carried.work()
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert job.problem is not None
    assert sentence in job.problem["detail"]


@pytest.mark.parametrize("told", [{"top": 1, "sample": 1}, {"threads": -1}, {"sample": 0}, {"colour": "red"}])
def test_parameters_are_checked_before_a_job_begins(told: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        controls.ask_for("classify", told)
    assert not Job.objects.exists()


def test_killed_workers_lose_a_batch_at_most_and_repeat_nothing(
    songs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each write of a batch raises the recipe's revision: with songs done twice there would be more of them."""
    monkeypatch.setattr(carrier, "send", lambda _: None)
    monkeypatch.setattr(guarding, "MOST_STALLS", 1000)
    monkeypatch.setattr(classifying, "BATCH", 1)
    job = controls.ask_for("classify", {"path": "demo", "threads": 1, "force": True})
    killed = 0
    while songs - 1 - Features.objects.count() >= 3:
        os.waitpid(forked_worker(writes=3), 0)
        wait_for_the_dead()
        killed += 1
    assert killed > 3
    worker = forked_worker()
    wait_until(lambda: Job.objects.get(pk=job.pk).is_over)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    job.refresh_from_db()
    assert job.state == Job.State.COMPLETED, job.problem
    assert job.result is not None
    assert job.result["analysed"] == songs - 1
    assert Recipe.objects.get().revision == songs - 1
    assert not Prediction.objects.exclude(source__startswith="derived:").exists()


def forked_worker(writes: int = 0) -> int:
    """A process that runs what is offered, until it is killed; by itself, as it is about to write so many songs' features."""
    begun = 0

    def count(execute: Any, sql: str, *more: Any) -> Any:
        nonlocal begun
        begun += sql.startswith("INSERT") and Features._meta.db_table in sql
        if begun == writes > 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, *more)

    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    try:
        with connection.execute_wrapper(count):
            while True:
                guarding.look_after()
                for job in Job.objects.exclude(state__in=["completed", "failed"]):
                    running.run_slice(job.pk, seconds=0.2)
                time.sleep(0.02)
    finally:
        os._exit(1)


def wait_until(holds: Any) -> None:
    deadline = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_in_the_terminal(songs: int, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="top or sample"):
        call_command("classify", top=1, sample=1)
    with pytest.raises(CommandError, match="There is no collection Nowhere"):
        call_command("classify", collection="Nowhere")
    call_command("classify", "demo", sample=2, threads=1)
    assert Features.objects.count() == 2


def test_help_names_the_options() -> None:
    told = subprocess.run(
        [sys.executable, "manage.py", "classify", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert "--sample" in told
    assert "--validate" in told
