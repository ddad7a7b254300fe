"""When does a session end?  And is its cookie only for us?"""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from core.models import ApiToken, AuditEntry, User
from core.sessions import SessionStore, looked_at

pytestmark = pytest.mark.django_db
PASSWORD = "analytical engine"


@pytest.fixture(autouse=True)
def ada() -> User:
    return User.objects.create_superuser("ada", password=PASSWORD)


def signed_in() -> Client:
    browser = Client()
    answer = browser.post("/admin/login/", {"username": "ada", "password": PASSWORD, "next": "/admin/"})
    assert answer.status_code == 302
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/admin/").status_code == 200


def later(**more: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(**more))


def test_a_session_that_nobody_uses_ends() -> None:
    browser = signed_in()
    with later(hours=11.9):
        assert is_in(browser)
    with later(hours=23):
        assert is_in(browser)
    with later(hours=36):
        assert not is_in(browser)


def test_a_session_ends_after_two_weeks_however_busy() -> None:
    browser = signed_in()
    for hours in range(6, 14 * 24, 6):
        with later(hours=hours):
            assert is_in(browser), hours
    with later(days=14, seconds=5):
        assert not is_in(browser)


def test_limits_hold_for_sessions_that_began_under_longer_ones() -> None:
    browser = signed_in()
    with later(days=15):
        Session.objects.update(expire_date=timezone.now() + timedelta(days=100))
        assert not is_in(browser)
    assert not Session.objects.exists()


def test_writing_into_a_session_does_not_prolong_it_beyond_its_limit() -> None:
    browser = signed_in()
    for hours in range(6, 14 * 24, 6):
        with later(hours=hours):
            session = browser.session
            session["seen"] = hours
            session.save()
    with later(days=14, seconds=5):
        assert not is_in(browser)


def test_using_a_session_seldom_writes() -> None:
    browser = signed_in()
    before = Session.objects.get().expire_date
    with later(minutes=5):
        assert is_in(browser)
        assert Session.objects.get().expire_date == before
    with later(minutes=40):
        assert is_in(browser)
        assert Session.objects.get().expire_date > before


def test_looking_whether_a_session_holds_is_not_using_it() -> None:
    browser = signed_in()
    key = browser.session.session_key
    for hours in (3, 6, 9, 11.9):
        with later(hours=hours):
            assert "_auth_user_id" in looked_at(key)
    with later(hours=12.1):
        assert "_auth_user_id" not in looked_at(key)
        assert not is_in(browser)


def test_asynchronous_ways_have_the_same_limits() -> None:
    session = SessionStore()

    async def keep() -> None:
        await session.aset("kept", 1)
        await session.asave()
        await session.acycle_key()

    async def kept() -> object:
        return await SessionStore(session.session_key).aget("kept")

    async_to_sync(keep)()
    assert async_to_sync(kept)() == 1
    with later(hours=12.1):
        assert async_to_sync(kept)() is None


def test_signing_in_changes_the_key_and_drops_what_was_there() -> None:
    browser = Client()
    session = browser.session
    session["planted"] = "by somebody"
    session.save()
    planted = session.session_key
    browser.cookies["sessionid"] = planted or ""
    browser.post("/admin/login/", {"username": "ada", "password": PASSWORD})
    assert is_in(browser)
    assert browser.session.session_key != planted
    assert not Session.objects.filter(pk=planted).exists()


def test_a_new_password_ends_ones_other_sessions() -> None:
    here, elsewhere = signed_in(), signed_in()
    new = "difference engine"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert here.post("/admin/password_change/", form).status_code == 302
    assert is_in(here)
    assert not is_in(elsewhere)
    entry = AuditEntry.objects.get(action="user.password")
    assert (entry.actor_name, entry.details) == ("ada", {})


@pytest.mark.parametrize("password", ["short", "password1234", "1234567890123", "ada@example.com"])
def test_weak_passwords_are_refused(ada: User, password: str) -> None:
    User.objects.filter(pk=ada.pk).update(email="ada@example.com")
    browser = signed_in()
    form = {"old_password": PASSWORD, "new_password1": password, "new_password2": password}
    assert browser.post("/admin/password_change/", form).status_code == 200
    assert not AuditEntry.objects.filter(action="user.password").exists()


def test_a_closed_account_is_out_at_once(ada: User) -> None:
    browser = signed_in()
    _, secret = ApiToken.issue(user=ada, name="backup", scopes=["staff"])
    bearer = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/admin/jobs", headers=bearer).status_code == 200
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert not is_in(browser)
    assert browser.get("/api/admin/jobs").status_code == 401
    assert Client().get("/api/admin/jobs", headers=bearer).status_code == 401


def test_who_is_staff_no_more_is_out_at_once(ada: User) -> None:
    browser = signed_in()
    _, secret = ApiToken.issue(user=ada, name="backup", scopes=["staff"])
    User.objects.filter(pk=ada.pk).update(is_staff=False, is_superuser=False)
    assert not is_in(browser)
    assert browser.get("/api/admin/jobs").status_code == 403
    bearer = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/admin/jobs", headers=bearer).status_code == 403


def test_pages_for_everybody_touch_no_session() -> None:
    browser = signed_in()
    answer = browser.get("/")
    assert "Cookie" not in answer.get("Vary", "")


def test_the_cookies_of_a_public_site_are_for_https_and_this_site_only(tmp_path: Path) -> None:
    code = """
import django; django.setup()
from django.conf import settings as s
print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.SESSION_COOKIE_AGE)
"""
    environ = {
        "PATH": "/usr/bin:/bin",
        "DJANGO_SETTINGS_MODULE": "sidflow_site.settings",
        "SIDFLOW_PRODUCTION": "true",
        "SIDFLOW_SECRET_KEY": "x" * 64,
        "SIDFLOW_ALLOWED_HOSTS": "sidflow.example",
        "SIDFLOW_DATA_DIR": str(tmp_path),
        "SIDFLOW_SIGN_IN__LONGEST_DAYS": "2",
    }
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "True", "True", "Lax", str(2 * 24 * 3600)]
