"""What do staff see and do about accounts, tokens and the audit trail?"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from core import audit
from core.models import ApiToken, AuditEntry, TokenScope, User


class AuditedAdmin(admin.ModelAdmin[Any]):
    """An admin page whose additions, changes and deletions leave audit entries."""

    def _note(
        self, request: HttpRequest, verb: str, subject: Model, details: dict[str, Any] | None = None
    ) -> None:
        action = f"{subject._meta.model_name}.{verb}"
        audit.record(
            action, actor=audit.actor_of(request), resource=f"{subject.pk} {subject}"[:300], details=details
        )

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Note what was added."""
        self._note(request, "add", obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Note what was changed: the names of the fields, not their values."""
        changed = [part["changed"] for part in message if isinstance(part, dict) and "changed" in part]
        self._note(request, "change", obj, {"changed": changed})
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Note what is about to be deleted."""
        for subject in queryset:
            self._note(request, "delete", subject)
        return super().log_deletions(request, queryset)


@admin.register(User)
class SidflowUserAdmin(AuditedAdmin, UserAdmin[User]):
    """Accounts."""


class ApiTokenForm(forms.ModelForm[ApiToken]):
    """A new token's name, owner, scopes and end."""

    scopes = forms.MultipleChoiceField(choices=TokenScope.choices, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = ApiToken
        fields = ["user", "name", "scopes", "expires_at"]


@admin.register(ApiToken)
class ApiTokenAdmin(AuditedAdmin):
    """Tokens: made here, shown once, revoked, never edited."""

    form = ApiTokenForm
    list_display = ["name", "user", "scopes", "created_at", "last_used_at", "expires_at", "revoked_at"]
    list_select_related = ["user"]
    actions = ["revoke_selected"]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A token is replaced, not edited; the list itself may be seen."""
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        """Issue the token and show its secret, this once."""
        del change
        data = form.cleaned_data
        token, secret = ApiToken.issue(
            user=data["user"], name=data["name"], scopes=data["scopes"], expires_at=data["expires_at"]
        )
        obj.pk, obj.digest = token.pk, token.digest
        self.message_user(request, f"The token, shown only now: {secret}", messages.WARNING)

    @admin.action(description="Revoke selected tokens", permissions=["delete"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """End the chosen tokens for good."""
        for token in queryset:
            if token.revoke():
                self._note(request, "revoke", token)
        self.message_user(request, "Revoked.", messages.SUCCESS)


@admin.register(AuditEntry)
class AuditEntryAdmin(admin.ModelAdmin[AuditEntry]):
    """The audit trail: to read, never to change."""

    list_display = ["at", "actor_name", "action", "resource", "success"]
    list_filter = ["action", "success"]
    search_fields = ["actor_name", "action", "resource"]
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Entries are written by what happens, not by hand."""
        del request
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """An entry stays as it was written."""
        del request, obj
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """An entry stays."""
        del request, obj
        return False
