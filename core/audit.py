"""How is it written down who did what, in the database and in `audit/admin-actions.jsonl`?"""

import json
import os
from pathlib import Path
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from core.configuration import configuration
from core.models import AuditEntry, User
from core.request_id import current_request_id


def log_file() -> Path:
    """Where the lines go."""
    return configuration().data_dir / "audit" / "admin-actions.jsonl"


def _as_line(entry: AuditEntry) -> str:
    return json.dumps(
        {
            "timestamp": entry.at.isoformat().replace("+00:00", "Z"),
            "action": entry.action,
            "actor": entry.actor_name,
            "resource": entry.resource,
            "details": entry.details,
            "success": entry.success,
            "error": entry.error,
            "requestId": entry.request_id,
        },
        sort_keys=True,
        ensure_ascii=False,
    )


def _append(entry: AuditEntry) -> None:
    """One write of one whole line in append mode: lines of several processes do not mix."""
    path = log_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    try:
        os.write(handle, (_as_line(entry) + "\n").encode())
    finally:
        os.close(handle)


def record(
    action: str,
    *,
    actor: User | None,
    actor_name: str = "system",
    resource: str = "",
    details: dict[str, Any] | None = None,
    success: bool = True,
    error: str = "",
) -> AuditEntry:
    """Write an audit entry; the line in the file follows when the transaction is committed.

    `action` is subject and verb ("token.revoke"); `actor` None means the machine itself, or who `actor_name` says.
    """
    entry = AuditEntry.objects.create(
        action=action,
        actor=actor,
        actor_name=actor.get_username() if actor else actor_name,
        resource=resource,
        details=details or {},
        success=success,
        error=error,
        request_id=current_request_id(),
    )
    transaction.on_commit(lambda: _append(entry))
    return entry


def actor_of(request: HttpRequest) -> User | None:
    """The signed-in person behind a request, if there is one."""
    return request.user if isinstance(request.user, User) else None
