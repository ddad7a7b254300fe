"""Which addresses can name nothing, whatever view would be asked?"""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.problems import DomainError, error_response


class PlainAddressMiddleware:
    """Answers 400 to a path with a NUL: no row holds one, and PostgreSQL refuses to be asked for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on what can be there."""
        if "\0" in request.path:
            return error_response(request, DomainError("An address holds no NUL character."))
        return self.get_response(request)
