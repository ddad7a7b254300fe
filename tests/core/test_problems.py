"""Is every error told as a problem document to programs and as a page to people, and never with a stack trace?"""

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe
from rest_framework import exceptions, serializers
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core.problems import DomainError, NotFound, TooManyRequests, catalogue

ROOT = Path(__file__).resolve().parents[2]


class TuneSerializer(serializers.Serializer[Any]):
    """Something with fields to get wrong."""

    song = serializers.IntegerField(min_value=1)


class BodySerializer(serializers.Serializer[Any]):
    """Something nested."""

    tunes = TuneSerializer(many=True)


ERRORS: dict[str, Exception] = {
    "ours": NotFound("There is no such tune.", sidPath="a/b.sid"),
    "limit": TooManyRequests(retry_after_s=7),
    "missing": Http404("secret"),
    "denied": PermissionDenied("secret"),
    "suspicious": SuspiciousOperation("secret"),
    "media": exceptions.UnsupportedMediaType("text/plain"),
    "throttled": exceptions.Throttled(wait=2.4),
    "broken": RuntimeError("secret"),
}


@api_view(["GET", "POST"])
@authentication_classes([])
@permission_classes([AllowAny])
def endpoint(request: Request, name: str) -> Response:
    """An API that fails as asked."""
    if request.method == "POST":
        BodySerializer(data=request.data).is_valid(raise_exception=True)
    raise ERRORS[name]


def page(request: HttpRequest, name: str) -> HttpResponse:
    """A page that fails as asked."""
    del request
    raise ERRORS[name]


@require_safe
def read_only(request: HttpRequest) -> HttpResponse:
    """A page that is there to be read."""
    del request
    return HttpResponse("something")


urlpatterns: list[URLPattern] = [
    path("read-only", read_only),
    path("api/read-only", read_only),
    path("api/x/<name>", endpoint),
    path("api/plain/<name>", page),
    path("page/<name>", page),
]
handler400 = "core.problems.bad_request"
handler403 = "core.problems.permission_denied"
handler404 = "core.problems.not_found"
handler500 = "core.problems.server_error"


@pytest.fixture
def site() -> Any:
    """A browser that does not raise what the server caught, on a site of errors."""
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


EXPECTED = [
    ("ours", 404, "not-found"),
    ("limit", 429, "too-many-requests"),
    ("missing", 404, "not-found"),
    ("denied", 403, "not-allowed"),
    ("suspicious", 400, "bad-request"),
    ("media", 415, "unsupported-media"),
    ("throttled", 429, "too-many-requests"),
    ("broken", 500, "unexpected"),
]


@pytest.mark.parametrize("where", ["/api/x/", "/api/plain/"])
@pytest.mark.parametrize(("name", "status", "code"), EXPECTED)
def test_programs_get_problem_documents(site: Client, where: str, name: str, status: int, code: str) -> None:
    if where == "/api/plain/" and name in {"media", "throttled"}:
        code, status = "unexpected", 500  # REST framework's own errors mean nothing in a plain view
    answer = site.get(where + name)
    document = answer.json()
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert (document["status"], document["code"]) == (status, code)
    assert document["type"] == f"urn:sidflow:problem:{code}"
    assert document["title"]
    assert "secret" not in answer.content.decode()


def test_a_problem_carries_its_detail_and_members(site: Client) -> None:
    document = site.get("/api/x/ours").json()
    assert document["detail"] == "There is no such tune."
    assert document["sidPath"] == "a/b.sid"


def test_a_limit_says_when_to_come_back(site: Client) -> None:
    assert site.get("/api/x/limit")["Retry-After"] == "7"
    assert site.get("/api/x/throttled")["Retry-After"] == "3"


def test_invalid_input_names_the_fields(site: Client) -> None:
    body = {"tunes": [{"song": 1}, {"song": 0}]}
    document = site.post("/api/x/ours", body, content_type="application/json").json()
    assert document["code"] == "invalid-input"
    assert [error["field"] for error in document["errors"]] == ["tunes.1.song"]


def test_a_body_that_is_no_json_and_a_wrong_method_are_told(site: Client) -> None:
    assert site.post("/api/x/ours", "{", content_type="application/json").json()["code"] == "bad-request"
    assert site.put("/api/x/ours").json()["code"] == "method-not-allowed"
    assert site.get("/api/unknown").json()["code"] == "not-found"


@pytest.mark.parametrize("where", ["/api/x/broken", "/api/plain/broken", "/page/broken"])
def test_an_unexpected_error_shows_the_id_that_the_log_has(
    site: Client, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    from core.request_id import RequestIdFilter

    caplog.handler.addFilter(RequestIdFilter())
    with caplog.at_level(logging.ERROR):
        answer = site.get(where)
    shown = re.findall(r"[0-9a-f]{32}", answer.content.decode())
    assert answer.status_code == 500
    assert shown == [answer["X-Request-Id"]]
    logged = [record for record in caplog.records if record.exc_info]
    assert [getattr(record, "request_id", "") for record in logged] == shown
    assert "Traceback" not in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "status"), [("ours", 404), ("missing", 404), ("denied", 403), ("broken", 500)]
)
def test_people_get_a_page(site: Client, name: str, status: int) -> None:
    answer = site.get(f"/page/{name}")
    text = answer.content.decode()
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/html")
    assert "<h1>" in text
    assert "secret" not in text


def test_a_method_that_a_page_does_not_take_is_told_with_those_that_it_does(site: Client) -> None:
    for method in (site.post, site.put, site.delete):
        page = method("/read-only")
        assert (page.status_code, page["Allow"]) == (405, "GET, HEAD")
        assert "<h1>This address does not take this method</h1>" in page.text
        document = method("/api/read-only")
        assert (document.status_code, document["Allow"]) == (405, "GET, HEAD")
        assert document.json()["code"] == "method-not-allowed"
    assert site.get("/read-only").text == "something"


def test_the_catalogue_is_documented_exactly() -> None:
    from django.urls import get_resolver

    assert get_resolver("sidflow_site.urls").url_patterns  # loads every view, and with them every problem
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (\d+) \| ([^|]+?) \|", text, re.MULTILINE)
    assert rows == [(kind.code, str(int(kind.status)), kind.title) for kind in catalogue()]


def test_every_kind_of_problem_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in catalogue()]
    assert len(codes) == len(set(codes))
    assert DomainError in catalogue()
