"""How does a program prove that it may act for a user?"""

from rest_framework import authentication, exceptions
from rest_framework.request import Request

from core.models import ApiToken, User


class BearerToken(authentication.BaseAuthentication):
    """`Authorization: Bearer sidflow_…`; anything else in that header is left to other schemes."""

    keyword = "bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token's owner and the token; None without a bearer header; 401 for a token that is not valid."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != self.keyword:
            return None
        token = ApiToken.objects.usable().with_secret(secret.strip()).select_related("user").first()
        if token is None:
            raise exceptions.AuthenticationFailed("This token is unknown, expired or revoked.")
        token.note_use()
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """The challenge that goes with a 401."""
        del request
        return 'Bearer realm="sidflow"'
