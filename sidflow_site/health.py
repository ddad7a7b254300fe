"""Is the site well: its database, its engine, what it sends to browsers, its disk?"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, connection
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

Status = Literal["healthy", "degraded", "unhealthy"]
# From best to worst.
STATUSES: list[Status] = ["healthy", "degraded", "unhealthy"]
_LOW_DISK_BYTES = 1024**3
_FULL_DISK_BYTES = 100 * 1024**2
ENGINE_LIBRARY = Path(settings.BASE_DIR) / "engine" / "build" / "libsidflow_engine.so"
WASM_FILE = "dist/engine.wasm"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one part of the site is, with a sentence when it is not well. Tells nobody any path."""

    status: Status
    message: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The finding as JSON's values, without empty fields."""
        parts = {"status": self.status, "message": self.message, "details": self.details}
        return {name: value for name, value in parts.items() if value}


def check_database() -> Finding:
    """Does the database answer?"""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return Finding("unhealthy", "The database does not answer.")
    return Finding("healthy", details={"vendor": connection.vendor})


def check_engine(library: Path = ENGINE_LIBRARY) -> Finding:
    """Is the native engine there? Browsers play without it; rendering does not."""
    if not library.is_file():
        return Finding("degraded", "The engine library is not built: run make build.")
    return Finding("healthy", details={"sizeBytes": library.stat().st_size})


def check_wasm(name: str = WASM_FILE) -> Finding:
    """Is the engine for browsers there? Without it nobody hears anything."""
    if not staticfiles_storage.exists(name):
        return Finding("unhealthy", "The engine for browsers is not built: run make build.")
    return Finding("healthy", details={"sizeBytes": staticfiles_storage.size(name)})


def check_disk(folder: Path | None = None) -> Finding:
    """Is there room in the data folder?"""
    free = shutil.disk_usage(folder or settings.DATA_DIR).free
    details = {"freeBytes": free}
    if free < _FULL_DISK_BYTES:
        return Finding("unhealthy", "The disk is full.", details)
    if free < _LOW_DISK_BYTES:
        return Finding("degraded", "Less than 1 GiB is free.", details)
    return Finding("healthy", details=details)


CHECKS: dict[str, Callable[[], Finding]] = {
    "database": check_database,
    "engine": check_engine,
    "wasm": check_wasm,
    "disk": check_disk,
}


def overall(findings: list[Finding]) -> Status:
    """The worst of all."""
    return max((finding.status for finding in findings), key=STATUSES.index)


class FindingSerializer(serializers.Serializer[Any]):
    """One part of the site."""

    status = serializers.ChoiceField(choices=STATUSES)
    message = serializers.CharField(required=False)
    details = serializers.DictField(required=False)


class HealthSerializer(serializers.Serializer[Any]):
    """The site's health."""

    overall = serializers.ChoiceField(choices=STATUSES)
    timestamp = serializers.DateTimeField()
    checks = serializers.DictField(child=FindingSerializer())


@extend_schema(responses={200: HealthSerializer, 503: HealthSerializer}, auth=[])
@api_view(["GET"])
@authentication_classes([])
@permission_classes([AllowAny])
def health(request: Request) -> Response:
    """Tell how the site is: 200 when it serves (perhaps degraded), 503 when it does not."""
    del request
    findings = {name: check() for name, check in CHECKS.items()}
    worst = overall(list(findings.values()))
    document = {
        "overall": worst,
        "timestamp": timezone.now().isoformat().replace("+00:00", "Z"),
        "checks": {name: finding.document() for name, finding in findings.items()},
    }
    return Response(
        document, status=503 if worst == "unhealthy" else 200, headers={"Cache-Control": "no-store"}
    )
