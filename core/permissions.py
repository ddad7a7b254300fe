"""Who may use an endpoint?"""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.models import ApiToken, TokenScope, User


class IsStaff(BasePermission):
    """Staff with a session, or staff's own token whose scopes include `staff`."""

    def has_permission(self, request: Request, view: object) -> bool:
        """May this request do what staff may do?"""
        del view
        user = request.user
        if not (isinstance(user, User) and user.is_active and user.is_staff):
            return False
        return not isinstance(request.auth, ApiToken) or request.auth.allows(TokenScope.STAFF)
