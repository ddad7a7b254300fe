"""What can go wrong while a song becomes a file, so that staff know what to do?"""

from http import HTTPStatus

from core.problems import DomainError, InvalidInput


class InvalidMode(InvalidInput):
    """Place, time, technology and target of a rendering do not go together; `suggestions` name those that do."""

    code = "render-mode-invalid"
    title = "Invalid render mode combination"


class NoDevice(InvalidInput):
    """An Ultimate 64 is wanted, and none is configured."""

    code = "render-no-device"
    title = "No Ultimate 64 is configured"


class RenderProgramMissing(DomainError):
    """A program that rendering needs is not installed on this machine; the detail names its Debian package."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "render-program-missing"
    title = "A program for rendering is missing"


class RenderFailed(DomainError):
    """The song cannot be made a file; the detail says why."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "render-failed"
    title = "The song cannot be rendered"


class RenderNoRoom(DomainError):
    """The disk is full, or the folder of rendered files cannot be written."""

    status = HTTPStatus.INSUFFICIENT_STORAGE
    code = "render-no-room"
    title = "Rendered files cannot be written"


class NothingToRender(DomainError):
    """What is named has no song that could be rendered."""

    status = HTTPStatus.NOT_FOUND
    code = "render-nothing"
    title = "There is nothing to render there"
