"""Does an export see one moment, without keeping anybody from writing?"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from core.exporting import snapshot
from core.models import User


def _write() -> None:
    try:
        User.objects.create(username="bob")
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_is_of_one_moment_and_nobody_waits_for_it() -> None:
    User.objects.create(username="alice")
    with snapshot(), ThreadPoolExecutor() as others:
        assert list(User.objects.values_list("username", flat=True)) == ["alice"]
        others.submit(_write).result(timeout=60)
        assert list(User.objects.values_list("username", flat=True)) == ["alice"]
    assert User.objects.count() == 2
