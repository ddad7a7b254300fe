"""How do a small file's bytes leave the server, whole or in part?"""

import hashlib
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from playback.delivery.byte_range import (
    UnsatisfiableRangeError,
    etag_matches,
    if_range_holds,
    requested_range,
)
from playback.delivery.problems import RangeNotSatisfiable

_FOR_EVER = "public, max-age=31536000, immutable"


def bytes_response(
    request: HttpRequest, data: bytes, *, content_type: str, for_ever: bool = False
) -> HttpResponse:
    """A 200, 206 or 304 with the seeds' headers, or with those of an address that names its content (`for_ever`).

    Raises RangeNotSatisfiable.

    The ETag is made of the bytes sent, not of the row: an edited file that is not imported again is another version.
    """
    etag = f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'
    response = HttpResponse(content_type=content_type)
    if etag_matches(request.headers.get("If-None-Match"), etag):
        response.status_code = HTTPStatus.NOT_MODIFIED
    else:
        _fill(response, request, data, etag)
    response.headers["ETag"] = etag
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = _FOR_EVER if for_ever else "private, max-age=30"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin" if for_ever else "same-origin"
    return response


def _fill(response: HttpResponse, request: HttpRequest, data: bytes, etag: str) -> None:
    wish = request.headers.get("Range") if if_range_holds(request.headers.get("If-Range"), etag) else None
    try:
        part = requested_range(wish, len(data))
    except UnsatisfiableRangeError:
        raise RangeNotSatisfiable(size=len(data)) from None
    if part is None:
        response.content = data
        return
    response.status_code = HTTPStatus.PARTIAL_CONTENT
    response.headers["Content-Range"] = part.content_range(len(data))
    response.content = data[part.first : part.last + 1]
