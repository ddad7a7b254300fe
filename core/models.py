"""Who is somebody, which program may act for them, and who did what?"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone

TOKEN_PREFIX = "sidflow_"  # noqa: S105  no secret: lets people and scanners recognise one
_USE_NOTED_EVERY = timedelta(minutes=1)


class User(AbstractUser):
    """A person with an account: listener or staff."""


class TokenScope(models.TextChoices):
    """What a token may be used for."""

    PLAY = "play", "play and rate tunes"
    STAFF = "staff", "everything that staff may do"


def _digest(secret: str) -> str:
    """A token is 256 random bits, so one round of SHA-256 keeps it secret; there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Ways to find tokens."""

    def usable(self) -> Self:
        """Neither revoked nor expired, and the owner's account is active."""
        unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(unexpired, revoked_at=None, user__is_active=True)

    def with_secret(self, secret: str) -> Self:
        """The token that this secret belongs to, if there is one."""
        return self.filter(digest=_digest(secret))


class ApiToken(models.Model):
    """Lets a program act for a user, within scopes, until it is revoked. Only a digest of the secret is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100, help_text="What uses it, for example “backup script”.")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: never.")
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[models.Manager[Self]] = models.Manager.from_queryset(ApiTokenQuerySet)()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.user})"

    @classmethod
    def issue(cls, *, user: "User", name: str, scopes: list[str], **more: Any) -> tuple["ApiToken", str]:
        """Make a token; returns it and its secret, which nobody can read again."""
        unknown = sorted(set(scopes) - set(TokenScope.values))
        if unknown:
            raise ValueError(f"unknown scopes: {', '.join(unknown)}")
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        token = cls.objects.create(
            user=user, name=name, scopes=sorted(set(scopes)), digest=_digest(secret), **more
        )
        return token, secret

    def allows(self, scope: str) -> bool:
        """Is this within the token's scopes?"""
        return scope in self.scopes

    def revoke(self) -> bool:
        """End the token for good; False when it was revoked before."""
        changed = ApiToken.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=timezone.now())
        self.refresh_from_db(fields=["revoked_at"])
        return changed == 1

    def note_use(self) -> None:
        """Remember when it was last used, to the minute: not one write per request."""
        now = timezone.now()
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - _USE_NOTED_EVERY)
        ApiToken.objects.filter(stale, pk=self.pk).update(last_used_at=now)


class AuditEntry(models.Model):
    """One thing that somebody with power did, or tried to do. Written once, never changed."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=150, help_text="Kept when the account is gone.")
    action = models.CharField(max_length=100, db_index=True, help_text="Subject and verb: “token.revoke”.")
    resource = models.CharField(max_length=300, blank=True)
    details = models.JSONField(default=dict)
    success = models.BooleanField(default=True)
    error = models.TextField(blank=True)
    request_id = models.CharField(max_length=32, blank=True)
    in_file = models.BooleanField(default=False, editable=False, help_text="Its line is written.")

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(name="audit_not_in_file", fields=["id"], condition=Q(in_file=False))]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_name} {self.action} {self.resource}".rstrip()


class SignInCount(models.Model):
    """Wrong tries of late: for one name from one client, or of one client whatever the names. Ends by itself."""

    # A digest of name and client: what people type as a name may be their password.
    key = models.CharField(max_length=64, unique=True, editable=False)
    client = models.CharField(max_length=45, help_text="An address; of IPv6 its /64.")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    of_client = models.BooleanField(default=False, help_text="Of all names together.")
    tries = models.PositiveIntegerField(default=0)
    locked = models.BooleanField(default=False)
    ends_at = models.DateTimeField(db_index=True, help_text="Then it is forgotten.")

    class Meta:
        ordering = ["-ends_at"]
        verbose_name = "sign-in lock"

    def __str__(self) -> str:
        whose = "all names" if self.of_client else str(self.account or "a name without account")
        return f"{whose} from {self.client}"
