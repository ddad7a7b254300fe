"""How do the tests fetch?  A site whose configuration names a mirror on this machine, and jobs run in this process."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from core.configuration import configuration
from core.settings_schema import SidflowSettings
from jobs import controls, running
from jobs.models import Job
from playback.fetching import downloading, fetching, places, web
from playback.models import SidFile, Track
from tests.fakes.hvsc_mirror import Mirror
from tests.fakes.hvsc_releases import Files, read


@dataclass
class Site:
    """A site that fetches from the mirror into a folder of its own."""

    folder: Path
    mirror: Mirror
    monkeypatch: pytest.MonkeyPatch

    @property
    def tree(self) -> Path:
        return self.folder / "C64Music"

    @property
    def stage(self) -> Path:
        return self.folder / ".C64Music.fetch"

    def configure(self, *, sid_path: Path | None = None, **hvsc: Any) -> None:
        """As `.sidflow.json` would: the mirror on this machine is allowed unless told otherwise."""
        chosen = {
            "mirrors": [self.mirror.base],
            "version_url": self.mirror.version_url,
            "allow_http": True,
            "allow_private_addresses": True,
        }
        told = configured(sid_path or self.folder, **(chosen | hvsc))
        for module in (fetching, places):
            self.monkeypatch.setattr(module, "configuration", lambda: told)

    def web_stalls_after(self, seconds: float) -> None:
        """A server may be silent for so long only."""
        self.monkeypatch.setattr(web.Web.__init__, "__kwdefaults__", {"stall_s": seconds, "small_s": 60.0})
        self.monkeypatch.setattr(downloading, "_PAUSE_S", 0.0)
        self.monkeypatch.setattr(downloading, "_MOST_BREAKS", 4)

    def ask(self, **parameters: Any) -> Job:
        return controls.ask_for("fetch", parameters, here=True)

    def run(self, job: Job, *, slices: int | None = None) -> Job:
        """Slice after slice until it is over, or so many."""
        while not job.is_over and job.state != "paused" and (slices is None or slices > 0):
            assert running.run_slice(job.pk, seconds=0.0 if slices else 4.0)
            job.refresh_from_db()
            slices = None if slices is None else slices - 1
        return job

    def fetch(self, **parameters: Any) -> Job:
        return self.run(self.ask(**parameters))

    def files(self) -> Files:
        """What is on disk in the collection."""
        return {path: data for path, data in read(self.tree).items() if path != "DOCUMENTS/tool.exe"}


def configured(folder: Path, **hvsc: Any) -> SidflowSettings:
    real = configuration()
    return real.model_copy(update={"sid_path": folder, "hvsc": real.hvsc.model_copy(update=hvsc)})


def ids() -> dict[tuple[str, int], str]:
    """The public id of each song that is there, by path and number."""
    return {
        (track.album.sid_file.path, track.position): str(track.public_id)
        for track in Track.objects.present().with_file()
    }


def catalogue() -> list[tuple[str, str, bool]]:
    """What the catalogue says of each file."""
    return [(file.path, file.md5, file.missing_since is None) for file in SidFile.objects.in_order()]
