"""Who may use an endpoint?"""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.models import ApiToken, TokenScope, User


class IsStaff(BasePermission):
    """Staff with a session, or staff's own token whose scopes include `staff`."""

    def has_permission(self, request: Request, view: object) -> bool:
        """May this request do what staff may do?"""
        del view
        return acts_as_staff(request.user, request.auth)


def acts_as_staff(user: object, token: object = None) -> bool:
    """Is this a member of staff, and the token, where one is used, for everything that staff may do?"""
    if not (isinstance(user, User) and user.is_active and user.is_staff):
        return False
    return not isinstance(token, ApiToken) or token.allows(TokenScope.STAFF)
