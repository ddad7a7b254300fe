"""Does a tune's page show what it is like and what sounds like it, without script, and nothing where nothing is known?"""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from playback.analysis.models import Features
from playback.analysis.rating_rows import calibrate
from playback.catalogue.models import Track
from tests.playback.analysis.analysed import analyse, made_catalogue, made_recipe

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Pages live a minute in the cache; here the catalogue changes behind its back."""
    cache.clear()


def page(client: Client, track: Track, rest: str = "") -> str:
    response = client.get(f"/tune/{track.public_id}{rest}")
    assert response.status_code == 200
    return response.text


def rows(text: str) -> list[str]:
    """The titles of a list."""
    return re.findall(r'<li class="tune[^>]* data-title="([^"]*)"', text)


def test_ratings_stand_there_with_a_picture_and_words(client: Client) -> None:
    recipe, tracks = made_recipe(), made_catalogue(60)
    analyse(recipe, tracks)
    calibrate(recipe)
    text = page(client, tracks[0])
    assert "How it sounds" in text
    for name in ("Energy", "Mood", "Complexity"):
        assert f"<dt>{name}</dt>" in text
    places = re.findall(r'aria-label="([0-9.]+) of 5".*?cx="([0-9.]+)"', text)
    assert len(places) == 3
    for value, x in places:
        assert float(x) == pytest.approx(8 + (float(value) - 1) * 26, abs=0.1)
    assert "because of" in text
    assert "of songs)" in text
    assert "Provisional" not in text


def test_what_sounds_like_it_is_a_list_as_others_are_and_has_a_page(client: Client) -> None:
    recipe, tracks = made_recipe(), made_catalogue(120, per_file=3)
    analyse(recipe, tracks)
    calibrate(recipe)
    text = page(client, tracks[4])
    beside = text.split('id="alike-title"')[1].split("</ol>")[0]
    assert len(rows(beside)) == 6
    assert f'href="/tune/{tracks[4].public_id}/similar"' in text
    whole = page(client, tracks[4], "/similar")
    assert rows(whole)[:6] == rows(beside)
    assert len(rows(whole)) == 25
    assert "Tune 00001" not in rows(whole)
    # A row begins with the song that is meant, and tells it, and its page is that song's.
    first = whole.split('<li class="tune')[1]
    song = int(re.findall(r'data-start-song="(\d+)"', first)[0])
    linked = re.findall(r'class="tune__page" href="/tune/([^"]+)"', first)[0]
    assert Track.objects.get(public_id=linked).position == song
    assert f'<span class="tune__why">Song {song}' in first
    assert "<title>Sounds like Tune 00001" in whole
    part = client.get(f"/tune/{tracks[4].public_id}/similar?part=library").text
    assert part.startswith('<div class="found" id="found"')


def test_where_nothing_was_analysed_nothing_is_said_and_the_page_tells_why(client: Client) -> None:
    tracks = made_catalogue(3)
    text = page(client, tracks[0])
    assert "How it sounds" not in text
    assert "Sounds like it" not in text
    assert "No songs were analysed here yet." in page(client, tracks[0], "/similar")


def test_one_song_that_was_not_analysed_or_could_not_be_says_so(client: Client) -> None:
    recipe, tracks = made_recipe(), made_catalogue(8)
    analyse(recipe, tracks[:5])
    calibrate(recipe)
    assert "This song was not analysed yet." in page(client, tracks[6])
    Features.objects.create(track=tracks[7], recipe=recipe, file_md5="", failure="silent")
    assert "This song could not be analysed (silent)." in page(client, tracks[7])
    assert "Provisional: there are too few songs" in page(client, tracks[0])


def test_search_engines_are_told_to_leave_the_lists_of_likeness(client: Client) -> None:
    assert "Disallow: /tune/*/similar\n" in client.get("/robots.txt").text
