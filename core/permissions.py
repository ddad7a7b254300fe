"""Who may use an endpoint?"""

from django.contrib.auth import get_user
from django.http import HttpRequest
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.models import ApiToken, TokenScope, User
from core.sessions import looked_at


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


def still_acts_as_staff(request: Request) -> bool:
    """The same of a request that is answered for a long time: has its session or token ended, or its user's power?"""
    if isinstance(request.auth, ApiToken):
        token = ApiToken.objects.usable().filter(pk=request.auth.pk).select_related("user").first()
        return token is not None and acts_as_staff(token.user, token)
    again = HttpRequest()
    again.session = looked_at(request.session.session_key)
    return acts_as_staff(get_user(again))
