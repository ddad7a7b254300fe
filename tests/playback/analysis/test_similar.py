"""Does a program get songs that sound alike, of different tunes and authors, and an honest answer where there are none?"""

import subprocess
import sys
import uuid
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone

from playback.analysis import likeness_index
from playback.analysis.models import Features, Recipe
from playback.analysis.rating_rows import calibrate, rate_new
from playback.api import schema
from playback.catalogue.models import SidFile, Track
from tests.playback.analysis.analysed import analyse, made_catalogue, made_recipe
from tests.playback.analysis.made_vectors import NAMES, made_vectors

pytestmark = pytest.mark.django_db


def ask(client: Client, track: Track, **query: Any) -> dict[str, Any]:
    response = client.get(f"/api/tracks/{track.public_id}/similar", query)
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def ids(answer: dict[str, Any]) -> list[str]:
    return [item["track"]["id"] for item in answer["items"]]


@pytest.fixture
def songs() -> list[Track]:
    """120 songs, two a file, by 30 authors, analysed and rated; the first four of one kind, each of another file."""
    recipe, tracks = made_recipe(), made_catalogue(120, per_file=2, authors=30)
    vectors = made_vectors(120)
    for row in (2, 4, 6):
        vectors[row] = vectors[0] + (vectors[row] - vectors[0]) * 0.01
    # The other song of a file is nearer than all.
    vectors[1] = vectors[0]
    analyse(recipe, tracks, vectors)
    calibrate(recipe)
    return tracks


def test_the_nearest_of_other_tunes_come_first(client: Client, songs: list[Track]) -> None:
    answer = ask(client, songs[0])
    assert set(ids(answer)[:3]) == {str(songs[row].public_id) for row in (2, 4, 6)}
    assert len(answer["items"]) == 25
    likeness = [item["likeness"] for item in answer["items"]]
    assert likeness == sorted(likeness, reverse=True)
    assert likeness[2] > 0.95 > likeness[3]
    paths = [item["track"]["path"] for item in answer["items"]]
    assert len(set(paths)) == 25
    assert songs[0].album.sid_file.path not in paths
    assert all(1 <= item["ratings"][axis] <= 5 for item in answer["items"] for axis in "emc")
    assert answer["items"][0]["why"]
    assert answer["reason"] is None
    assert answer["ratings"]["because"]["e"].startswith(("quiet", "calm", "moderate", "energetic", "intense"))
    assert answer["ratings"]["provisional"] is False
    assert ask(client, songs[0], limit=3)["items"] == answer["items"][:3]


def test_no_author_has_more_than_three_while_there_are_others(client: Client) -> None:
    recipe, tracks = made_recipe(), made_catalogue(80, authors=4)
    analyse(recipe, tracks)
    calibrate(recipe)
    authors = [item["track"]["author"] for item in ask(client, tracks[0], limit=12)["items"]]
    assert len(authors) == 12
    assert {authors.count(author) for author in authors} == {3}
    assert len(ask(client, tracks[0], limit=50)["items"]) == 50


def test_missing_and_broken_tunes_are_left_out_also_when_they_go_later(
    client: Client, songs: list[Track]
) -> None:
    SidFile.objects.filter(album=songs[2].album).update(missing_since=timezone.now())
    first = ids(ask(client, songs[0]))
    assert str(songs[2].public_id) not in first
    SidFile.objects.filter(album=songs[4].album).update(fault="bad-magic")
    then = ids(ask(client, songs[0]))
    assert str(songs[4].public_id) not in then
    assert len(then) == 25


def test_why_there_is_nothing_is_told(client: Client) -> None:
    tracks = made_catalogue(60)
    assert ask(client, tracks[0])["reason"]["code"] == "not-calibrated"
    recipe = made_recipe()
    analyse(recipe, tracks[:1])
    calibrate(recipe)
    assert ask(client, tracks[0])["reason"]["code"] == "no-others"
    assert ask(client, tracks[0])["ratings"]["provisional"] is True
    answer = ask(client, tracks[1])
    assert answer == schema.NOT_ANALYSED.value
    Features.objects.create(track=tracks[2], recipe=recipe, file_md5="", failure="silent")
    assert ask(client, tracks[2])["reason"] == {
        "code": "analysis-failed",
        "message": "This song could not be analysed (silent).",
    }


def test_tracks_that_are_none_and_odd_numbers_are_refused(client: Client, songs: list[Track]) -> None:
    response = client.get(f"/api/tracks/{uuid.uuid4()}/similar")
    assert (response.status_code, response.json()["code"]) == (404, "track-not-found")
    for limit in ("0", "51", "many"):
        response = client.get(f"/api/tracks/{songs[0].public_id}/similar", {"limit": limit})
        assert (response.status_code, response.json()["code"]) == (400, "invalid-input")
    SidFile.objects.filter(album=songs[0].album).update(missing_since=timezone.now())
    assert client.get(f"/api/tracks/{songs[0].public_id}/similar").status_code == 404


def test_a_new_calibration_and_new_songs_are_seen(
    client: Client, songs: list[Track], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ids(ask(client, songs[0]))
    recipe = Recipe.objects.get()
    new = made_catalogue(1, name="New")
    vector = Features.objects.get(track=songs[0]).vector
    analyse(recipe, new, np.frombuffer(vector, dtype="<f4").reshape(1, -1).copy())
    Recipe.objects.update(revision=7)
    rate_new(recipe)
    # The songs of the last minute may wait; what is asked about is always read.
    assert ids(ask(client, songs[0])) == before
    assert ids(ask(client, new[0]))[0] == str(songs[0].public_id)
    monkeypatch.setattr(likeness_index, "_RELOAD_EVERY_S", 0.0)
    assert ids(ask(client, songs[0]))[0] == str(new[0].public_id)
    loud = made_vectors(122, seed=5)[1:]
    Features.objects.all().delete()
    analyse(recipe, [*songs, *new], loud)
    monkeypatch.undo()
    calibrate(recipe)
    assert ids(ask(client, songs[0])) != before


def test_the_answer_says_what_its_description_says(client: Client, songs: list[Track]) -> None:
    answer = ask(client, songs[0])
    example = schema.SIMILAR.value
    assert set(answer) == set(example) == set(schema.SimilarDocument().fields)
    assert set(answer["items"][0]) == set(example["items"][0]) == set(schema.SimilarItemDocument().fields)
    assert set(answer["ratings"]) == set(example["ratings"]) == set(schema.ExplainedRatingsDocument().fields)
    assert answer["ratings"].keys() >= set(schema.RatingsDocument().fields)
    assert len(NAMES) > 70


def test_the_web_process_has_no_numpy_before_somebody_asks() -> None:
    code = (
        "import sys, django; django.setup(); import sidflow_site.urls, sidflow_site.asgi; "
        "from django.urls import get_resolver; get_resolver().url_patterns; print('numpy' in sys.modules)"
    )
    environ = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
