"""Does everything that staff do leave an entry, in the database and in the file?"""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.test import Client

from core import audit, audit_file
from core.models import ApiToken, AuditEntry, User


@pytest.fixture
def trail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of this test alone."""
    path = tmp_path / "audit" / "admin-actions.jsonl"
    monkeypatch.setattr(audit_file, "log_file", lambda: path)
    return path


def _lines(path: Path) -> list[dict[str, Any]]:
    return (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    )


@pytest.mark.django_db(transaction=True)
def test_an_entry_is_a_row_and_a_line(trail: Path) -> None:
    alice = User.objects.create_user("alice")
    audit.record("model.publish", actor=alice, resource="1.2.0", details={"notes": "größer"})
    audit.record("model.publish", actor=None, resource="1.3.0", success=False, error="checksum")
    entry = AuditEntry.objects.get(resource="1.2.0")
    first, second = _lines(trail)
    assert (entry.actor, entry.actor_name, entry.success) == (alice, "alice", True)
    assert (first["action"], first["actor"], first["details"]) == (
        "model.publish",
        "alice",
        {"notes": "größer"},
    )
    assert (second["actor"], second["success"], second["error"]) == ("system", False, "checksum")
    assert first["timestamp"].endswith("Z")


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_line(trail: Path) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        audit.record("model.publish", actor=None)
        raise RuntimeError
    assert _lines(trail) == []
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_an_entry_outlives_its_actor(trail: Path) -> None:
    del trail
    alice = User.objects.create_user("alice")
    entry = audit.record("token.revoke", actor=alice)
    alice.delete()
    entry.refresh_from_db()
    assert (entry.actor, entry.actor_name) == (None, "alice")


@pytest.mark.django_db
def test_making_and_revoking_a_token_in_the_admin_is_noted(
    trail: Path, admin_client: Client, admin_user: User
) -> None:
    del trail
    form = {
        "user": admin_user.pk,
        "name": "backup",
        "scopes": ["staff"],
        "expires_at_0": "",
        "expires_at_1": "",
    }
    answer = admin_client.post("/admin/core/apitoken/add/", form, follow=True)
    token = ApiToken.objects.get()
    assert "sidflow_" in answer.content.decode()
    assert token.digest not in answer.content.decode()
    assert "sidflow_" not in admin_client.get("/admin/core/apitoken/").content.decode()
    action = {"action": "revoke_selected", "_selected_action": [token.pk]}
    admin_client.post("/admin/core/apitoken/", action)
    token.refresh_from_db()
    assert token.revoked_at is not None
    noted = AuditEntry.objects.values_list("action", "actor_name")
    assert sorted(noted) == [("apitoken.add", "admin"), ("apitoken.revoke", "admin")]


@pytest.mark.django_db
def test_changing_and_deleting_an_account_is_noted_without_its_values(
    trail: Path, admin_client: Client
) -> None:
    del trail
    bob = User.objects.create_user("bob", email="old@example.com")
    bob.user_permissions.add(Permission.objects.all()[0])
    form = {
        "username": "bob",
        "email": "new@example.com",
        "date_joined_0": "2026-01-01",
        "date_joined_1": "00:00:00",
    }
    admin_client.post(f"/admin/core/user/{bob.pk}/change/", form)
    admin_client.post(f"/admin/core/user/{bob.pk}/delete/", {"post": "yes"})
    entries = {entry.action: entry for entry in AuditEntry.objects.all()}
    assert sorted(entries) == ["user.change", "user.delete"]
    assert "Email address" in str(entries["user.change"].details)
    assert "example.com" not in str(entries["user.change"].details)


@pytest.mark.django_db
def test_nobody_edits_the_trail(trail: Path, admin_client: Client) -> None:
    del trail
    entry = audit.record("token.revoke", actor=None)
    assert admin_client.get(f"/admin/core/auditentry/{entry.pk}/change/").status_code == 200
    assert admin_client.post(f"/admin/core/auditentry/{entry.pk}/change/", {"action": "x"}).status_code == 403
    assert admin_client.post(f"/admin/core/auditentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin_client.get("/admin/core/auditentry/add/").status_code == 403
