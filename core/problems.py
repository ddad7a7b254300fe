"""How is an error told: which problems are there, and how does each look to a program (RFC 9457) and to a person?"""

import logging
import math
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from rest_framework import exceptions
from rest_framework.response import Response

from core.request_id import current_request_id

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"


class DomainError(Exception):
    """The request is malformed, for example its body is not JSON.

    Everything else that our own rules forbid is a subclass with a status, a code and a title; a raise adds the detail.
    `members` are more fields of the problem document, in camelCase, for programs.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST
    code: ClassVar[str] = "bad-request"
    title: ClassVar[str] = "The request cannot be understood"

    def __init__(self, detail: str = "", **members: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.members = members

    def headers(self) -> Mapping[str, str]:
        """Headers that belong to this problem."""
        return {}


class InvalidInput(DomainError):
    """Some field's value is wrong; `errors` says which and why."""

    code = "invalid-input"
    title = "Some values are not right"


class NotSignedIn(DomainError):
    """Nobody is signed in, or the token is not valid."""

    status = HTTPStatus.UNAUTHORIZED
    code = "not-signed-in"
    title = "Sign in first"

    def headers(self) -> Mapping[str, str]:
        """RFC 9110 wants a challenge beside every 401."""
        return {"WWW-Authenticate": 'Bearer realm="sidflow"'}


class NotAllowed(DomainError):
    """Somebody is signed in, and this is not theirs to do."""

    status = HTTPStatus.FORBIDDEN
    code = "not-allowed"
    title = "This is not yours to do"


class NotFound(DomainError):
    """There is nothing here, or nothing that may be told about."""

    status = HTTPStatus.NOT_FOUND
    code = "not-found"
    title = "There is nothing here"


class MethodNotAllowed(DomainError):
    """The address is right and the verb is not."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    code = "method-not-allowed"
    title = "This address does not take this method"


class NotAcceptable(DomainError):
    """No answer in a form that the client accepts."""

    status = HTTPStatus.NOT_ACCEPTABLE
    code = "not-acceptable"
    title = "No answer in a form that you accept"


class UnsupportedMedia(DomainError):
    """The request's body is of a type that is not read here."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "unsupported-media"
    title = "This type of content is not read here"


class TooManyRequests(DomainError):
    """A limit is used up; `retry_after_s` says for how long."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too-many-requests"
    title = "Too many requests"

    def __init__(self, detail: str = "", *, retry_after_s: int = 1, **members: Any) -> None:
        super().__init__(detail, retryAfterSeconds=retry_after_s, **members)
        self.retry_after_s = retry_after_s

    def headers(self) -> Mapping[str, str]:
        """When to come back."""
        return {"Retry-After": str(self.retry_after_s)}


class Unexpected(DomainError):
    """Our fault; the document's errorId is in the log too."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "unexpected"
    title = "Something went wrong on our side"


def catalogue() -> list[type[DomainError]]:
    """Every kind of problem that the loaded apps know, by code."""

    def below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
        yield kind
        for child in kind.__subclasses__():
            yield from below(child)

    return sorted(set(below(DomainError)), key=lambda kind: kind.code)


def problem_document(error: DomainError) -> dict[str, Any]:
    """The RFC 9457 document of an error; `type` is a name, not an address that answers."""
    document: dict[str, Any] = {
        "type": f"urn:sidflow:problem:{error.code}",
        "title": error.title,
        "status": int(error.status),
        "code": error.code,
        **error.members,
    }
    if error.detail:
        document["detail"] = error.detail
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        document["errorId"] = current_request_id()
    return document


def problem_response(error: DomainError) -> JsonResponse:
    """The error as an HTTP answer for programs."""
    return JsonResponse(
        problem_document(error), status=error.status, content_type=CONTENT_TYPE, headers=dict(error.headers())
    )


