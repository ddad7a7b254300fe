"""Does whatever staff do in the administration leave an audit entry, on every model's page, also on those to come?"""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from core.admin import AuditedAdmin
from core.models import ApiToken, AuditEntry, SignInCount, User
from jobs.models import Job, Schedule
from playback.roms.models import RomBundle

pytestmark = pytest.mark.django_db
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
IDS = [model._meta.label_lower for model in MODELS]
# A row to act on, of each model on whose page anything can be done.
SUBJECTS: dict[Any, Any] = {
    User: lambda: User.objects.create_user("victim"),
    Group: lambda: Group.objects.create(name="victims"),
    ApiToken: lambda: ApiToken.issue(user=User.objects.create_user("owner"), name="t", scopes=["play"])[0],
    SignInCount: lambda: SignInCount.objects.create(key="k", client="192.0.2.1", ends_at=timezone.now()),
    Schedule: lambda: Schedule.objects.create(kind="import", cron="0 2 * * *"),
    Job: lambda: Job.objects.create(kind="import"),
    RomBundle: lambda: RomBundle.objects.create(name="r", kernal_sha256="0" * 64, basic_sha256="1" * 64),
}


@pytest.fixture
def root(admin_client: Client, admin_user: User) -> Client:
    del admin_user
    return admin_client


def request_of(client: Client) -> Any:
    return client.get("/admin/").wsgi_request


def place(model: Any) -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


@pytest.mark.parametrize("model", MODELS, ids=IDS)
def test_pages_on_which_something_can_be_done_are_audited_ones(model: Any, root: Client) -> None:
    page, request = admin.site._registry[model], request_of(root)
    writes = (
        page.has_add_permission(request)
        or page.has_change_permission(request)
        or page.has_delete_permission(request)
    )
    acts = set(page.get_actions(request)) - {"delete_selected"}
    assert isinstance(page, AuditedAdmin) or not writes
    assert model in SUBJECTS or not (writes or acts), "say in SUBJECTS how to make a row of it"


@pytest.mark.parametrize(
    "model", [model for model in MODELS if model in SUBJECTS], ids=lambda model: model._meta.label_lower
)
def test_every_action_of_a_list_leaves_an_entry(model: Any, root: Client) -> None:
    for action in admin.site._registry[model].get_actions(request_of(root)):
        AuditEntry.objects.all().delete()
        subject = SUBJECTS[model]()
        form = {"action": action, "_selected_action": [subject.pk], "post": "yes"}
        if action == "deactivate_selected":
            RomBundle.objects.update(is_active=True)
        answer = root.post(place(model), form)
        assert answer.status_code == 302, action
        entry = AuditEntry.objects.first()
        assert entry, action
        assert entry.actor_name == "admin"
        assert entry.action.startswith(f"{model._meta.model_name}.")
        model._default_manager.filter(pk=subject.pk).delete()
        User.objects.filter(username__in=["owner", "victim"]).delete()


@pytest.mark.parametrize(
    "model", [model for model in MODELS if model in SUBJECTS], ids=lambda model: model._meta.label_lower
)
def test_deleting_leaves_an_entry(model: Any, root: Client) -> None:
    subject = SUBJECTS[model]()
    may = admin.site._registry[model].has_delete_permission(request_of(root))
    answer = root.post(f"{place(model)}{subject.pk}/delete/", {"post": "yes"})
    assert answer.status_code == (302 if may else 403)
    noted = AuditEntry.objects.filter(action=f"{model._meta.model_name}.delete", actor_name="admin")
    assert noted.count() == int(may)
    assert model._default_manager.filter(pk=subject.pk).exists() is not may


def test_a_colleagues_new_password_and_a_new_group_are_noted(root: Client) -> None:
    bob = User.objects.create_user("bob")
    new = {
        "password1": "correct horse battery",
        "password2": "correct horse battery",
        "usable_password": "true",
    }
    root.post(f"/admin/core/user/{bob.pk}/password/", new)
    root.post("/admin/auth/group/add/", {"name": "helpers"})
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", "actor_name"))
    assert actions == [("user.change", "admin"), ("group.add", "admin")]
    assert "battery" not in str(list(AuditEntry.objects.values()))
