"""Does a catalogue that is full already survive a change of its columns?"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE = ("playback", "0004_what_the_documents_say")
AFTER = ("playback", "0005_catalogue_at_size")


def migrate(*targets: tuple[str, str]) -> Any:
    """Takes the database there; the models as they were then."""
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets))
    return MigrationExecutor(connection).loader.project_state(list(targets)).apps


@pytest.fixture
def newest() -> Iterator[None]:
    """Leaves the database as the other tests want it."""
    yield
    migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("newest")
def test_files_of_an_older_database_get_their_number_of_chips() -> None:
    old = migrate(BEFORE)
    collection = old.get_model("playback", "Collection").objects.create(name="x", root="/x", kind="sids")
    for sids in range(4):
        models = dict(zip(("first_model", "second_model", "third_model"), ["8580"] * sids, strict=False))
        addresses = dict(zip(("second_address", "third_address"), [0xD420, 0xD440][: sids - 1], strict=False))
        old.get_model("playback", "SidFile").objects.create(
            collection=collection,
            album=old.get_model("playback", "Album").objects.create(title="x", year=1971 + 10 * sids),
            path=f"{sids}.sid",
            size_bytes=1,
            fault="" if sids else "truncated",
            format="PSID" if sids else "",
            **(models | (addresses if sids > 1 else {})),
        )
    files = migrate(AFTER).get_model("playback", "SidFile").objects.order_by("path")
    assert list(files.values_list("sids", "album__year")) == [(0, None), (1, 1981), (2, 1991), (3, 2001)]
