"""Is there any way up?  A visitor, a listener, staff with and without permissions and a superuser try every door."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from core.models import ApiToken, AuditEntry, SignInCount, User
from core.staff_frame import all_pages
from jobs.models import Job, Schedule

pytestmark = pytest.mark.django_db
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
IDS = [model._meta.label_lower for model in MODELS]
POWER = {"is_staff": "on", "is_superuser": "on"}


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser("root", password="x" * 12)


@pytest.fixture
def listener() -> User:
    return User.objects.create_user("bob", password="y" * 12)


@pytest.fixture
def helper() -> User:
    """Staff with every permission there is, and yet no superuser."""
    user = User.objects.create_user("helper", password="z" * 12, is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    return user


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def account_form(user: User, **more: Any) -> dict[str, Any]:
    dates = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    return {"username": user.username, "is_active": "on", **dates, **more}


def powers(user: User) -> tuple[bool, bool, int, int]:
    user = User.objects.get(pk=user.pk)
    return user.is_staff, user.is_superuser, user.groups.count(), user.user_permissions.count()


def test_staff_give_nobody_power(helper: User, listener: User) -> None:
    group = Group.objects.create(name="masters")
    group.permissions.set(Permission.objects.all())
    permission = Permission.objects.all()[0]
    form = account_form(
        listener, **POWER, groups=[group.pk], user_permissions=[permission.pk], email="b@example.com"
    )
    answer = browser_of(helper).post(f"/admin/core/user/{listener.pk}/change/", form)
    assert answer.status_code == 302
    assert powers(listener) == (False, False, 0, 0)
    assert User.objects.get(pk=listener.pk).email == "b@example.com"


def test_staff_make_no_account_with_power(helper: User) -> None:
    form = {
        "username": "mallory",
        "password1": "correct horse battery",
        "password2": "correct horse battery",
        "usable_password": "true",
        **POWER,
    }
    answer = browser_of(helper).post("/admin/core/user/add/", form)
    assert answer.status_code == 302
    assert powers(User.objects.get(username="mallory")) == (False, False, 0, 0)


def test_staff_touch_neither_superusers_nor_colleagues_nor_their_own_power(helper: User, root: User) -> None:
    colleague = User.objects.create_user("carol", password="w" * 12, is_staff=True)
    browser = browser_of(helper)
    new = {
        "password1": "correct horse battery",
        "password2": "correct horse battery",
        "usable_password": "true",
    }
    for other in (root, colleague, helper):
        before = User.objects.values().get(pk=other.pk)
        assert (
            browser.post(f"/admin/core/user/{other.pk}/change/", account_form(other, **POWER)).status_code
            == 403
        )
        assert browser.post(f"/admin/core/user/{other.pk}/password/", new).status_code == 403
        assert browser.post(f"/admin/core/user/{other.pk}/delete/", {"post": "yes"}).status_code == 403
        several = {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"}
        browser.post("/admin/core/user/", several)
        assert User.objects.values().get(pk=other.pk) == before


def test_staff_with_the_permission_look_after_listeners(helper: User, listener: User) -> None:
    browser = browser_of(helper)
    new = {
        "password1": "correct horse battery",
        "password2": "correct horse battery",
        "usable_password": "true",
    }
    assert browser.post(f"/admin/core/user/{listener.pk}/password/", new).status_code == 302
    assert Client().login(username="bob", password="correct horse battery")
    assert browser.post(f"/admin/core/user/{listener.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=listener.pk).exists()


def test_superusers_may(root: User, listener: User) -> None:
    form = account_form(listener, **POWER)
    assert browser_of(root).post(f"/admin/core/user/{listener.pk}/change/", form).status_code == 302
    assert powers(listener) == (True, True, 0, 0)


def test_a_group_is_no_way_up(helper: User) -> None:
    group = Group.objects.create(name="helpers")
    helper.groups.add(group)
    browser = browser_of(helper)
    everything = list(Permission.objects.values_list("pk", flat=True))
    form = {"name": "helpers", "permissions": everything}
    assert browser.post(f"/admin/auth/group/{group.pk}/change/", form).status_code == 403
    assert browser.post("/admin/auth/group/add/", form | {"name": "more"}).status_code == 403
    assert browser.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"}).status_code == 403
    assert not group.permissions.exists()


def token_form(user: User, *scopes: str) -> dict[str, Any]:
    return {"user": user.pk, "name": "mine", "scopes": scopes, "expires_at_0": "", "expires_at_1": ""}


def test_staff_make_tokens_for_themselves_only(helper: User, root: User, listener: User) -> None:
    browser = browser_of(helper)
    for other in (root, listener):
        assert browser.post("/admin/core/apitoken/add/", token_form(other, "play")).status_code == 200
    assert not ApiToken.objects.exists()
    assert browser.post("/admin/core/apitoken/add/", token_form(helper, "staff")).status_code == 302
    assert ApiToken.objects.get().user == helper


def test_a_token_carries_no_more_than_its_owner(root: User, listener: User) -> None:
    browser = browser_of(root)
    assert browser.post("/admin/core/apitoken/add/", token_form(listener, "staff")).status_code == 200
    assert (
        browser.post("/admin/core/apitoken/add/", token_form(listener, "play", "everything")).status_code
        == 200
    )
    assert not ApiToken.objects.exists()
    assert browser.post("/admin/core/apitoken/add/", token_form(listener, "play")).status_code == 302


def test_staff_neither_see_nor_revoke_tokens_of_others(helper: User, root: User) -> None:
    token, _ = ApiToken.issue(user=root, name="crown jewels", scopes=["staff"])
    browser = browser_of(helper)
    assert "crown jewels" not in browser.get("/admin/core/apitoken/").content.decode()
    browser.post("/admin/core/apitoken/", {"action": "revoke_selected", "_selected_action": [token.pk]})
    browser.post(f"/admin/core/apitoken/{token.pk}/delete/", {"post": "yes"})
    token.refresh_from_db()
    assert token.revoked_at is None


def test_a_token_ends_with_its_owners_rights(root: User) -> None:
    token, secret = ApiToken.issue(user=root, name="x", scopes=["staff"])
    bearer = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/admin/jobs", headers=bearer).status_code == 200
    assert Client().get("/admin/", headers=bearer).status_code == 302, "no way into the pages"
    User.objects.filter(pk=root.pk).update(is_staff=False)
    assert Client().get("/api/admin/jobs", headers=bearer).status_code == 403
    User.objects.filter(pk=root.pk).update(is_staff=True)
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get("/api/admin/jobs", headers=bearer).status_code == 401
    ApiToken.objects.filter(pk=token.pk).update(expires_at=None)
    token.revoke()
    assert Client().get("/api/admin/jobs", headers=bearer).status_code == 401


def test_a_wrong_token_is_not_made_up_for_by_a_session(root: User) -> None:
    answer = browser_of(root).get("/api/admin/jobs", headers={"Authorization": "Bearer sidflow_wrong"})
    assert answer.status_code == 401


def test_a_wrong_token_costs_one_small_look(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        answer = Client().get("/api/admin/jobs", headers={"Authorization": "Bearer sidflow_guess"})
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


def _subject(model: Any) -> Any:
    """A row to try things on, where a model's page could change or delete one."""
    made: dict[Any, Any] = {
        User: lambda: User.objects.create_user("victim"),
        Group: lambda: Group.objects.create(name="victims"),
        ApiToken: lambda: ApiToken.issue(user=User.objects.create_user("owner"), name="t", scopes=["play"])[
            0
        ],
        AuditEntry: lambda: AuditEntry.objects.create(action="x.y", actor_name="system"),
        SignInCount: lambda: SignInCount.objects.create(key="k", client="192.0.2.1", ends_at=timezone.now()),
        Schedule: lambda: Schedule.objects.create(kind="import", cron="0 2 * * *"),
        Job: lambda: Job.objects.create(kind="import"),
    }
    return made[model]() if model in made else None


