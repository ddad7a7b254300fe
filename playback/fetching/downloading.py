"""How does an archive come here once, however often its transfer breaks off?

What has come lies in `NAME.part`, with `NAME.part.json` beside it: which state of the file that is (ETag or date) and how long it shall
be.  Going on asks for the rest of that state only (Range with If-Range).  A server that has another by now, or knows no
ranges, sends the whole again.  The archive gets its own name when it is whole.
"""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from core.files import write_atomically
from playback.fetching.places import require_room
from playback.fetching.problems import AddressRefused, MirrorFailed
from playback.fetching.web import Answer, TransferBroken, Web

LARGEST_ARCHIVE: Final = 1 << 30
SIGNATURE: Final = b"7z\xbc\xaf\x27\x1c"
_PIECE: Final = 1 << 16
_STEP_S: Final = 0.7
_MOST_BREAKS: Final = 4
_PAUSE_S: Final = 1.0
# Slower than that for so long is no transfer.
_SLOWEST_BYTES_S: Final = 200
_PATIENCE_S: Final = 120.0

Progress = tuple[int, int | None]


class NotAnArchive(MirrorFailed):
    """What the HVSC's mirror sends is something else, for example a page that says that it has moved."""

    code = "fetch-not-an-archive"
    title = "What the mirror sends is no archive"


def download(web: Web, urls: Sequence[str], place: Path) -> Iterator[Progress]:
    """Brings the file to `place` from the first address that gives it; yields (bytes here, bytes in all) now and then.

    Raises MirrorFailed or AddressRefused where no address gives it, NoRoom, OSError.
    """
    said: list[str] = []
    refused: AddressRefused | None = None
    for url in urls:
        if place.exists():
            return
        try:
            yield from _download_from(web, url, place)
        except AddressRefused as error:
            refused = error
            said.append(error.detail)
        except MirrorFailed as error:
            said.append(f"{url}: {error.detail}")
    if place.exists():
        return
    if refused and len(said) == 1:
        raise refused
    raise MirrorFailed(" ".join(said) or "No mirror is configured.")


def forget(place: Path) -> None:
    """Removes the file and what has come of it."""
    for path in (place, _part(place), _notes(place)):
        path.unlink(missing_ok=True)


def _part(place: Path) -> Path:
    return place.with_name(place.name + ".part")


def _notes(place: Path) -> Path:
    return place.with_name(place.name + ".part.json")


def _download_from(web: Web, url: str, place: Path) -> Iterator[Progress]:
    """From one address; a transfer that breaks off is taken up again as long as it brings something."""
    breaks = 0
    while True:
        before = _size(_part(place))
        try:
            return (yield from _transfer(web, url, place))
        except TransferBroken as error:
            breaks = 0 if _size(_part(place)) > before > 0 else breaks + 1
            if breaks >= _MOST_BREAKS:
                raise MirrorFailed(f"{error.detail} {_size(_part(place))} bytes have come.") from None
        web.wait(_PAUSE_S * breaks)


def _transfer(web: Web, url: str, place: Path) -> Iterator[Progress]:
    """One request, and what it brings."""
    part = _part(place)
    notes = _told(place)
    have = _size(part) if notes.get("url") == url else 0
    headers = {}
    if have:
        headers["Range"] = f"bytes={have}-"
        if notes.get("validator"):
            headers["If-Range"] = notes["validator"]
    with web.get(url, headers, is_large=True) as answer:
        if answer.status == 416 and have and have == notes.get("total"):
            _finish(place, have)
            return
        if answer.status == 416 or (answer.status == 206 and not _goes_on(answer, have, notes)):
            forget(place)
            raise TransferBroken("The file has changed at the mirror while it came.")
        if answer.status not in (200, 206):
            raise MirrorFailed(f"It answers {answer.status}.")
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            raise MirrorFailed("It sends the archive in an encoding that nobody asked for.")
        if answer.status == 200:
            have = 0
            notes = {"url": url, "validator": _validator(answer), "total": answer.length}
        yield from _receive(answer, place, have, notes)


def _goes_on(answer: Answer, have: int, notes: dict[str, Any]) -> bool:
    """Is it the rest of what is here?"""
    total = notes.get("total")
    expected = f"bytes {have}-{total - 1}/{total}" if total else ""
    etag = answer.headers.get("ETag")
    same = etag is None or not str(notes.get("validator")).startswith('"') or etag == notes["validator"]
    return same and answer.headers.get("Content-Range", "").strip() == expected


def _validator(answer: Answer) -> str | None:
    """What names this state of the file: a strong ETag, else its date."""
    etag = answer.headers.get("ETag", "")
    if etag.startswith('"'):
        return str(etag)
    date = answer.headers.get("Last-Modified")
    return None if date is None else str(date)


def _receive(answer: Answer, place: Path, have: int, notes: dict[str, Any]) -> Iterator[Progress]:
    total = notes["total"]
    _check_size(total, have, place)
    began, first, told_at = time.monotonic(), have, time.monotonic()
    part = _part(place)
    if not have:
        forget(place)
    with part.open("ab" if have else "wb", buffering=0) as file:
        if not have:
            write_atomically(_notes(place), json.dumps(notes).encode())
        while data := answer.read(_PIECE):
            if have < len(SIGNATURE) and not _begins_well(have, data):
                raise NotAnArchive("What it sends is no 7z archive.")
            _write(file.fileno(), data)
            have += len(data)
            if have > LARGEST_ARCHIVE:
                raise MirrorFailed(f"It sends more than {LARGEST_ARCHIVE} bytes.")
            if time.monotonic() - told_at >= _STEP_S:
                _check_pace(have - first, time.monotonic() - began)
                yield have, total
                told_at = time.monotonic()
        os.fsync(file.fileno())
    if total is not None and have != total:
        forget(place)
        raise TransferBroken(f"{have} bytes came of {total}.")
    _finish(place, have)
    yield have, have


def _check_size(total: int | None, have: int, place: Path) -> None:
    if (total or 0) > LARGEST_ARCHIVE:
        raise MirrorFailed(f"It says {total} bytes; an archive has at most {LARGEST_ARCHIVE}.")
    require_room(place.parent, (total or have) - have)


def _check_pace(size_bytes: int, seconds: float) -> None:
    if seconds > _PATIENCE_S and size_bytes < _SLOWEST_BYTES_S * seconds:
        raise MirrorFailed("It sends too slowly to come to an end.")


def _begins_well(have: int, data: bytes) -> bool:
    wanted = SIGNATURE[have : have + len(data)]
    return data[: len(wanted)] == wanted


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _finish(place: Path, size: int) -> None:
    if size < len(SIGNATURE):
        forget(place)
        raise NotAnArchive("What it sends is no 7z archive.")
    _part(place).rename(place)
    _notes(place).unlink(missing_ok=True)


def _size(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def _told(place: Path) -> dict[str, Any]:
    """What is written about the part; {} where there is nothing sound."""
    try:
        notes = json.loads(_notes(place).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    sound = isinstance(notes, dict) and isinstance(notes.get("total"), int | None)
    return notes if sound else {}