def _wants_document(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def error_response(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The error in the form that fits the address: a document below /api/, a page elsewhere."""
    if _wants_document(request):
        return problem_response(error)
    context = {
        "error": error,
        "status": int(error.status),
        "error_id": current_request_id() if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR else "",
        "looks": _looks(),
    }
    response = render(request, "core/problem.html", context, status=error.status)
    for name, value in error.headers().items():
        response.headers[name] = value
    return response


def _looks() -> dict[str, str]:
    """Where the site's colours are; nothing where they were not built, since an error must be told all the same."""
    try:
        return {"style": static("dist/page.css"), "theme": static("theme.js")}
    except ValueError:
        return {}


class DomainErrorMiddleware:
    """Answers a domain error that a plain Django view raises, and a method that it does not take."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on.  Django refuses a method with an empty answer, which tells a person nothing."""
        answer: HttpResponse = self.get_response(request)
        if isinstance(answer, HttpResponseNotAllowed) and not answer.content:
            told = error_response(request, MethodNotAllowed())
            told.headers["Allow"] = answer.headers["Allow"]
            return told
        return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer our own errors; everything else is Django's to handle."""
        return error_response(request, error) if isinstance(error, DomainError) else None


_DRF_KINDS: list[tuple[type[Exception], type[DomainError]]] = [
    (exceptions.NotAuthenticated, NotSignedIn),
    (exceptions.AuthenticationFailed, NotSignedIn),
    (exceptions.PermissionDenied, NotAllowed),
    (PermissionDenied, NotAllowed),
    (exceptions.NotFound, NotFound),
    (Http404, NotFound),
    (exceptions.MethodNotAllowed, MethodNotAllowed),
    (exceptions.NotAcceptable, NotAcceptable),
    (exceptions.UnsupportedMediaType, UnsupportedMedia),
    (exceptions.ParseError, DomainError),
    (SuspiciousOperation, DomainError),
]


def _field_errors(detail: Any, where: str = "") -> Iterator[dict[str, str]]:
    """Flatten DRF's nested lists and dicts to `{field, message}`; `field` is dotted, empty for the whole body."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            below = "" if name == "non_field_errors" else str(name)
            yield from _field_errors(inner, ".".join(part for part in (where, below) if part))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from _field_errors(inner, f"{where}.{index}".lstrip(".") if nested else where)
    else:
        yield {"field": where, "message": str(detail)}


def as_domain_error(error: Exception) -> DomainError:
    """Our kind of error for any exception that a view can raise."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, exceptions.ValidationError):
        return InvalidInput(errors=list(_field_errors(error.detail)))
    if isinstance(error, exceptions.Throttled):
        return TooManyRequests(retry_after_s=max(1, math.ceil(getattr(error, "wait", None) or 1)))
    for theirs, ours in _DRF_KINDS:
        if isinstance(error, theirs):
            detail = str(error.detail) if isinstance(error, exceptions.APIException) else ""
            return ours(detail)
    return Unexpected()


def drf_exception_handler(error: Exception, _context: dict[str, Any]) -> Response:
    """REST framework's errors as problem documents; an unknown one is logged with its traceback and its id."""
    problem = as_domain_error(error)
    if isinstance(problem, Unexpected):
        log.error("unexpected error", exc_info=error)
    response = Response(
        problem_document(problem), status=int(problem.status), headers=dict(problem.headers())
    )
    response.content_type = CONTENT_TYPE
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400. The exception's text may hold what an attacker sent: it is not repeated."""
    del exception
    return error_response(request, DomainError())


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler403."""
    del exception
    return error_response(request, NotAllowed())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid CSRF token."""
    del reason
    return error_response(
        request, NotAllowed("The form is too old or came from another site. Load the page again.")
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404."""
    del exception
    return error_response(request, NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500; Django has logged the traceback under the same request id."""
    try:
        return error_response(request, Unexpected())
    except Exception:
        log.exception("the error page itself failed")
        return problem_response(Unexpected())
