"""What do the tests of jobs share?  Kinds of their own, and a carrier that keeps ids instead of sending them."""

import pytest
from django.db import transaction

from jobs import carrier, running
from jobs.models import Job
from tests.jobs.made_up_kinds import register_kinds

register_kinds()


class Carried(list[int]):
    """The ids that were sent and not yet taken, oldest first."""

    def work(self, *, seconds: float = 4.0) -> int:
        """Does what a worker would, until nothing is left; the number of slices."""
        slices = 0
        while self:
            slices += running.run_slice(self.pop(0), seconds=seconds)
        return slices


@pytest.fixture
def carried(monkeypatch: pytest.MonkeyPatch) -> Carried:
    """Ids as soon as they are sent; what waits for a commit is sent at once, since a test's transaction never commits."""
    ids = Carried()
    monkeypatch.setattr(carrier, "send", ids.append)
    monkeypatch.setattr(transaction, "on_commit", lambda function, **_: function())
    return ids


def state_of(job: Job) -> str:
    """As the database has it now."""
    job.refresh_from_db()
    return job.state
