"""Is every play counted once, without a visitor waiting for it?"""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError
from django.test import Client
from django.test.utils import CaptureQueriesContext

from playback.catalogue.models import Track
from playback.models import TrackPlays
from playback.rendering import play_counts


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    play_counts._counts.clear()
    yield
    play_counts._counts.clear()


def counted() -> dict[int, int]:
    return dict(TrackPlays.objects.values_list("track", "plays"))


def test_plays_are_counted_and_written_in_one_statement(client: Client, tunes: list[Track]) -> None:
    from django.db import connection

    first, second = tunes[0], tunes[1]
    for _ in range(3):
        client.post("/api/play", {"sidPath": first.album.sid_file.path}, content_type="application/json")
    both = {"trackIds": [str(first.public_id), str(second.public_id)]}
    client.post("/api/play", both, content_type="application/json")
    client.post("/api/play", {"sidPath": "no.sid"}, content_type="application/json")
    assert counted() == {}
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert play_counts.flush() == 5
    assert sum("INSERT" in one["sql"] for one in queries) == 1
    assert counted() == {first.pk: 4, second.pk: 1}
    assert play_counts.flush() == 0
    play_counts.note([second.pk, second.pk])
    play_counts.flush()
    assert counted() == {first.pk: 4, second.pk: 3}


def test_a_track_that_is_gone_takes_nobody_s_counts_along(tunes: list[Track]) -> None:
    gone = tunes[0].pk
    play_counts.note([gone, tunes[1].pk])
    tunes[0].delete()
    play_counts.flush()
    assert counted() == {tunes[1].pk: 1}


def test_what_cannot_be_written_is_kept(tunes: list[Track], monkeypatch: pytest.MonkeyPatch) -> None:
    play_counts.note([tunes[0].pk])

    def broken(_: object) -> None:
        raise DatabaseError("away")

    with monkeypatch.context() as patch:
        patch.setattr(play_counts, "_write", broken)
        with pytest.raises(DatabaseError):
            play_counts.flush()
    play_counts.flush()
    assert counted() == {tunes[0].pk: 1}
