"""Does the database itself refuse rows that cannot be?"""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin import site
from django.db import IntegrityError, transaction
from django.test import Client

from playback.catalogue.importing import import_sids
from playback.models import Album, Artist, Collection, SidFile, Track

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(hvsc: Path) -> SidFile:
    import_sids(hvsc)
    return SidFile.objects.get(path="GAMES/S-Z/Zulu.sid")


@pytest.mark.parametrize(
    "columns",
    [
        {"songs": 0},
        {"songs": 257},
        {"start_song": 0},
        {"start_song": 4},
        {"path": ""},
        {"path": "/etc/passwd"},
        {"path": "DEMOS/A-F/Alpha.sid"},
        {"format": ""},
        {"format": "MUS"},
        {"second_model": "8580"},
        {"third_address": 0xD420},
    ],
)
def test_a_file_s_columns(file: SidFile, columns: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SidFile.objects.filter(pk=file.pk).update(**columns)


def test_names_and_places_are_there_once(file: SidFile) -> None:
    track = file.album.tracks.get(position=1)
    for make in (
        lambda: Collection.objects.create(name="HVSC", root="/elsewhere", kind="sids"),
        lambda: Collection.objects.create(name="Other", root=file.collection.root, kind="sids"),
        lambda: Collection.objects.create(name="Other", root="relative", kind="sids"),
        lambda: Collection.objects.create(name="", root="/elsewhere", kind="sids"),
        lambda: Artist.objects.create(name="Ada Example"),
        lambda: Artist.objects.create(name=""),
        lambda: Track.objects.create(album=file.album, position=1),
        lambda: Track.objects.create(album=file.album, position=0),
        lambda: Track.objects.create(album=file.album, position=9, length_ms=0),
        lambda: Track.objects.create(album=file.album, position=9, public_id=track.public_id),
        lambda: SidFile.objects.create(
            collection=file.collection,
            album=Album.objects.create(title="x"),
            path=file.path,
            size_bytes=1,
            fault="truncated",
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make()


def test_staff_look_at_the_rows_and_change_none(admin_client: Client, file: SidFile) -> None:
    for model in (Album, Artist, Collection, SidFile, Track):
        name = model._meta.model_name
        row = model._default_manager.first()
        assert row is not None
        assert admin_client.get(f"/admin/playback/{name}/").status_code == 200
        assert admin_client.get(f"/admin/playback/{name}/{row.pk}/change/").status_code == 200
        assert admin_client.get(f"/admin/playback/{name}/add/").status_code == 403
        assert (
            admin_client.post(f"/admin/playback/{name}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
        )
        assert model in site._registry


def test_staff_find_a_tune(admin_client: Client, file: SidFile) -> None:
    track = file.album.tracks.get(position=1)
    assert "Zulu" in admin_client.get("/admin/playback/sidfile/?q=zulu").content.decode()
    assert (
        str(track.public_id)
        in admin_client.get(f"/admin/playback/track/?q={track.public_id}").content.decode()
    )
