"""Do features, ratings and the metric read the same every time, and does what visitors see come back from the files?"""

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from playback.analysis.models import Features, Prediction, Recipe
from playback.analysis.rating_rows import calibrate, rate_new
from playback.catalogue.models import Album, Artist, Collection, SidFile, Track
from playback.exporting.auto_tags import folder_of
from playback.exporting.features import FeaturesLine, SoundPart
from tests.playback.analysis.analysed import analyse, made_catalogue, made_recipe
from tests.playback.analysis.made_vectors import NAMES

pytestmark = pytest.mark.django_db
FILES = ("auto-tags", "features", "recipes")


class _Nowhere:
    """Takes what a command says."""

    def write(self, text: str) -> int:
        return len(text)


def export(folder: Path) -> dict[str, bytes]:
    call_command("export_data", "--to", folder, verbosity=0, stdout=_Nowhere())
    return {name: (folder / "classified" / f"{name}.jsonl").read_bytes() for name in FILES}


def rebuild(folder: Path, **options: Any) -> None:
    call_command("rebuild_from_data", "--from", folder, stdout=_Nowhere(), **options)


def similar(client: Client, public_id: Any) -> Any:
    return client.get(f"/api/tracks/{public_id}/similar").json()


@pytest.fixture
def tracks() -> list[Track]:
    """62 songs that were analysed, two of which failed or are to be made again, by a recipe that serves; an older one."""
    cache.clear()
    old, recipe, songs = made_recipe("0-old"), made_recipe(), made_catalogue(63, per_file=3, authors=5)
    analyse(old, songs[:5])
    calibrate(old)
    analyse(recipe, songs[:61])
    Features.objects.create(
        track=songs[61], recipe=recipe, file_md5="", failure="silent", failure_detail="Nothing sounds."
    )
    Features.objects.filter(track=songs[3], recipe=recipe).update(stale_since=timezone.now())
    calibrate(recipe)
    return songs


def test_what_comes_back_gives_the_same_files_and_the_same_answers(
    tracks: list[Track], tmp_path: Path, client: Client
) -> None:
    before = export(tmp_path / "one")
    answer = similar(client, tracks[0].public_id)
    for model in (Recipe, Prediction, SidFile, Album, Artist, Collection):
        model.objects.all().delete()
    assert not Features.objects.exists()
    rebuild(tmp_path / "one")
    assert export(tmp_path / "two") == before
    assert similar(client, tracks[0].public_id) == answer
    recipe = Recipe.serving()
    assert recipe
    assert recipe.version == "1-made"
    assert rate_new(recipe) == 0, "all that is analysed has its ratings"
    rebuild(tmp_path / "one")
    assert export(tmp_path / "two") == before


def test_a_line_says_what_was_measured_and_its_ratings(tracks: list[Track], tmp_path: Path) -> None:
    lines = [json.loads(line) for line in export(tmp_path)["features"].splitlines()]
    assert [line["path"] for line in lines] == sorted(line["path"] for line in lines)
    (line,) = [
        line for line in lines if line["trackId"] == str(tracks[7].public_id) and line["recipe"] == "1-made"
    ]
    row = Features.objects.get(track=tracks[7], recipe__version="1-made")
    assert struct.pack(f"<{len(NAMES)}f", *line["sound"]["values"]) == bytes(row.vector)
    rated = Prediction.objects.get(track=tracks[7], source__startswith="derived:1-made:")
    assert line["sound"]["ratings"] == {"e": rated.e, "m": rated.m, "c": rated.c}
    (failed,) = [line for line in lines if line["sound"]["failure"]]
    assert failed["sound"] == {
        "md5": "",
        "windowStartMs": 0,
        "windowMs": 0,
        "values": [],
        "ratings": None,
        "stale": False,
        "failure": "silent",
        "failureDetail": "Nothing sounds.",
    }


def test_two_sites_that_measure_the_same_write_the_same(tracks: list[Track], tmp_path: Path) -> None:
    """No time of any run is in them: neither of the analysis nor of the calibration."""
    before = export(tmp_path / "one")
    Features.objects.update(analysed_at=timezone.now())
    for version in ("0-old", "1-made"):
        calibrate(Recipe.objects.get(version=version))
    assert export(tmp_path / "two") == before


