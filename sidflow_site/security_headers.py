"""Which headers isolate our pages, so that browsers give them SharedArrayBuffer?"""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

ISOLATION_HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class IsolationMiddleware:
    """Puts the isolation headers on every answer.

    It stands before WhiteNoise: a worker's script needs its own Cross-Origin-Embedder-Policy, or Chromium refuses
    the worker.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and add the headers where a view has not set its own."""
        response = self.get_response(request)
        for name, value in ISOLATION_HEADERS.items():
            response.headers.setdefault(name, value)
        return response
