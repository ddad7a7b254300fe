"""Is a song made for who waits for it, once, and never more than the limits say?"""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jobs import running
from jobs.models import Job, Worker
from playback.models import RenderedAsset
from playback.rendering import storage
from tests.jobs.conftest import Carried, carried
from tests.playback.delivery.conftest import Music
from tests.playback.delivery.test_streams import body, problem, session

__all__ = ["carried"]


@pytest.fixture(autouse=True)
def _no_worker_takes_them(carried: Carried) -> None:
    """Ids are kept here."""


def made_by(job: Job) -> Job:
    """The job after all its slices."""
    while not job.is_over:
        assert running.run_slice(job.pk)
        job.refresh_from_db()
    return job


def ask(client: Client, url: str, *, remote: str = "198.51.100.7") -> Any:
    return client.get(url, REMOTE_ADDR=remote)


def test_from_asking_to_sound(client: Client, music: Music) -> None:
    document = session(client)
    url = document["streamUrls"]["m4a"]
    answer = ask(client, url)
    assert answer.status_code == 202
    told = answer.json()
    assert told["status"] == "waiting"
    assert told["progress"] == {
        "current": 0,
        "total": None,
        "percentComplete": None,
        "message": "Waiting for its turn.",
    }
    assert answer.headers["Location"] == told["progressUrl"] == f"/api/playback/{document['id']}/render/m4a"
    assert answer.headers["Retry-After"] == str(told["retryAfter"])
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get(told["progressUrl"]).json()["status"] == "waiting"
    assert made_by(Job.objects.get()).state == "completed"
    ready = client.get(told["progressUrl"]).json()
    assert (ready["status"], ready["url"], ready["progress"]["percentComplete"]) == ("ready", url, 100.0)
    sound = ask(client, url)
    assert (sound.status_code, body(sound)[4:8]) == (200, b"ftyp")
    # HLS came with it.
    playlist = body(ask(client, document["fallbackHlsUrl"])).decode()
    segment = ask(client, document["fallbackHlsUrl"].replace("index.m3u8", "seg000.m4s"))
    assert "seg000.m4s" in playlist
    assert len(body(segment)) > 1000
    assert Job.objects.count() == 1


def test_two_who_ask_for_the_same_join_one_job(client: Client, music: Music) -> None:
    document = session(client)
    for url in (document["streamUrls"]["m4a"], document["fallbackHlsUrl"]) * 2:
        assert ask(client, url).status_code == 202
    other = session(Client())
    assert ask(client, other["streamUrls"]["m4a"], remote="203.0.113.9").status_code == 202
    assert Job.objects.count() == 1


def test_looking_begins_nothing(client: Client, music: Music) -> None:
    document = session(client)
    assert client.head(document["streamUrls"]["m4a"]).status_code == 202
    assert client.get(f"/api/playback/{document['id']}/render/m4a").json()["status"] == "absent"
    segment = document["fallbackHlsUrl"].replace("index.m3u8", "seg000.m4s")
    problem(client.get(segment), 404, "not-rendered")
    assert not Job.objects.exists()


def test_other_formats_are_for_staff_to_allow(client: Client, music: Music) -> None:
    base = f"/api/playback/{session(client)['id']}"
    problem(ask(client, f"{base}/stream.wav"), 404, "not-rendered")
    problem(ask(client, f"{base}/cli.m4a"), 404, "not-rendered")
    assert not Job.objects.exists()
    music.configure(RENDER__ON_DEMAND_FORMATS="wav")
    assert ask(client, f"{base}/stream.wav").status_code == 202
    assert Job.objects.get().parameters["formats"] == ["wav"]


def test_a_tune_that_cannot_be_played_is_not_tried(client: Client, music: Music) -> None:
    document = session(client, "c_cut_off.sid")
    assert (document["streamUrls"], document["fallbackHlsUrl"]) == ({}, None)
    problem(ask(client, f"/api/playback/{document['id']}/stream.m4a"), 404, "not-rendered")


def test_what_fails_is_not_tried_again_at_once(client: Client, music: Music) -> None:
    document = session(client, "e_jams.sid")
    url = document["streamUrls"]["m4a"]
    assert ask(client, url).status_code == 202
    job = made_by(Job.objects.get())
    assert job.state == "failed"
    answer = ask(client, url)
    problem(answer, 503, "rendering-failed")
    assert int(answer.headers["Retry-After"]) > 60
    assert client.get(f"/api/playback/{document['id']}/render/m4a").json()["status"] == "failed"
    assert Job.objects.count() == 1
    Job.objects.update(ended_at=timezone.now() - timedelta(hours=1))
    assert ask(client, url).status_code == 202
    assert Job.objects.count() == 2


