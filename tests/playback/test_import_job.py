"""Does an import that is a job come to its end whoever does its slices, and say at the end what all of them did?"""

from pathlib import Path

import pytest

from jobs import controls, running
from jobs.models import Job
from playback.catalogue import importing
from playback.catalogue.models import SidFile
from tests.jobs.conftest import Carried, carried  # noqa: F401 - a fixture of theirs
from tests.playback.made_up_sids import put

pytestmark = pytest.mark.django_db


def test_two_workers_that_take_turns_finish(
    tmp_path: Path,
    carried: Carried,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importing, "BATCH", 3)
    for number in range(10):
        put(tmp_path, f"{number}.sid", title=f"T{number}")
    (tmp_path / "broken.sid").write_bytes(b"PSID")
    job = controls.ask_for("import", {"path": str(tmp_path)})
    slices = 0
    while carried:
        running._kept.clear()  # the next slice is another process's
        running.run_slice(carried.pop(0), seconds=0)
        slices += 1
        assert slices < 10
    job.refresh_from_db()
    assert (job.state, slices) == (Job.State.COMPLETED, 5)
    assert job.result is not None
    result = job.result["collections"][0]
    assert (result["added"], result["songs"], result["broken"]) == (11, 11, 1)
    assert SidFile.objects.count() == 11
