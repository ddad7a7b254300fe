"""What does staff ask of a fetch, and which archives lead there from what is here?"""

from typing import Any, Final

from pydantic import Field

from jobs.kinds import Parameters
from playback.fetching.releases import NEWEST_POSSIBLE, Newest, complete_name, update_name

# Further back, the complete archive is less to load and to do.
MOST_UPDATES: Final = 6

Archive = dict[str, Any]


class FetchHvsc(Parameters):
    """Which release, and by which way."""

    force: bool = Field(
        default=False, title="Again", description="Fetch it also where that release is here already."
    )
    version: int | None = Field(
        default=None, title="Release", description="Its number; empty: the newest.", ge=1, le=NEWEST_POSSIBLE
    )
    update: bool = Field(
        default=False,
        title="By updates",
        description="Only what changed since the release that is here, where there are such archives: less to load.",
    )


def archives_to(newest: Newest, here: int | None, told: FetchHvsc) -> list[Archive]:
    """What is to be downloaded: the updates since what is here, where they are asked for and lead there, else one complete archive.

    Each is {"version", "name", "told": where the version API says it is, or None}.
    """
    versions = range((here or 0) + 1, newest.version + 1)
    if told.update and not told.force and here and 1 <= len(versions) <= MOST_UPDATES:
        urls = {newest.version: newest.update_url}
        return [
            {"version": number, "name": update_name(number), "told": urls.get(number)} for number in versions
        ]
    return [{"version": newest.version, "name": complete_name(newest.version), "told": newest.complete_url}]


def urls_of(archive: Archive, mirrors: list[str]) -> list[str]:
    """Where to ask for it: the mirrors as they are configured now, then where the API says."""
    urls = [f"{mirror}/{archive['name']}" for mirror in mirrors]
    return list(dict.fromkeys([*urls, *([archive["told"]] if archive["told"] else [])]))
