"""Through which door do staff come in?  Django's administration, where signing in and new passwords are written down."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseRedirectBase
from django.template.response import TemplateResponse

from core import audit
from core.sign_in import note_refused


class StaffSignInForm(AdminAuthenticationForm):
    """Name and password. The answer to a listener is the answer to a wrong password."""

    def confirm_login_allowed(self, user: Any) -> None:
        """Raises ValidationError for who is not staff."""
        try:
            super().confirm_login_allowed(user)
        except ValidationError as error:
            note_refused(self.request, user, error)
            raise


class StaffSite(admin.AdminSite):
    """The administration."""

    login_form = StaffSignInForm

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """One's own new password; ends one's other sessions."""
        answer = super().password_change(request, extra_context)
        if request.method == "POST" and isinstance(answer, HttpResponseRedirectBase):
            actor = audit.actor_of(request)
            audit.record("user.password", actor=actor, resource=f"{actor.pk} {actor}" if actor else "")
        return answer
