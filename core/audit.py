"""How is it written down who did what, in the database and in `audit/admin-actions.jsonl`?"""

from typing import Any

from django.db import transaction
from django.http import HttpRequest

from core.audit_file import keep_up, log_file, write_out
from core.models import AuditEntry, User
from core.plain_text import plain
from core.request_id import current_request_id


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
    """Write an audit entry; the line in the file follows when the transaction is committed (see core.audit_file).

    A file that cannot be written stops nobody: the entry is there, and its line comes when it can.

    `action` is subject and verb ("token.revoke"); `actor` None means the machine itself, or who `actor_name` says.
    """
    entry = AuditEntry.objects.create(
        action=action,
        actor=actor,
        actor_name=actor.get_username() if actor else actor_name,
        resource=plain(resource)[:300],
        details=plain(details or {}),
        success=success,
        error=error,
        request_id=current_request_id(),
    )
    transaction.on_commit(keep_up, robust=True)
    return entry


def actor_of(request: HttpRequest) -> User | None:
    """The signed-in person behind a request, if there is one."""
    return request.user if isinstance(request.user, User) else None


__all__ = ["actor_of", "log_file", "record", "write_out"]
