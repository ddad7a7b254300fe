"""How does a program prove that it may act for a user?"""

from rest_framework import authentication, exceptions
from rest_framework.request import Request

from core.models import ApiToken, User


def bearer_secret(header: str) -> str | None:
    """What follows `Bearer` in an Authorization header; None for other schemes."""
    scheme, _, secret = header.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None


def usable_token(secret: str) -> ApiToken | None:
    """The token with this secret, if it is neither revoked nor expired; that it was used is noted."""
    token = ApiToken.objects.usable().with_secret(secret).select_related("user").first()
    if token:
        token.note_use()
    return token


class BearerToken(authentication.BaseAuthentication):
    """`Authorization: Bearer sidflow_…`; anything else in that header is left to other schemes."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token's owner and the token; None without a bearer header; 401 for a token that is not valid."""
        secret = bearer_secret(request.headers.get("Authorization", ""))
        if secret is None:
            return None
        token = usable_token(secret)
        if token is None:
            raise exceptions.AuthenticationFailed("This token is unknown, expired or revoked.")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """The challenge that goes with a 401."""
        del request
        return 'Bearer realm="sidflow"'
