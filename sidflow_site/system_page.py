"""How is the site, for staff: its health, its workers, what is in the queue and in the caches, and which versions run?"""

import platform
from typing import Any

import channels
import daphne
import django
import django_q
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core import staff_frame
from core.configuration import configuration
from sidflow_site.health import CHECKS
from sidflow_site.metrics import collect_metrics


@require_safe
def system(request: HttpRequest) -> HttpResponse:
    """As it is at this moment."""
    return staff_frame.show(
        request,
        "staff/system.html",
        "System",
        checks=[{"name": name, "finding": check()} for name, check in CHECKS.items()],
        metrics=collect_metrics(),
        versions=_versions(),
    )


def _versions() -> list[tuple[str, Any]]:
    database = connection.vendor
    if database == "postgresql":
        database += f" {connection.pg_version // 10000}"  # type: ignore[attr-defined]
    return [
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
        ("django-q2", ".".join(map(str, django_q.VERSION))),
        ("channels", channels.__version__),
        ("daphne", daphne.__version__),
        ("Database", database),
        ("Redis", "in use" if configuration().redis_url else "not configured: not needed on one machine"),
        ("Data folder", configuration().data_dir),
    ]
