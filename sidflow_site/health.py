"""Is the site well: its database, its engine, what it sends to browsers, its disk, its audit file, what it renders with?"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, connection
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import (
    api_view,
    authentication_classes,
    content_negotiation_class,
    permission_classes,
)
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core.configuration import configuration
from core.models import AuditEntry
from core.one_form import OneForm
from hardware.versions import version_of
from playback.delivery.adapters import adapters
from playback.rendering.models import RenderedAsset

Status = Literal["healthy", "degraded", "unhealthy"]
# From best to worst.
STATUSES: list[Status] = ["healthy", "degraded", "unhealthy"]
_LOW_DISK_BYTES = 1024**3
_AUDIT_GRACE = timedelta(minutes=2)
_FULL_DISK_BYTES = 100 * 1024**2
ENGINE_LIBRARY = Path(settings.BASE_DIR) / "engine" / "build" / "libsidflow_engine.so"
WASM_FILE = "dist/engine.wasm"
# How such files begin: magic number, and for WebAssembly the version.
_ELF = b"\x7fELF"
_WASM = b"\0asm\x01\0\0\0"


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
    """Is the native engine there and whole at its beginning? Browsers play without it; rendering does not."""
    try:
        with library.open("rb") as file:
            begins_well = file.read(len(_ELF)) == _ELF
    except OSError:
        return Finding("degraded", "The engine library is not built: run make build.")
    if not begins_well:
        return Finding("degraded", "The engine library is damaged: run make clean build.")
    return Finding("healthy", details={"sizeBytes": library.stat().st_size})


def check_wasm(name: str = WASM_FILE) -> Finding:
    """Is the engine for browsers there and whole at its beginning? Without it nobody hears anything."""
    try:
        with staticfiles_storage.open(name) as file:
            begins_well = file.read(len(_WASM)) == _WASM
    except OSError:
        return Finding("unhealthy", "The engine for browsers is not built: run make build.")
    if not begins_well:
        return Finding("unhealthy", "The engine for browsers is damaged: run make clean build.")
    return Finding("healthy", details={"sizeBytes": staticfiles_storage.size(name)})


def check_disk(folder: Path | None = None) -> Finding:
    """Is there room in the data folder, and may we write there?"""
    place = folder or settings.DATA_DIR
    try:
        free = shutil.disk_usage(place).free
    except OSError:
        return Finding("unhealthy", "The data folder is not there.")
    if not os.access(place, os.W_OK):
        return Finding("unhealthy", "The data folder cannot be written to.")
    details = {"freeBytes": free}
    if free < _FULL_DISK_BYTES:
        return Finding("unhealthy", "The disk is full.", details)
    if free < _LOW_DISK_BYTES:
        return Finding("degraded", "Less than 1 GiB is free.", details)
    return Finding("healthy", details=details)


def check_audit() -> Finding:
    """Does the audit file keep up with its entries? While it does not, they wait in the database."""
    try:
        waiting = AuditEntry.objects.filter(in_file=False, at__lt=timezone.now() - _AUDIT_GRACE).count()
    except DatabaseError:
        return Finding("unhealthy", "The database does not answer.")
    if waiting:
        return Finding("degraded", "The audit file cannot be written.", {"entriesWaiting": waiting})
    return Finding("healthy")


def check_encoder() -> Finding:
    """Does ffmpeg run? Without it nothing is rendered; what was rendered before is served all the same."""
    version = version_of("ffmpeg")
    if version is None:
        return Finding(
            "degraded", "ffmpeg does not run: tunes are not rendered. Install the Debian package ffmpeg."
        )
    return Finding("healthy", details={"version": version})


def check_cli() -> Finding:
    """Does sidplayfp run, where the site offers its sound?"""
    chosen = configuration()
    runs = version_of("sidplayfp", chosen.sidplay_path) is not None
    if chosen.render.allow_cli and not runs:
        return Finding(
            "degraded", "sidplayfp is offered and does not run. Install the Debian package sidplayfp."
        )
    return Finding("healthy", details={"offered": chosen.render.allow_cli, "runs": runs})


def check_streams() -> Finding:
    """How much audio is there to be streamed, and is more made on request?"""
    stream = adapters()["stream"]
    try:
        assets = RenderedAsset.objects.count()
    except DatabaseError:
        return Finding("unhealthy", "The database does not answer.")
    return Finding("healthy", details={"assets": assets, "madeOnRequest": stream.available})


CHECKS: dict[str, Callable[[], Finding]] = {
    "database": check_database,
    "engine": check_engine,
    "wasm": check_wasm,
    "disk": check_disk,
    "audit": check_audit,
    "encoder": check_encoder,
    "cli": check_cli,
    "streams": check_streams,
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


def _example(name: str, status: int, worst: Status, database: Finding) -> OpenApiExample:
    """All is well but perhaps the database."""
    well = {
        part: Finding("healthy") for part in ("engine", "wasm", "disk", "audit", "encoder", "cli", "streams")
    }
    checks = {part: finding.document() for part, finding in {"database": database, **well}.items()}
    value = {"overall": worst, "timestamp": "2026-11-21T01:15:00Z", "checks": checks}
    return OpenApiExample(name, value=value, response_only=True, status_codes=[str(status)])


_EXAMPLES = [
    _example("all is well", 200, "healthy", Finding("healthy", details={"vendor": "sqlite"})),
    _example("impaired", 503, "unhealthy", Finding("unhealthy", "The database does not answer.")),
]


@extend_schema(
    operation_id="health",
    summary="How the site is",
    description="200 while it serves, though perhaps degraded; 503 when it does not.",
    responses={200: HealthSerializer, 503: HealthSerializer},
    examples=_EXAMPLES,
    auth=[],
    tags=["site"],
)
@api_view(["GET"])
@content_negotiation_class(OneForm)
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
