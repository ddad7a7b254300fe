"""Which headers isolate our pages, so that browsers give them SharedArrayBuffer, and open what a CDN serves?"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

ISOLATION_HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# With a CDN in front, pages load these from another origin: the CDN passes the headers on.
PUBLIC_HEADERS = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}


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
        if settings.PUBLIC_BASE_URL and request.path.startswith(settings.PUBLIC_PATHS):
            for name, value in PUBLIC_HEADERS.items():
                response.headers[name] = value
        for name, value in ISOLATION_HEADERS.items():
            response.headers.setdefault(name, value)
        return response
