"""Who did what?  The audit, newest first, with what was told and whether it worked.

GET /admin/audit/?who=NAME&action=PREFIX&failed=1&page=N
"""

from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core import staff_frame
from core.models import AuditEntry
from core.plain_text import plain

_PER_PAGE: Final = 100


@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """A page of it; filters that find nothing say so."""
    who, action = (plain(request.GET.get(name, "")).strip() for name in ("who", "action"))
    failed = request.GET.get("failed") == "1"
    found = AuditEntry.objects.all()
    if who:
        found = found.filter(actor_name=who)
    if action:
        found = found.filter(action__startswith=action)
    if failed:
        found = found.filter(success=False)
    return staff_frame.show(
        request,
        "staff/audit.html",
        "Audit",
        page=Paginator(found, _PER_PAGE).get_page(request.GET.get("page")),
        chosen={"who": who, "action": action, "failed": "1" if failed else ""},
    )