def test_one_client_has_its_rate(client: Client, music: Music) -> None:
    music.configure(RENDER__ON_DEMAND_RATE="2/h")
    urls = [
        session(client, name)["streamUrls"]["m4a"] for name in ("a_rising.sid", "d_after.sid", "dd_duet.sid")
    ]
    assert [ask(client, url).status_code for url in urls] == [202, 202, 429]
    answer = ask(client, urls[2])
    problem(answer, 429, "too-many-requests")
    assert int(answer.headers["Retry-After"]) > 0
    # Joining costs nothing, and neither does being somebody else.
    assert ask(client, urls[0]).status_code == 202
    assert ask(client, urls[2], remote="203.0.113.9").status_code == 202


def test_all_clients_together_have_theirs(client: Client, music: Music) -> None:
    music.configure(RENDER__ON_DEMAND_TOTAL_RATE="1/h")
    urls = [session(client, name)["streamUrls"]["m4a"] for name in ("a_rising.sid", "dd_duet.sid")]
    assert ask(client, urls[0]).status_code == 202
    answer = ask(client, urls[1], remote="203.0.113.9")
    problem(answer, 503, "rendering-busy")
    assert int(answer.headers["Retry-After"]) > 0


def test_only_so_many_wait(client: Client, music: Music) -> None:
    music.configure(RENDER__ON_DEMAND_WAITING="1")
    urls = [session(client, name)["streamUrls"]["m4a"] for name in ("a_rising.sid", "dd_duet.sid")]
    assert ask(client, urls[0]).status_code == 202
    problem(ask(client, urls[1]), 503, "rendering-busy")
    made_by(Job.objects.get())
    assert ask(client, urls[1]).status_code == 202


def test_without_a_worker_nobody_is_left_waiting(client: Client, music: Music) -> None:
    Worker.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=5))
    problem(ask(client, session(client)["streamUrls"]["m4a"]), 503, "rendering-unavailable")
    assert not Job.objects.exists()


def test_it_goes_before_other_work_and_says_nothing_of_it(client: Client, music: Music) -> None:
    url = session(client)["streamUrls"]["m4a"]
    ask(client, url)
    job = Job.objects.get()
    assert (job.origin, job.priority, job.asked_by) == ("background", 10, None)
    Job.objects.update(state="pending", progress_message="Waits for a more urgent job.")
    assert ask(client, url).json()["progress"]["message"] == "Waiting for its turn."


def test_sidplayfp_makes_its_own(client: Client, music: Music) -> None:
    music.configure(RENDER__ALLOW_CLI="true")
    url = session(client)["streamUrls"]["cli"]
    assert ask(client, url).status_code == 202
    job = made_by(Job.objects.get())
    assert job.state == "completed", job.problem
    assert body(ask(client, url))[4:8] == b"ftyp"
    assert RenderedAsset.objects.get().engine == "sidplayfp-cli"
    # It is no answer to who wants our own engine's sound, while that can be made.
    ask(client, session(client)["streamUrls"]["m4a"])
    assert Job.objects.count() == 2


def test_what_was_evicted_is_made_again(client: Client, music: Music) -> None:
    asset = music.has("m4a", b"x")
    url = session(client)["streamUrls"]["m4a"]
    (storage.root() / asset.path).unlink()
    assert ask(client, url).status_code == 202
    assert made_by(Job.objects.get()).state == "completed"
    assert body(ask(client, url))[4:8] == b"ftyp"


def test_jobs_of_listeners_are_forgotten_after_a_day(client: Client, music: Music) -> None:
    ask(client, session(client)["streamUrls"]["m4a"])
    old = made_by(Job.objects.get())
    Job.objects.update(ended_at=timezone.now() - timedelta(days=2))
    ask(client, session(client, "dd_duet.sid")["streamUrls"]["m4a"])
    assert not Job.objects.filter(pk=old.pk).exists()


def test_a_song_that_left_the_catalogue_ends_its_job(client: Client, music: Music) -> None:
    ask(client, session(client)["streamUrls"]["m4a"])
    music.track().delete()
    job = made_by(Job.objects.get())
    assert job.state == "failed"
    assert job.problem["code"] == "track-not-found"  # type: ignore[index]
