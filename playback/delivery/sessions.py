"""What does a playback session hold, and how does its token prove it without a row?

A session is the right to fetch one track's bytes for fifteen minutes.  Everything it says is inside its signed token, so
there is nothing to store, to clean up or to share between servers.  The token is
`base64url(JSON payload) ":" signature`, the payload a list whose first item is its version:

    [1, track's public_id as 22 characters of base64url, expiry as a Unix time, user, device, revocation epoch]

`user` and `device` are null for an anonymous visitor; a revocation epoch below the user's own will mean "ended" once
there are accounts.  A reader accepts every version it knows: a new one is read for fifteen minutes before it is issued.
"""

import base64
import binascii
import re
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.core import signing

LIFETIME_SECONDS: Final = 15 * 60
LONGEST_TOKEN: Final = 500
_VERSION: Final = 1
_FORM: Final = re.compile(r"[A-Za-z0-9_-]+:[A-Za-z0-9_-]+")


class MalformedSessionError(Exception):
    """The text does not have a session's form."""


class UnknownSessionError(Exception):
    """The text has the form, and we did not issue it (or with a key or version that is not known any more)."""


class ExpiredSessionError(Exception):
    """We issued it, and its time is over."""


@dataclass(frozen=True, slots=True)
class Session:
    """The right to play one track until `expires` (Unix time, whole seconds)."""

    track: uuid.UUID
    expires: int
    user: str | None = None
    device: str | None = None
    epoch: int = 0

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self.expires, UTC)

    def token(self) -> str:
        track = base64.urlsafe_b64encode(self.track.bytes).rstrip(b"=").decode("ascii")
        return _signer().sign_object([_VERSION, track, self.expires, self.user, self.device, self.epoch])


def _signer() -> signing.Signer:
    return signing.Signer(salt="playback.session")


def open_session(track: uuid.UUID) -> Session:
    """A session for an anonymous visitor, from now."""
    return Session(track, int(time.time()) + LIFETIME_SECONDS)


def read_session(token: str) -> Session:
    """The session of a token.  Raises MalformedSessionError, UnknownSessionError or ExpiredSessionError."""
    if len(token) > LONGEST_TOKEN or not _FORM.fullmatch(token):
        raise MalformedSessionError
    try:
        payload = _signer().unsign_object(token)
    except (signing.BadSignature, ValueError, binascii.Error):
        raise UnknownSessionError from None
    session = _from_payload(payload)
    if session.expires <= time.time():
        raise ExpiredSessionError
    return session


def _from_payload(payload: Any) -> Session:
    if not isinstance(payload, list) or not payload or payload[0] != _VERSION:
        raise UnknownSessionError
    _, track, expires, user, device, epoch = payload
    return Session(uuid.UUID(bytes=base64.urlsafe_b64decode(track + "==")), expires, user, device, epoch)
