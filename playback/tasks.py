"""Which jobs are about music?  They import folders, fetch the newest HVSC, classify songs, and make files of them."""

from pathlib import Path

from pydantic import Field

from core.problems import InvalidInput
from jobs.kinds import Kind, Parameters, Steps, register
from jobs.work import Work
from playback.analysis.classifying import Classify, classify
from playback.catalogue.folders import NoMusicError
from playback.catalogue.importing import Import
from playback.delivery.making import OnDemand, make_song
from playback.fetching.choosing import FetchHvsc
from playback.fetching.fetching import fetch
from playback.rendering.asking import RenderSongs
from playback.rendering.job import render_songs


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


register(Kind("ondemand", "Rendering for a listener", make_song, parameters=OnDemand))
register(Kind("import", "Importing a folder", import_folder, parameters=ImportFolder, alone=True))
register(Kind("fetch", "Fetching the HVSC", fetch, parameters=FetchHvsc, alone=True))
register(Kind("classify", "Classifying songs", classify, parameters=Classify))
register(Kind("render", "Rendering songs", render_songs, parameters=RenderSongs))
