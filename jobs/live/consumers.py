"""Who may watch jobs over a WebSocket, and what is sent?  The messages hold the same documents as the REST API.

    /ws/admin/jobs              {"type": "jobs", "items": [job, ...]}: the newest at first, then those that changed
    /ws/admin/jobs/7?after=12   {"type": "lines", "jobId": "7", "items": [line, ...]} behind line 12, and
                                {"type": "job", "job": job}; null: there is no such job

Nothing is read from the client.  Close codes: 4401 the sign-in is over; 1013 too slow and 1011 a failure of ours: come
back, with the last line's number.
"""

import asyncio
import logging
import time
from contextlib import aclosing, suppress
from typing import Final
from urllib.parse import parse_qs, urlsplit

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import get_user as user_of_request
from django.http import HttpRequest, parse_cookie

from core.authentication import bearer_secret, usable_token
from core.permissions import acts_as_staff
from core.sessions import looked_at
from jobs.live.board import TooSlow, board

log = logging.getLogger(__name__)

SIGN_IN_OVER: Final = 4401
TRY_AGAIN: Final = 1013
FAILED: Final = 1011
_CHECK_EVERY_S: Final = 30.0


class JobsConsumer(AsyncWebsocketConsumer):
    """One watcher of one job, or of all."""

    async def connect(self) -> None:
        """Lets staff in; everybody else gets a 403 before there is a socket."""
        self.telling: asyncio.Task[None] | None = None
        if not await database_sync_to_async(self._may_watch)():
            await self.close()
            return
        await self.accept()
        self.telling = asyncio.create_task(self._tell())

    async def disconnect(self, code: int) -> None:
        """Nobody listens any more."""
        del code
        if self.telling:
            self.telling.cancel()
            with suppress(asyncio.CancelledError):
                await self.telling

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Watchers have nothing to say."""

    async def _tell(self) -> None:
        checked_at = time.monotonic()
        pk: int | None = self.scope["url_route"]["kwargs"].get("pk")
        try:
            async with aclosing(board().watch(pk, self._after())) as watching:
                async for message, text in watching:
                    if message is not None:
                        await self.send(text_data=text)
                    if time.monotonic() - checked_at > _CHECK_EVERY_S:
                        checked_at = time.monotonic()
                        if not await database_sync_to_async(self._may_watch)():
                            await self.close(SIGN_IN_OVER)
                            return
        except TooSlow:
            await self.close(TRY_AGAIN)
        except Exception:
            log.exception("watching jobs failed")
            await self.close(FAILED)

    def _after(self) -> int:
        """The last line that the client has."""
        told = parse_qs(self.scope["query_string"].decode("ascii", "replace")).get("after", ["0"])[0]
        return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0

    def _may_watch(self) -> bool:
        """Asked at the beginning, and now and then again: a sign-in ends, a token is revoked.

        A browser sends its cookies whoever's page asks, but says whose page it is: only our own may.
        """
        headers = {name.lower(): value.decode("latin-1") for name, value in self.scope["headers"]}
        secret = bearer_secret(headers.get(b"authorization", ""))
        if secret is not None:
            token = usable_token(secret)
            return token is not None and acts_as_staff(token.user, token)
        if urlsplit(headers.get(b"origin", "")).netloc != headers.get(b"host"):
            return False
        cookies = parse_cookie(headers.get(b"cookie", ""))
        request = HttpRequest()
        # As django.contrib.sessions' middleware does; read anew each time, since a session may have ended meanwhile.
        request.session = looked_at(cookies.get(settings.SESSION_COOKIE_NAME))
        return acts_as_staff(user_of_request(request))