def test_the_metric_is_published_with_the_data(tracks: list[Track], tmp_path: Path) -> None:
    recipes = [json.loads(line) for line in export(tmp_path)["recipes"].splitlines()]
    (recipe,) = [one for one in recipes if one["recipe"] == "1-made"]
    assert recipe["features"] == list(NAMES)
    assert [one["calibrated"] for one in recipes if one["recipe"] == "0-old"] == [1]
    assert recipe["calibrated"] == 2
    assert {"feature": "rms", "weight": 0.25, "trust": ""} in recipe["calibration"]["ratings"]["e"]["terms"]
    assert len(recipe["calibration"]["features"]["bpm"]) == 101
    assert b"derived:" not in json.dumps(recipe).encode()


def test_folders_have_the_means_of_their_songs(tracks: list[Track], tmp_path: Path) -> None:
    lines = [json.loads(line) for line in export(tmp_path)["auto-tags"].splitlines()]
    assert [line["folder"] for line in lines] == [f"GAMES/{number}" for number in range(4)]
    assert sum(line["songs"] for line in lines) == 61
    rows = Prediction.objects.filter(
        source__startswith="derived:1-made:", track__album__sid_file__path__startswith="GAMES/2/"
    )
    assert lines[2]["songs"] == len(rows)
    assert lines[2]["mean"]["m"] == pytest.approx(sum(row.m for row in rows) / len(rows), abs=0.006)


@pytest.mark.parametrize(
    ("path", "depth", "folder"),
    [("MUSICIANS/E/Ada/x/a.sid", 3, "MUSICIANS/E/Ada"), ("GAMES/a.sid", 3, "GAMES"), ("a.sid", 1, "")],
)
def test_folders_are_cut_at_the_depth_that_is_set(path: str, depth: int, folder: str) -> None:
    assert folder_of(path, depth) == folder


def test_what_the_files_do_not_have_goes_only_with_replace(tracks: list[Track], tmp_path: Path) -> None:
    before = export(tmp_path / "one")
    analyse(made_recipe("2-new"), tracks[:3])
    analyse(Recipe.objects.get(version="0-old"), tracks[10:12])
    rebuild(tmp_path / "one")
    assert Recipe.objects.count() == 3
    rebuild(tmp_path / "one", replace=True)
    assert export(tmp_path / "two") == before


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda line: line["sound"].update(values=[1.0]), "1 values, where there must be"),
        (lambda line: line.update(recipe="9"), "there is no recipe '9'"),
        (
            lambda line: line.update(trackId="00000000-0000-4000-8000-000000000000"),
            "there is no song 00000000-0000-4000-8000-000000000000",
        ),
        (lambda line: line["sound"].update(ratings={"e": 9, "m": 1, "c": 1}), "sound.ratings.e"),
    ],
)
def test_a_line_that_is_wrong_is_named_and_nothing_changes(
    tracks: list[Track], tmp_path: Path, change: Any, sentence: str
) -> None:
    before = export(tmp_path)["features"]
    first, *rest = before.splitlines(keepends=True)
    line = json.loads(first)
    change(line)
    (tmp_path / "classified" / "features.jsonl").write_bytes(
        json.dumps(line).encode() + b"\n" + b"".join(rest)
    )
    Features.objects.filter(track=tracks[1]).delete()
    count = Features.objects.count()
    with pytest.raises(CommandError, match=r"classified/features\.jsonl, line") as refused:
        rebuild(tmp_path)
    assert sentence in str(refused.value)
    assert Features.objects.count() == count


def test_every_column_is_in_the_files_or_left_out_on_purpose() -> None:
    columns = {field.name for field in Features._meta.concrete_fields}
    assert columns == {
        *("id", "track", "recipe", "analysed_at", "vector", "file_md5", "stale_since"),
        *(set(SoundPart.model_fields) - {"md5", "values", "stale", "ratings"}),
    }
    assert set(FeaturesLine.model_fields) == {"collection", "path", "recipe", "song", "sound", "track_id"}
    assert {field.name for field in Recipe._meta.concrete_fields} == {
        *("id", "version", "features", "made_of", "calibration", "calibrated_at", "revision", "created_at"),
    }