def _doors(model: Any) -> Iterator[str]:
    """Every page of a model; with a number that may not be there, which nobody may learn."""
    place = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    subject = _subject(model)
    number = subject.pk if subject else 1
    yield from [
        place,
        f"{place}add/",
        *(f"{place}{number}/{page}/" for page in ("change", "delete", "history")),
    ]


METHODS = ["get", "head", "post", "put", "patch", "delete", "options", "trace"]


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_no_page_of_a_model_opens_without_right(model: Any, listener: User) -> None:
    doors = list(_doors(model))
    bare = browser_of(User.objects.create_user("bare", is_staff=True))
    strangers = (Client(), browser_of(listener))
    rows = model._default_manager.count()
    for door in doors:
        for method in METHODS:
            for browser in strangers:
                answer = getattr(browser, method)(door)
                assert answer.status_code == 302, (method, door)
                assert answer["Location"].startswith("/admin/login/")
            refused = getattr(bare, method)(door)
            # A row that is not there is answered by a way back to the start, before anything else.
            assert refused.status_code in (302, 403, 405), (method, door)
            assert refused.status_code != 302 or refused["Location"] == "/admin/"
    assert model._default_manager.count() == rows


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_who_may_only_look_changes_nothing(model: Any) -> None:
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    browser = browser_of(viewer)
    place, add, change, delete, _history = _doors(model)
    before = list(model._default_manager.values())
    assert browser.get(place).status_code == 200
    for door in (add, change, delete):
        assert browser.post(door, {"post": "yes", **POWER}).status_code in (302, 403), door
    assert list(model._default_manager.values()) == before


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_what_superusers_see_opens(model: Any, root: User) -> None:
    browser = browser_of(root)
    may = admin.site._registry[model]
    place, add, change, *_ = _doors(model)
    request = browser.get(place).wsgi_request
    assert browser.get(place).status_code == 200
    assert browser.get(add).status_code == (200 if may.has_add_permission(request) else 403)
    assert browser.get(change).status_code in (200, 302, 403)


