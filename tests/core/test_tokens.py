"""Do tokens let in exactly their owner, within their scopes, until they end? Alice owns one, Bob is not staff."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from core.models import ApiToken, User

pytestmark = pytest.mark.django_db


@api_view(["GET", "POST"])
def staff_only(request: Request) -> Response:
    """An endpoint that says nothing about who may use it."""
    return Response({"user": request.user.get_username()})


urlpatterns = [path("api/staff", staff_only)]


@pytest.fixture
def alice() -> User:
    """Staff."""
    return User.objects.create_user("alice", password="wonderland", is_staff=True)


@pytest.fixture
def bob() -> User:
    """A listener."""
    return User.objects.create_user("bob", password="builder")


@pytest.fixture
def site() -> Any:
    """A browser on a site with one staff endpoint; it checks CSRF as a real one would have to."""
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(enforce_csrf_checks=True)


def _get(site: Client, secret: str, scheme: str = "Bearer") -> int:
    return site.get("/api/staff", headers={"Authorization": f"{scheme} {secret}"}).status_code


def test_only_a_digest_is_kept(alice: User) -> None:
    token, secret = ApiToken.issue(user=alice, name="backup", scopes=["staff"])
    token.refresh_from_db()
    assert secret.startswith("sidflow_")
    assert len(secret) > 40
    assert all(secret not in str(value) for value in vars(token).values())


def test_a_staff_token_of_staff_opens_staff_endpoints(site: Client, alice: User) -> None:
    _, secret = ApiToken.issue(user=alice, name="backup", scopes=["staff"])
    answer = site.post("/api/staff", headers={"Authorization": f"Bearer {secret}"})
    assert answer.json() == {"user": "alice"}
    assert _get(site, secret, "bearer") == 200


def test_every_other_token_is_refused(site: Client, alice: User, bob: User) -> None:
    _, play_only = ApiToken.issue(user=alice, name="phone", scopes=["play"])
    _, not_staff = ApiToken.issue(user=bob, name="phone", scopes=["staff"])
    _, expired = ApiToken.issue(
        user=alice, name="old", scopes=["staff"], expires_at=timezone.now() - timedelta(seconds=1)
    )
    revoked, revoked_secret = ApiToken.issue(user=alice, name="lost", scopes=["staff"])
    assert revoked.revoke()
    assert _get(site, play_only) == 403
    assert _get(site, not_staff) == 403
    assert _get(site, expired) == 401
    assert _get(site, revoked_secret) == 401
    assert _get(site, "sidflow_guess") == 401
    assert _get(site, "") == 401


def test_nobody_gets_in_without_anything_and_is_asked_for_a_token(site: Client) -> None:
    answer = site.get("/api/staff")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "not-signed-in"


def test_a_token_of_a_closed_account_is_dead(site: Client, alice: User) -> None:
    _, secret = ApiToken.issue(user=alice, name="backup", scopes=["staff"])
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert _get(site, secret) == 401


def test_a_session_needs_csrf_to_write(site: Client, alice: User) -> None:
    site.force_login(alice)
    assert site.get("/api/staff").status_code == 200
    assert site.post("/api/staff").status_code == 403


def test_a_token_is_revoked_once(alice: User) -> None:
    token, _ = ApiToken.issue(user=alice, name="backup", scopes=["play"])
    assert token.revoke()
    assert token.revoked_at is not None
    assert not token.revoke()


def test_unknown_scopes_are_refused(alice: User) -> None:
    with pytest.raises(ValueError, match="unknown scopes: fly"):
        ApiToken.issue(user=alice, name="x", scopes=["play", "fly"])


def test_use_is_noted_to_the_minute(site: Client, alice: User) -> None:
    token, secret = ApiToken.issue(user=alice, name="backup", scopes=["staff"])
    _get(site, secret)
    token.refresh_from_db()
    first = token.last_used_at
    assert first is not None
    _get(site, secret)
    token.refresh_from_db()
    assert token.last_used_at == first
