"""How long does a session hold?  Until nobody used it for a while, and never longer than so many days.

Django's sessions in the database, whose row's end is both limits at once. Being used moves the row's end on, by one small
update every now and then: no request writes the session anew, and a page that asks for no session touches none.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

from core.configuration import configuration

_BEGAN: Final = "_began"
# The row's end is moved when a twentieth of the idle time is over.
_PARTS: Final = 20


def _ends_at(began: float) -> datetime:
    """When a session that began at this Unix time and is used now will end."""
    chosen = configuration().sign_in
    latest = datetime.fromtimestamp(began, UTC) + timedelta(days=chosen.longest_days)
    return min(timezone.now() + timedelta(hours=chosen.idle_hours), latest)


class SessionStore(db.SessionStore):
    """A session with both limits."""

    # A connection that stays open asks now and then whether its session still holds; that is nobody using it.
    counts_as_use = True

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing when it has ended."""
        row = self._get_session_from_db()  # type: ignore[attr-defined]
        if row is None:
            return {}
        data: dict[str, Any] = self.decode(row.session_data)
        ends_at = _ends_at(float(data.get(_BEGAN, 0)))
        if ends_at <= timezone.now():
            row.delete()
            self._session_key = None
            return {}
        if (
            self.counts_as_use
            and ends_at - row.expire_date > timedelta(hours=configuration().sign_in.idle_hours) / _PARTS
        ):
            self.model.objects.filter(pk=row.pk).update(expire_date=ends_at)
        return data

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """The row to write."""
        began = data.setdefault(_BEGAN, time.time())
        return self.model(
            session_key=self._get_or_create_session_key(),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=_ends_at(began),
        )

    def cycle_key(self) -> None:
        """Signing in, and a new password, begin it anew under another key."""
        self.pop(_BEGAN, None)
        super().cycle_key()

    # Django's own asynchronous ways would go around the above.
    async def aload(self) -> dict[str, Any]:
        return await sync_to_async(self.load)()

    async def acreate_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        return await sync_to_async(self.create_model_instance)(data)

    async def acycle_key(self) -> None:
        await sync_to_async(self.cycle_key)()


def looked_at(key: str | None) -> SessionStore:
    """The session as it is now, without using it."""
    session = SessionStore(key)
    session.counts_as_use = False
    return session
