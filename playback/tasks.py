"""Which jobs are about music?  `import` brings a folder's files into the catalogue, `fetch` the newest HVSC, `classify` analyses songs."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from core.problems import InvalidInput
from jobs.kinds import Kind, Parameters, Steps, register
from jobs.work import Work
from playback.analysis.classifying import Classify, classify
from playback.catalogue.folders import NoMusicError
from playback.catalogue.importing import Import
from playback.catalogue.models import Track
from playback.delivery.problems import TrackNotFound
from playback.fetching.choosing import FetchHvsc
from playback.fetching.fetching import fetch
from playback.rendering.rendering import render
from playback.rendering.settings import Engine, FormatName, settings_for


class ImportFolder(Parameters):
    """Which folder of this server, and what its collection is called."""

    path: str = Field(description="A folder of this server with SID files, or a HVSC's own root.")
    collection: str | None = Field(
        default=None, description="Its name; empty: that of the folder, or the one that it has already."
    )
    reread: bool = Field(
        default=False, title="Read all", description="Read files also that look as they did last time."
    )


def import_folder(work: Work) -> Steps:
    """An import may be repeated at any time; one that changes hands goes on behind the files that are done."""
    told = work.parameters
    assert isinstance(told, ImportFolder)  # noqa: S101 - the kind says so
    begin = work.checkpoint.get("done", 0)
    steps = Import(
        Path(told.path),
        name=told.collection,
        reread=told.reread,
        begin=begin,
        counts=work.checkpoint.get("counts", {}),
    )
    try:
        for done, total in steps:
            # Reading the folder anew is no step: it would go round between two workers without end.
            if done > begin:
                work.progress(done, total, f"{done} of {total} files")
                yield {"done": done, "counts": steps.counts}
    except NoMusicError as error:
        raise InvalidInput(str(error)) from None
    for report in steps.reports:
        for path, code in report.broken[:100]:
            work.say(f"broken: {path}: {code}", "warning")
    return {
        "collections": [
            {
                "name": report.collection.name,
                "added": report.added,
                "changed": report.changed,
                "moved": report.moved,
                "unchanged": report.unchanged,
                "missing": report.missing,
                "songs": report.songs,
                "broken": len(report.broken),
            }
            for report in steps.reports
        ]
    }


class OnDemand(Parameters):
    """Which song is to be had in which formats, played by which engine."""

    track: str = Field(description="Its public id.")
    formats: list[FormatName]
    engine: Literal["sidflow", "sidplayfp-cli"] = "sidflow"


def on_demand(work: Work) -> Steps:
    """One song, because a listener waits; begun anew it does what is missing."""
    told = work.parameters
    assert isinstance(told, OnDemand)  # noqa: S101 - the kind says so
    track = Track.objects.present().with_file().filter(public_id=told.track).first()
    if track is None:
        raise TrackNotFound("It has left the catalogue.")

    def progress(share: float) -> None:
        work.progress(round(100 * share), 100, "Rendering")
        work.still_wanted()

    engine: Engine = "sidplayfp-cli" if told.engine == "sidplayfp-cli" else "wasm"
    render(track, formats=told.formats, settings=settings_for(engine), run=work.run, progress=progress)
    work.progress(100, 100, "Ready.")
    yield {"done": True}
    return {"formats": told.formats}


register(Kind("ondemand", "Rendering for a listener", on_demand, parameters=OnDemand))
register(Kind("import", "Importing a folder", import_folder, parameters=ImportFolder, alone=True))
register(Kind("fetch", "Fetching the HVSC", fetch, parameters=FetchHvsc, alone=True))
register(Kind("classify", "Classifying songs", classify, parameters=Classify))
