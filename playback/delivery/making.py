"""What does the job do that makes a song because a listener waits for it?"""

from typing import Literal

from pydantic import Field

from jobs.kinds import Parameters, Steps
from jobs.work import Work
from playback.catalogue.models import Track
from playback.delivery.problems import TrackNotFound
from playback.rendering import eviction
from playback.rendering.rendering import render
from playback.rendering.settings import Engine, FormatName, settings_for


class OnDemand(Parameters):
    """Which song is to be had in which formats, played by which engine."""

    track: str = Field(description="Its public id.")
    formats: list[FormatName]
    engine: Literal["sidflow", "sidplayfp-cli"] = "sidflow"


def make_song(work: Work) -> Steps:
    """One song; begun anew it does what is missing."""
    told = work.parameters
    assert isinstance(told, OnDemand)  # noqa: S101 - the kind says so
    track = Track.objects.present().with_file().filter(public_id=told.track).first()
    if track is None:
        raise TrackNotFound("It has left the catalogue.")

    def progress(share: float) -> None:
        work.progress(round(100 * share), 100, "Rendering")
        work.still_wanted()

    engine: Engine = "sidplayfp-cli" if told.engine == "sidplayfp-cli" else "wasm"
    made = render(track, formats=told.formats, settings=settings_for(engine), run=work.run, progress=progress)
    eviction.keep_within_limit(spare=made)
    work.progress(100, 100, "Ready.")
    yield {"done": True}
    return {"formats": told.formats}
