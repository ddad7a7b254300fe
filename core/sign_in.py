"""Who may try a password now?  Wrong tries are counted in the database, for all processes; too many of them wait.

Two counts: of one name from one client, and of one client whatever the names.  None is of a name alone: with that,
anybody could lock anybody out.  So a name can be tried from many clients, each with its own few tries; long passwords
(AUTH_PASSWORD_VALIDATORS) stand against that.

A try is counted before the password is looked at, and given back if it was right: of many at once, none is overlooked.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from core import audit
from core.configuration import configuration
from core.models import SignInCount, User
from core.problems import TooManyRequests
from core.rate_limits import client_of
from core.sessions import SessionStore

# Counts that have ended are swept away after a while; those in use look after themselves.
_KEPT: Final = timedelta(days=1)


class TooManyWrongTries(TooManyRequests):
    """Too many wrong tries to sign in, of this client, or of this client with this name."""

    code = "too-many-wrong-tries"
    title = "Too many tries to sign in"


@dataclass(frozen=True, slots=True)
class _Count:
    """One of the two counts that a try belongs to."""

    key: str
    limit: int
    client: str
    account: User | None
    of_client: bool

    def rows(self) -> Any:
        return SignInCount.objects.filter(key=self.key)

    def spend(self, now: datetime) -> bool:
        """Counts a try; answers whether it is the last one allowed, which locks.  Raises TooManyWrongTries."""
        chosen = configuration().sign_in
        self.rows().filter(ends_at__lte=now).delete()
        SignInCount.objects.get_or_create(
            key=self.key,
            defaults={
                "client": self.client,
                "account": self.account,
                "of_client": self.of_client,
                "ends_at": now + timedelta(minutes=chosen.window_minutes),
            },
        )
        if not self.rows().filter(tries__lt=self.limit, locked=False).update(tries=F("tries") + 1):
            ends_at = self.rows().values_list("ends_at", flat=True).first()
            raise _refusal((ends_at or now) - now)
        until = now + timedelta(minutes=chosen.lock_minutes)
        locks: int = self.rows().filter(tries__gte=self.limit).update(locked=True, ends_at=until)
        return locks == 1

    def give_back(self) -> None:
        """The try was right: it does not count, and does not lock."""
        self.rows().filter(tries__gt=0).update(tries=F("tries") - 1, locked=False)


def _refusal(wait: timedelta) -> TooManyWrongTries:
    seconds = max(1, round(wait.total_seconds()))
    minutes = -(-seconds // 60)
    return TooManyWrongTries(
        f"Name and password did not fit too often. Wait {minutes} minute{'s' * (minutes != 1)}, then try again; "
        "until then no password is looked at. If you have forgotten yours, ask another administrator for a new one.",
        retry_after_s=seconds,
    )


def _counts(name: str, client: str, account: User | None) -> list[_Count]:
    chosen = configuration().sign_in
    # Names that look the same count together.
    plain = unicodedata.normalize("NFKC", name).casefold()
    digests = [
        salted_hmac("core.sign_in", f"{client}\n{text}", algorithm="sha256").hexdigest()
        for text in ("", f"name:{plain}")
    ]
    return [
        _Count(digests[0], chosen.attempts_per_client, client, None, of_client=True),
        _Count(digests[1], chosen.attempts, client, account, of_client=False),
    ]


def _spend(counts: list[_Count]) -> list[_Count]:
    """Both or none; answers those that this try locks, if it is wrong.  Raises TooManyWrongTries."""
    now = timezone.now()
    SignInCount.objects.filter(ends_at__lte=now - _KEPT).delete()
    with transaction.atomic():
        return [count for count in counts if count.spend(now)]


def _note_failure(account: User | None, client: str, locked: list[_Count]) -> None:
    """An entry for the try, and one for each lock that it brought."""
    name = account.get_username() if account else ""
    _note("session.sign-in", name, client, error="wrong-name-or-password")
    for count in locked:
        _note("session.lock", "" if count.of_client else name, client)


def _note(action: str, account: str, client: str, error: str = "") -> None:
    """What was typed is not written down unless it is an account's name: it may be a password."""
    audit.record(
        action,
        actor=None,
        actor_name="visitor",
        resource=account,
        details={"client": client},
        success=not error,
        error=error,
    )


def address_of(request: HttpRequest | None) -> str | None:
    """Where a request comes from (see ClientAddressMiddleware); None where a program of ours asks."""
    return request.META.get("REMOTE_ADDR") if request else None


class CountedPasswords(ModelBackend):
    """Django's own look at name and password, with the tries counted."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """The account, or None.  Raises TooManyWrongTries before the password is looked at, whoever has the name."""
        address = address_of(request)
        name = username if username is not None else kwargs.get(User.USERNAME_FIELD)
        if address is None or name is None or password is None:
            return _user(super().authenticate(request, username, password, **kwargs))
        account = User.objects.filter(username=name).first()
        counts = _counts(name, client_of(address), account)
        locked = _spend(counts)
        user = _user(super().authenticate(request, username, password, **kwargs))
        if user is None:
            _note_failure(account, client_of(address), locked)
            return None
        counts[0].give_back()
        counts[1].rows().delete()
        return user

    async def aauthenticate(self, request: HttpRequest | None, *names: Any, **kwargs: Any) -> User | None:
        """The same; Django's own would go around the counting."""
        return await sync_to_async(self.authenticate)(request, *names, **kwargs)


def _user(found: Any) -> User | None:
    return found if isinstance(found, User) else None


def note_refused(request: HttpRequest | None, user: User, error: ValidationError) -> None:
    """Somebody with the right password whom this door is not for."""
    address = address_of(request)
    if address is not None:
        _note("session.sign-in", user.get_username(), client_of(address), error=error.code or "refused")


@receiver(user_logged_in)
def _signed_in(request: HttpRequest | None = None, user: User | None = None, **_: Any) -> None:
    SessionStore.clear_expired()
    _note_session("session.sign-in", request, user)


@receiver(user_logged_out)
def _signed_out(request: HttpRequest | None = None, user: User | None = None, **_: Any) -> None:
    _note_session("session.sign-out", request, user)


def _note_session(action: str, request: HttpRequest | None, user: User | None) -> None:
    address = address_of(request)
    if address is not None and user is not None:
        audit.record(action, actor=user, details={"client": client_of(address)})


__all__ = ["CountedPasswords", "TooManyWrongTries", "address_of", "note_refused"]
