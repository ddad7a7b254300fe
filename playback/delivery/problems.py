"""What can go wrong between a listener and a tune, as problem documents?

No document tells where files lie on the server; one that says "gone" says it of a path below the collection's root.
"""

from collections.abc import Mapping
from http import HTTPStatus

from core.problems import DomainError, NotFound


class TrackNotFound(NotFound):
    """No track is there under that path, number or id."""

    code = "track-not-found"
    title = "There is no such track"


class SongOutOfRange(NotFound):
    """The tune is there and has fewer songs."""

    code = "song-out-of-range"
    title = "The tune has no such song"


class BadCursor(DomainError):
    """The cursor is not one that a page of ours handed out."""

    code = "bad-cursor"
    title = "This is no place in the list"


class BadSession(DomainError):
    """The session's address is garbled."""

    code = "bad-session"
    title = "This is no playback session"


class SessionUnknown(NotFound):
    """The session has the right form and was not issued here."""

    code = "session-unknown"
    title = "There is no such playback session"


class SessionExpired(DomainError):
    """The session's fifteen minutes are over."""

    status = HTTPStatus.GONE
    code = "session-expired"
    title = "The playback session is over"


class FileGone(NotFound):
    """The catalogue knows the tune, and its file cannot be had from the disk any more."""

    code = "file-gone"
    title = "The tune's file is not there any more"


class RomNotFound(NotFound):
    """The site has no such ROM, or the tune does not need it."""

    code = "rom-not-found"
    title = "There is no such ROM here"


class RangeNotSatisfiable(DomainError):
    """The range begins behind the file's end."""

    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    code = "range-not-satisfiable"
    title = "The file has no such part"

    def __init__(self, detail: str = "", *, size: int) -> None:
        super().__init__(detail)
        self.size = size

    def headers(self) -> Mapping[str, str]:
        """The RFC lets the client learn the size."""
        return {"Content-Range": f"bytes */{self.size}"}


class NotRendered(NotFound):
    """The site has no such audio of the tune, and makes none on request."""

    code = "not-rendered"
    title = "There is no such audio of this tune"


class RenderingUnavailable(DomainError):
    """Nothing is rendered at the moment; `Retry-After` says when to ask again."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "rendering-unavailable"
    title = "The server cannot render tunes at the moment"
    retry_after_s = 60

    def headers(self) -> Mapping[str, str]:
        """When to come back."""
        return {"Retry-After": str(self.retry_after_s)}


class RenderingBusy(RenderingUnavailable):
    """Many tunes wait for being rendered already."""

    code = "rendering-busy"
    title = "The server has many tunes to render"
    retry_after_s = 20


class RenderingFailed(RenderingUnavailable):
    """The tune was tried a moment ago, and could not be rendered."""

    code = "rendering-failed"
    title = "The server could not render this tune"
    retry_after_s = 600
