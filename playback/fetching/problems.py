"""What can go wrong while the HVSC is fetched, so that staff know what to do?"""

from http import HTTPStatus

from core.problems import DomainError


class AddressRefused(DomainError):
    """The HVSC's mirror has an address that may not be fetched from, or leads to one."""

    status = HTTPStatus.FORBIDDEN
    code = "fetch-address-refused"
    title = "That address is not fetched from"


class MirrorFailed(DomainError):
    """No mirror of the HVSC gives what was asked for."""

    status = HTTPStatus.BAD_GATEWAY
    code = "fetch-mirror-failed"
    title = "The mirror does not give it"


class ArchiveRefused(DomainError):
    """The archive is damaged, or holds what no HVSC holds."""

    status = HTTPStatus.CONFLICT
    code = "fetch-archive-refused"
    title = "The archive cannot be used"


class CollectionIncomplete(DomainError):
    """What was fetched is not the collection that its own Songlengths.md5 lists."""

    status = HTTPStatus.CONFLICT
    code = "fetch-collection-incomplete"
    title = "The fetched collection is not whole"


class UpdateRefused(DomainError):
    """An update of the HVSC does not fit the collection that is here."""

    status = HTTPStatus.CONFLICT
    code = "fetch-update-refused"
    title = "The update does not fit"


class NoRoom(DomainError):
    """The disk is full, or would be."""

    status = HTTPStatus.INSUFFICIENT_STORAGE
    code = "fetch-no-room"
    title = "There is not enough room on the disk"


class FolderUnusable(DomainError):
    """The folder of the HVSC cannot be read or written."""

    status = HTTPStatus.CONFLICT
    code = "fetch-folder-unusable"
    title = "The collection's folder cannot be used"


class ProgramMissing(DomainError):
    """The program that unpacks is not installed."""

    status = HTTPStatus.CONFLICT
    code = "fetch-program-missing"
    title = "A program is missing"
