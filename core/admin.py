"""What do staff see and do about accounts, tokens and the audit trail?"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from core import audit
from core.evidence_admin import Evidence
from core.models import ApiToken, AuditEntry, SignInCount, TokenScope, User


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


def is_superuser(request: HttpRequest) -> bool:
    """May this person give and take power?"""
    return isinstance(request.user, User) and request.user.is_active and request.user.is_superuser


@admin.register(User)
class SidflowUserAdmin(AuditedAdmin, UserAdmin[User]):
    """Accounts. Who is no superuser may look after listeners only, and gives nobody power."""

    def get_readonly_fields(self, request: HttpRequest, _obj: Any = None) -> Any:
        """Power is the superusers' to give."""
        return [] if is_superuser(request) else ["is_staff", "is_superuser", "groups", "user_permissions"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A colleague's password is a way to a colleague's rights."""
        return super().has_change_permission(request, obj) and _is_theirs(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody removes those above them."""
        return super().has_delete_permission(request, obj) and _is_theirs(request, obj)


def _is_theirs(request: HttpRequest, account: User | None) -> bool:
    return account is None or is_superuser(request) or not (account.is_staff or account.is_superuser)


admin.site.unregister(Group)


@admin.register(Group)
class SidflowGroupAdmin(AuditedAdmin, GroupAdmin):
    """Groups: what their members may do is for superusers to say."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        return is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        return is_superuser(request)


@admin.register(SignInCount)
class SignInCountAdmin(AuditedAdmin):
    """Who has to wait before trying another password. Deleting a row lifts its lock."""

    list_display = ["__str__", "tries", "locked", "ends_at"]
    list_filter = ["locked"]
    list_select_related = ["account"]

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


class ApiTokenForm(forms.ModelForm[ApiToken]):
    """A new token's name, owner, scopes and end."""

    scopes = forms.MultipleChoiceField(choices=TokenScope.choices, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = ApiToken
        fields = ["user", "name", "scopes", "expires_at"]

    def clean(self) -> dict[str, Any]:
        """A token carries no more than its owner does."""
        values = super().clean() or {}
        owner = values.get("user")
        if owner and not owner.is_staff and TokenScope.STAFF in values.get("scopes", []):
            self.add_error("scopes", f"{owner} is not staff: such a token would open nothing.")
        return values


@admin.register(ApiToken)
class ApiTokenAdmin(AuditedAdmin):
    """Tokens: made here, shown once, revoked, never edited."""

    form = ApiTokenForm
    search_fields = ["name", "user__username"]
    list_filter = ["revoked_at"]
    list_display = ["name", "user", "scopes", "created_at", "last_used_at", "expires_at", "revoked_at"]
    list_select_related = ["user"]
    actions = ["revoke_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        """One's own; superusers see all."""
        tokens = super().get_queryset(request)
        return tokens if is_superuser(request) else tokens.filter(user=request.user)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Nobody but a superuser makes a program act for another."""
        if db_field.name == "user" and not is_superuser(request):
            kwargs["queryset"] = User.objects.filter(pk=request.user.pk or 0)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

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
class AuditEntryAdmin(Evidence, admin.ModelAdmin[AuditEntry]):
    """The audit trail."""

    list_display = ["at", "actor_name", "action", "resource", "success"]
    list_filter = ["action", "success"]
    search_fields = ["actor_name", "action", "resource"]
    date_hierarchy = "at"
