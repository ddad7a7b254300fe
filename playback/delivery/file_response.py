"""How does a large file leave the server, whole or in part, without ever being in memory?

By RFC 9110: 200, 206, 304 and 416, one range at a time (several are answered with the whole, so that nobody is sent more than
the file), If-Range, If-None-Match, HEAD.  Where nginx stands in front and may read the files itself, we only tell it which one.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from core.configuration import configuration
from playback.delivery.byte_range import (
    ByteRange,
    UnsatisfiableRangeError,
    etag_matches,
    if_range_holds,
    requested_range,
)
from playback.delivery.problems import RangeNotSatisfiable

FOR_EVER: Final = "public, max-age=31536000, immutable"
FOR_THE_SESSION: Final = "private, max-age=30"
_CHUNK_BYTES: Final = 128 * 1024


class FilePart:
    """Bytes `first`..`last` (both included) of an open file, which it owns."""

    def __init__(self, file: Any, part: ByteRange) -> None:
        self._file, self._part = file, part

    def close(self) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[bytes]:
        """Chunks, read in this thread."""
        at = self._part.first
        while at <= self._part.last:
            chunk = self._read(at)
            at += len(chunk)
            yield chunk

    async def chunks(self) -> AsyncIterator[bytes]:
        """Chunks, each read in a thread when the one before has gone."""
        at = self._part.first
        try:
            while at <= self._part.last:
                chunk = await asyncio.to_thread(self._read, at)
                at += len(chunk)
                yield chunk
        finally:
            self.close()

    def _read(self, at: int) -> bytes:
        chunk = os.pread(self._file.fileno(), min(_CHUNK_BYTES, self._part.last + 1 - at), at)
        if not chunk:
            raise EOFError("a file became shorter while it was sent")
        return chunk


class FilePartResponse(StreamingHttpResponse):
    """Streams a part of a file; under ASGI it waits for the reader in the loop, and holds no thread meanwhile."""

    holds_no_thread: Final = True

    def __init__(self, part: FilePart, **options: Any) -> None:
        super().__init__(part, **options)
        self._file_part = part

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Django's own would read the whole file into a list first."""
        return self._file_part.chunks()


def file_response(
    request: HttpRequest,
    path: Path,
    *,
    content_type: str,
    etag: str,
    inside: str = "",
    for_ever: bool = False,
) -> HttpResponseBase:
    """The file at `path` as the request wants it.  Raises RangeNotSatisfiable, and OSError where it cannot be opened.

    `etag` is a strong one, with its quotation marks.  `inside` is the file's path below the folder that nginx may read, where
    `availability.accelLocation` names one.  `for_ever`: the address names the content, and anybody may keep it.
    """
    location = configuration().availability.accel_location
    if location and inside:
        response: HttpResponseBase = HttpResponse(content_type=content_type)
        response.headers["X-Accel-Redirect"] = location + quote(inside)
    else:
        response = _own_response(request, path, etag)
        response.headers["Content-Type"] = content_type
        response.headers["ETag"] = etag
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = FOR_EVER if for_ever else FOR_THE_SESSION
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin" if for_ever else "same-origin"
    return response


def _own_response(request: HttpRequest, path: Path, etag: str) -> HttpResponseBase:
    file = path.open("rb", buffering=0)
    try:
        return _of_open_file(request, file, etag)
    except BaseException:
        file.close()
        raise


def _of_open_file(request: HttpRequest, file: Any, etag: str) -> HttpResponseBase:
    size = os.fstat(file.fileno()).st_size
    if etag_matches(request.headers.get("If-None-Match"), etag):
        file.close()
        return HttpResponse(status=HTTPStatus.NOT_MODIFIED)
    part = _wanted_part(request, size, etag)
    sent = part or ByteRange(0, size - 1)
    if request.method == "HEAD":
        file.close()
        response: HttpResponseBase = HttpResponse()
    else:
        response = FilePartResponse(FilePart(file, sent))
    response.headers["Content-Length"] = str(sent.last + 1 - sent.first)
    if part:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response.headers["Content-Range"] = part.content_range(size)
    return response


def _wanted_part(request: HttpRequest, size: int, etag: str) -> ByteRange | None:
    """None: the whole.  RFC 9110 defines ranges for GET only."""
    if request.method != "GET" or not if_range_holds(request.headers.get("If-Range"), etag):
        return None
    try:
        return requested_range(request.headers.get("Range"), size)
    except UnsatisfiableRangeError:
        raise RangeNotSatisfiable(size=size) from None
