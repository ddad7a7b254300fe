"""Which release of the HVSC is the newest, and where does it lie?

The version API answers {"version": 84, "update": {"requiredVersion": 83, "url": ...}, "complete": {"url": ...}}; it is not documented,
so where it gives anything else, the mirrors' listings are read for the archives' names.  Neither is believed further than that:
a wrong answer leads to an archive that is not there, or is refused.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from playback.fetching.problems import AddressRefused, MirrorFailed
from playback.fetching.web import Web

LARGEST_ANSWER: Final = 64 * 1024
LARGEST_LISTING: Final = 4 * 1024 * 1024
NEWEST_POSSIBLE: Final = 999
_COMPLETE: Final = re.compile(r"HVSC_(\d{1,3})-all-of-them\.7z")


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest release, and where the API says that its archives are; None: it does not say."""

    version: int
    complete_url: str | None = None
    update_url: str | None = None


def complete_name(version: int) -> str:
    return f"HVSC_{version}-all-of-them.7z"


def update_name(version: int) -> str:
    return f"HVSC_Update_{version}.7z"


def find_newest(web: Web, version_url: str | None, mirrors: Sequence[str]) -> Newest:
    """Asks the API, else the listings.  Raises MirrorFailed, or AddressRefused, with what each of them said."""
    said: list[MirrorFailed | AddressRefused] = []
    if version_url:
        try:
            return parse_answer(_page(web, version_url, LARGEST_ANSWER))
        except (MirrorFailed, AddressRefused) as error:
            said.append(_about(version_url, error))
    versions = []
    for mirror in mirrors:
        try:
            versions.append(parse_listing(_page(web, f"{mirror}/", LARGEST_LISTING)))
        except (MirrorFailed, AddressRefused) as error:
            said.append(_about(f"{mirror}/", error))
    if versions:
        return Newest(max(versions))
    details = (
        " ".join(error.detail for error in said) or "Neither hvsc.versionUrl nor a mirror is configured."
    )
    if said and all(isinstance(error, AddressRefused) for error in said):
        raise AddressRefused(details)
    raise MirrorFailed(f"Nobody says which release is the newest. {details}")


def _about(url: str, error: MirrorFailed | AddressRefused) -> MirrorFailed | AddressRefused:
    return error if isinstance(error, AddressRefused) else MirrorFailed(f"{url}: {error.detail}")


def _page(web: Web, url: str, limit: int) -> bytes:
    with web.get(url) as answer:
        if answer.status != 200:
            raise MirrorFailed(f"It answers {answer.status}.")
        return answer.read_all(limit)


def parse_answer(data: bytes) -> Newest:
    """The API's answer.  Raises MirrorFailed for anything that is not one."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise MirrorFailed("It does not answer with JSON.") from None
    version = document.get("version") if isinstance(document, dict) else None
    if type(version) is not int or not 1 <= version <= NEWEST_POSSIBLE:
        raise MirrorFailed("Its answer names no release.")
    return Newest(version, _url_in(document, "complete"), _url_in(document, "update"))


def _url_in(document: dict[str, Any], part: str) -> str | None:
    inner = document.get(part)
    url = inner.get("url") if isinstance(inner, dict) else None
    return url if isinstance(url, str) else None


def parse_listing(data: bytes) -> int:
    """The newest release among the complete archives that a listing names.  Raises MirrorFailed where there is none."""
    text = data.decode("latin-1")
    versions = [int(match[1]) for match in _COMPLETE.finditer(text)]
    possible = [version for version in versions if 1 <= version <= NEWEST_POSSIBLE]
    if not possible:
        raise MirrorFailed("Its listing names no complete archive.")
    return max(possible)