OWN_PAGES = [f"/admin/{address.path}" for page in all_pages() for address in page.addresses]


@pytest.mark.parametrize("page", OWN_PAGES)
def test_no_page_of_our_own_opens_to_others(page: str, listener: User) -> None:
    door = re.sub("<[^>]*>", "1", page)
    strangers = (Client(), browser_of(listener))
    for method in METHODS:
        for browser in strangers:
            answer = getattr(browser, method)(door)
            assert answer.status_code == 302, method
            assert answer["Location"].startswith("/admin/login/")


def _api_routes(patterns: Any = None, above: str = "") -> Iterator[str]:
    for entry in get_resolver("sidflow_site.urls").url_patterns if patterns is None else patterns:
        path = above + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _api_routes(entry.url_patterns, path)
        elif isinstance(entry, URLPattern) and path.startswith(
            ("api/admin/", "api/fetch", "api/classify", "api/train")
        ):
            number = "00000000-0000-0000-0000-000000000000"
            yield "/" + re.sub("<uuid:[^>]*>", number, path.replace("<int:pk>", "1"))


@pytest.mark.parametrize("route", sorted(set(_api_routes())))
def test_no_route_of_staff_opens_to_others_by_any_method(route: str, listener: User) -> None:
    _, play = ApiToken.issue(user=listener, name="x", scopes=["play"])
    tricks = {
        "X-HTTP-Method-Override": "GET",
        "X-Original-URL": "/api/health",
        "X-Rewrite-URL": "/api/health",
    }
    signed_in = browser_of(listener)
    for method in METHODS:
        assert getattr(Client(), method)(route, headers=tricks).status_code in (401, 405), method
        assert getattr(signed_in, method)(route, headers=tricks).status_code in (403, 405), method
        bearer = {"Authorization": f"Bearer {play}", **tricks}
        assert getattr(Client(), method)(route, headers=bearer).status_code in (403, 405), method
    assert not Job.objects.exists()


def test_a_job_takes_no_column_from_outside(root: User, listener: User) -> None:
    _, secret = ApiToken.issue(user=root, name="x", scopes=["staff"])
    bearer = {"Authorization": f"Bearer {secret}"}
    body = {
        "type": "import",
        "parameters": {"path": "/nowhere"},
        "state": "completed",
        "askedBy": "bob",
        "asked_by": listener.pk,
        "origin": "schedule",
        "lease": "mine",
        "result": {"x": 1},
    }
    answer = Client().post("/api/admin/jobs", body, content_type="application/json", headers=bearer)
    assert answer.status_code == 202
    job = Job.objects.get()
    assert (job.asked_by, job.origin, job.lease, job.result) == (root, "staff", "", None)
    change = {"priority": 1, "state": "completed", "asked_by": listener.pk}
    Client().patch(f"/api/admin/jobs/{job.pk}", change, content_type="application/json", headers=bearer)
    job.refresh_from_db()
    assert (job.priority, job.asked_by, job.state) == (1, root, "pending")
    refused = {"type": "import", "parameters": {"path": "/nowhere", "asked_by": listener.pk}}
    answer = Client().post("/api/admin/jobs", refused, content_type="application/json", headers=bearer)
    assert answer.status_code == 400


def test_nobody_writes_code_into_the_queue(root: User) -> None:
    from django_q.models import Failure, Success
    from django_q.models import Schedule as QueueSchedule

    assert not admin.site.is_registered(QueueSchedule)
    for model in (Success, Failure):
        page = admin.site._registry[model]
        request = browser_of(root).get("/admin/").wsgi_request
        request.user = root
        assert not page.get_actions(request)
        assert not page.has_change_permission(request)
