"""Which part of a resource does a Range header ask for?  (RFC 9110, sections 13 and 14)"""

import re
from dataclasses import dataclass
from typing import Final

_ONE_RANGE: Final = re.compile(r"bytes=\s*(\d{0,19})-(\d{0,19})\s*", re.IGNORECASE | re.ASCII)


class UnsatisfiableRangeError(Exception):
    """The range lies behind the end: answer 416 with `bytes */size`."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes first..last, both included, of a resource."""

    first: int
    last: int

    def content_range(self, size: int) -> str:
        return f"bytes {self.first}-{self.last}/{size}"


def requested_range(header: str | None, size: int) -> ByteRange | None:
    """The one range that `header` asks for; None: send everything.

    A header that is absent, malformed, in another unit or with several ranges is ignored, as the RFC allows.  Raises
    UnsatisfiableRangeError.
    """
    match = _ONE_RANGE.fullmatch(header or "")
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        return _suffix(int(last), size)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise UnsatisfiableRangeError
    return ByteRange(int(first), min(int(last), size - 1) if last else size - 1)


def _suffix(length: int, size: int) -> ByteRange:
    if length == 0 or size == 0:
        raise UnsatisfiableRangeError
    return ByteRange(max(0, size - length), size - 1)


def if_range_holds(header: str | None, etag: str) -> bool:
    """May a range be answered?  A date never proves that bytes are the same; our strong ETag does."""
    return header is None or header.strip() == etag


def etag_matches(header: str | None, etag: str) -> bool:
    """Does If-None-Match name this version (weak comparison)?"""
    if header is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return "*" in tags or etag in tags
